"""The report of `make bench-analysis` on made sets, and the script that runs in the baselines' environment."""

from __future__ import annotations

import csv
import os
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from consult.analysis.votes import Votes, named_votes
from tests.bench.analysis.__main__ import run
from tests.bench.analysis.bars import BARS, Bar
from tests.bench.analysis.beside import METHODS, Baselines, Given
from tests.bench.analysis.many import jittered
from tests.bench.analysis.reporting import Report, adjusted_information

PYTHON = os.environ.get("BENCH_BASELINES", "")
needs_baselines = pytest.mark.skipif(
    not PYTHON, reason="BENCH_BASELINES names no environment with the baselines"
)

MATTERS = {
    "water": ("the water pipes leak", "the well is dry", "drinking water is dirty", "the pump is broken"),
    "school": (
        "the school has no teachers",
        "pupils need books",
        "classes are too full",
        "lessons end too early",
    ),
    "bus": ("the bus is late", "the bus stops are far", "bus tickets cost much", "no bus runs at night"),
}
FRENCH = {
    "water": ("les tuyaux d'eau fuient", "le puits est sec", "l'eau potable est sale", "la pompe est cassée"),
    "school": (
        "l'école n'a pas d'enseignants", "les élèves ont besoin de livres",
        "les classes sont trop pleines", "les cours finissent trop tôt",
    ),
    "bus": (
        "le bus est en retard", "les arrêts de bus sont loin",
        "les billets de bus coûtent cher", "aucun bus ne roule la nuit",
    ),
}  # fmt: skip
PLACES = (
    ("in our village", "dans notre village"),
    ("near the market", "près du marché"),
    ("this year", "cette année"),
)
TWEETS = {
    "positive": ("خدمة رائعة وشكرا لكم", "أحب هذا المشروع الجميل", "عمل ممتاز جدا"),
    "negative": ("خدمة سيئة ومخجلة", "أكره هذا التأخير", "فشل كامل وفساد"),
    "neutral": ("الاجتماع يوم الأحد", "المكتب في المدينة", "صدر التقرير اليوم"),
}
SAID = [
    (theme, number, place) for theme, number, place in product(MATTERS, range(4), range(len(PLACES)))
]  # 36 sentences


def english(theme: str, number: int, place: int) -> str:
    return f"{MATTERS[theme][number].capitalize()} {PLACES[place][0]}."


