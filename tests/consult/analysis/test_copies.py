from consult.analysis.copies import near_copies
from consult.analysis.themes import find_themes
from tests.consult.analysis.test_themes import SCHOOL, WATER

LETTER = (
    "Dear minister, my name is {} and I live in {}. I ask you to stop the new road through the valley, because it "
    "would destroy the last clean river of our district and the homes of forty families who farm there."
)
LETTERS = [LETTER.format(f"Person{i}", f"street {i}") for i in range(12)]


def test_letters_with_another_name_are_one_and_other_texts_are_not():
    texts = [text.split() for text in [*WATER, *LETTERS, *SCHOOL]]
    groups = near_copies(texts, ["en"] * len(texts))
    assert sorted(number for group in groups for number in group) == list(range(len(texts)))
    assert [group for group in groups if len(group) > 1] == [list(range(8, 20))]


def test_texts_of_two_languages_are_never_one():
    assert near_copies([LETTERS[0].split(), LETTERS[1].split()], ["en", "fr"]) == [[0], [1]]


def test_texts_that_share_half_of_their_words_stay_apart():
    first = LETTERS[0].split()
    other = [f"w{i}" if i % 2 else word for i, word in enumerate(first)]
    assert len(near_copies([first, other], ["en", "en"])) == 2


def test_a_campaign_is_one_discovery_and_shown_as_such():
    result = find_themes([*WATER, *LETTERS, *SCHOOL])
    assert [item.rows for item in result.letters] == [tuple(range(8, 20))]
    assert len({result.assignments[row].themes for row in range(8, 20)}) == 1
    assert max(theme.repeated for theme in result.themes) == 12


def test_an_answer_on_two_matters_has_both_themes():
    both = (
        "The water of our village is dirty and we need clean drinking water. "
        "The teachers of our schools have not been paid for many months."
    )
    result = find_themes([*WATER, *SCHOOL, both])
    assert {theme.id for theme in result.assignments[16].themes} == {"t1", "t2"}
    assert all(len(item.themes) == 1 for item in result.assignments[:16])
    assert result.unplaced == 0
    assert [theme.count for theme in result.themes] == [9, 9]
