import pytest

from consult.analysis import arabic
from consult.analysis.language import detect_languages
from consult.analysis.text import for_reading, normalise, same_words, sentences, shown, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("مُشَاوَرَةٌ", "مشاوره"),
        ("الإستراتيجيّة", "الاستراتيجيه"),
        ("عــربي", "عربي"),
        ("إلى آخر", "الي اخر"),
        ("٢٠٢٥ ۲۰۲۵ 2025", "2025 2025 2025"),
        ("École  ÉLÈVE\n", "école élève"),
        ("see https://x.org/a?b now", "see now"),
        ("goooooood", "good"),
    ],
)
def test_normalise(text, expected):
    assert normalise(text) == expected


@pytest.mark.parametrize("text", ["مُشَاوَرَةٌ", "إلى آخرى", "العــربيّة", "plain", "هٰذا"])
def test_built_in_folding_equals_camel_tools(text):
    dediac = pytest.importorskip("camel_tools.utils.dediac")
    assert arabic._camel()(text) == arabic._camel()(dediac.dediac_ar(text).replace("ـ", ""))
    assert arabic._camel()(text) == arabic.fold_built_in(text)


def test_the_shown_text_keeps_what_was_written():
    assert shown(" مُشاورة \x00\u202eabc ") == "مُشاورة abc"


def test_a_lone_surrogate_can_be_written_as_utf_8():
    shown("a\ud800b").encode("utf-8")


def test_reading_is_bounded():
    assert len(for_reading("كلمة " * 50_000)) <= 20_000


def test_words_leave_digits_and_emoji_out():
    assert words("l'eau 😀 3 ماء, water-pump") == ["l'eau", "ماء", "water-pump"]


def test_the_same_words_are_one_key():
    assert same_words("Water, NOW!") == same_words("water now")


def test_sentences():
    text = (
        "We need water. Dr. Ali said so! نحتاج إلى مياه نظيفة؟ نعم. "
        "وطرق جديدة للقرى\n• Roads for all villages"
    )
    assert sentences(text) == [
        "We need water.",
        "Dr. Ali said so!",
        "نحتاج إلى مياه نظيفة؟ نعم.",
        "وطرق جديدة للقرى",
        "Roads for all villages",
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("نريد تمويلا أكبر للمنظمات الصغيرة في المنطقة", "ar"),
        ("We want more funding for the small organisations of the region", "en"),
        ("Nous voulons plus de financement pour les petites organisations", "fr"),
        ("Queremos más financiación para las organizaciones pequeñas", "es"),
        ("ana mish 3aref leh el etmad 7asal kda", "ar-Latn"),
        ("نريد funding للمنظمات capacity building في المنطقة workshops", "mul"),
        ("😀 123", "und"),
        ("", "und"),
    ],
)
def test_languages(text, code):
    assert detect_languages([text]) == [code]


def test_a_short_text_takes_the_language_of_its_page():
    assert detect_languages(["ok", "Transport"], priors=["fr", "es"]) == ["fr", "es"]


def test_a_prior_does_not_overrule_the_script():
    assert detect_languages(["المياه"], priors=["en"]) == ["ar"]
