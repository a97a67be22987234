import numpy as np
import pytest

from consult.analysis.descriptions import describe_themes, reach_of
from consult.analysis.edges import edges_of
from consult.analysis.embedding import embed_texts, use_embedder
from consult.analysis.graph import LanguageCentre, unit_rows
from consult.analysis.label_choice import LanguageCandidates, Ranked, choose_labels
from consult.analysis.label_words import read_words
from consult.analysis.phrases import Phrase, candidate_phrases, stem_counts, word_weights
from consult.analysis.themes import ThemeOptions, find_themes
from consult.analysis.word_kinds import WordKinds
from tests.consult.analysis.test_themes import SCHOOL, WATER


def phrases_of(inside, outside, language, limit=5):
    read = [[read_words(text, language) for text in texts] for texts in (inside, outside)]
    weights = word_weights({0: stem_counts(read[0]), 1: stem_counts(read[1])})[0]
    return [p.shown for p in candidate_phrases(read[0], weights, limit=limit, language=language)]


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


def weights_of(*themes):
    counted = {
        number: stem_counts([read_words(text, "en") for text in texts]) for number, texts in enumerate(themes)
    }
    return word_weights(counted)


def test_the_subject_of_the_whole_set_tells_nothing_of_a_theme():
    town = ["Oldtown needs benches"] * 6 + ["Oldtown parks"] * 4
    others = [[f"Oldtown {word}" for word in words.split()] * 4 for words in ("roads cars", "schools pupils")]
    weights = weights_of(town, *others)[0]
    assert weights.telling["bench"] > 5 * weights.telling["oldtown"]
    assert weights.usual["oldtown"] > weights.usual["bench"] == 0


def test_one_answer_is_hardly_a_share():
    weights = weights_of(["bus lane"] * 9 + ["zebra lane"], ["water"] * 10)[0]
    assert weights.telling["bus"] > 4 * weights.telling["zebra"]


@pytest.mark.parametrize(
    ("language", "texts", "noun", "verb"),
    [
        ("en", ["they send the letter", "we send a letter", "the letter of my aunt"], "letter", "send"),
        ("fr", ["ils envoient la lettre", "il faut envoyer une lettre"], "lettre", "envoyer"),
        ("es", ["hay que enviar la carta", "no enviar una carta"], "carta", "enviar"),
        ("ar", ["أن يرسل الرسالة", "لم يرسل الرسالة", "في الرسالة"], "الرساله", "يرسل"),
    ],
)
def test_neighbours_tell_nouns_from_verbs(language, texts, noun, verb):
    kinds = WordKinds([read_words(text, language) for text in texts], language)
    assert kinds.nominal(noun) > 0.6 > 0.5 > kinds.nominal(verb)


def test_a_name_ends_in_a_noun_and_does_not_break_off():
    texts = [
        "can my friend send the money",
        "my friend can send money",
        "the money of my friend",
        "you send it",
    ]
    read = [read_words(text, "en") for text in texts]
    kinds = WordKinds(read, "en")
    by_words = {w.plain: w for text in read for w in text}
    friend, send, money = (by_words[word] for word in ("friend", "send", "money"))
    assert kinds.shape([friend, send]) < 0.5 * kinds.shape([send, money])
    assert kinds.shape([friend]) == 1.0


def test_weak_words_do_not_stand_alone():
    kinds = WordKinds([], "en")
    people, roads = read_words("people roads", "en")
    assert kinds.shape([people]) < 0.5 * kinds.shape([roads])


def test_a_piece_of_a_longer_phrase_gives_way_to_it():
    assert phrases_of(["high speed internet now"] * 4, ["roads"] * 4, "en")[0] == "high speed internet"


def test_a_name_in_capitals_keeps_its_first_word():
    found = phrases_of(["people of New Zealand care", "cats in New Zealand"] * 3, ["roads"] * 6, "en")
    assert "New Zealand" in found


def test_a_phrase_is_written_as_it_usually_is():
    inside = ["Parking is dear", "we need parking", "more parking please"]
    assert phrases_of(inside, ["trees"] * 3, "en")[0] == "parking"


@pytest.mark.parametrize("texts", [["a" * 3000 + " " + "b" * 3000] * 9, ["top-up-" * 400 + "x"] * 9])
def test_endless_words_still_give_a_short_label(texts):
    theme = find_themes(texts).themes[0]
    assert theme.label
    assert all(0 < len(label) < 150 for label in theme.label.values())


