"""Any summary, for property tests."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from consult.summary.content import GroupFigure, SummaryContent, SummaryQuote, SummaryTheme

words = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
texts = st.dictionaries(st.sampled_from(["ar", "en", "fr", "es"]), words, max_size=4)
counts = st.integers(0, 500)
quotes = st.builds(
    SummaryQuote,
    excerpt_id=st.integers(1, 50),
    text=words,
    language=st.sampled_from(["ar", "en"]),
    translations=texts,
    is_erased=st.booleans(),
)
groups = st.builds(
    GroupFigure, name=texts, base=counts, count=counts, dimension=st.sampled_from(["group", "language"])
)
themes = st.builds(
    SummaryTheme,
    theme_id=st.integers(1, 40),
    name=texts,
    text=texts,
    count=counts,
    share=st.floats(0, 1),
    groups=st.lists(groups, max_size=3).map(tuple),
    stance=st.dictionaries(st.sampled_from(["support", "oppose", "mixed", "neutral"]), counts),
    stance_origin=st.sampled_from(["", "reviewer", "machine", "mixed"]),
    depth=st.integers(0, 3),
    quotes=st.lists(quotes, max_size=3).map(tuple),
    question_id=st.none() | st.just("t2"),
    base=counts,
    by_person=counts,
    parent_id=st.none() | st.integers(1, 40),
)
contents = st.builds(
    SummaryContent,
    question_id=st.none() | st.just("t2"),
    base=counts,
    counted_on=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    introduction=texts,
    dissent=texts,
    limits=texts,
    themes=st.lists(themes, max_size=4).map(tuple),
    grave=st.lists(quotes, max_size=3).map(tuple),
    reviewed=counts,
)
