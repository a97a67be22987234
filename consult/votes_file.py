"""Files of votes, participant,statement,vote: millions of rows, read as numbers where the file is plain.

A plain file is UTF-8 with the same number of commas (or `;`, tabs) on each line and no separator inside
quotes. Its fields are compared as numbers made of their bytes, eight at a time, without a Python object for
each. Everything else (other encodings, quoted line breaks, workbooks) goes through `consult.tabular`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from consult.analysis.votes import Votes, numbered, votes_of
from consult.command_files import column_of, table_of
from consult.tabular import LOCAL
from consult.tabular.csv_files import separator_of

VOTES = {"1": 1, "-1": -1, "0": 0, "+1": 1, "1.0": 1, "-1.0": -1, "0.0": 0, "−1": -1}
_COLUMNS = ("participant", "statement", "vote")
_QUOTE, _NEWLINE, _RETURN = 34, 10, 13
_WORD = 8
_LONGEST_FIELD = 64
# Lines of about so many bytes are cut into fields at once.
_BLOCK = 16_000_000
_KEPT_BYTES = np.array([(1 << (8 * size)) - 1 for size in range(_WORD + 1)], dtype=np.uint64)
_UNSEEN = re.compile("[\x00-\x1f\x7f\ufeff]")
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


class _NotPlainError(Exception):
    """The file must be read as any table is."""


@dataclass(slots=True)
class _Fields:
    """One column: where each field begins and how long it is, and a number that is equal for equal fields."""

    starts: np.ndarray
    lengths: np.ndarray
    keys: np.ndarray


def read_votes(path: Path) -> Votes:
    """The votes in a CSV (or XLSX, XLS) with columns participant,statement,vote; the last of a pair counts.

    A mistake becomes a message and exit status 1.
    """
    try:
        return _plain_votes(path)
    except (_NotPlainError, OSError):
        table = table_of(path)
    people, asked, given = (column_of(table, name) for name in _COLUMNS)
    different, kinds = numbered([vote.strip() for vote in given])
    lines = {name: table.lines[int(np.argmax(kinds == i))] for i, name in enumerate(different)}
    values = _meanings(different, lines)
    names, rows = numbered([name.strip() for name in people])
    statements, columns = numbered([name.strip() for name in asked])
    return votes_of(names, statements, rows, columns, values[kinds])


def _plain_votes(path: Path) -> Votes:
    if path.stat().st_size > LOCAL.bytes:
        raise _NotPlainError
    data = _plain_bytes(path.read_bytes())
    end = data.find(b"\n")
    header = _decoded(data[:end]).rstrip("\r")
    separator = separator_of(header + "\n")
    wanted = _columns(header.split(separator))
    if len(separator) != 1 or not separator.isascii():
        raise _NotPlainError
    # Words of eight bytes are read from any place, so some bytes must follow the last.
    signs = np.frombuffer(data + bytes(_WORD), dtype=np.uint8)
    fields = _cut(signs, end + 1, len(data), ord(separator), wanted, header.count(separator) + 1)
    people, rows = _numbered(data, signs, fields[0])
    asked, columns = _numbered(data, signs, fields[1])
    different, kinds = _numbered(data, signs, fields[2])
    firsts = {name: 1 + data.count(b"\n", 0, fields[2].starts[np.argmax(kinds == i)])
              for i, name in enumerate(different) if name not in VOTES}  # fmt: skip
    values = _meanings(different, firsts)
    return votes_of(people, asked, rows, columns, values[kinds])


def _meanings(different: list[str], lines: dict[str, int]) -> np.ndarray:
    """The votes that the different values stand for; `lines`: where each wrong one was first seen."""
    for name in different:
        if name not in VOTES:
            raise click.ClickException(f"Line {lines[name]}: a vote is 1, -1 or 0, not “{name}”.")
    return np.array([VOTES[name] for name in different], dtype=np.int8)


def _plain_bytes(data: bytes) -> bytes:
    """The file without its mark and without quotes that only stand round a field; ends with a line break."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    if b"\0" in data or data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        raise _NotPlainError
    if b'"' in data:
        data = _unquoted(data)
    data = data.strip(b"\r\n")
    if b"\n" not in data or b"\n\n" in data or b"\n\r" in data:
        raise _NotPlainError
    return data + b"\n"


def _unquoted(data: bytes) -> bytes:
    """Without quotes, where each of them begins or ends a field; a separator inside shows in the cutting."""
    signs = np.frombuffer(b"\n" + data + b"\n", dtype=np.uint8)
    places = np.flatnonzero(signs == _QUOTE)
    edges = np.zeros(256, dtype=bool)
    edges[[_NEWLINE, _RETURN, *map(ord, ",;\t|")]] = True
    opens, closes = places[0::2], places[1::2]
    if len(opens) != len(closes) or not (edges[signs[opens - 1]].all() and edges[signs[closes + 1]].all()):
        raise _NotPlainError
    return data.replace(b'"', b"")


