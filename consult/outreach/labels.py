"""Words for what this room's tables hold as codes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

CATEGORIES = {
    "government": _("government"),
    "international_organisation": _("international organisation"),
    "academia": _("academia"),
    "women": _("women"),
    "youth": _("youth"),
    "local_community": _("local community"),
    "decision_maker": _("decision makers"),
    "media": _("media"),
    "members": _("members"),
    "staff": _("staff"),
    "board": _("board"),
    "partner": _("partners"),
    "donor": _("donors"),
    "other": _("other"),
}
QUADRANTS = {
    "close": _("Work with them closely"),
    "satisfied": _("Keep them satisfied"),
    "informed": _("Keep them informed"),
    "watched": _("Keep an eye on them"),
}
LETTER_KINDS = {"invitation": _("Invitation"), "reminder": _("Reminder")}
LETTER_STATES = {
    "waiting": _("waiting"),
    "attempted": _("doubtful"),
    "sent": _("sent"),
    "refused": _("refused"),
    "bounced": _("came back"),
    "dropped": _("left out"),
}
