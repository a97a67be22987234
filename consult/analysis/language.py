"""The language of each text: py3langid, with scripts and a prior for texts too short to tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from consult.analysis.stopwords import ARABIZI_WORDS, STOPWORDS
from consult.analysis.text import has_arabic, is_arabic, is_arabic_word, normalise, words
from consult.analysis.threads import once

UNKNOWN = "und"
MIXED = "mul"
ARABIZI = "ar-Latn"
# Asked of the identifier. More languages would make more mistakes on short texts than they find.
_CANDIDATES = ("ar", "en", "fr", "es", "pt", "it", "de", "nl", "tr", "ru", "fa", "ur", "sw", "id", "zh", "hi")
_SURE_WORDS = 12
_PERSIAN = re.compile("[پچژگکیںےہھڑٹڈ]")
_ARABIZI_DIGIT = re.compile("[2356789]")
_ARABIZI = re.compile(r"(?<![\w])(?=\w*[a-z])(?=\w*[2-9])[a-z]*[2356789][a-z2-9]*(?![\w])", re.IGNORECASE)


@once
def load_identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(_CANDIDATES))
    return identifier


def detect_languages(texts: Sequence[str], *, priors: Sequence[str | None] | None = None) -> list[str]:
    """A code for each text: ISO 639-1, `ar-Latn` (Arabizi), `mul` (mixed scripts) or `und` (no words).

    `priors[i]` is the language of the page on which the text was written. It decides short texts; without
    it they take the most frequent language among the longer texts in the same script.
    """
    return languages_and_usual(texts, priors=priors)[0]


def languages_and_usual(
    texts: Sequence[str], *, priors: Sequence[str | None] | None = None
) -> tuple[list[str], str | None]:
    """The codes, and the language that short texts in Latin script took where they had no prior."""
    firsts = [_first_look(text) for text in texts]
    sure = Counter(code for code, is_sure in firsts if is_sure)
    ranked = sorted(sure, key=lambda code: (-sure[code], code))
    usual = next((code for code in ranked if code not in ("ar", "fa", "ur", MIXED, ARABIZI)), None)
    return _decided(texts, firsts, priors, usual), usual


def languages_where(
    texts: Sequence[str], usual: str | None, *, priors: Sequence[str | None] | None = None
) -> list[str]:
    """The codes of texts that are a part of more texts, whose usual language is known."""
    return _decided(texts, [_first_look(text) for text in texts], priors, usual)


def _decided(
    texts: Sequence[str],
    firsts: Sequence[tuple[str, bool]],
    priors: Sequence[str | None] | None,
    usual: str | None,
) -> list[str]:
    out = []
    for index, (code, is_sure) in enumerate(firsts):
        prior = priors[index] if priors else None
        out.append(code if is_sure or code == UNKNOWN else _short(texts[index], code, prior, usual))
    return out


def _first_look(text: str) -> tuple[str, bool]:
    text = text[:2000]
    found = words(text)
    if not found:
        return UNKNOWN, True
    arabic = sum(len(word) for word in found if is_arabic_word(word)) if has_arabic(text) else 0
    letters = sum(map(len, found))
    if min(arabic, letters - arabic) > 0.3 * letters and len(found) >= 4:
        return MIXED, True
    if arabic * 2 > letters:
        if _PERSIAN.search(text):
            code = _classify(text)
            return (code if code in ("fa", "ur") else "ar"), True
        return "ar", True
    if _is_arabizi(text, found):
        return ARABIZI, True
    code = _by_stopwords(found) or _classify(text)
    return code, len(found) >= _SURE_WORDS


def _classify(text: str) -> str:
    return str(load_identifier().classify(text)[0])


def _is_arabizi(text: str, found: list[str]) -> bool:
    tokens = re.findall(r"\w+", text.casefold())
    # Most texts have no digit, which is seen at once.
    marked = len(_ARABIZI.findall(text)) if _ARABIZI_DIGIT.search(text) else 0
    marked += sum(map(ARABIZI_WORDS.__contains__, tokens))
    return marked >= 2 and marked >= 0.25 * len(found)


def _by_stopwords(found: list[str], *, least: int = 3) -> str | None:
    """The language whose function words clearly lead: quicker than the identifier and as sure."""
    folded = normalise(" ".join(found[:80])).split()
    hits = sorted(
        ((sum(map(STOPWORDS[code].__contains__, folded)), code) for code in ("en", "es", "fr")), reverse=True
    )
    return hits[0][1] if hits[0][0] >= least and hits[0][0] >= 2 * hits[1][0] else None


def _short(text: str, code: str, prior: str | None, usual: str | None) -> str:
    found = words(text)
    led = _by_stopwords(found, least=2)
    if led:
        return led
    if prior and (prior == "ar") == is_arabic(text):
        return prior
    if len(found) >= 5 and load_identifier().classify(text)[1] > np.float64(0.9):
        return code
    return usual or code
