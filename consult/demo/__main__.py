"""`python -m consult.demo --port 5000`: make the demonstration where it is missing, and serve it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from consult.commands.server import serve
from consult.config import LANGUAGES, Settings
from consult.demo.loader import ACCOUNTS, PASSWORD, load_demonstration
from consult.installation import initialise


@click.command()
@click.option("--port", default=5000, show_default=True)
@click.pass_context
def demo(context: click.Context, port: int) -> None:
    """Serve the demonstration on 127.0.0.1."""
    os.environ.setdefault("CONSULT_INSTANCE", str(Path("instance") / "demo"))
    settings = Settings.load(port=port)
    app = initialise(settings)
    with app.app_context():
        load_demonstration(settings)
    base = f"http://127.0.0.1:{port}"
    click.echo("")
    click.echo("Mashura, the demonstration (everything in it is made up)")
    click.echo(
        f"  look and answer   {base}/?lang=ar   also {', '.join(code for code in LANGUAGES if code != 'ar')}"
    )
    click.echo(f"  sign in           {base}/login      password for all: {PASSWORD}")
    for role, email in ACCOUNTS.items():
        click.echo(f"    {role:<12} {email}")
    click.echo("  stop with Ctrl+C; delete instance/demo to begin again")
    click.echo("", nl=True)
    context.invoke(serve, port=port, workers=2)


if __name__ == "__main__":
    demo()
