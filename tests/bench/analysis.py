"""`make bench-analysis DATA=FOLDER`: how good and how quick the analysis is on every known kind of set.

A set is known by its columns: parallel sentences with topics (sentence,language,topic,text), arguments with
key points (question,stance,text,theme), texts with themes (text,theme), comments below proposals (proposal,text),
tweets with sentiment (text,sentiment), votes beside published groups (votes.csv, statements.csv,
published_groups.csv).
"""

from __future__ import annotations

import csv
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from scipy.cluster.vq import kmeans2
from scipy.special import gammaln

from consult.analysis.comparison import (
    adjusted_rand,
    contingency,
    mutual_information,
    normalised_information,
)
from consult.analysis.embedding import embed_texts, use_embedder
from consult.analysis.opinion import groups_of
from consult.analysis.placing import PlacingOptions, ThemeReference, place
from consult.analysis.themes import find_themes
from consult.votes_file import read_votes

DRAWS = 3
Rows = list[dict[str, str]]
VECTORS: dict[str, np.ndarray] = {}


def read(path: Path) -> Rows:
    csv.field_size_limit(10_000_000)
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def line(name: str, **figures: float | int | str) -> None:
    shown = "  ".join(f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in figures.items())
    print(f"{name:<44} {shown}", flush=True)


def numbers(texts: list[str], languages: list[str] | None = None) -> list[str]:
    """The main theme of each text, "" where it has none (all such count as one cluster)."""
    result = find_themes(texts, languages=languages, vectors=VECTORS)
    return [item.themes[0].id if item.themes else "" for item in result.assignments]


def compare(found: list[str], true: list[str]) -> dict[str, float | int]:
    return {
        "NMI": normalised_information(found, true),
        "ARI": adjusted_rand(found, true),
        "themes": len(set(found) - {""}),
        "unplaced": found.count(""),
    }


def baseline(texts: list[str], true: list[str]) -> dict[str, float | int]:
    """k-means on the same vectors, told the true number of themes: the mean of the draws."""
    from consult.analysis.text import for_reading

    vectors = embed_texts(use_embedder(), [for_reading(text) for text in texts], vectors=VECTORS)
    every = [
        compare([f"k{n}" for n in kmeans2(vectors, len(set(true)), minit="++", rng=seed)[1]], true)
        for seed in range(DRAWS)
    ]
    return {key: float(np.mean([figures[key] for figures in every])) for key in ("NMI", "ARI")}


def adjusted_information(first: list[str], second: list[str]) -> float:
    """Adjusted mutual information, arithmetic mean (Vinh, Epps and Bailey 2010)."""
    table = contingency(first, second)
    n, a, b = int(table.sum()), table.sum(axis=1).astype(int), table.sum(axis=0).astype(int)
    expected = 0.0
    for x in a:
        for y in b:
            k = np.arange(max(1, x + y - n), min(x, y) + 1)
            log_p = (
                gammaln(x + 1) + gammaln(y + 1) + gammaln(n - x + 1) + gammaln(n - y + 1)
                - gammaln(n + 1) - gammaln(k + 1) - gammaln(x - k + 1) - gammaln(y - k + 1)
                - gammaln(n - x - y + k + 1)
            )  # fmt: skip
            expected += float((k / n * np.log(n * k / (x * y)) * np.exp(log_p)).sum())
    found = mutual_information(table)
    mean = (mutual_information(np.diag(a)) + mutual_information(np.diag(b))) / 2
    return (found - expected) / (mean - expected) if mean > expected else 0.0


