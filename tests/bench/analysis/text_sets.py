"""Sets of texts whose themes are known: how alike ours are to them, how stable, how well texts are placed."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
from scipy.cluster.vq import kmeans2

from consult.analysis.comparison import adjusted_rand
from consult.analysis.placing import PlacingOptions, ThemeReference, place
from tests.bench.analysis.beside_themes import beside, known
from tests.bench.analysis.many import of_a_sample
from tests.bench.analysis.reporting import DRAWS, Report, Rows, adjusted_information, compare, mean, timed

Sets = dict[tuple[str, str], Rows]


def k_means(report: Report, texts: list[str], true: list[str]) -> dict[str, float]:
    """On the vectors as embedded, told the true number of themes: the mean of the draws."""
    vectors = report.embed(texts)
    every = [
        compare([f"k{n}" for n in kmeans2(vectors, len(set(true)), minit="++", rng=seed)[1]], true)
        for seed in range(DRAWS)
    ]
    return {key: float(np.mean([figures[key] for figures in every])) for key in ("NMI", "ARI")}


def parallel(report: Report, name: str, rows: Rows) -> None:
    """The same sentences in several languages, with their topics."""
    texts, topics = [r["text"] for r in rows], [r["topic"] for r in rows]
    codes, ids = [r["language"] for r in rows], [r["sentence"] for r in rows]
    report.embed(texts)
    mixed(report, name, rows)
    for code in sorted(set(codes)):
        own = [i for i, c in enumerate(codes) if c == code]
        said, true = [texts[i] for i in own], [topics[i] for i in own]
        report.line(f"{name}: {code}", **compare(report.numbers(said), true))
        report.line("  k-means, true number", **k_means(report, said, true))
        beside(report, f"{name}: {code}", [known(report, said, true)])
    found = report.numbers(texts)
    report.line(
        f"{name}: translations in the same theme", share=together(ids, found), themes=len(set(found) - {""})
    )
    report.line(f"{name}: stability on two random 90 %, all", ARI=stability(report, texts))
    report.known[name] = known(report, texts, topics).reading


def together(ids: list[str], found: list[str]) -> float:
    """The share of pairs of equal id that have the same theme."""
    themes_of: defaultdict[str, list[str]] = defaultdict(list)
    for sentence, theme in zip(ids, found, strict=True):
        themes_of[sentence].append(theme)
    pairs = [
        (a == b and a != "")
        for themes in themes_of.values()
        for i, a in enumerate(themes)
        for b in themes[i + 1 :]
    ]
    return float(np.mean(pairs))


def mixed(report: Report, name: str, rows: Rows) -> None:
    """One language a sentence, drawn; the mean of the draws."""
    every, stable, sets = [], [], []
    ids, codes = sorted({r["sentence"] for r in rows}), sorted({r["language"] for r in rows})
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        pick = dict(zip(ids, rng.choice(codes, len(ids)), strict=True))
        some = [r for r in rows if pick[r["sentence"]] == r["language"]]
        texts, true = [r["text"] for r in some], [r["topic"] for r in some]
        found = report.numbers(texts)
        language = adjusted_information(found, [r["language"] for r in some])
        every.append({**compare(found, true), "AMI with language": language})
        stable.append(stability(report, texts))
        sets.append(known(report, texts, true))
    report.line(f"{name}: languages mixed", **mean(every))
    beside(report, f"{name}: languages mixed", sets)
    report.line(f"{name}: stability on two random 90 %, languages mixed", ARI=float(np.mean(stable)))


def stability(report: Report, texts: list[str]) -> float:
    """Adjusted Rand index of the themes of two random 90 %, on what both hold."""
    rng = np.random.default_rng(0)
    keep = [np.sort(rng.permutation(len(texts))[: int(0.9 * len(texts))]) for _ in range(2)]
    found = [dict(zip(k.tolist(), report.numbers([texts[i] for i in k]), strict=True)) for k in keep]
    shared = sorted(found[0].keys() & found[1].keys())
    return adjusted_rand([found[0][i] for i in shared], [found[1][i] for i in shared])


def arguments(report: Report, name: str, rows: Rows) -> None:
    """Arguments with the key points that people matched them to; each motion and stance is a set."""
    report.embed([r["text"] for r in rows])
    kept = argument_sets(rows)
    if not kept:
        report.line(f"{name}: no set of 20 to 200 arguments")
        return
    sizes = [len(some) for some in kept.values()]
    sets = [known(report, [r["text"] for r in some], [r["theme"] for r in some]) for some in kept.values()]
    figures = [
        compare(report.numbers([r["text"] for r in some]), [r["theme"] for r in some])
        for some in kept.values()
    ]
    report.line(f"{name}: sets, weighted by size", sets=len(kept), **mean(figures, sizes))
    plain = [k_means(report, list(one.reading.shown), one.true) for one in sets]
    report.line("  k-means, true number", **mean(plain, sizes))
    beside(report, name, sets, sizes)
    for examples in (0, 3, 5, 10):
        draws = [placing(report, kept, examples, seed) for seed in range(DRAWS if examples else 1)]
        report.line(f"{name}: placing with {examples} examples a theme", accuracy=float(np.mean(draws)))
    texts = [r["text"] for r in rows]
    report.known[name] = known(report, texts, [r["theme"] for r in rows]).reading


def argument_sets(rows: Rows) -> Sets:
    """Arguments with one key point, by motion and stance, where there are 20 to 200."""
    times = Counter(r["argument"] for r in rows)
    sets: defaultdict[tuple[str, str], Rows] = defaultdict(list)
    for row in rows:
        if times[row["argument"]] == 1:
            sets[row["question"], row["stance"]].append(row)
    return {key: some for key, some in sorted(sets.items()) if 20 <= len(some) <= 200}


def placing(report: Report, sets: Sets, examples: int, seed: int) -> float:
    """Share of arguments placed with their key point, only those that nobody coded."""
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
            options=PlacingOptions(threshold=-1.0), vectors=report.vectors,
        )  # fmt: skip
        right += sum(
            bool(p.themes) and p.themes[0].id == r["theme"] for p, r in zip(placed, rest, strict=True)
        )
        total += len(rest)
    return right / total if total else 0.0


def themed(report: Report, name: str, rows: Rows) -> None:
    """Texts of one question with their themes."""
    texts, true = [r["text"] for r in rows], [r["theme"] for r in rows]
    report.embed(texts)
    found, cpu, wall = timed(lambda: report.numbers(texts))
    report.line(name, **compare(found, true), cpu=cpu, wall=wall)
    report.line("  k-means, true number", **k_means(report, texts, true))
    one = known(report, texts, true)
    beside(report, name, [one])
    report.line(f"{name}: stability on two random 90 %", ARI=stability(report, texts))
    of_a_sample(report, name, one)
    report.known[name] = one.reading


def proposals(report: Report, name: str, rows: Rows) -> None:
    """Comments by the proposal below which they stand: not their themes, but near."""
    themed(report, name, [{**row, "theme": row["proposal"]} for row in rows])
