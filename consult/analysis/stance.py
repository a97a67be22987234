"""A hint of where an answer stands: its tone, taken by a small classifier, and nothing where that is unsure.

What it hears is sentiment (kind words or hard ones), not a position towards a question; `docs/stance.md` is its
model card, with figures. Multinomial logistic regression on the encoder's vector and on hashed words and runs of
letters of a text (Weinberger et al. 2009): vectors alone lose much of the tone, dialect spelling above all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np

from consult.analysis.embedding import Embedder, VectorCache, embed_texts
from consult.analysis.several import MOST_TEXTS, long_sentences
from consult.analysis.text import normalise

# Made by `consult.analysis.training.stance` for the built-in encoder.
WEIGHTS_FILE = Path(__file__).with_name("data") / "stance-use.npy"
_ENCODER = "use-multilingual-3/"
LANGUAGES = ("ar",)
"""Where it was measured to be good enough; elsewhere there is no hint."""
CLASSES = ("oppose", "neutral", "support")
# Below this probability of the likeliest class there is no hint.
SURE = 0.45
# Two sentences that stand on both sides with this probability each make an answer mixed.
PLAINLY = 0.6
BUCKETS = 1 << 13
_RUNS = (2, 3, 4, 5)
_NAMES = re.compile(r"@\w+")
_PIECES = re.compile(r"[^\W_]+|[^\w\s]")
_AT_ONCE = 2_000


def stance_hints(
    texts: Sequence[str],
    codes: Sequence[str],
    raw: np.ndarray,
    *,
    embedder: Embedder,
    vectors: VectorCache | None = None,
    sentences: bool | None = None,
) -> list[str | None]:
    """Support, oppose, mixed or neutral for each text; None where unsure, in other languages, with other encoders.

    `texts` as read (`text.for_reading`), `codes` their languages, `raw` (n, d) their vectors as embedded.
    `sentences`: whether those of longer texts are read too; where left out, up to `MOST_TEXTS` texts.
    """
    hints: list[str | None] = [None] * len(texts)
    heard = [i for i, (text, code) in enumerate(zip(texts, codes, strict=True)) if text and is_heard(code)]
    if not heard or engine_name(embedder) is None:
        return hints
    chances = probabilities([texts[i] for i in heard], raw[heard])
    for i, chance in zip(heard, chances, strict=True):
        best = int(chance.argmax())
        if chance[best] >= SURE:
            hints[i] = CLASSES[best]
    if len(texts) <= MOST_TEXTS if sentences is None else sentences:
        for i in _mixed([texts[i] for i in heard], embedder, vectors):
            hints[heard[i]] = "mixed"
    return hints


def engine_name(embedder: Embedder) -> str | None:
    """What makes the hints with this encoder; None where there are none."""
    return "sentiment-use/1" if embedder.name.startswith(_ENCODER) else None


def is_heard(code: str) -> bool:
    """Whether texts in this language get a hint."""
    return code in LANGUAGES


def probabilities(texts: Sequence[str], raw: np.ndarray) -> np.ndarray:
    """How probable each of `CLASSES` is, shape (n, 3), rows summing to 1."""
    weights = _weights()
    out = np.empty((len(texts), len(CLASSES)), dtype=np.float64)
    for start in range(0, len(texts), _AT_ONCE):
        rows = slice(start, start + _AT_ONCE)
        logits = raw[rows].astype(np.float64) @ weights[BUCKETS:-1] + weights[-1]
        for row, text in zip(logits, texts[rows], strict=True):
            found = buckets(text)
            if len(found):
                row += weights[found].sum(axis=0) / np.sqrt(len(found))
        out[rows] = softmax(logits)
    return out


def buckets(text: str) -> np.ndarray:
    """The numbers below `BUCKETS` of a text's words, signs and runs of letters, each once, in order."""
    pieces = _PIECES.findall(normalise(_NAMES.sub(" ", text)))
    return np.unique(np.concatenate([_word_buckets(piece) for piece in pieces])) if pieces else _NONE


def softmax(logits: np.ndarray) -> np.ndarray:
    """Rows of probabilities."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


_NONE = np.zeros(0, dtype=np.int64)
_known: dict[str, np.ndarray] = {}
_MOST_KNOWN = 50_000


def _word_buckets(word: str) -> np.ndarray:
    """The same words come again and again: what they give is kept."""
    found = _known.get(word)
    if found is None:
        edged = f"<{word[:40]}>"
        runs = {edged[i : i + n] for n in _RUNS for i in range(len(edged) - n + 1)}
        found = np.array([_bucket(word), *(_bucket("c" + run) for run in sorted(runs))], dtype=np.int64)
        if len(_known) < _MOST_KNOWN:
            _known[word] = found
    return found


def _bucket(feature: str) -> int:
    return crc32(feature.encode("utf-8", "surrogatepass")) % BUCKETS


@cache
def _weights() -> np.ndarray:
    """(BUCKETS + d + 1, 3): hashed features, then the vector, then the constant."""
    return np.load(WEIGHTS_FILE, allow_pickle=False).astype(np.float64)


def _mixed(texts: Sequence[str], embedder: Embedder, vectors: VectorCache | None) -> list[int]:
    """The texts one of whose sentences plainly supports and another plainly opposes."""
    pieces = [(i, sentence) for i, text in enumerate(texts) for sentence in long_sentences(text)]
    if not pieces:
        return []
    sentences = [sentence for _, sentence in pieces]
    chances = probabilities(sentences, embed_texts(embedder, sentences, vectors=vectors))
    most = np.zeros((len(texts), len(CLASSES)))
    for (i, _), chance in zip(pieces, chances, strict=True):
        most[i] = np.maximum(most[i], chance)
    weaker = np.minimum(most[:, CLASSES.index("oppose")], most[:, CLASSES.index("support")])
    return np.flatnonzero(weaker >= PLAINLY).tolist()
