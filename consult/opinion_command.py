"""`consult opinion`: opinion groups from a file of votes, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from consult.analysis.opinion import OpinionResult, StatementShare, VotesError, groups_of
from consult.command_files import columns_of, write_json
from consult.votes_file import VOTES, read_votes


@click.command("opinion")
@click.argument("votes", type=click.Path(path_type=Path))
@click.option("--statements", type=click.Path(path_type=Path), help="Columns statement,text,moderated.")
@click.option("--json", "out", required=True, type=click.Path(path_type=Path), help="Where the result goes.")
@click.option(
    "--resamples", type=click.IntRange(0, 1000), default=20, show_default=True, help="For sureness."
)
def opinion_command(votes: Path, statements: Path | None, out: Path, resamples: int) -> None:
    """Find the opinion groups in VOTES, a CSV with columns participant,statement,vote (1, -1, 0)."""
    removed = frozenset[str]()
    if statements:
        names, moderated = columns_of(statements, "statement", "moderated")
        removed = frozenset(
            n.strip() for n, m in zip(names, moderated, strict=True) if VOTES.get(m.strip()) == -1
        )
    try:
        result = groups_of(read_votes(votes), moderated_out=removed, resamples=resamples)
    except VotesError as error:
        raise click.ClickException(f"No groups can be found: {error}.") from error
    write_json(out, opinion_document(result))


def opinion_document(result: OpinionResult) -> dict[str, Any]:
    """The document of `consult opinion --json`."""
    return {
        "participants": result.participants,
        "statements": result.statements,
        "groups": [
            {
                "id": g.id,
                "size": g.size,
                "sureness": g.sureness,
                "represented_by": [_share(s) for s in g.represented_by],
            }
            for g in result.groups
        ],
        "assignments": dict(result.assignments),
        "consensus": [_share(s) for s in result.consensus],
        "bridging": [{**_share(s), "groups": dict(s.by_group)} for s in result.bridging],
        "worth_voting": [
            {"statement": s.statement, "votes": s.votes, "priority": s.priority} for s in result.worth_voting
        ],
        "projection": {name: list(point) for name, point in result.projection.items()},
        "sureness": result.sureness,
    }


def _share(found: StatementShare) -> dict[str, Any]:
    return {
        "statement": found.statement,
        "direction": found.direction,
        "share": found.share,
        "votes": found.votes,
    }


if __name__ == "__main__":
    opinion_command()
