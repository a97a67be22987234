from consult.analysis.phrases import candidate_phrases, read_words, word_weights
from consult.analysis.themes import find_themes
from tests.consult.analysis.test_themes import SCHOOL, WATER


def phrases_of(inside, outside, language):
    read = [[read_words(text, language) for text in texts] for texts in (inside, outside)]
    weights = word_weights(*read)
    return [p.shown for p in candidate_phrases(read[0], weights, limit=5, language=language)]


def test_the_telling_words_lead():
    assert "clean water" in phrases_of(
        ["clean water now", "we want clean water"], ["we want roads now"], "en"
    )


def test_a_phrase_neither_begins_nor_ends_with_a_function_word_or_crosses_a_comma():
    found = phrases_of(["the water, the roads of the village"] * 2, ["schools"], "en")
    assert set(found) == {"water", "roads", "village", "roads of the village"}


def test_an_arabic_preposition_written_onto_the_first_word_is_dropped():
    found = phrases_of(["بزيادة الرسوم", "زيادة كبيرة", "بزيادة الرسوم"], ["المدارس"], "ar")
    assert "زيادة الرسوم" in found


def test_a_french_elision_is_dropped():
    assert "eau potable" not in phrases_of(["d'augmentation"], ["x"], "fr")
    assert "augmentation" in phrases_of(["pas d'augmentation"], ["eau"], "fr")


def test_labels_are_phrases_in_each_language_and_no_two_are_equal():
    themes = find_themes(WATER + SCHOOL).themes
    assert [set(theme.label) for theme in themes] == [{"ar", "en", "fr", "es"}] * 2
    for language in ("ar", "en", "fr", "es"):
        assert len({theme.label[language] for theme in themes}) == 2
    assert "water" in themes[0].label["en"].lower()
    assert "مياه" in themes[0].label["ar"]


def test_quotes_are_of_different_languages():
    quotes = find_themes(WATER + SCHOOL).themes[0].quotes
    assert len({quote.language for quote in quotes}) == len(quotes) == 4


def test_a_latin_label_takes_no_arabic_word():
    assert phrases_of(["iphone ايفون"] * 2, ["x"], "en") == ["iphone"]
