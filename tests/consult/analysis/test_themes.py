import pytest

from consult.analysis.placing import ThemeReference, place
from consult.analysis.themes import ThemeOptions, find_themes

WATER = [
    "We need clean water in the villages",
    "Clean drinking water for every village please",
    "The water of our village is dirty",
    "نحتاج إلى مياه نظيفة في القرى",
    "مياه الشرب في قريتنا غير نظيفة",
    "Il faut de l'eau potable dans les villages",
    "L'eau du village est sale",
    "Necesitamos agua limpia en los pueblos",
]
SCHOOL = [
    "Teachers in our schools are not paid",
    "Pay the school teachers on time",
    "Schools need more teachers",
    "المدارس تحتاج إلى معلمين أكثر",
    "رواتب المعلمين في المدارس متأخرة",
    "Les enseignants des écoles ne sont pas payés",
    "Il manque des enseignants dans nos écoles",
    "Faltan maestros en las escuelas",
]


def test_answers_in_four_languages_on_the_same_matter_are_one_theme():
    result = find_themes(WATER + SCHOOL)
    found = [item.themes[0].id for item in result.assignments]
    assert len(set(found[:8])) == 1
    assert len(set(found[8:])) == 1
    assert found[0] != found[8]
    assert [theme.count for theme in result.themes] == [8, 8]
    assert set(result.themes[0].label) == {"ar", "en", "fr", "es"}


def test_counts_lead_to_rows():
    result = find_themes(WATER + ["", "😀"] + SCHOOL)
    assert (result.rows, result.analysed) == (18, 16)
    for theme in result.themes:
        assert theme.count == len(result.rows_of(theme.id))
        assert all(quote.row in result.rows_of(theme.id) for quote in theme.quotes)
        assert sum(c.count for c in theme.by_language.values()) == theme.count


def test_the_same_texts_give_the_same_result():
    assert find_themes(WATER + SCHOOL) == find_themes(WATER + SCHOOL)


def test_groups_and_weights():
    sides = ["north"] * 8 + ["south"] * 8
    result = find_themes(WATER + SCHOOL, groups={"side": sides}, weights=[3.0] * 8 + [1.0] * 8)
    first = result.themes[0]
    assert {value: c.count for value, c in first.groups["side"].items()} == {"north": 8, "south": 0}
    assert [theme.share for theme in result.themes] == [0.75, 0.25]


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["hello world"],
        ["yes", "no"],
        ["😀"] * 5,
        ["123", "456"],
        ["the of and", "to in it"],
        ["We need money"] * 1000,
        ["word " * 4000],
        ["\ud800 x\x00", "7abibi ana 3ayez kda", "слово", "水"],
        ["من على في"] * 20,
    ],
)
def test_junk_is_no_error(texts):
    result = find_themes(texts)
    assert len(result.assignments) == len(texts)
    assert sum(theme.count for theme in result.themes) + result.unplaced == result.analysed


def test_one_text_said_a_thousand_times_is_one_theme():
    result = find_themes(["We need money"] * 1000)
    assert [(theme.count, theme.repeated) for theme in result.themes] == [(1000, 1000)]


@pytest.mark.parametrize("wanted", [1, 2, 3])
def test_a_wanted_number_of_themes(wanted):
    assert len(find_themes(WATER + SCHOOL, options=ThemeOptions(themes=wanted, smallest=1)).themes) == wanted


def test_placing_in_given_themes():
    themes = [ThemeReference("w", ("Water and sanitation",)), ThemeReference("s", ("Schools and teachers",))]
    placed = place(["مياه نظيفة للقرية", "Les enseignants manquent", "😀", ""], themes)
    assert [[t.id for t in item.themes] for item in placed] == [["w"], ["s"], [], []]
