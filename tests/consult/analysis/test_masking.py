"""Masking: nothing of a span stays, everything else does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from consult.analysis.masking import KINDS, Span, joined, label_of, masked

SPANS = st.lists(
    st.builds(
        lambda start, length, kind: Span(start, start + length, kind),
        st.integers(-3, 40),
        st.integers(1, 12),
        st.sampled_from(KINDS),
    ),
    max_size=8,
)


@given(st.text(max_size=40), SPANS)
def test_what_is_in_a_span_goes_and_the_rest_stays(text: str, spans: list[Span]) -> None:
    inside = {place for span in spans for place in range(max(0, span.start), min(len(text), span.end))}
    rest = "".join(sign for place, sign in enumerate(text) if place not in inside)
    apart = joined(spans, length=len(text))
    shown = masked(text, spans, "xx")
    assert shown.count("[…]") - text.count("[…]") <= len(apart)
    assert "".join(text[: apart[0].start] if apart else text) == shown[: apart[0].start if apart else None]
    pieces, place = "", 0
    for span in apart:
        pieces, place = pieces + text[place : span.start], span.end
    assert pieces + text[place:] == rest


@given(SPANS)
def test_joined_spans_do_not_meet(spans: list[Span]) -> None:
    apart = joined(spans, length=30)
    assert all(one.end <= other.start for one, other in zip(apart, apart[1:], strict=False))
    assert all(0 <= span.start < span.end <= 30 for span in apart)


def test_overlapping_spans_are_called_what_the_longest_is() -> None:
    spans = [Span(0, 4, "name"), Span(2, 12, "address"), Span(14, 16, "phone")]
    assert masked("Rue Victor 5, 12", spans, "fr") == "[adresse], [numéro de téléphone]"


def test_each_language_has_a_label_for_each_kind() -> None:
    labels = {label_of(kind, language) for kind in KINDS for language in ("ar", "en", "fr", "es")}
    assert len(labels) >= 4 * len(KINDS) - 2 and "[…]" not in labels
    assert label_of("name", "pt") == "[…]"
