"""What a reviewer can be told no about."""

from __future__ import annotations

from consult.errors import DomainError
from surveys.i18n import N_


class ReviewError(DomainError):
    """A rule of the workshop was not met."""


class UndoError(ReviewError):
    """A change cannot be taken back now. `change_id` is the change in the way, where there is one."""

    def __init__(self, code: str, message: str, **params: object) -> None:
        super().__init__(code, message, **params)
        self.change_id = params.get("change")


def already_undone() -> UndoError:
    return UndoError("already_undone", N_("This change was already undone."))


def not_reversible() -> UndoError:
    return UndoError("not_reversible", N_("This entry tells what happened. It cannot be undone."))


def changed_since(change_id: int | None) -> UndoError:
    if change_id is None:
        return UndoError(
            "changed_since", N_("This cannot be undone: what it changed has been replaced since then.")
        )
    return UndoError(
        "changed_since",
        N_("This cannot be undone yet: change %(change)s came later. Undo that one first."),
        change=change_id,
    )


def name_needed() -> ReviewError:
    return ReviewError("name_needed", N_("Type a name for the theme."))


def name_too_long(length: int, limit: int) -> ReviewError:
    return ReviewError(
        "name_too_long",
        N_("This name has %(length)s characters; at most %(limit)s fit."),
        length=length,
        limit=limit,
    )


def hidden_signs() -> ReviewError:
    return ReviewError(
        "hidden_signs",
        N_("This text has hidden signs that change the direction of writing. Please type it again."),
    )


def name_taken(name: str) -> ReviewError:
    return ReviewError("name_taken", N_("The theme “%(name)s” is there already."), name=name)


def name_taken_since(name: str) -> UndoError:
    return UndoError(
        "name_taken_since",
        N_("This cannot be undone: another theme is called “%(name)s” by now. Rename that one first."),
        name=name,
    )


def mark_taken_since(mark: str, name: str) -> UndoError:
    return UndoError(
        "mark_taken_since",
        N_(
            "This cannot be undone: the theme “%(name)s” has the mark %(mark)s by now. Change that one first."
        ),
        mark=mark,
        name=name,
    )


def bad_mark() -> ReviewError:
    return ReviewError(
        "bad_mark", N_("A mark is one to three letters or digits, or one of these signs: ● ○ ■ □ ▲ △ ◆ ★")
    )


def mark_taken(mark: str, name: str) -> ReviewError:
    return ReviewError(
        "mark_taken", N_("The theme “%(name)s” has the mark %(mark)s already."), mark=mark, name=name
    )


def two_levels() -> ReviewError:
    return ReviewError("two_levels", N_("A theme that stands under another one cannot have themes under it."))


def two_levels_since() -> UndoError:
    """Taken back, a change would make a third level."""
    told = two_levels()
    return UndoError(told.code, told.message)


def no_themes_to_fix() -> ReviewError:
    return ReviewError("no_themes_to_fix", N_("There are no themes yet. A version holds themes."))


def nothing_new_to_fix(number: int) -> ReviewError:
    return ReviewError(
        "nothing_new_to_fix", N_("Nothing has changed since version %(number)s."), number=number
    )


def note_too_long(length: int, limit: int) -> ReviewError:
    return ReviewError(
        "note_too_long",
        N_("This note has %(length)s characters; at most %(limit)s fit."),
        length=length,
        limit=limit,
    )


def other_scope() -> ReviewError:
    return ReviewError("other_scope", N_("These belong to different questions."))


def same_theme() -> ReviewError:
    return ReviewError("same_theme", N_("Choose another theme."))


def theme_is_retired() -> ReviewError:
    return ReviewError("theme_is_retired", N_("This theme is retired. Bring it back first."))


def nothing_chosen() -> ReviewError:
    return ReviewError("nothing_chosen", N_("Choose at least one answer."))


def not_readable_yet() -> ReviewError:
    return ReviewError(
        "not_readable_yet", N_("The answers to an anonymous consultation can be read after it has closed.")
    )


def not_in_theme() -> ReviewError:
    return ReviewError(
        "not_in_theme",
        N_("An answer that you chose is not in this theme any more. Look again and choose anew."),
    )


def theme_is_gone() -> ReviewError:
    return ReviewError(
        "theme_is_gone",
        N_("A theme that you ticked is gone meanwhile. Choose again, what you typed is kept."),
    )


def nothing_to_code() -> ReviewError:
    return ReviewError("nothing_to_code", N_("There are no answers to code yet."))


def no_themes_yet() -> ReviewError:
    return ReviewError("no_themes_yet", N_("There are no themes to code with yet."))


def theme_needed() -> ReviewError:
    return ReviewError("theme_needed", N_("Tick a theme."))


def passage_needed() -> ReviewError:
    return ReviewError("passage_needed", N_("Tick the sentences that it is about, or type their words."))


def sentences_apart() -> ReviewError:
    return ReviewError("sentences_apart", N_("Tick sentences that stand together."))


def not_in_text() -> ReviewError:
    return ReviewError("not_in_text", N_("These words do not stand so in the text. Copy them from it."))


def whole_text() -> ReviewError:
    return ReviewError("whole_text", N_("This is the whole text. Code it as a whole."))


def tick_or_none() -> ReviewError:
    return ReviewError("tick_or_none", N_("Tick a theme, or say that none fits."))


def not_both() -> ReviewError:
    return ReviewError("not_both", N_("You ticked a theme and said that none fits. Choose one of the two."))


def mark_is_gone() -> ReviewError:
    return ReviewError(
        "mark_is_gone", N_("These words are no longer marked: the text was changed or read anew. Look again.")
    )


def words_not_there() -> ReviewError:
    return ReviewError(
        "words_not_there",
        N_("These words are not in the text. Type or paste them as they stand there, whole words only."),
    )


def words_everywhere() -> ReviewError:
    return ReviewError("words_everywhere", N_("These words stand in too many places. Give longer ones."))
