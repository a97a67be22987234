from consult.analysis.descriptions import quoted
from consult.analysis.themes import find_themes
from tests.consult.analysis.test_themes import SCHOOL, WATER


def test_a_description_in_each_language_is_made_of_whole_sentences_of_the_answers():
    for theme in find_themes(WATER + SCHOOL).themes:
        assert set(theme.description) == {"ar", "en", "fr", "es"}
        for language, text in theme.description.items():
            opening, closing = quoted("|", language).split("|")
            sentences = [
                part.removeprefix(opening) for part in text.removesuffix(closing).split(closing + " ")
            ]
            assert 1 <= len(sentences) <= 2
            assert set(sentences) <= set(WATER + SCHOOL)


def test_quotes_are_other_answers_than_the_description_where_there_are_others():
    theme = find_themes(WATER + SCHOOL).themes[0]
    told = {text for text in WATER if any(text in found for found in theme.description.values())}
    english = next(quote.text for quote in theme.quotes if quote.language == "en")
    assert english not in told


def test_a_description_masks_addresses_and_leaves_out_who_is_spoken_to():
    texts = [f"@mayor the water of the village is dirty, write to aunt{i}@example.org" for i in range(6)]
    description = find_themes(texts).themes[0].description["en"]
    assert "@" not in description
    assert "the water of the village is dirty" in description
