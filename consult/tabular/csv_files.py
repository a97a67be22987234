"""CSV: which encoding, which separator, and records with quoted line breaks."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from consult.analysis.stopwords import ALL_STOPWORDS
from consult.analysis.text import normalise, words
from consult.tabular.values import Limits, Table, TableError, make_table
from surveys.i18n import N_

_SEPARATORS = ",;\t|"
_NONE = "\x1f"  # a table of one column
_SAMPLE = 200_000
_LONGEST_VALUE = 20_000_000
# One-byte encodings that spreadsheet programs write for the languages of the product, likeliest first.
_ONE_BYTE = ("cp1252", "cp1256", "iso8859-6", "mac_roman", "mac_arabic", "cp720")


def parse_csv(data: bytes, *, name: str, limits: Limits) -> Table:
    """The table in the bytes of a CSV file. Raises TableError."""
    text = decode(data, name=name)
    if len(text) > limits.unpacked:
        raise TableError(
            "too_large",
            N_("The file %(name)s is larger than %(limit)s MB."),
            name=name,
            limit=limits.unpacked // 1_000_000,
        )
    return make_table(_records(text, separator_of(text), name), name=name, limits=limits)


def decode(data: bytes, *, name: str) -> str:
    """The text of a file: by its mark, as UTF-8 or UTF-16, else the likeliest one-byte encoding."""
    for mark, encoding in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
                           (codecs.BOM_UTF16_BE, "utf-16")):  # fmt: skip
        if data.startswith(mark):
            return _decoded(data, encoding, name)
    pairs = data[: _SAMPLE - _SAMPLE % 2]
    zeros = (pairs[0::2].count(0), pairs[1::2].count(0))
    if max(zeros) > 0.05 * len(pairs) and _looks_like_utf_16(pairs):
        return _decoded(data, "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le", name)
    if sum(zeros) > 0.1 * len(pairs):
        raise TableError("no_table", N_("The file %(name)s is not a table in CSV, XLSX or XLS."), name=name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _likeliest(data, name)


def _looks_like_utf_16(pairs: bytes) -> bool:
    zeros = (pairs[0::2].count(0), pairs[1::2].count(0))
    encoding = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    text = pairs.decode(encoding, "replace")
    odd = sum(char == "\ufffd" or (ord(char) < 32 and char not in "\t\r\n") for char in text)
    return odd < 0.01 * len(text)


def _decoded(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise TableError(
            "encoding",
            N_("The file %(name)s is damaged: it is not proper %(encoding)s."),
            name=name,
            encoding=encoding.upper(),
        ) from error


def _likeliest(data: bytes, name: str) -> str:
    """Decoded in the encoding that gives most function words of the four languages and fewest odd signs."""
    sample = data[:_SAMPLE]
    scores: list[tuple[float, int, str]] = []
    for order, encoding in enumerate(_ONE_BYTE):
        try:
            text = sample.decode(encoding)
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        scores.append((-_likeness(text), order, encoding))
    best = min(scores, default=None)
    if best is None or best[0] >= 0:
        from charset_normalizer import from_bytes  # here: it takes a tenth of a server's start to load

        guess = from_bytes(sample).best()
        if guess is not None:
            return data.decode(guess.encoding, "replace")
    if best is None:
        raise TableError("encoding", N_("The file %(name)s is in no encoding that can be read."), name=name)
    return data.decode(best[2])


def _likeness(text: str) -> float:
    beyond = [word for word in words(text) if not word.isascii()]
    known = sum(len(w) > 1 and normalise(w) in ALL_STOPWORDS for w in beyond)
    odd = sum(_is_odd(word) for word in beyond)
    # Besides signs of no language: tanwin stands at the end of a word, never within.
    strange = len(re.findall("[\u0080-\u009f\u2500-\u259f]|[\u064b-\u064d](?=[\u0621-\u064a])", text))
    return known + sum(map(_shape, beyond)) - 0.5 * odd - strange


def _shape(word: str) -> float:
    """What the letters of a word say where it is no function word, as in a list of names: a word of two scripts, or one
    of nothing but accents, is no word; one of Arabic letters alone is likely one."""
    arabic = sum("\u0621" <= sign <= "\u064a" for sign in word)
    latin = sum(sign.isascii() for sign in word)
    if arabic and latin:
        return -0.5
    if arabic == len(word):
        return 0.02 * arabic
    if len(word) > 2 and not arabic and 2 * latin < len(word):
        return -0.3
    return 0.02 if latin and all("\u00c0" <= sign <= "\u00ff" or sign.isascii() for sign in word) else 0.0


def _is_odd(word: str) -> bool:
    """Whether small and large letters stand in no order, as when bytes are read in a wrong encoding."""
    return word.lower() != word.upper() and not (word.islower() or word.istitle() or word.isupper())


def separator_of(text: str) -> str:
    """The separator that cuts the records most evenly; for a single column, one that never occurs."""
    sample = text[:_SAMPLE]
    best, best_score = _NONE, 0.0
    for separator in _SEPARATORS:
        widths = []
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
        try:
            for _, record in zip(range(200), reader, strict=False):
                if any(record):
                    widths.append(len(record))
        except csv.Error:
            pass
        if not widths or widths[0] < 2:
            continue
        same = Counter(widths)[widths[0]] / len(widths)
        score = same + 0.01 * min(widths[0], 20)
        if score > best_score:
            best, best_score = separator, score
    return best


def _records(text: str, separator: str, name: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_LONGEST_VALUE)
    strict = _is_strict(text, separator, name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)
    line = 1
    try:
        for record in reader:
            yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        raise TableError(
            "malformed", N_("The file %(name)s is not proper CSV near line %(line)s."), name=name, line=line
        ) from error


def _is_strict(text: str, separator: str, name: str) -> bool:
    """Whether quotes are used by the rules. One that is never closed would swallow the rest: an error."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for _ in reader:
            line = reader.line_num + 1
    except csv.Error as error:
        if "end of data" in str(error):
            raise TableError(
                "open_quote",
                N_("In the file %(name)s a double quote that opens on line %(line)s is never closed."),
                name=name,
                line=line,
            ) from error
        return False
    return True
