"""Words for what the database holds as codes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

STATUS_NAMES = {
    "draft": _("draft"),
    "scheduled": _("scheduled"),
    "open": _("open"),
    "closed": _("closed"),
    "published": _("published"),
    "archived": _("archived"),
}
ROLE_NAMES = {"admin": _("administrator"), "facilitator": _("facilitator"), "reviewer": _("reviewer")}
IAP2_PROMISES = {
    "inform": _("We will keep you informed."),
    "consult": _("We will listen, and tell you how your answers changed the decision."),
    "involve": _("We will make sure that your concerns show in the choices we draw up, and tell you how."),
    "collaborate": _("We will ask your advice and follow it as far as we can."),
    "empower": _("We will do what you decide."),
}
PRIVACY_PROMISES = {
    ("open", "confidential"): _(
        "Nobody asks who you are, and no address of your device is kept. The same person could answer twice."
    ),
    ("roll", "confidential"): _(
        "Only the few people who work on this consultation can link you to your answers. "
        "What is published never shows who said what."
    ),
    ("roll", "anonymous"): _(
        "Nobody can find out who gave which answer, not even with this server's disk. "
        "A lost code cannot be made again."
    ),
}


def status_name(status: str) -> str:
    """The status in the page's language."""
    return str(STATUS_NAMES[status])


def role_name(role: str) -> str:
    """The role in the page's language."""
    return str(ROLE_NAMES.get(role, role))
