"""A survey with a question of every type, in the four languages, as a facilitator would write it."""

from __future__ import annotations

from typing import Any

from surveys.definition import Definition, Option, Question, Section
from surveys.questions import question_types
from surveys.text import Text

LANGUAGES = ("ar", "en", "fr", "es")


def said(*words: str) -> Text:
    """Words in Arabic, English, French and Spanish."""
    return dict(zip(LANGUAGES, words, strict=True))


def _option(name: str, *words: str, **attributes: str) -> Option:
    return Option(name, name, said(*words), attributes)


PROGRAMMES = (
    _option("health", "الصحة والرعاية الأولية", "Health and primary care", "Santé et soins primaires",
            "Salud y atención primaria"),
    _option("schools", "التعليم", "Education", "Éducation", "Educación"),
    _option("water", "المياه والبيئة", "Water and environment", "Eau et environnement", "Agua y medio ambiente"),
    _option("work", "فرص العمل للشباب", "Jobs for young people", "Emploi des jeunes", "Empleo juvenil"),
)  # fmt: skip
NONE = _option(
    "none", "لا شيء مما سبق", "None of these", "Aucun de ceux-ci", "Ninguno de estos", exclusive="yes"
)
DEGREES = (
    _option("1", "غير راضٍ أبدًا", "Very dissatisfied", "Très insatisfait", "Muy insatisfecho"),
    _option("2", "غير راضٍ", "Dissatisfied", "Insatisfait", "Insatisfecho"),
    _option("3", "بين بين", "Neither", "Ni l’un ni l’autre", "Ni uno ni otro"),
    _option("4", "راضٍ", "Satisfied", "Satisfait", "Satisfecho"),
    _option("5", "راضٍ تمامًا", "Very satisfied", "Très satisfait", "Muy satisfecho"),
)
STATEMENTS = (
    _option("meetings", "اجتماعاتنا العامة", "Our general meetings", "Nos assemblées générales",
            "Nuestras asambleas generales"),
    _option("answers", "سرعة ردّنا على رسائلكم", "How fast we answer your letters",
            "La rapidité de nos réponses à vos lettres", "La rapidez con que respondemos a sus cartas"),
    _option("voice", "أثر رأيكم في قراراتنا", "How far your view counts in what we decide",
            "Le poids de votre avis dans nos décisions", "El peso de su opinión en nuestras decisiones"),
)  # fmt: skip


def _asked(
    name: str, words: Text, *, hint: Text | None = None, required: bool = False, **config: Any
) -> Question:
    kind = question_types[config.pop("type", name)]
    made = kind.Config(**config) if config else kind.starting_config()
    return Question(name, name, kind.name, words, hint or {}, required, made)


def _texts() -> tuple[Question, ...]:
    return (
        _asked("note", said("شكرًا لوقتكم. لا جواب صحيحًا هنا ولا خطأ.", "Thank you for your time. No answer is wrong.",
                            "Merci de votre temps.", "Gracias por su tiempo.")),
        _asked("short_text", said("ما اسم منظمتكم؟", "What is your organisation called?",
                                  "Comment s’appelle votre organisation ?", "¿Cómo se llama su organización?"),
               required=True),
        _asked("long_text", said("ما الذي تغيّرونه أولًا؟", "What would you change first?",
                                 "Que changeriez-vous d’abord ?", "¿Qué cambiaría primero?"),
               hint=said("لا تذكروا أسماء أشخاص.", "Do not name people.", "Ne nommez personne.", "No nombre a nadie.")),
        _asked("email", said("بريدكم الإلكتروني", "Your e-mail address", "Votre adresse e-mail", "Su correo")),
        _asked("phone", said("رقم هاتفكم", "Your phone number", "Votre téléphone", "Su teléfono")),
        _asked("url", said("موقعكم على الشبكة", "Your website", "Votre site", "Su sitio web")),
    )  # fmt: skip


def _numbers() -> tuple[Question, ...]:
    return (
        _asked("integer", said("كم شخصًا يعمل لديكم؟", "How many people work with you?",
                               "Combien de personnes travaillent chez vous ?", "¿Cuántas personas trabajan?"), min=0),
        _asked("decimal", said("كم كيلومترًا إلى أقرب عيادة؟", "How many kilometres to the next clinic?",
                               "Combien de kilomètres jusqu’à la clinique ?", "¿Cuántos kilómetros hasta la clínica?")),
        _asked("range", said("كم من وقتكم يأخذ هذا؟", "How much of your time does it take?",
                             "Quelle part de votre temps ?", "¿Cuánto de su tiempo?"), start=0, end=100, step=10),
        _asked("date", said("متى بدأ عملكم؟", "When did your work begin?", "Quand avez-vous commencé ?",
                            "¿Cuándo empezó su trabajo?")),
        _asked("time", said("أي ساعة تناسبكم؟", "Which hour suits you?", "Quelle heure vous convient ?",
                            "¿Qué hora le conviene?")),
        _asked("datetime", said("متى كان آخر اجتماع؟", "When was the last meeting?", "La dernière réunion ?",
                                "¿Cuándo fue la última reunión?")),
        _asked("location", said("أين مكتبكم؟", "Where is your office?", "Votre bureau ?", "¿Su oficina?"),
               hint=said("اسم البلدة يكفي.", "The town’s name is enough.", "Le nom de la ville suffit.",
                         "Basta el nombre de la ciudad.")),
    )  # fmt: skip