def write(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def two_minds() -> list[tuple[str, str, int]]:
    """Votes of 30 people on 10 statements: half for the first five, half for the others; some say nothing."""
    rng = np.random.default_rng(1)
    return [
        (str(person), str(statement), 1 if (person < 15) == (statement < 5) else -1)
        for person in range(30)
        for statement in range(10)
        if rng.random() < 0.9
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set of each kind, called by the names that the bars are about."""
    sentences = [
        {"sentence": i, "language": code, "topic": theme, "text": text}
        for i, (theme, number, place) in enumerate(SAID)
        for code, text in (
            ("en", english(theme, number, place)),
            ("fr", f"{FRENCH[theme][number].capitalize()} {PLACES[place][1]}."),
        )
    ]
    write(tmp_path / "sib200" / "sentences.csv", sentences)
    texts = [{"text": english(*one), "theme": one[0]} for one in SAID]
    write(tmp_path / "banking77" / "queries.csv", texts)
    write(
        tmp_path / "argkp" / "arguments.csv",
        [{"argument": i, "question": "q", "stance": "support", **row, "theme_text": row["theme"]}
         for i, row in enumerate(texts)],
    )  # fmt: skip
    write(
        tmp_path / "comments" / "comments.csv",
        [{"proposal": row["theme"], "text": f"I think {row['text']}"} for row in texts],
    )
    write(
        tmp_path / "arsarcasm-v2" / "tweets.csv",
        [{"text": f"{text} {i}", "sentiment": sentiment}
         for sentiment, said in TWEETS.items() for text in said for i in range(5)],
    )  # fmt: skip
    talk = tmp_path / "polis" / "talk"
    write(
        talk / "votes.csv",
        [dict(zip(("participant", "statement", "vote"), v, strict=True)) for v in two_minds()],
    )
    for name, rows in (
        ("statements.csv", [{"statement": i, "text": f"s{i}", "moderated": 0} for i in range(10)]),
        ("published_groups.csv", [{"participant": i, "group": int(i < 15)} for i in range(30)]),
    ):
        write(talk / "x" / name, rows)
        (talk / "x" / name).rename(talk / name)
        (talk / "x").rmdir()
    return tmp_path


@pytest.mark.sweep
def test_the_report_runs_on_every_kind_of_set_without_baselines(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = run(folder, Baselines(None), many=300, votes=2_000)
    printed = capsys.readouterr().out
    assert report.lines["talk: opinion groups"]["ARI"] == 1.0
    assert report.lines["banking77"]["NMI"] > 0.5
    assert report.lines["comments"]["unplaced"] < 10
    assert 0 <= report.lines["argkp: placing with 5 examples a theme"]["accuracy"] <= 1
    assert report.lines["sib200: fr"]["themes"] >= 2
    assert report.lines["arsarcasm-v2: stance, held out"]["Arabic"] == 1.0
    assert report.lines["made votes: consult opinion with 20 resamples"]["people"] == 20
    assert report.lines["300 vectors"]["themes"] >= 2
    for baseline in ("TF-IDF and NMF, true number", "BERTopic, outliers placed", "red-dwarf"):
        assert f"  {baseline}: not installed" in printed
    bars = printed.partition("\nbars\n")[2].splitlines()
    assert len(bars) == len(BARS)
    by_name = {line.split("  ")[0]: line for line in bars}
    groups = report.lines["made votes: consult opinion with 20 resamples"]
    assert groups["GB"] < 2
    assert by_name["made votes: consult opinion with 20 resamples: GB"].endswith(" met")
    assert "NOT MET" in by_name["banking77: themes"]
    assert "not measured" in by_name["banking77: clustering alone against BERTopic: ARI times"]


@needs_baselines
def test_the_report_compares_with_the_baselines(folder: Path) -> None:
    report = run(folder, Baselines(PYTHON), many=300, votes=2_000)
    assert report.lines["banking77: clustering alone against BERTopic"]["times faster (CPU)"] > 0
    assert report.lines["many vectors: clustering alone against BERTopic"]["times faster (CPU)"] > 0
    assert report.lines["opinion groups: median of the sets"]["ARI ahead"] == 0


@needs_baselines
def test_baselines_find_plain_clusters() -> None:
    rng = np.random.default_rng(0)
    true = np.repeat(np.arange(4), 40)
    vectors = (5 * np.eye(16)[true] + rng.standard_normal((160, 16))).astype(np.float32)
    texts = [f"matter{theme} matter{theme} thing{i % 7}" for i, theme in enumerate(true)]
    baselines = Baselines(PYTHON)
    (found,) = baselines.themes([Given(texts, vectors, 4)])
    assert set(found) == set(METHODS)
    for answer in found.values():
        assert not answer.error
        assert len(answer.labels) == 160 and answer.cpu > 0
        # Most of each true cluster bears one label, and no other cluster bears it.
        commonest = [int(np.bincount(answer.labels[true == theme] + 1).argmax()) for theme in range(4)]
        assert len(set(commonest)) == 4
    assert (found["bertopic_reduced"].labels >= 0).all()
    assert baselines.versions["bertopic"] != "not installed"


@needs_baselines
def test_red_dwarf_groups_two_minds() -> None:
    votes: Votes = named_votes(*map(list, zip(*two_minds(), strict=True)))  # type: ignore[arg-type]
    answer = Baselines(PYTHON).groups(votes, frozenset({"9"}), repeats=1)
    assert not answer.error
    side = np.array([int(name) < 15 for name in votes.people])
    placed = answer.labels >= 0
    assert placed.sum() > 20
    assert len(set(answer.labels[placed & side])) == len(set(answer.labels[placed & ~side])) == 1


def test_a_bar_has_two_ends() -> None:
    bar = Bar("a set", "themes", 40, 120)
    assert bar.asked() == ">= 40 and <= 120"
    assert [bar.met(value) for value in (39, 40, 120, 121)] == [False, True, True, False]


def test_a_failing_script_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="baselines.py"):
        Baselines("/bin/false").themes([Given(["a"], np.ones((1, 2)), 1)])


def test_jittered_copies_stay_near_their_text() -> None:
    real = np.eye(64, dtype=np.float32)[:10]
    vectors, rows = jittered(real, 200)
    assert vectors.shape == (200, 64)
    assert (vectors[:10] == real).all()
    cosines = (vectors * real[rows]).sum(axis=1)
    assert cosines[10:].min() > 0.8 and cosines[10:].max() < 0.97
    assert len(jittered(real, 5)[0]) == 5


def test_adjusted_information_is_nothing_by_chance_and_one_for_the_same() -> None:
    rng = np.random.default_rng(0)
    first, second = (list(map(str, rng.integers(0, 5, 400))) for _ in range(2))
    assert adjusted_information(first, first) == pytest.approx(1)
    assert abs(adjusted_information(first, second)) < 0.03


def test_a_line_that_belongs_to_another_is_not_kept(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(Baselines(None))
    report.line("a set", NMI=0.5)
    report.line("  beside", NMI=0.25)
    assert list(report.lines) == ["a set"]
    assert "NMI 0.250" in capsys.readouterr().out
