"""What goes wrong with an encoder, said so that whoever runs the installation knows what to do."""

from __future__ import annotations

from consult.errors import DomainError


class EncoderError(DomainError):
    """The encoder is not there, or does not answer as it should. Never holds a text that was to be read."""
