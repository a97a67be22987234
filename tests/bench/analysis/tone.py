"""The hint of stance against the sentiment that people saw in tweets, on parts that it was not learned from."""

from __future__ import annotations

from collections import Counter

import numpy as np

from consult.analysis.language import detect_languages
from consult.analysis.text import for_reading
from consult.analysis.training import stance
from tests.bench.analysis.beside_themes import known
from tests.bench.analysis.reporting import Report, Rows


def toned(report: Report, name: str, rows: Rows) -> None:
    """In five folds, as `docs/stance.md` says: what the shipped weights say of their own tweets is too good."""
    report.embed([r["text"] for r in rows])
    texts = [for_reading(r["text"]) for r in rows]
    classes = np.array([stance.CLASSES.index(stance.SENTIMENT[r["sentiment"]]) for r in rows])
    chances = stance.held_out(stance.features(texts, report.vectors), stance.folds_of(texts), classes)
    sure = chances.max(axis=1) >= stance.SURE
    best = chances.argmax(axis=1)
    report.line(
        f"{name}: stance, held out",
        **{
            "macro-F1": float(stance.f1_scores(classes, best).mean()),
            "silence wrong": float(stance.f1_scores(classes, np.where(sure, best, -1)).mean()),
            "where shown": float(stance.f1_scores(classes[sure], best[sure]).mean()),
        },
        shown=float(sure.mean()),
        Arabic=float(np.mean([code == "ar" for code in detect_languages(texts)])),
    )
    commonest = Counter(classes.tolist()).most_common(1)[0][0]
    always = stance.f1_scores(classes, np.full(len(rows), commonest)).mean()
    report.line("  always the commonest", **{"macro-F1": float(always)})
    report.known[name] = known(report, texts, [r["sentiment"] for r in rows]).reading
