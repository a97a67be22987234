"""`consult agreement`: how far coders agree, from a file of codings without a server, or from a round here."""

from __future__ import annotations

from pathlib import Path

import click

from consult.analysis.agreement import AgreementResult, CodingsError, coder_agreement
from consult.command_files import check_place, columns_of, write_bytes, write_json


@click.command("agreement")
@click.argument("codings", type=click.Path(path_type=Path), required=False)
@click.option("--json", "out", type=click.Path(path_type=Path), help="Where the result goes.")
@click.option("--consultation", "slug", help="Take the blind codings of a consultation instead of a file.")
@click.option("--question", help="Its question; may be left out where only one was coded twice.")
@click.option("--round", "number", type=int, help="Its round, the first is 1; the newest unless given.")
@click.option("--csv", "table", type=click.Path(path_type=Path), help="Where its codings go as a table.")
@click.option("--names", is_flag=True, help="Coders by their names, not as numbers.")
def agreement_command(
    codings: Path | None,
    out: Path | None,
    slug: str | None,
    question: str | None,
    number: int | None,
    table: Path | None,
    names: bool,
) -> None:
    """Compute how far coders agree in CODINGS, a CSV with columns item,coder,theme, or in a round of double coding."""
    if (codings is None) == (slug is None):
        raise click.UsageError("Give either a file of codings or --consultation.")
    if codings is not None and (question or number is not None or table or names):
        raise click.UsageError("--question, --round, --csv and --names go with --consultation.")
    if out is None and table is None:
        raise click.UsageError("Missing option '--json'.")
    for place in (out, table):
        if place is not None:
            check_place(place)
    if codings is not None:
        rows = list(zip(*columns_of(codings, "item", "coder", "theme"), strict=True))
    else:
        from consult.commands.agreement import codings_of_round  # a file needs neither database nor web

        rows = codings_of_round(slug, question, number, has_names=names)
    if table is not None:
        from consult.review.blind_codings import as_csv

        write_bytes(table, as_csv(rows))
    try:
        result = coder_agreement(*([row[column].strip() for row in rows] for column in range(3)))
    except CodingsError as error:
        raise click.ClickException(f"No agreement can be computed: {error}.") from error
    if out is not None:
        write_json(out, _document(result))
    click.echo(_found(result), err=True)


def _document(result: AgreementResult) -> dict:
    return {
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
            "items": result.items,
        },
        "coders": result.coders,
    }


def _found(result: AgreementResult) -> str:
    """One line for people."""
    alpha = "cannot be computed" if result.alpha is None else f"{result.alpha:.2f}"
    low_high = f" ({result.interval[0]:.2f} to {result.interval[1]:.2f})" if result.interval else ""
    return (
        f"{result.coders} coders, {result.items} items seen by two or more, {len(result.themes)} themes: "
        f"alpha {alpha}{low_high}"
    )


if __name__ == "__main__":
    agreement_command()
