"""The encoder that reads the answers of a consultation, and whether they may leave the house for it."""

from __future__ import annotations

from flask import current_app

from consult.analysis.embedding import Embedder
from consult.config import EmbeddingSettings
from consult.consultations.models import Consultation, Privacy
from consult.encoders.choosing import encoder_for, second_encoder_for
from consult.encoders.errors import EncoderError
from surveys.i18n import N_

STAYS = N_(
    "Answers to an anonymous consultation are not sent to another server. Whoever runs this one can allow it, or "
    "let it read them itself."
)


def encoder_of(consultation: Consultation) -> Embedder:
    """The encoder of this installation. Raises EncoderError where it is not there, and where it would send
    anonymous answers out of the house without being allowed to."""
    settings: EmbeddingSettings = current_app.config["EMBEDDING"]
    is_anonymous = consultation.privacy == Privacy.ANONYMOUS
    if is_anonymous and settings.destination and not settings.anonymous_may_leave:
        raise EncoderError("answers_stay", STAYS)
    return encoder_for(settings)


def second_encoder() -> Embedder | None:
    """The encoder of this installation that reads beside the first one; None for none. Raises EncoderError where it is
    not there. It is on this machine: no answer leaves the house for it."""
    return second_encoder_for(current_app.config["EMBEDDING"])