def _choices(images: tuple[str, ...]) -> tuple[Question, ...]:
    pictures = tuple(
        Option(option.id, option.name, option.label, {"image": image})
        for option, image in zip(PROGRAMMES, images, strict=False)
    )
    return (
        _asked("select_one", said("ما أهم برنامج لكم؟", "Which programme matters most to you?",
                                  "Quel programme compte le plus ?", "¿Qué programa le importa más?"),
               options=PROGRAMMES, other=True, shuffle=True),
        _asked("menu", said("وما الذي يليه؟", "And the next one?", "Et le suivant ?", "¿Y el siguiente?"),
               type="select_one", options=PROGRAMMES, display="menu"),
        _asked("select_multiple", said("أيّها تستخدمون؟", "Which of these do you use?", "Lesquels utilisez-vous ?",
                                       "¿Cuáles utiliza?"), options=(*PROGRAMMES, NONE), max=3, shuffle=True),
        _asked("yes_no", said("هل حضرتم الاجتماع الأخير؟", "Were you at the last meeting?",
                              "Étiez-vous à la dernière réunion ?", "¿Estuvo en la última reunión?")),
        _asked("agreement", said("صوتنا مسموع.", "We are heard.", "On nous écoute.", "Se nos escucha."), required=True),
        _asked("image_choice", said("أي صورة تعبّر عنكم؟", "Which picture speaks for you?", "Quelle image vous parle ?",
                                    "¿Qué imagen le habla?"), options=pictures),
    )  # fmt: skip


def _scales() -> tuple[Question, ...]:
    ends = {"low": said("أبدًا", "not at all", "pas du tout", "nada"),
            "high": said("تمامًا", "completely", "tout à fait", "del todo")}  # fmt: skip
    return (
        _asked("rating", said("كيف كان اللقاء؟", "How was the meeting?", "Comment était la rencontre ?",
                              "¿Cómo fue el encuentro?"), points=5, **ends),
        _asked("recommendation", said("هل توصون بنا غيركم؟", "Would you recommend us?", "Nous recommanderiez-vous ?",
                                      "¿Nos recomendaría?"), **ends),
        _asked("matrix", said("ما مدى رضاكم عن كل من هذه؟", "How satisfied are you with each of these?",
                              "Êtes-vous satisfait de chacun de ces points ?", "¿Está satisfecho con cada uno?"),
               rows=STATEMENTS, columns=DEGREES),
        _asked("ranking", said("رتّبوها بحسب أهميتها لكم.", "Put these in your order.", "Classez-les.",
                               "Ordénelos."), options=PROGRAMMES),
        _asked("budget", said("وزّعوا ١٠٠ نقطة عليها.", "Share out 100 points among them.",
                              "Répartissez 100 points.", "Reparta 100 puntos."), options=PROGRAMMES,
               unit=said("نقطة", "points", "points", "puntos")),
        _asked("pairwise", said("أيّهما أولى؟", "Which of the two comes first?", "Lequel des deux d’abord ?",
                                "¿Cuál de los dos primero?"), options=PROGRAMMES, pairs=3),
    )  # fmt: skip


def _last() -> tuple[Question, ...]:
    return (
        _asked("upload", said("أرسلوا آخر تقرير لكم.", "Send us your last report.", "Envoyez votre dernier rapport.",
                              "Envíe su último informe.")),
        _asked("hidden", said("المصدر", "Source", "Origine", "Origen"), value="letter", by_link=True),
        _asked("calculated", said("مجموع ما ذكرتم", "The sum of what you gave", "Le total", "El total"),
               calculation="${integer} * 2", shown=True),
    )  # fmt: skip


def survey_of_every_type(images: tuple[str, ...] = ("a.png", "b.png", "c.png", "d.png")) -> Definition:
    """Five pages; `images` are names of pictures that the application keeps."""
    parts = (_texts(), _numbers(), _choices(images), _scales(), _last())
    return Definition(
        title=said(
            "كل أنواع الأسئلة", "Every kind of question", "Toutes les questions", "Todas las preguntas"
        ),
        languages=LANGUAGES,
        default_language="ar",
        sections=tuple(
            Section(
                f"page{n}", f"page{n}", said(f"القسم {n}", f"Part {n}", f"Partie {n}", f"Parte {n}"), {}, part
            )
            for n, part in enumerate(parts, 1)
        ),
    )
