"""Which language a page is in, and how texts, numbers and times are shown in it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import cache, lru_cache
from gettext import NullTranslations
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import get_timezone_location
from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import format_date as babel_format_date
from flask_babel import format_datetime as babel_format_datetime
from flask_babel import get_locale, get_translations, gettext, refresh
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_accept_header

from consult.config import DEFAULT_LANGUAGE, LANGUAGES
from consult.errors import SurveyError
from consult.extensions import babel
from surveys.numbers import percent_figure

COOKIE = "lang"
SWITCH = "page:language"
LANGUAGE_NAMES = {"ar": "العربية", "en": "English", "fr": "Français", "es": "Español"}
MOMENTS = {
    "ar": "d MMMM y، HH:mm",
    "en": "d MMMM y, HH:mm",
    "fr": "d MMMM y 'à' HH:mm",
    "es": "d 'de' MMMM 'de' y, HH:mm",
}
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ckb", "ps"})
_EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def init_app(app: Flask, digits: str) -> None:
    """Connect Flask-Babel and give templates their helpers."""
    app.config["SHOWN_DIGITS"] = digits
    babel.init_app(app, locale_selector=_chosen_locale)
    app.jinja_env.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    # Of the two ways into a catalogue this is the one that every page takes some twenty times.
    app.jinja_env.globals |= {"_": _page_text, "gettext": _page_text}
    app.jinja_env.filters |= {
        "digits": shown_digits,
        "percent_figure": percent_figure,
        "moment": format_moment,
        "day": format_day,
        "error_text": error_text,
        "said_params": said_params,
        "language_name": LANGUAGE_NAMES.get,
    }
    app.context_processor(_template_helpers)
    app.after_request(_remember)


def _catalogue() -> NullTranslations:
    """The page's catalogue, looked up once a page: Flask-Babel's own way costs more than the rest of a page."""
    page = g.get("_flask_babel")
    locale = getattr(page, "babel_locale", None)
    kept = getattr(page, "kept_catalogue", None)
    if kept is None or locale is None or kept[0] is not locale:
        catalogue = get_translations()
        page = g._flask_babel
        kept = page.kept_catalogue = (get_locale(), catalogue)
    return kept[1]


def _page_text(message: str, /, **variables: object) -> Markup:
    """A string of the interface in a template; what is filled in is escaped."""
    found = Markup(_catalogue().gettext(message))
    return found % variables if variables or "%" in found else found


def _gettext(message: str) -> str:
    return _catalogue().gettext(message)


def _ngettext(singular: str, plural: str, number: int) -> str:
    return _catalogue().ngettext(singular, plural, number)


def chosen_language() -> str:
    """The language asked for: switched just now, in the address, remembered, or the browser's."""
    if not has_request_context():
        return "en"
    known = g.get("languages_offered") or LANGUAGES
    for candidate in (_asked_language(), request.cookies.get(COOKIE)):
        if candidate and candidate in known:
            return candidate
    asked = _best_of(request.headers.get("Accept-Language", ""), tuple(known))
    return asked or g.get("language_default") or DEFAULT_LANGUAGE


@lru_cache(maxsize=512)
def _best_of(accepted: str, known: tuple[str, ...]) -> str | None:
    """Browsers send the same few headers, and reading one takes longer than a page's whole catalogue."""
    return parse_accept_header(accepted, LanguageAccept).best_match(known)


def _chosen_locale() -> Locale:
    return _locale(chosen_language())


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(code)


def _asked_language() -> str | None:
    """What this request itself asks for, by the switch or in its address."""
    switched = None
    if request.method == "POST":
        # A form too large to be read still gets its error page.
        with suppress(RequestEntityTooLarge):
            switched = request.form.get(SWITCH)
    return switched or request.args.get("lang")


def offer_languages(languages: list[str], default: str) -> None:
    """Confine this page to the languages in which its content exists."""
    g.languages_offered = [code for code in languages if code in LANGUAGES] or [default]
    g.language_default = default
    refresh()


