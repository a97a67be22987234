"""What every form of the house shares: switching language without losing what was typed, texts in several
languages, and moments typed as day, month, year and time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, StringField, TextAreaField
from wtforms.validators import ValidationError

from consult.i18n import error_text, is_language_switch
from surveys.errors import AnswerError
from surveys.numbers import parse_number, western_digits
from surveys.text import is_safe_label

_LONGEST_ID = 17


class BaseForm(FlaskForm):
    """A form that, asked to switch language, shows itself again instead of being sent."""

    def validate_on_submit(self, extra_validators=None) -> bool:
        if is_language_switch():
            return False
        return super().validate_on_submit(extra_validators)

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """(input id, label, message) of each error, in the order of the fields, for the summary."""
        return [
            (getattr(field, "error_id", field.id), str(field.label.text), str(message))
            for field in self
            for message in field.errors
        ]


def strip(value: str | None) -> str | None:
    """A WTForms filter: without white space around it."""
    return value.strip() if value else value


def no_hidden_signs(form: Form, field: Field) -> None:
    """Refuse characters that make a name read as another one."""
    texts = field.data.values() if isinstance(field.data, dict) else [field.data or ""]
    if any(not is_safe_label(text) for text in texts):
        raise ValidationError(
            gettext("This text has hidden signs that change the direction of writing. Please type it again.")
        )


def whole_number(field: Field, *, most: int) -> int | None:
    """What was typed as a number of people, in any digits; None for nothing. Raises ValidationError."""
    try:
        number = parse_number(field.data or "")
    except AnswerError as error:
        raise ValidationError(error_text(error)) from error
    if number is not None and not (number == int(number) and 0 <= number <= most):
        raise ValidationError(gettext("Type a whole number, or nothing."))
    return None if number is None else int(number)


def sent_id(value: str | None) -> int | None:
    """The id in an address or in a form; None for anything that is none."""
    return int(value) if value and value.isdecimal() and len(value) <= _LONGEST_ID else None


def sent_ids(form: MultiDict[str, str], name: str) -> list[int]:
    """The ids that were sent under a name, in order; what is none is left out."""
    return [number for value in form.getlist(name) if (number := sent_id(value)) is not None]


class LineField(StringField):
    """One line of text."""

    def __init__(self, label: object = None, validators=None, **kwargs) -> None:
        kwargs.setdefault("filters", [strip])
        super().__init__(label, [no_hidden_signs, *(validators or [])], **kwargs)


class LocalizedField(Field):
    """The same text in several languages; data is a mapping from language to text, empty ones left out.

    Inputs are named `NAME-LANGUAGE`. `languages` is set by the form before it reads what was sent.
    """

    def __init__(
        self,
        label: object = None,
        validators=None,
        *,
        languages: Sequence[str] = (),
        lines: int = 1,
        max_length: int = 2000,
        **kwargs,
    ) -> None:
        super().__init__(label, [no_hidden_signs, *(validators or [])], **kwargs)
        self.languages = list(languages)
        self.lines = lines
        self.max_length = max_length
        self.data: dict[str, str] = {}

    @property
    def error_id(self) -> str:
        return f"{self.id}-{self.languages[0]}" if self.languages else self.id

    def process(self, formdata, data=None, extra_filters=None) -> None:
        self.process_errors: list[str] = []
        self.data = dict(data or self.object_data_default())
        self.object_data = self.data
        if formdata is None or not any(f"{self.name}-{code}" in formdata for code in self.languages):
            return
        typed = {code: (formdata.get(f"{self.name}-{code}") or "").strip() for code in self.languages}
        kept = {code: text for code, text in self.data.items() if code not in self.languages}
        self.data = kept | {code: text.replace("\r\n", "\n") for code, text in typed.items() if text}

    def object_data_default(self) -> dict[str, str]:
        default = self.default() if callable(self.default) else self.default
        return dict(default or {})

    def pre_validate(self, form) -> None:
        for code, text in self.data.items():
            if len(text) > self.max_length:
                raise ValidationError(
                    gettext(
                        "This text has %(length)s characters; at most %(limit)s fit (%(language)s).",
                        length=len(text),
                        limit=self.max_length,
                        language=code,
                    )
                )


class MomentField(Field):
    """A moment typed as day, month, year and time of day in a time zone; data is an aware UTC time or None.

    Inputs are named `NAME-day`, `NAME-month`, `NAME-year`, `NAME-time`. Every kind of digit is taken.
    """

    parts = ("day", "month", "year", "time")

    def __init__(self, label: object = None, validators=None, *, timezone: str = "UTC", **kwargs) -> None:
        super().__init__(label, validators, **kwargs)
        self.timezone = timezone
        self.typed = dict.fromkeys(self.parts, "")
        self.data: datetime | None = None

    @property
    def error_id(self) -> str:
        return f"{self.id}-day"

    def process(self, formdata, data=None, extra_filters=None) -> None:
        self.process_errors: list[str] = []
        self.data = self.object_data = data
        if formdata is not None and f"{self.name}-day" in formdata:
            self.typed = {part: (formdata.get(f"{self.name}-{part}") or "").strip() for part in self.parts}
            self._read()
        elif data is not None:
            local = data.astimezone(ZoneInfo(self.timezone))
            self.typed = {
                "day": str(local.day),
                "month": str(local.month),
                "year": str(local.year),
                "time": f"{local:%H:%M}",
            }

    def _read(self) -> None:
        typed = {part: western_digits(value) for part, value in self.typed.items()}
        if not any(typed[part] for part in ("day", "month", "year")):
            self.data = None
            return
        hour, _, minute = (typed["time"] or "23:59").replace("٫", ":").replace(".", ":").partition(":")
        try:
            local = datetime(
                int(typed["year"]),
                int(typed["month"]),
                int(typed["day"]),
                int(hour),
                int(minute or 0),
                tzinfo=ZoneInfo(self.timezone),
            )
        except ValueError:
            self.process_errors.append(
                gettext(
                    "Type a day, a month and a year that exist, such as 7 3 2027, and a time such as 18:30."
                )
            )
            return
        self.data = local.astimezone(UTC)


__all__ = ["BaseForm", "LineField", "LocalizedField", "MomentField", "TextAreaField", "strip"]
