"""What takes long to load, begun in threads of its own while the rest of the program is still being loaded.

Unpacking the encoder and the language model are seconds on a slow machine, and most of it needs no interpreter.
For commands: a server loads once and has time.
"""

from __future__ import annotations

from threading import Thread


def begin_loading(*, encoder: bool) -> None:
    """Load the language model, and the built-in encoder where it is wanted. Who asks for them waits for them."""
    for load in (_load_encoder, _load_languages) if encoder else (_load_languages,):
        Thread(target=load).start()


def _load_encoder() -> None:
    from consult.analysis.embedding import use_embedder

    use_embedder()


def _load_languages() -> None:
    from consult.analysis.language import load_identifier

    load_identifier()
