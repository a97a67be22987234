"""Which writings of a word a search for it finds: in Arabic by a table, in the other languages by examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.analysis.word_forms import folded, forms_of, pieces, query_words, tokens, words_to_keep

# Query → forms that it must find. Written by hand, before the rules were tried on them.
ARABIC = {
    "تعليم": "التعليم وتعليم فتعليم بتعليم كتعليم لتعليم والتعليم بالتعليم للتعليم وللتعليم فالتعليم كالتعليم "
    "وبالتعليم تعليمها تعليمهم تعليمنا تعليمه تعليمك تعليمي تعليمكم تعليمهن وتعليمها بتعليمهم تَعْلِيم تعـــليم "
    "التَّعليمُ تعليما تعليماً",
    "مدرسة": "المدرسة مدرسه مدرستنا مدرستها مدرستهم بالمدرسة للمدرسة والمدرسة ومدرستي مدرسات مدرستين المدرستان",
    "جمعية": "الجمعية جمعيات الجمعيات جمعياتنا جمعيتنا بجمعيتهم للجمعيات وجمعيتكم جمعيّة الجمعيه",
    "أعضاء": "الأعضاء اعضاء أعضائنا أعضاؤنا أعضاءه وأعضائها بالأعضاء للأعضاء",
    "إدارة": "الإدارة ادارة الاداره إدارتنا إدارات وإدارتها بالإدارة",
    "آراء": "الآراء اراء آرائنا آراؤهم وآرائكم",
    "مستوى": "المستوى مستوي مستواهم مستوانا بمستوى للمستوى",
    "على": "علي",
    "مسؤول": "مسئول المسؤول مسؤولين المسئولون مسؤولنا",
    "شؤون": "شئون الشؤون بشؤونها",
    "لجنة": "اللجنة لجنتنا للجنة واللجنة لجنه وللجنة",
    "فكرة": "الفكرة فكرتنا بفكرة وفكرتهم الفكره",
    "ورقة": "الورقة ورقتنا بورقة",
    "بلدية": "البلدية بلديتنا البلديات للبلدية",
    "كتاب": "الكتاب كتابي كتابك كتابه كتابها وكتابنا بكتابهم كتابا",
    "معلم": "المعلم معلمون المعلمين معلمان ومعلمينا معلموهم معلميهم للمعلمين",
    "قرار": "القرار قرارات القرارات قراراتنا بقرارهم وقراركم للقرار",
    "التعليم": "تعليم وتعليمنا بالتعليم للتعليم",
    "والمشاركة": "مشاركة المشاركة مشاركتنا",
    "بالتمويل": "تمويل التمويل وتمويلها",
    "للشباب": "شباب الشباب وشبابنا",
    "ومشاركتهم": "مشاركة المشاركة مشاركاتهم",
    "قراراتنا": "قرار القرار قرارات",
    "وطن": "الوطن وطننا بوطنهم للوطن",
    "2027": "٢٠٢٧ ۲۰۲۷",
    "يد": "اليد يدها بيدنا",
    "اليد": "يد يدها",
    "ک‌تاب": "كتاب",
}  # fmt: skip
# What it must not find, though the letters suggest it.
NOT = {
    "جنة": "لجنة اللجنة لجنتنا",
    "كرة": "فكرة الفكرة",
    "لجنة": "جنة الجنة",
    "الرقة": "ورقة بورقة",
    "لديه": "بلدية",
    "حدة": "وحدة الوحدة",
    "رصة": "فرصة",
    "مدرسة": "مدرس المدرسين دراسة",
    "تعليم": "علم معلم تعلم التعلم",
    "كتاب": "كاتب مكتب",
    "قرار": "قرر إقرار",
    "لغة": "بلغ مبلغ",
    "عضو": "عضوض",
    "مال": "شمال أعمال كمال",
    "باب": "شباب أسباب ضباب",
    "صوت": "صوم",
}
# Singulars and their broken plurals, written by hand before there was a rule for them; most are found by none.
_BROKEN = """
    تقرير تقارير; مدرسة مدارس; مشروع مشاريع; معيار معايير; مفتاح مفاتيح; منطقة مناطق; مركز مراكز; مصدر مصادر;
    مورد موارد; مطلب مطالب; مجلس مجالس; مكتب مكاتب; محور محاور; مشكلة مشاكل; مسألة مسائل; عامل عوامل;
    جانب جوانب; قاعدة قواعد; شارع شوارع; ناحية نواح; وسيلة وسائل; رسالة رسائل; حقيقة حقائق; نتيجة نتائج;
    وظيفة وظائف; ضريبة ضرائب; حديقة حدائق; صندوق صناديق; عنوان عناوين; برنامج برامج; قانون قوانين; فكرة أفكار;
    عمل أعمال; هدف أهداف; سبب أسباب; عضو أعضاء; دور أدوار; مال أموال; حزب أحزاب; طفل أطفال; خطأ أخطاء;
    حال أحوال; جيل أجيال; سوق أسواق; حق حقوق; شرط شروط; جهد جهود; حل حلول; ضغط ضغوط; قيد قيود; حد حدود;
    رد ردود; خط خطوط; شريك شركاء; خبير خبراء; وزير وزراء; مدير مدراء; فقير فقراء; نشاط أنشطة; سؤال أسئلة;
    جهاز أجهزة; نظام أنظمة; غطاء أغطية; فرصة فرص; خطة خطط; قصة قصص; حصة حصص; مهمة مهام; طريق طرق; كتاب كتب;
    مدينة مدن; قرية قرى; رأي آراء; امرأة نساء; رجل رجال; شاب شباب; طالب طلاب; عامل عمال; بلد بلدان;
    تدبير تدابير; تفصيل تفاصيل; تحليل تحاليل; تجربة تجارب; موعد مواعيد; أسلوب أساليب; أسبوع أسابيع
