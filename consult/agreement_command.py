"""`consult agreement`: how far coders agree, from a file of codings, without a server."""

from __future__ import annotations

from pathlib import Path

import click

from consult.analysis.agreement import CodingsError, coder_agreement
from consult.command_files import columns_of, write_json


@click.command("agreement")
@click.argument("codings", type=click.Path(path_type=Path))
@click.option("--json", "out", required=True, type=click.Path(path_type=Path), help="Where the result goes.")
def agreement_command(codings: Path, out: Path) -> None:
    """Compute how far coders agree in CODINGS, a CSV with columns item,coder,theme."""
    items, coders, themes = ([v.strip() for v in c] for c in columns_of(codings, "item", "coder", "theme"))
    try:
        result = coder_agreement(items, coders, themes)
    except CodingsError as error:
        raise click.ClickException(f"No agreement can be computed: {error}.") from error
    write_json(
        out,
        {
            "themes": {
                name: {
                    "alpha": t.alpha,
                    "interval": list(t.interval) if t.interval else None,
                    "kappa": t.kappa,
                    "items": t.items,
                }
                for name, t in result.themes.items()
            },
            "overall": {
                "alpha": result.alpha,
                "interval": list(result.interval) if result.interval else None,
            },
            "coders": result.coders,
        },
    )


if __name__ == "__main__":
    agreement_command()
