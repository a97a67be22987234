import json

import pytest
from click.testing import CliRunner

from consult import cli
from consult.agreement_command import agreement_command
from consult.opinion_command import opinion_command
from tests.consult.analysis.test_opinion import two_camps


def run(command, tmp_path, text, *options):
    path, out = tmp_path / "in.csv", tmp_path / "out.json"
    path.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(command, [str(path), "--json", str(out), *map(str, options)])
    return done, json.loads(out.read_text()) if out.exists() else None


def test_opinion(tmp_path):
    votes = "participant,statement,vote\n" + "".join(
        f"{p},{s},{v}\n" for p, s, v in zip(*two_camps(), strict=True)
    )
    statements = tmp_path / "statements.csv"
    statements.write_text("statement,text,moderated\ns18,Text,-1\ns1,One,1\n")
    done, document = run(opinion_command, tmp_path, votes, "--statements", statements)
    assert done.exit_code == 0, done.output
    assert (document["participants"], document["statements"], len(document["groups"])) == (60, 20, 2)
    assert document["groups"][0].keys() == {"id", "size", "sureness", "represented_by"}
    assert document["groups"][0]["represented_by"][0].keys() == {"statement", "direction", "share", "votes"}
    assert document["bridging"][0]["groups"].keys() == {"A", "B"}
    assert document["worth_voting"][0].keys() == {"statement", "votes", "priority"}
    assert 0 < document["groups"][0]["sureness"] <= 1
    assert document["assignments"].keys() == document["projection"].keys()
    assert document["consensus"][0]["statement"] == "s19"


def test_agreement(tmp_path):
    done, document = run(agreement_command, tmp_path, "item,coder,theme\n1,a,x\n1,b,x\n2,a,\n2,b,\n")
    assert done.exit_code == 0, done.output
    assert document["themes"]["x"] == {"alpha": 1.0, "interval": [1.0, 1.0], "kappa": 1.0, "items": 2}
    assert document["overall"]["alpha"] == 1.0
    assert document["coders"] == 2
    assert done.stderr == "2 coders, 2 items seen by two or more, 1 themes: alpha 1.00 (1.00 to 1.00)\n"


def test_agreement_of_a_file_or_of_a_consultation_and_not_of_both(tmp_path):
    for options in ([], ["in.csv", "--consultation", "agm"], ["in.csv", "--round", "1"], ["in.csv"]):
        assert CliRunner().invoke(agreement_command, options).exit_code == 2


@pytest.mark.parametrize(
    ("command", "text", "last"),
    [
        (opinion_command, "a,b\n1,2\n", "There is no column “participant”. The columns are: a, b."),
        (
            opinion_command,
            "participant,statement,vote\np,s,yes\n",
            "Line 2: a vote is 1, -1 or 0, not “yes”.",
        ),
        (agreement_command, "item,coder,theme\n1,a,x\n", "agreement needs at least two coders."),
        (agreement_command, "", "The file in.csv is empty."),
    ],
)
def test_mistakes(tmp_path, command, text, last):
    done, document = run(command, tmp_path, text)
    assert (done.exit_code, document) == (1, None)
    assert done.stderr.splitlines()[-1].endswith(last)


def test_the_list_of_commands_names_each(monkeypatch):
    """Kept beside the table of commands, so that listing them loads none."""
    assert set(cli.COMMANDS) <= set(cli.HELP)
    listed = CliRunner().invoke(cli.consult, ["--help"]).output
    assert all(f"  {name} " in listed for name in cli.COMMANDS)