"""
BROKEN = [tuple(pair.split()) for pair in _BROKEN.split(";")]
FOUND_BROKEN = 25
"""So many of them are found, from the singular and from the plural."""
NOT_BROKEN = [
    ("مدرس", "مدارس"), ("مقبل", "مقابل"), ("مسلم", "مسالم"), ("علم", "إعلام"), ("عدد", "إعداد"), ("تعلم", "تعالم"),
    ("موافق", "موفق"), ("قول", "قوال"), ("جمعية", "جماعية"), ("أخير", "خير"),
]  # fmt: skip
PAIRS = [(query, form) for query, forms in ARABIC.items() for form in forms.split()]
WRONG = [(query, form) for query, forms in NOT.items() for form in forms.split()]
LATIN = {
    "policy": "policies Policy POLICY",
    "policies": "policy",
    "member": "members Members",
    "training": "trained train trains",
    "train": "training trained",
    "decide": "decided deciding decides",
    "plan": "planning planned plans",
    "ecole": "école écoles École",
    "école": "ecole écoles l'école L’École",
    "social": "sociaux sociale sociales",
    "formation": "formations",
    "formateur": "formatrice formateurs formatrices",
    "former": "formé formée formées forme",
    "bureau": "bureaux",
    "coeur": "cœur",
    "decisión": "decisiones decision",
    "decisiones": "decisión",
    "voz": "voces",
    "niño": "niños",
    "amigo": "amiga amigos amigas",
    "participar": "participado participan participando",
}
LATIN_WRONG = [
    ("plan", "plant"),
    ("form", "inform"),
    ("art", "party"),
    ("son", "sonido"),
    ("nation", "national"),
    ("casa", "caso"),
]


def finds(query: str, text: str) -> bool:
    (word,) = query_words(query)
    return any(token.word in forms_of(word) for token in tokens(text))


@pytest.mark.parametrize(("query", "form"), PAIRS)
def test_an_arabic_word_is_found_in_its_forms(query: str, form: str) -> None:
    assert finds(query, f"قالوا إن {form} هنا")


@pytest.mark.parametrize(("query", "form"), WRONG)
def test_an_arabic_word_does_not_find_its_neighbours(query: str, form: str) -> None:
    assert not finds(query, form)


@pytest.mark.parametrize(
    ("query", "form"), [(q, form) for q, forms in LATIN.items() for form in forms.split()]
)
def test_words_of_the_other_languages_are_found_in_their_forms(query: str, form: str) -> None:
    assert finds(query, f"({form}),")


@pytest.mark.parametrize(("query", "form"), LATIN_WRONG)
def test_words_of_the_other_languages_do_not_find_their_neighbours(query: str, form: str) -> None:
    assert not finds(query, form)


def test_some_broken_plurals_are_found_from_their_singular_and_back() -> None:
    assert len(BROKEN) >= 60
    counts = [
        sum(finds(one, other) for one, other in pairs) for pairs in (BROKEN, [pair[::-1] for pair in BROKEN])
    ]
    assert min(counts) >= FOUND_BROKEN
    assert finds("تقرير", "والتقارير") and finds("تقاريرهم", "تقريرنا") and finds("القوانين", "قانون")


@pytest.mark.parametrize(("query", "form"), NOT_BROKEN)
def test_what_only_looks_like_a_broken_plural_is_not_found(query: str, form: str) -> None:
    assert not finds(query, form) and not finds(form, query)


def test_the_table_is_large_enough() -> None:
    assert len(PAIRS) >= 60


def test_function_words_are_looked_for_only_alone() -> None:
    assert query_words("في the المدرسة de la école") == ["المدرسة", "ecole"]
    assert query_words("the") == ["the"]
    assert query_words("  …! ") == []


def test_a_text_is_kept_by_its_words_without_the_function_words_of_its_language() -> None:
    assert words_to_keep("The car, the CAR and l’été", "en") == {"car", "ete"}
    assert words_to_keep("car il pleut", "fr") == {"pleut"}


def test_what_was_found_is_cut_out_of_the_very_text() -> None:
    text = "إنّ التَّعـــليمَ، وتعليمهم: education"
    cut = pieces(text, forms_of("تعليم"))
    assert ([piece.text for piece in cut if piece.is_found], "".join(piece.text for piece in cut)) == (
        ["التَّعـــليمَ", "وتعليمهم"],
        text,
    )


@given(st.text(max_size=200))
def test_any_text_is_cut_and_put_together_again(text: str) -> None:
    words = query_words(text)
    forms = frozenset().union(*(forms_of(word) for word in words))
    assert "".join(piece.text for piece in pieces(text, forms)) == text
    assert all(folded(word.replace("ة", "ه")) in forms_of(word) for word in words)
