"""Forms for making a consultation and describing it."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import available_timezones

from flask_babel import gettext, lazy_ngettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from consult.config import LANGUAGES
from consult.consultations.models import Access, Consultation, Iap2Level, Privacy
from consult.consultations.periods import PERIODS
from consult.forms import BaseForm, LineField, LocalizedField, MomentField, strip
from consult.i18n import LANGUAGE_NAMES

IAP2_LABELS = {
    Iap2Level.INFORM: _("Inform: we tell you what is happening"),
    Iap2Level.CONSULT: _("Consult: we listen, and tell you how your answers changed the decision"),
    Iap2Level.INVOLVE: _("Involve: we work with you so that your concerns show in the choices we draw up"),
    Iap2Level.COLLABORATE: _("Collaborate: we look to you for advice and follow it as far as we can"),
    Iap2Level.EMPOWER: _("Empower: we do what you decide"),
}
ZONES_FIRST = (
    "Asia/Beirut", "Asia/Amman", "Asia/Jerusalem", "Asia/Gaza", "Asia/Damascus", "Asia/Baghdad",
    "Africa/Cairo", "Africa/Tunis", "Africa/Casablanca", "Africa/Algiers", "Africa/Khartoum",
    "Asia/Riyadh", "Europe/Brussels", "UTC",
)  # fmt: skip

MODES = {
    "open": _("Anyone. Nobody is asked who they are, and the same person could answer twice."),
    "confidential": _(
        "Only people on a roll, each once, in confidence: the few who work on this consultation can link an answer "
        "to a person, for reminders and for saving and coming back."
    ),
    "anonymous": _(
        "Only people on a roll, each once, anonymously: nobody can link an answer to a person. No reminders to some "
        "only, no saving and coming back, and a lost code is not made again."
    ),
}
"""Who may answer and what is promised: (access, privacy) as one choice, so that open and anonymous cannot meet."""


def mode_of(consultation: Consultation) -> str:
    """The choice that a consultation's access and privacy stand for."""
    return "open" if consultation.access == Access.OPEN else str(consultation.privacy)


def access_and_privacy(mode: str) -> tuple[str, str]:
    """What a choice of MODES stands for."""
    if mode == "open":
        return Access.OPEN, Privacy.CONFIDENTIAL
    return Access.ROLL, Privacy(mode)


def language_choices() -> list[SelectChoice]:
    """The languages of the house, each by its own name."""
    return [SelectChoice(code, LANGUAGE_NAMES[code]) for code in LANGUAGES]


def month_choices() -> list[SelectChoice]:
    """How long something can be kept."""
    named = [
        SelectChoice(str(number), lazy_ngettext("%(num)s month", "%(num)s months", number))
        for number in PERIODS
    ]
    return [SelectChoice("", _("until it is erased by hand")), *named]


def _choose_months(field) -> None:
    """The months chosen as a number, None for no end; what was not sent stays as it is."""
    if not field.raw_data:
        field.data = field.object_data
    elif field.data in map(str, PERIODS):
        field.data = int(field.data)
    elif not field.data:
        field.data = None
    else:
        raise ValidationError(gettext("Choose one of the periods."))


