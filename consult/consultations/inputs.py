"""Names of inputs that pages have beside their questions. A colon stands in no question's name."""

SEEN = "page:seen"
"""What the page for checking showed, as a mark."""
QUOTE_CONSENT = "page:quote_consent"
SEALED = "page:sealed"
"""The answers so far of an anonymous consultation, sealed."""
INCOMPLETE = "page:incomplete"
"""A paper form is kept though it lacks answers."""