def parallel(name: str, rows: Rows) -> None:
    texts, topics = [r["text"] for r in rows], [r["topic"] for r in rows]
    codes, ids = [r["language"] for r in rows], [r["sentence"] for r in rows]
    embed_all(texts)
    for figures in mixed(rows):
        line(f"{name}: languages mixed", **figures)
    for code in sorted(set(codes)):
        own = [i for i, c in enumerate(codes) if c == code]
        said, true = [texts[i] for i in own], [topics[i] for i in own]
        line(f"{name}: {code}", **compare(numbers(said), true))
        line("  k-means, true number", **baseline(said, true))
    found = numbers(texts)
    together: defaultdict[str, list[str]] = defaultdict(list)
    for sentence, theme in zip(ids, found, strict=True):
        together[sentence].append(theme)
    pairs = [
        (a == b and a != "")
        for themes in together.values()
        for i, a in enumerate(themes)
        for b in themes[i + 1 :]
    ]
    line(f"{name}: translations in the same theme", share=float(np.mean(pairs)), themes=len(set(found)))
    stability(name, texts)


def mixed(rows: Rows) -> Iterator[dict[str, float]]:
    """One language a sentence, drawn; the mean of the draws."""
    every = []
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        ids = sorted({r["sentence"] for r in rows})
        codes = sorted({r["language"] for r in rows})
        pick = dict(zip(ids, rng.choice(codes, len(ids)), strict=True))
        some = [r for r in rows if pick[r["sentence"]] == r["language"]]
        found = numbers([r["text"] for r in some])
        figures = compare(found, [r["topic"] for r in some])
        figures["AMI with language"] = adjusted_information(found, [r["language"] for r in some])
        every.append(figures)
    yield {key: float(np.mean([f[key] for f in every])) for key in every[0]}


def stability(name: str, texts: list[str]) -> None:
    rng = np.random.default_rng(0)
    keep = [np.sort(rng.permutation(len(texts))[: int(0.9 * len(texts))]) for _ in range(2)]
    found = [dict(zip(k.tolist(), numbers([texts[i] for i in k]), strict=True)) for k in keep]
    shared = sorted(found[0].keys() & found[1].keys())
    line(
        f"{name}: stability on two random 90 %",
        ARI=adjusted_rand([found[0][i] for i in shared], [found[1][i] for i in shared]),
    )


def arguments(name: str, rows: Rows) -> None:
    embed_all([r["text"] for r in rows])
    times = Counter(r["argument"] for r in rows)
    sets: defaultdict[tuple[str, str], Rows] = defaultdict(list)
    for row in rows:
        if times[row["argument"]] == 1:
            sets[row["question"], row["stance"]].append(row)
    kept = {key: some for key, some in sorted(sets.items()) if 20 <= len(some) <= 200}
    figures, sizes = [], []
    for some in kept.values():
        figures.append(compare(numbers([r["text"] for r in some]), [r["theme"] for r in some]))
        sizes.append(len(some))
    mean = {key: float(np.average([f[key] for f in figures], weights=sizes)) for key in figures[0]}
    line(f"{name}: {len(kept)} sets, weighted by size", **mean)
    plain = [baseline([r["text"] for r in some], [r["theme"] for r in some]) for some in kept.values()]
    line(
        "  k-means, true number",
        **{key: float(np.average([f[key] for f in plain], weights=sizes)) for key in ("NMI", "ARI")},
    )
    for examples in (0, 3, 5, 10):
        draws = [placing(kept, examples, seed) for seed in range(5 if examples else 1)]
        line(f"{name}: placing with {examples} examples a theme", accuracy=float(np.mean(draws)))