def _columns(names: list[str]) -> list[int]:
    found = [name.strip().casefold() for name in names]
    if any(found.count(name) != 1 for name in _COLUMNS):
        raise _NotPlainError
    return [found.index(name) for name in _COLUMNS]


def _cut(
    signs: np.ndarray, start: int, end: int, separator: int, wanted: list[int], width: int
) -> list[_Fields]:
    """The wanted columns of the lines between `start` and `end`, each of `width` fields."""
    parts: list[list[tuple[np.ndarray, ...]]] = [[] for _ in wanted]
    while start < end:
        stop = min(end, start + _BLOCK)
        stop += int(np.argmax(signs[stop - 1 :] == _NEWLINE)) if signs[stop - 1] != _NEWLINE else 0
        block = signs[start:stop]
        breaks = np.flatnonzero((block == separator) | (block == _NEWLINE))
        if len(breaks) % width or (block[breaks[width - 1 :: width]] != _NEWLINE).any():
            raise _NotPlainError
        if np.count_nonzero(block == _NEWLINE) * width != len(breaks):
            raise _NotPlainError
        before = np.empty_like(breaks)
        before[0], before[1:] = 0, breaks[:-1] + 1
        for place, part in zip(wanted, parts, strict=True):
            part.append(_keys(signs, before[place::width] + start, breaks[place::width] + start))
        start = stop
    return [_Fields(*map(np.concatenate, zip(*part, strict=True))) for part in parts]


def _keys(signs: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, ...]:
    """Starts, lengths and keys of fields. Up to seven bytes the key is the field itself."""
    ends = ends - (signs[np.maximum(ends - 1, 0)] == _RETURN)
    lengths = np.maximum(ends - starts, 0).astype(np.uint8 if len(starts) == 0 else np.int64)
    if lengths.max(initial=0) > _LONGEST_FIELD:
        raise _NotPlainError
    keys = _words(signs, starts, lengths, 0)
    for offset in range(_WORD, int(lengths.max(initial=0)), _WORD):
        keys = (keys ^ (keys >> np.uint64(29))) * _FACTOR + _words(signs, starts, lengths, offset)
    return starts, lengths.astype(np.uint8), keys


def _words(signs: np.ndarray, starts: np.ndarray, lengths: np.ndarray, offset: int) -> np.ndarray:
    """Eight bytes of each field from `offset` on as a number; those beyond its end are zero."""
    windows = np.lib.stride_tricks.as_strided(
        signs[:_WORD].view("<u8"), shape=(len(signs) - _WORD + 1,), strides=(1,), writeable=False
    )
    kept = np.clip(lengths.astype(np.int64) - offset, 0, _WORD)
    return windows[np.minimum(starts + offset, len(windows) - 1)] & _KEPT_BYTES[kept]


def _numbered(data: bytes, signs: np.ndarray, fields: _Fields) -> tuple[list[str], np.ndarray]:
    """The different values of a column in order of their first appearance, and the number of each."""
    numbers: np.ndarray
    _, firsts, numbers = np.unique(fields.keys, return_index=True, return_inverse=True)
    order = np.argsort(firsts)
    place: np.ndarray = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    firsts = firsts[order]
    numbers = place[numbers]
    _check_equal(signs, fields, firsts, numbers)
    texts = [
        _decoded(data[start : start + length]).strip()
        for start, length in zip(fields.starts[firsts].tolist(), fields.lengths[firsts].tolist(), strict=True)
    ]
    if any(map(_UNSEEN.search, texts)):
        raise _NotPlainError
    names, joined = numbered(texts)
    return names, joined[numbers] if len(names) < len(texts) else numbers


def _check_equal(signs: np.ndarray, fields: _Fields, firsts: np.ndarray, numbers: np.ndarray) -> None:
    """That equal keys are equal fields, byte by byte (two long ones might share a key)."""
    longest = int(fields.lengths.max(initial=0))
    for start in range(0, len(numbers) if longest > _WORD - 1 else 0, _BLOCK // _WORD):
        some = slice(start, start + _BLOCK // _WORD)
        first = firsts[numbers[some]]
        if (fields.lengths[some] != fields.lengths[first]).any():
            raise _NotPlainError
        for offset in range(0, longest, _WORD):
            own = _words(signs, fields.starts[some], fields.lengths[some], offset)
            if (own != _words(signs, fields.starts[first], fields.lengths[first], offset)).any():
                raise _NotPlainError


def _decoded(field: bytes) -> str:
    try:
        return field.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _NotPlainError from error
