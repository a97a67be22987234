"""Analysis of free answers and of votes: pure functions, values in, frozen dataclasses out.

No Flask, no SQLAlchemy, no network. The same input gives the same bytes on one type of processor.
Public entries: `themes.find_themes`, `placing.place`, `disclosure`, `language.detect_languages`,
`embedding.use_embedder`.
"""
