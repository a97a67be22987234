"""Forms for groups, participants and files with a roll."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import BooleanField, PasswordField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from consult.consultations.forms import CheckboxesField, language_choices
from consult.errors import SurveyError
from consult.forms import BaseForm, LineField, LocalizedField, no_hidden_signs, strip, whole_number
from consult.i18n import error_text
from consult.outreach.labels import CATEGORIES
from consult.stakeholders.contacts import clean_email, clean_phone
from consult.stakeholders.names import match_key

LARGEST_GROUP = 10_000_000


def _grades() -> list[SelectChoice]:
    named = {1: _("1, very low"), 5: _("5, very high")}
    return [
        SelectChoice("", _("not judged yet")),
        *(SelectChoice(str(n), named.get(n, str(n))) for n in range(1, 6)),
    ]


class GroupForm(BaseForm):
    """A stakeholder group."""

    name = LocalizedField(_("Name"), max_length=200)
    category = SelectField(_("Category"), choices=[SelectChoice(*item) for item in CATEGORIES.items()])
    influence = SelectField(
        _("Influence"),
        choices=_grades(),
        description=_("How much they can further or hinder what is decided."),
    )
    interest = SelectField(
        _("Interest"), choices=_grades(), description=_("How much they are concerned by what is decided.")
    )
    expected_size = LineField(
        _("Expected size"), description=_("How many people there are in it, whether on a roll or not."),
        render_kw={"dir": "ltr"},
    )  # fmt: skip
    note = TextAreaField(_("Note"), [Length(max=2000), no_hidden_signs], filters=[strip])

    def validate_name(self, field) -> None:
        if not any(match_key(name) for name in field.data.values()):
            raise ValidationError(gettext("Give the group a name."))

    def validate_expected_size(self, field) -> None:
        self.size = whole_number(field, most=LARGEST_GROUP)

    @property
    def values(self) -> dict[str, object]:
        """What was sent, as the columns of a group."""
        grades = {
            name: int(self[name].data) if self[name].data else None for name in ("influence", "interest")
        }
        return {
            "name": self.name.data,
            "category": self.category.data,
            **grades,
            "expected_size": self.size,
            "note": self.note.data or "",
        }


class PersonForm(BaseForm):
    """What is held about a participant."""

    name = LineField(_("Name"), [DataRequired(_("Type a name.")), Length(max=200)])
    organisation = LineField(_("Organisation"), [Length(max=200)])
    email = LineField(_("E-mail address"), [Length(max=254)], render_kw={"dir": "ltr"})
    phone = LineField(_("Telephone"), [Length(max=60)], render_kw={"dir": "ltr"})
    language = SelectField(_("Language"), choices=language_choices())
    region = LineField(_("Region"), [Length(max=200)])

    country = ""

    def validate_name(self, field) -> None:
        if not match_key(field.data or ""):
            raise ValidationError(gettext("Type a name."))

    def validate_email(self, field) -> None:
        try:
            self.address = clean_email(field.data) if field.data else (None, None)
        except SurveyError as error:
            raise ValidationError(error_text(error)) from error

    def validate_phone(self, field) -> None:
        try:
            self.number = clean_phone(field.data, [self.country]) if field.data else None
        except SurveyError as error:
            raise ValidationError(error_text(error)) from error

    @property
    def values(self) -> dict[str, object]:
        """What was sent, as the columns of a participant."""
        return {
            "name": " ".join((self.name.data or "").split()),
            "organisation": " ".join((self.organisation.data or "").split()),
            "email": self.address[0],
            "email_key": self.address[1],
            "phone": self.number,
            "language": self.language.data,
            "region": " ".join((self.region.data or "").split()),
        }


class ParticipantForm(PersonForm):
    """The same for the staff, with what they alone decide."""

    has_vote = BooleanField(_("Has the right to vote"), default=True)
    groups = CheckboxesField(_("Groups"), coerce=int)

    @property
    def values(self) -> dict[str, object]:
        return super().values | {"has_vote": bool(self.has_vote.data)}


class RollFileForm(BaseForm):
    """A file with a roll."""

    file = FileField(_("File (CSV or XLSX)"))
    country = SelectField(
        _("Country of telephone numbers"),
        description=_("For numbers without a country code, where the row's region is no country."),
    )


class PasswordForm(BaseForm):
    """The password once more, before personal data leave the house."""

    password = PasswordField(
        _("Your password"), description=_("Asked each time, because this file names people.")
    )
