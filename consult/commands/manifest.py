"""Writing the signed list of receipts of an anonymous consultation."""

from __future__ import annotations

from pathlib import Path

import click

from consult.commands.running import consultation_named, with_app
from consult.consultations.receipt_views import manifest_bytes


@click.command()
@click.argument("slug")
@click.option("--out", type=click.Path(path_type=Path), required=True)
@with_app
def manifest(slug: str, out: Path) -> None:
    """After closing an anonymous consultation: sorted receipts, their number, signature."""
    out.write_bytes(manifest_bytes(consultation_named(slug)))
    click.echo(str(out))