def placing(sets: dict[tuple[str, str], Rows], examples: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    right = total = 0
    for some in sets.values():
        names = {r["theme"]: r["theme_text"] for r in some}
        coded: dict[str, list[str]] = {}
        taken: set[int] = set()
        for theme in sorted(names):
            own = [i for i, r in enumerate(some) if r["theme"] == theme]
            picked = [own[i] for i in rng.permutation(len(own))[:examples]]
            coded[theme] = [some[i]["text"] for i in picked]
            taken.update(picked)
        rest = [r for i, r in enumerate(some) if i not in taken]
        themes = [ThemeReference(t, (names[t],), tuple(coded[t])) for t in sorted(names)]
        background = [t for texts in coded.values() for t in texts]
        placed = place(
            [r["text"] for r in rest], themes, background=background,
            options=PlacingOptions(threshold=-1.0), vectors=VECTORS,
        )  # fmt: skip
        right += sum(
            bool(p.themes) and p.themes[0].id == r["theme"] for p, r in zip(placed, rest, strict=True)
        )
        total += len(rest)
    return right / total


def published(folder: Path) -> None:
    """Opinion groups beside those that the authors of a conversation published."""
    removed = frozenset(r["statement"] for r in read(folder / "statements.csv") if r["moderated"] == "-1")
    wanted = {r["participant"]: r["group"] for r in read(folder / "published_groups.csv")}
    start = time.perf_counter()
    votes = read_votes(folder / "votes.csv")
    found = groups_of(votes, moderated_out=removed)
    taken = time.perf_counter() - start
    both = sorted(wanted.keys() & found.assignments.keys())
    line(
        f"{folder.name}: opinion groups",
        votes=len(votes.values),
        ARI=adjusted_rand([found.assignments[p] for p in both], [wanted[p] for p in both]),
        groups=len(found.groups),
        seconds=taken,
    )


def themed(name: str, rows: Rows) -> None:
    texts = [r["text"] for r in rows]
    embed_all(texts)
    start = time.perf_counter()
    found = numbers(texts)
    line(name, **compare(found, [r["theme"] for r in rows]), seconds=time.perf_counter() - start)
    line("  k-means, true number", **baseline(texts, [r["theme"] for r in rows]))
    stability(name, texts)


def proposals(name: str, rows: Rows) -> None:
    """Comments by the proposal below which they stand: not their themes, but near."""
    themed(name, [{**row, "theme": row["proposal"]} for row in rows])


def toned(name: str, rows: Rows) -> None:
    """The hint of stance against the sentiment that people saw. The shipped weights have learned from the training
    part of ArSarcasm-v2: on it the figures are too good, and `docs/stance.md` has those that are not."""
    embed_all([r["text"] for r in rows])
    wanted = [{"positive": "support", "negative": "oppose"}.get(r["sentiment"], "neutral") for r in rows]
    said = [item.stance or "" for item in find_themes([r["text"] for r in rows], vectors=VECTORS).assignments]
    shown = [(a, b) for a, b in zip(wanted, said, strict=True) if b]
    commonest = Counter(wanted).most_common(1)[0][0]
    line(
        f"{name}: stance",
        **{"macro-F1": macro_f1(wanted, said), "where shown": macro_f1(*map(list, zip(*shown, strict=True)))},
        shown=len(shown) / len(rows),
    )
    line("  always the commonest", **{"macro-F1": macro_f1(wanted, [commonest] * len(rows))})


def macro_f1(true: list[str], found: list[str]) -> float:
    """Mean F1 of the classes that occur; what is not shown is right for none."""
    pairs = Counter(zip(true, found, strict=True))
    sizes, answers = Counter(true), Counter(found)
    return float(np.mean([2 * pairs[c, c] / (sizes[c] + answers[c]) for c in sizes]))


def embed_all(texts: list[str]) -> None:
    from consult.analysis.text import for_reading

    start = time.perf_counter()
    embed_texts(use_embedder(), [for_reading(t) for t in texts], vectors=VECTORS)
    taken = time.perf_counter() - start
    line("  embedding", texts=len(texts), seconds=taken)


KINDS: list[tuple[set[str], Callable[[str, Rows], None]]] = [
    ({"sentence", "language", "topic", "text"}, parallel),
    ({"argument", "question", "stance", "text", "theme"}, arguments),
    ({"text", "theme"}, themed),
    ({"proposal", "text"}, proposals),
    ({"text", "sentiment"}, toned),
]


def main() -> None:
    folder = Path(sys.argv[1])
    for path in sorted(folder.rglob("published_groups.csv")):
        published(path.parent)
    for path in sorted(folder.rglob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as source:
            columns = set(next(csv.reader(source), []))
        for wanted, run in KINDS:
            if wanted <= columns:
                VECTORS.clear()
                run(str(path.relative_to(folder).parent), read(path))
                break
    print(f"largest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