def test_themes_in_the_same_words_still_have_labels_of_their_own():
    texts = [f"FIX THE ROADS NOW {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    labels = [theme.label["en"] for theme in find_themes(texts).themes]
    assert all(labels)
    assert len({label.casefold() for label in labels}) == len(labels)


def edges_of_last(texts, language="en"):
    read = [read_words(text, language) for text in texts]
    return edges_of(read[-1], WordKinds(read, language))


def test_a_phrase_is_whole_where_its_clause_closes_and_broken_before_a_complement():
    text = "the right to die because pain is cruel, they say"
    edges = edges_of_last([text])
    words = text.replace(",", "").split()
    closes, ends, leads = (
        dict(zip(words, side, strict=True)) for side in (edges.closes, edges.ends, edges.leads)
    )
    assert closes["die"]
    assert closes["cruel"]
    assert ends["right"] < 0.6 < ends["pain"]
    assert leads["pain"]
    assert not leads["die"]


def test_and_closes_no_clause():
    assert edges_of_last(["trains and buses"]).closes == [False, False, True]


def test_a_written_on_arabic_and_begins_something_new():
    edges = edges_of_last(["الطلاب هنا", "المدارس والطلاب"], "ar")
    assert edges.begins[1] == 1.0


def test_a_clause_of_a_central_answer_may_be_a_label():
    town = ["the bus should run until midnight", "run the bus late", "a late bus until midnight"] * 3
    found = phrases_of(town, ["more trees"] * 9, "en", limit=40)
    assert "bus should run until midnight" in found


def test_in_a_larger_set_words_of_one_answer_make_no_phrase():
    inside = [f"the bus is late {letter}" for letter in "abcdefghij" * 6] + [
        "the bus hit the zebra of my uncle"
    ]
    found = phrases_of(inside, ["more trees"] * 60, "en", limit=40)
    assert "bus" in found
    assert not any("zebra" in phrase for phrase in found)


def test_a_name_that_few_wrote_is_in_no_phrase():
    texts = ["Maria Lopez should close the bus stop", "the bus stop is closed"] * 2
    found = phrases_of(texts, ["trees"] * 4, "en", limit=40)
    assert "bus stop" in found
    assert not any("Lopez" in phrase for phrase in found)


def test_a_theme_without_a_phrase_shows_no_name():
    (label,) = find_themes(["Mrs Maria Lopez"] * 9).themes[0].label.values()
    assert label
    assert "Lopez" not in label


def choice(*phrases):
    """The label of one theme from phrases, how far each reaches the answers, and its score."""
    found = []
    for place, (shown, reach, score) in enumerate(phrases):
        within = frozenset(i for i, share in enumerate(reach) if share)
        stems = tuple(shown.split())
        phrase = Phrase(shown, stems, 1.0, len(within), within=within, words=len(stems))
        found.append(Ranked(score, phrase, np.eye(len(phrases))[place], np.array(reach, dtype=float)))
    own = LanguageCandidates("en", rows={0: list(range(len(phrases[0][1])))}, ranked={0: found})
    return choose_labels([own], {}, is_broad=False)[0]["en"]


def test_a_further_part_says_what_the_first_does_not_reach():
    first, second = [1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]
    label = choice(("late bus", first, 2.0), ("slow trains", first, 1.9), ("school lunch", second, 1.5))
    assert label == "Late bus, school lunch"


def test_a_clause_that_says_it_all_stands_alone():
    whole, half = [1] * 6, [0, 0, 0, 1, 1, 1]
    assert (
        choice(("buses run late tonight", whole, 2.0), ("school lunch", half, 1.9))
        == "Buses run late tonight"
    )


def test_reach_is_1_as_near_as_the_answers_are_and_0_far_off():
    answers = unit_rows(np.array([[1.0, 0.3, 0.0], [1.0, -0.3, 0.0]], dtype=np.float32))
    said = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]], dtype=np.float32)
    assert reach_of(said, answers, said[0]).tolist() == [[1.0, 1.0], [0.0, 0.0]]


def test_a_description_says_what_the_most_typical_answer_leaves_out():
    texts = [
        "The buses in our town are always late in the morning and in the evening.",
        "Buses come late every morning and nobody says why.",
        "The evening bus is late nearly every day in winter.",
        "The school kitchen should cook a warm lunch for all of the pupils.",
        "Pupils need a good warm lunch that is cooked at school.",
    ]
    embedder = use_embedder()
    space = unit_rows(embed_texts(embedder, texts))
    centre = LanguageCentre(np.zeros_like(space), ["en"] * len(texts))
    middle = unit_rows(space.sum(axis=0, keepdims=True))
    order = np.argsort(-(space @ middle[0]), kind="stable").tolist()
    found = describe_themes({(0, "en"): order}, {}, texts, space, middle, embedder=embedder, centre=centre)
    text = found[0]["en"].text.lower()
    assert "bus" in text
    assert "lunch" in text


PLACES = [
    f"{side} {kind}"
    for side in ("northern", "southern", "eastern")
    for kind in ("village", "valley", "town", "camp", "harbour", "market")
]
MANY = [
    f"{start} {place}"
    for start in ("we need clean water in the", "give us clean water in the", "bring clean water to the")
    + ("we need teachers for the", "pay the teachers of the", "send new teachers to the")
    for place in PLACES
]


def test_in_a_large_set_a_language_of_few_names_no_theme_in_the_words_of_one():
    few = ["El capataz Ordóñez huyó de la mina", "La viuda Etxeberria cobra menos agua limpia"]
    few += ["Quiero agua limpia en la escuela", "Maestros para la escuela"]
    found = find_themes(MANY + few, languages=["en"] * len(MANY) + ["es"] * len(few))
    shown = str([(theme.label, theme.keywords) for theme in found.themes])
    assert len(MANY) >= 100 and "Ordóñez" not in shown and "Etxeberria" not in shown


def test_in_a_large_set_nobodys_answer_is_the_name_of_a_theme():
    odd = ["quokka", "wallaby", "marsupial", "echidna", "bandicoot"]
    texts = MANY + [f"{one} {one}s {one}ness" for one in odd]
    found = find_themes(texts, options=ThemeOptions(smallest=1, resolution=6))
    shown = str([theme.label for theme in found.themes])
    assert "clean water" in shown and not any(one in shown.casefold() for one in odd)
