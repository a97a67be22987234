"""Forms for sources, their texts, and feedback."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, HiddenField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from consult.consultations.forms import CheckboxesField, language_choices
from consult.evidence.feedback import new_key
from consult.evidence.labels import KINDS, WAYS
from consult.evidence.models import GATHERED_KINDS, MOST_LEAD, MOST_STATION, MOST_TITLE, MOST_VOICE
from consult.forms import BaseForm, LineField, whole_number
from consult.i18n import pick
from consult.stakeholders.models import StakeholderGroup
from surveys.numbers import western_digits

LARGEST_NUMBER = 1_000_000
_BY_WORDS = _("seen by the words")


class DayField(Field):
    """A day typed as day, month and year, in any digits; data is a date or None. Inputs as those of MomentField."""

    parts = ("day", "month", "year")

    @property
    def error_id(self) -> str:
        return f"{self.id}-day"

    def process(self, formdata, data=None, extra_filters=None) -> None:
        self.process_errors: list[str] = []
        if not isinstance(data, dt.date):
            data = None
        self.data: dt.date | None = data
        self.typed = dict.fromkeys(self.parts, "")
        if data is not None:
            self.typed = {part: str(getattr(data, part)) for part in self.parts}
        if formdata is None or f"{self.name}-day" not in formdata:
            return
        self.typed = {part: (formdata.get(f"{self.name}-{part}") or "").strip() for part in self.parts}
        self.data = None
        if not any(self.typed.values()):
            return
        try:
            day, month, year = (int(western_digits(self.typed[part])) for part in self.parts)
            self.data = dt.date(year, month, day)
        except (ValueError, OverflowError):
            self.process_errors.append(
                gettext("Type a day, a month and a year that exist, such as 7 3 2027.")
            )


class SourceForm(BaseForm):
    """A source that the staff bring in."""

    kind = SelectField(_("Kind"), choices=[SelectChoice(kind, KINDS[kind]) for kind in GATHERED_KINDS])
    title = LineField(
        _("Title"), [DataRequired(_("Give the source a title.")), Length(max=MOST_TITLE)],
        description=_("What it is, without naming a person: “Interview 7” or “Workshop with the youth council”."),
    )  # fmt: skip
    informant = LineField(
        _("Who spoke, without a name"), [Length(max=200)],
        description=_(
            "Of what kind the person is, so that nobody can be recognised: “board member of a small association”, "
            "“women farmers, Irbid”. By these words excerpts can be filtered and compared, so write the same for "
            "people of one kind."
        ),
    )  # fmt: skip
    date = DayField(_("Date"))
    place = LineField(_("Place"), [Length(max=200)])
    participants = LineField(_("How many took part"), render_kw={"dir": "ltr"})
    groups = CheckboxesField(_("Stakeholder groups"), coerce=int)
    language = SelectField(
        _("Language"), choices=[SelectChoice("", _BY_WORDS), *language_choices()], default=""
    )
    quote_consent = BooleanField(_("Those who spoke agreed that their words may be quoted without a name"))

    def offer(self, groups: Sequence[StakeholderGroup]) -> SourceForm:
        """The form with these groups to tick."""
        self.groups.choices = [SelectChoice(group.id, pick(group.name)) for group in groups]
        return self

    def validate_participants(self, field) -> None:
        self.number = whole_number(field, most=LARGEST_NUMBER)

    @property
    def values(self) -> dict[str, Any]:
        """What was sent, as the columns of a source."""
        return {
            "kind": self.kind.data,
            "title": " ".join((self.title.data or "").split()),
            "informant": " ".join((self.informant.data or "").split()),
            "date": self.date.data,
            "place": " ".join((self.place.data or "").split()) or None,
            "participants_count": self.number,
            "language": self.language.data or None,
            "quote_consent": bool(self.quote_consent.data),
        }


class MaterialForm(BaseForm):
    """A text to cut: typed, pasted, or in a file."""

    text = TextAreaField(
        _("Text"), description=_("Type it or paste it here. Leave out names, or replace them.")
    )
    file = FileField(
        _("Or a file"),
        description=_("DOCX or plain text, or a table in XLSX or CSV with a text in each row. At most 5 MB."),
    )
    way = SelectField(
        _("How to cut it"),
        choices=[SelectChoice("", _("as it looks best")), *(SelectChoice(*way) for way in WAYS.items())],
        default="",
    )  # fmt: skip


class ColumnsForm(BaseForm):
    """Which column of a table holds what."""

    text = SelectField(_("Column with the text"))
    language = SelectField(_("Column with the language"), default="")
    date = SelectField(_("Column with the date"), default="")
    group = SelectField(_("Column with the group"), default="")
    voice = SelectField(_("Column that says who spoke, without a name"), default="")
    station = SelectField(_("Column with the table or flip chart"), default="")

    def offer(self, columns: Sequence[str]) -> ColumnsForm:
        """The form with these columns to choose from."""
        named = [SelectChoice(column, column) for column in columns]
        self.text.choices = named
        for field in (self.language, self.date, self.group, self.voice, self.station):
            field.choices = [SelectChoice("", _("none")), *named]
        return self


class ExcerptForm(BaseForm):
    """The words of an excerpt, and the heading or question before it."""

    lead = TextAreaField(_("What stands before it"), [Length(max=MOST_LEAD)])
    text = TextAreaField(_("Text"))
    language = SelectField(
        _("Language"), choices=[SelectChoice("", _BY_WORDS), *language_choices()], default=""
    )
    voice = LineField(_("Who spoke, without a name"), [Length(max=MOST_VOICE)])
    station = LineField(_("Table or flip chart"), [Length(max=MOST_STATION)])


class FeedbackForm(BaseForm):
    """A message to the feedback channel."""

    text = TextAreaField(_("What do you want to say?"))
    group = SelectField(
        _("Which group are you of?"), description=_("Only if you like to say it."), default=""
    )
    quote_consent = BooleanField(_("My words may be quoted, without a name"))
    key = HiddenField()

    def offer(self, groups: Sequence[StakeholderGroup]) -> FeedbackForm:
        """The form with these groups to choose from."""
        self.group.choices = [
            SelectChoice("", _("I would rather not say")),
            *(SelectChoice(str(group.id), pick(group.name)) for group in groups),
        ]
        return self

    @property
    def values(self) -> dict[str, Any]:
        """What was sent, as `feedback.take_feedback` wants it."""
        return {
            "text": self.text.data or "",
            "key": self.key.data or new_key(),
            "group_id": int(self.group.data) if self.group.data else None,
            "quote_consent": bool(self.quote_consent.data),
        }


class CallForm(FeedbackForm):
    """The same, for a member of staff who took a call."""

    text = TextAreaField(
        _("What was said"),
        description=_("In the caller's words as far as you can, without a name or a number."),
    )  # fmt: skip
    group = SelectField(_("Group of the caller"), description=_("Only if the caller said it."), default="")
    quote_consent = BooleanField(_("The caller agreed that the words may be quoted, without a name"))
    date = DayField(_("Day of the call"))
