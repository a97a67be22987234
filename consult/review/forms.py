"""Forms of the workshop."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField
from wtforms.validators import Length, ValidationError

from consult.forms import BaseForm, LineField, LocalizedField, no_hidden_signs, strip
from consult.review.models import MOST_NAME, MOST_TEXT


def _text(label: object, hint: object) -> TextAreaField:
    return TextAreaField(
        label, [Length(max=MOST_TEXT), no_hidden_signs], description=hint, filters=[strip], default=""
    )


class NewThemeForm(BaseForm):
    """A theme's name in each language."""

    name = LocalizedField(_l("Name"), max_length=MOST_NAME)

    @classmethod
    def bound(cls, languages: Sequence[str]) -> type[NewThemeForm]:
        """A form class whose name field knows its languages before it is read."""
        return type(
            cls.__name__,
            (cls,),
            {"name": LocalizedField(_l("Name"), languages=list(languages), max_length=MOST_NAME)},
        )

    def validate_name(self, field: LocalizedField) -> None:
        if not any(text.strip() for text in field.data.values()):
            raise ValidationError(_("Type a name in at least one language."))


class ThemeForm(NewThemeForm):
    """A theme as the codebook has it."""

    definition = _text(_l("Definition"), _l("What answers in this theme say, in a sentence."))
    include = _text(_l("Belongs here"), _l("What counts, even if it does not seem so."))
    exclude = _text(_l("Does not belong here"), _l("What looks alike and counts elsewhere."))
    example = _text(_l("Example"), _l("A typical sentence."))
    mark = LineField(
        _l("Mark"),
        description=_l(
            "One to three letters or digits, or one of these signs: ● ○ ■ □ ▲ △ ◆ ★ It stands beside the name and "
            "tells themes apart without colour. Left empty, it is a number."
        ),
    )
    parent = SelectField(_l("Stands under"), coerce=str, validate_choice=False, default="")

    def offer(self, parents: Sequence[tuple[int, str]]) -> ThemeForm:
        """Under which themes it may stand; none of them: a theme of its own."""
        self.parent.choices = [("", _("no other theme")), *((str(number), name) for number, name in parents)]
        return self

    def validate_name(self, field: LocalizedField) -> None:
        """An entry that was sent without any name is one without a name, not one to keep as it was."""
        if not any(request.form.get(f"{field.name}-{code}", "").strip() for code in field.languages):
            field.data = {}
        super().validate_name(field)


class VersionForm(BaseForm):
    """What to keep in mind of a version of the codebook."""

    note = _text(_l("About this version"), _l("What it is for, and what is new in it."))
