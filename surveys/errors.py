"""What can go wrong in the engine. Each error has a code, a message to translate and its values."""

from __future__ import annotations

from surveys.i18n import N_


class SurveyError(Exception):
    """A rule of the engine was not met.

    `message` is a marked string with `%(name)s` placeholders that `params` fill in; the application
    that shows it translates it first.
    """

    def __init__(self, code: str, message: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, SurveyError)
            and type(other) is type(self)
            and (other.code, other.message, other.params) == (self.code, self.message, self.params)
        )

    def __hash__(self) -> int:
        return hash((type(self), self.code))


class AnswerError(SurveyError):
    """An answer cannot be taken as it is.

    Where the person who made the survey wrote the message, it stands in `message` without `params`.
    """


class DefinitionError(SurveyError):
    """A stored or imported definition is not one: unknown type, repeated id, text that is no text."""


class DraftChangedError(SurveyError):
    """Somebody else saved the survey's draft in the meantime."""

    def __init__(self) -> None:
        super().__init__(
            "draft_changed",
            N_("Someone else changed this survey while you were working. Look at it and try again."),
        )


class NotReadyError(SurveyError):
    """The survey cannot be published; `problems` says why (`surveys.rules.checks.Problem`)."""

    def __init__(self, problems: tuple) -> None:
        super().__init__("survey_not_ready", N_("The survey is not ready. Look at what must be corrected."))
        self.problems = problems


class FixedVersionError(SurveyError):
    """Something tried to change a published version."""

    def __init__(self) -> None:
        super().__init__("version_is_fixed", N_("A published version never changes."))


class SubmissionElsewhereError(SurveyError):
    """A submission key was used for another survey."""

    def __init__(self) -> None:
        super().__init__("submission_elsewhere", N_("This form was already used for another survey."))
