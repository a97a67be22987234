"""Files of votes: the quick reading gives what reading as a table gives."""

import click
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult import votes_file
from consult.analysis.votes import named_votes
from consult.votes_file import read_votes

HEADER = "participant,statement,vote\n"


def same(found, expected):
    assert (found.people, found.statements) == (expected.people, expected.statements)
    for name in ("rows", "columns", "values"):
        assert np.array_equal(getattr(found, name), getattr(expected, name))


def is_plain(path):
    try:
        votes_file._plain_votes(path)
    except votes_file._NotPlainError:
        return False
    return True


NAMES = st.text(st.characters(exclude_characters='",;|\ufeff', exclude_categories=["Cs", "Cc"]), min_size=1)
NAMES = NAMES.map(lambda name: " ".join(name.split()) or "x")


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(NAMES, NAMES | st.integers().map(str), st.sampled_from([1, -1, 0])), min_size=1))
def test_any_names(tmp_path_factory, votes):
    path = tmp_path_factory.mktemp("votes") / "votes.csv"
    path.write_text(HEADER + "".join(f"{p},{s},{v}\n" for p, s, v in votes), encoding="utf-8", newline="")
    people, statements, values = zip(*votes, strict=True)
    expected = named_votes([p.strip() for p in people], [s.strip() for s in statements], values)
    same(read_votes(path), expected)


PLAIN = [["p1", "p2", "p1", "a much longer name of a person"], ["1", "1", "1", "22"], [1, -1, 0, 1]]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("participant,statement,vote\np1,1,1\np2,1,-1\np1,1,0\na much longer name of a person,22,+1", True),
        ("\ufeffvote;participant;x;statement\r\n1;p1;;1\r\n-1;p2;;1\r\n0;p1;;1\r\n"
         "1.0;a much longer name of a person;;22\r\n\r\n", True),
        ('"participant","statement","vote"\n"p1","1",1\n"p2","1",-1\n"p1","1",0\n'
         '"a much longer name of a person","22",1\n', True),
        ('participant,statement,vote,note\np1,1,1,"a, b"\np2,1,-1,\np1,1,0,"x\ny"\n'
         'a much longer name of a person,22,1,\n', False),
        ("participant,statement,vote\np1 , 1,1\n\np2,1 ,−1\np1,1,0\na much longer name of a person,22,1\n", False),
    ],
)  # fmt: skip
def test_the_forms_that_files_have(tmp_path, text, plain):
    path = tmp_path / "votes.csv"
    path.write_text(text, encoding="utf-8", newline="")
    assert is_plain(path) == plain
    same(read_votes(path), named_votes(*PLAIN))


def test_other_encodings(tmp_path):
    path = tmp_path / "votes.csv"
    path.write_bytes((HEADER + "سعاد,1,1\nليلى,1,-1\n").encode("utf-16"))
    assert read_votes(path).people == ["سعاد", "ليلى"]


def test_blocks_are_cut_between_lines(tmp_path, monkeypatch):
    path = tmp_path / "votes.csv"
    rows = [(f"person {i % 37}", str(i % 11), (i % 3) - 1) for i in range(500)]
    path.write_text(HEADER + "".join(f"{p},{s},{v}\n" for p, s, v in rows), encoding="utf-8")
    monkeypatch.setattr(votes_file, "_BLOCK", 100)
    same(read_votes(path), named_votes(*zip(*rows, strict=True)))


@pytest.mark.parametrize("text", ["p,1,1\n\np,1,maybe\n", "p,1,1\np,1,1\np,1,maybe\n"])
def test_a_wrong_vote_is_named_by_its_line(tmp_path, text):
    path = tmp_path / "votes.csv"
    path.write_text(HEADER + text, encoding="utf-8")
    with pytest.raises(click.ClickException, match="Line 4: a vote is 1, -1 or 0, not “maybe”"):
        read_votes(path)
