"""Words for what this room's tables hold as codes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

KINDS = {
    "online_consultation": _("online consultation"),
    "interview": _("interview"),
    "workshop": _("workshop"),
    "document_review": _("document review"),
    "meeting": _("meeting"),
    "feedback_channel": _("feedback channel"),
}
WAYS = {
    "paragraph": _("each paragraph (parted by blank lines)"),
    "line": _("each line"),
    "row": _("each row of a table"),
    "turn": _("each turn of a conversation (speaker: words)"),
    "whole": _("all of it as one"),
}