def language() -> str:
    """The present page's language code."""
    if not g:
        return "en"  # outside of any page or command
    # Flask-Babel keeps the page's locale here; its own way there takes three look-ups through proxies, and a
    # page asks a hundred times.
    kept = getattr(g.get("_flask_babel"), "babel_locale", None)
    locale = kept or get_locale()
    return locale.language if locale else "en"


def direction(code: str) -> str:
    """`rtl` or `ltr` for a language code."""
    return "rtl" if code in RIGHT_TO_LEFT else "ltr"


def is_language_switch() -> bool:
    """Whether this POST only asks for the same page, with what was typed, in another language."""
    return request.method == "POST" and request.form.get(SWITCH) in LANGUAGES


def pick(text: Mapping[str, str] | None, *, default: str | None = None) -> str:
    """What people wrote in several languages, in the page's language or else the best there is."""
    if not text:
        return ""
    for code in (language(), default, *LANGUAGES, *text):
        if code and text.get(code):
            return text[code]
    return ""


def text_language(text: Mapping[str, str] | None) -> str:
    """The language in which `pick` answers."""
    own = language()
    return next((code for code in (own, *LANGUAGES, *(text or ())) if text and text.get(code)), own)


def person_text(text: Mapping[str, str] | None) -> Markup:
    """`pick`, isolated, and marked with its language where that is not the page's."""
    code = text_language(text)
    attribute = Markup(' lang="{}" dir="{}"').format(code, direction(code)) if code != language() else ""
    return Markup("<bdi{}>{}</bdi>").format(attribute, pick(text))


def shown_digits(value: object) -> str:
    """A number or a formatted text with the digits that the site shows in Arabic."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if current_app.config["SHOWN_DIGITS"] == "arab" and language() == "ar":
        return text.translate(_EASTERN)
    return text


def format_moment(at: datetime | None, timezone: str = "UTC") -> str:
    """A time in the consultation's own zone, with the zone's name."""
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    pattern = MOMENTS.get(language(), MOMENTS["en"])
    zone = "UTC" if timezone == "UTC" else get_timezone_location(ZoneInfo(timezone), locale=get_locale())
    return f"{shown_digits(babel_format_datetime(local, pattern, rebase=False))} ({zone})"


def format_day(day: date | None, timezone: str | None = None) -> str:
    """A day of the calendar, written out; of a moment that of a zone, which has to be given."""
    if day is None:
        return ""
    if isinstance(day, datetime):
        if timezone is None:
            raise ValueError("a moment is of another day in another zone")
        day = day.astimezone(ZoneInfo(timezone)).date()
    pattern = MOMENTS.get(language(), MOMENTS["en"]).split(" y")[0] + " y"
    return shown_digits(babel_format_date(day, pattern))


WORDED_PARAMS = frozenset({"kind", "reason"})
"""Values of messages that are messages: the name of a question type, why something was left out."""


def error_text(error: Any) -> str:
    """A coded error, or the engine's message, in the page's language."""
    if isinstance(error, SurveyError):
        message = gettext(error.message)
        return message % said_params(error.params) if error.params else message
    return str(error)


def said_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a message in the page's language, where they are words of the catalogue themselves."""
    return {
        name: gettext(value) if name in WORDED_PARAMS and isinstance(value, str) and value else value
        for name, value in params.items()
    }


def _template_helpers() -> dict[str, object]:
    code = language()
    return {
        "language": code,
        "direction": direction(code),
        "direction_of": direction,
        "language_names": LANGUAGE_NAMES,
        "languages_offered": g.get("languages_offered") or LANGUAGES,
        "pick": pick,
        "person_text": person_text,
        "switch_url": switch_url,
    }


def _remember(response: Response) -> Response:
    asked = _asked_language()
    if asked in LANGUAGES:
        response.set_cookie(
            COOKIE,
            asked,
            max_age=365 * 86400,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return response


def switch_url(code: str) -> str:
    """This page's address in another language; everything else in the address stays."""
    arguments = {**request.args.to_dict(flat=False), "lang": [code]}
    return f"{request.path}?{urlencode(arguments, doseq=True)}"