class CheckboxesField(SelectMultipleField):
    """Several of many, as boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class NewConsultationForm(BaseForm):
    """The least that a consultation needs to begin with."""

    title = LineField(
        _("Title"), [DataRequired(_("Give the consultation a title.")), Length(max=200)],
        description=_(
            "What people will see first, in the language of this page. You can translate it later."
        ),
    )  # fmt: skip
    slug = StringField(
        _("Address"),
        [
            DataRequired(_("Give the consultation an address.")),
            Regexp(
                r"^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$",
                message=_("Use a to z, 0 to 9 and hyphens, at most 60 characters."),
            ),
        ],
        filters=[strip],
        description=_("The last part of the web address, in Latin letters: for example annual-review-2027."),
        render_kw={"dir": "ltr", "autocapitalize": "none", "spellcheck": "false"},
    )
    languages = CheckboxesField(
        _("Languages in which people can answer"),
        choices=language_choices(),
        validators=[DataRequired(_("Choose at least one language."))],
    )
    mode = RadioField(
        _("Who may answer"), choices=[SelectChoice(*item) for item in MODES.items()], default="open",
        description=_("It can be changed until the consultation opens."),
    )  # fmt: skip


class ConsultationForm(BaseForm):
    """All that describes a consultation."""

    title = LocalizedField(_("Title"), max_length=200)
    asker = LocalizedField(
        _("Who asks"),
        max_length=300,
        description=_("The organisation, and a person or office one can write to."),
    )
    purpose = LocalizedField(
        _("Why you ask"), lines=3, max_length=1000, description=_("Two or three short sentences.")
    )
    use_of_answers = LocalizedField(
        _("What happens with the answers"), lines=3, max_length=1000,
        description=_("Who reads them, what they will change, and when people will hear what came of it."),
    )  # fmt: skip
    background = LocalizedField(
        _("Background"), lines=8, max_length=8000,
        description=_(
            "Shown on a page of its own, beside the questions: findings, drafts, what was learned."
        ),
    )  # fmt: skip
    iap2_level = RadioField(
        _("What you promise"), choices=[SelectChoice(str(k), v) for k, v in IAP2_LABELS.items()],
        description=_("The spectrum of public participation of IAP2."),
    )  # fmt: skip
    languages = CheckboxesField(
        _("Languages in which people can answer"),
        choices=language_choices(),
        validators=[DataRequired(_("Choose at least one language."))],
    )
    default_language = SelectField(
        _("First language"), choices=language_choices(),
        description=_("Shown to people whose own language is not offered."),
    )  # fmt: skip
    timezone = SelectField(_("Time zone"))
    opens_at = MomentField(_("Opens"), description=_("Leave empty to open it by hand."))
    closes_at = MomentField(_("Closes"), description=_("Leave empty to close it by hand."))
    keep_roll_months = SelectField(
        _("The roll is kept after closing"), choices=month_choices(), validate_choice=False,
        description=_("Then names, addresses, codes and letters are erased, and nothing ties answers to people."),
    )  # fmt: skip
    keep_answers_months = SelectField(
        _("The answers are kept after closing"), choices=month_choices(), validate_choice=False,
        description=_(
            "Then they are erased with everything made of single ones; the page with the results goes too. Keep a "
            "printed copy of it. Both periods stand on the start page."
        ),
    )  # fmt: skip
    is_restricted = BooleanField(_("Only the staff I add can see it"))
    mode = RadioField(
        _("Who may answer"), choices=[SelectChoice(*item) for item in MODES.items()],
        description=_("It can be changed until the consultation opens."), validate_choice=False,
    )  # fmt: skip

    localized = ("title", "asker", "purpose", "use_of_answers", "background")

    def __init__(self, *, consultation: Consultation, **kwargs) -> None:
        super().__init__(obj=consultation, mode=mode_of(consultation), **kwargs)
        rest = sorted(available_timezones() - set(ZONES_FIRST))
        self.timezone.choices = [
            SelectChoice(zone, zone.replace("_", " "))
            for zone in (*ZONES_FIRST, *rest)
            if "/" in zone or zone == "UTC"
        ]

    @classmethod
    def for_consultation(cls, consultation: Consultation, formdata) -> ConsultationForm:
        """The form with inputs for the languages and the time zone that were chosen last."""
        languages = _known(formdata.getlist("languages")) if formdata else []
        zone = formdata.get("timezone") if formdata else None
        bound = cls.bound(
            languages=list(dict.fromkeys([*consultation.languages, *languages])),
            timezone=zone if zone in available_timezones() else consultation.timezone,
        )
        return bound(consultation=consultation)

    @classmethod
    def bound(cls, *, languages: Sequence[str], timezone: str) -> type[ConsultationForm]:
        """A form class whose text and time fields know their languages and zone before they are read."""
        fields: dict[str, object] = {}
        for name in (*cls.localized, "opens_at", "closes_at"):
            unbound = getattr(cls, name)
            extra = {"timezone": timezone} if name.endswith("_at") else {"languages": languages}
            copy = type(unbound)(unbound.field_class, *unbound.args, **{**unbound.kwargs, **extra})
            copy.creation_counter = unbound.creation_counter
            fields[name] = copy
        return type(cls.__name__, (cls,), fields)

    def validate_default_language(self, field) -> None:
        if self.languages.data and field.data not in self.languages.data:
            raise ValidationError(gettext("The first language must be one of the languages chosen above."))

    def validate_closes_at(self, field) -> None:
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(gettext("The closing time must be after the opening time."))

    def validate_keep_roll_months(self, field) -> None:
        _choose_months(field)

    def validate_keep_answers_months(self, field) -> None:
        _choose_months(field)

    def validate_mode(self, field) -> None:
        if field.data not in MODES:
            field.data = field.object_data  # what opening has fixed is not shown, and so not sent

    def validate_title(self, field) -> None:
        if not field.data:
            raise ValidationError(gettext("Give the consultation a title."))


class LifecycleForm(BaseForm):
    """A button: nothing but the token that proves the page is ours."""


def _known(codes: Sequence[str]) -> list[str]:
    return [code for code in codes if code in LANGUAGES]
