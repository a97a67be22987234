"""Every page that a person can open, in one place. A GET route that is not here fails a test."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.questions import question_types

LANGUAGES = ("ar", "en", "fr", "es")
WIDTHS = (320, 390, 1280)


@dataclass(frozen=True, slots=True)
class Page:
    """An address as somebody sees it.

    `who`: nobody in particular, `drafting` or `sent` (a member with answers on the device), or a role of
    the staff. `clicks`: what is pressed one after the other to bring the page into the state that is meant.
    """

    name: str
    endpoint: str
    path: str
    who: str = "anybody"
    clicks: tuple[str, ...] = ()
    is_answering: bool = False


OPEN = "/c/next-strategy"
MAKING = "/manage/making"
READ = "/manage/mid-term-review"
WRONG_CODE = ("summary", "form[action$='/return'] button")


def _answering(name: str, endpoint: str, path: str, who: str = "anybody", *clicks: str) -> Page:
    return Page(name, f"answering.{endpoint}", path, who, clicks, is_answering=True)


def _staff(name: str, endpoint: str, path: str, *clicks: str, who: str = "facilitator") -> Page:
    return Page(name, endpoint, path, who, clicks)


PUBLIC = (
    Page("front", "site.front", "/"),
    Page("results", "results.page", "/c/mid-term-review/results"),
    Page("no such page", "site.front", "/no-such-page"),
    Page("sign in", "security.login", "/login"),
    Page("sign in, wrong", "security.login", "/login", clicks=("#sign-in button.main",)),
)
ANSWERING = (
    _answering("start", "start", OPEN),
    _answering("start, wrong code", "start", OPEN, "anybody", *WRONG_CODE),
    _answering("start, with a draft", "start", OPEN, "drafting"),
    _answering("start, after sending", "start", OPEN, "sent"),
    _answering("start, closed", "start", "/c/over"),
    _answering("start, published", "start", "/c/mid-term-review"),
    _answering("start, not yet", "start", "/c/later"),
    _answering("background", "background", "/c/mid-term-review/background"),
    _answering("questions 1", "page", f"{OPEN}/1"),
    _answering("questions 1, errors", "page", f"{OPEN}/1", "anybody", "button[value=continue]"),
    _answering("questions 1, filled in", "page", f"{OPEN}/1", "drafting"),
    _answering("questions 2", "page", f"{OPEN}/2", "drafting"),
    _answering("questions last", "page", f"{OPEN}/{{pages}}", "drafting"),
    _answering("check", "check", f"{OPEN}/check", "drafting"),
    _answering("check, lacking", "check", f"{OPEN}/check", "begun", "button[value=submit]"),
    _answering("saved", "saved", f"{OPEN}/saved", "drafting"),
    _answering("screened out", "ended", "/c/screening/1", "anybody", "button[value=continue]"),
    *(_answering(f"every type {n}", "page", f"/c/kinds/{n}", "trying") for n in range(1, 6)),
    _answering("every type, errors", "page", "/c/kinds/3", "trying", "button[value=continue]"),
    _answering("receipt", "receipt", f"{OPEN}/receipt", "sent"),
    _answering("copy", "copy", f"{OPEN}/copy", "sent"),
)
ACCOUNT = (
    _staff("change password", "security.change_password", "/change"),
    _staff("change password, wrong", "security.change_password", "/change", "main button.main"),
    _staff("second factor", "security.two_factor_setup", "/tf-setup"),
    _staff("recovery codes", "security.mf_recovery_codes", "/mf-recovery-codes"),
)
WORKSHOP = (
    _staff("listing", "manage.listing", "/manage/"),
    _staff("new", "manage.new", "/manage/new"),
    _staff("new, errors", "manage.new", "/manage/new", "button.main"),
    _staff("templates", "gallery.listing", "/manage/templates"),
    _staff("template", "gallery.template", "/manage/templates/event-feedback"),
    _staff("overview, draft", "manage.overview", f"{MAKING}/"),
    _staff("overview, cannot open", "manage.overview", f"{MAKING}/", "button[value=open]"),
    _staff("overview, scheduled", "manage.overview", "/manage/later/"),
    _staff("overview, open", "manage.overview", "/manage/next-strategy/"),
    _staff("overview, with quotas", "manage.overview", "/manage/screening/"),
    _staff("overview, published", "manage.overview", f"{READ}/"),
    _staff("settings", "manage.settings", f"{MAKING}/settings"),
    _staff("export", "exports.choose", "/manage/next-strategy/export"),
    _staff("export, wrong password", "exports.choose", "/manage/next-strategy/export", "#export button.main"),
    _staff("files", "files.listing", "/manage/next-strategy/files"),
    _staff("paper", "paper.overview", "/manage/next-strategy/paper"),
    _staff("paper form", "paper.print_form", "/manage/next-strategy/paper/form"),
    _staff("keying", "paper.key", "/manage/next-strategy/paper/key"),
    _staff("keying, errors", "paper.key", "/manage/next-strategy/paper/key", "#key button.main"),
    _staff("team", "team.members", f"{MAKING}/team", who="admin"),
)
BUILDER = (
    _staff("survey", "builder.survey", f"{MAKING}/survey"),
    _staff("survey, empty", "builder.survey", "/manage/empty/survey"),
    _staff("survey, with answers", "builder.survey", "/manage/next-strategy/survey"),
    _staff("section", "builder.section", f"{MAKING}/survey/sections/{{section}}"),
    _staff("types of question", "builder.pick_type", f"{MAKING}/survey/sections/{{section}}/add"),
    *(
        _staff(f"new {kind}", "builder.new_question", f"{MAKING}/survey/sections/{{section}}/add/{kind}")
        for kind in question_types
    ),
    _staff("question", "builder.question", f"{MAKING}/survey/questions/{{question}}"),
    _staff("test mode", "builder.survey", f"{MAKING}/survey", "form[action$='/survey/test'] button"),
    _staff("library", "library.page", f"{MAKING}/survey/library"),
    _staff("library, nothing ticked", "library.page", f"{MAKING}/survey/library", "#insert button.main"),
    _staff("library, own questions", "library.page", f"{MAKING}/survey/library?topic=own"),
    _staff("versions", "versions.page", "/manage/next-strategy/survey/versions"),
    _staff("versions, none yet", "versions.page", f"{MAKING}/survey/versions"),
    _staff("translations in a workbook", "sheets.choose", f"{MAKING}/survey/translations"),
    _staff("no workbook chosen", "sheets.choose", f"{MAKING}/survey/translations", "#workbook button.main"),
    _staff("translate, to do", "translate.page", f"{MAKING}/survey/translate/fr?show=open"),
    _staff("move a question", "builder.move", f"{MAKING}/survey/questions/{{question}}/move"),
    _staff("import", "lists.page", f"{MAKING}/survey/import"),
    _staff("import, nothing sent", "lists.page", f"{MAKING}/survey/import", "#import button.main"),
    _staff("endings", "endings.page", "/manage/screening/survey/endings"),
    _staff("preview", "preview.page", f"{MAKING}/survey/preview/1"),
    _staff("preview, errors", "preview.page", f"{MAKING}/survey/preview/1", "main button.main"),
    _staff("preview, with conditions", "preview.page", "/manage/logic/survey/preview/1"),
    _staff("preview, a page that does not show", "preview.page", "/manage/logic/survey/preview/2"),
    _staff("preview, answered", "preview.page", "/manage/logic/survey/preview/3", "button[value=continue]"),
    _staff("survey, with conditions", "builder.survey", "/manage/logic/survey"),
    _staff("question, with a filter", "builder.question", "/manage/logic/survey/questions/o2"),
    _staff("endings, with conditions", "endings.page", "/manage/logic/survey/endings"),
    _staff("preview, the end", "preview.end", "/manage/screening/survey/preview/end"),
    _staff("preview on a phone", "preview.page", f"{MAKING}/survey/preview/1?width=phone"),
    _staff("translate", "translate.page", f"{MAKING}/survey/translate/fr"),
)
ASKED = f"{READ}/review/question/{{asked}}"
REVIEW = (
    _staff("report", "report.choose", f"{READ}/report", who="reviewer"),
    _staff("report, too early", "report.choose", "/manage/next-strategy/report", who="reviewer"),
    _staff("review", "review.overview", f"{READ}/review/", who="reviewer"),
    _staff("review, empty", "review.overview", f"{MAKING}/review/", who="reviewer"),
    _staff("themes", "review.question", f"{READ}/review/question/{{asked}}", who="reviewer"),
    _staff("theme", "review.theme", f"{READ}/review/theme/{{theme}}", who="reviewer"),
    _staff("answers", "review.answers", f"{READ}/review/question/{{asked}}/answers", who="reviewer"),
    _staff("coding", "review.coding_queue", f"{ASKED}/code", who="reviewer"),
    _staff(
        "coding, nothing ticked", "review.coding_queue", f"{ASKED}/code", "main button.main", who="reviewer"
    ),
    _staff("coding, nothing left", "review.coding_queue", f"{ASKED}/code?only=flagged", who="reviewer"),
    _staff(
        "codebook, versions", "review.codebook_version_list", f"{ASKED}/codebook/versions", who="reviewer"
    ),
    _staff("codebook, a version", "review.codebook_version", f"{ASKED}/codebook/versions/1", who="reviewer"),
    _staff(
        "codebook, compared", "review.compare_codebooks", f"{ASKED}/codebook/versions/compare", who="reviewer"
    ),
    _staff(
        "codebook, from a file",
        "review.codebook_preview",
        f"{ASKED}/codebook/draft/{{codebook}}",
        who="reviewer",
    ),
    _staff("beginning a codebook", "review.codebook_beginnings", f"{ASKED}/codebook/start", who="reviewer"),
    _staff(
        "beginning a codebook with nothing",
        "review.codebook_beginnings",
        f"{ASKED}/codebook/start",
        "main button.main",
        who="reviewer",
    ),  # fmt: skip
    _staff(
        "parts of an answer", "review.passages", f"{READ}/review/excerpt/{{answer}}/parts", who="reviewer"
    ),
    _staff(
        "parts of an answer, nothing ticked",
        "review.passages",
        f"{READ}/review/excerpt/{{answer}}/parts",
        "#part button.main",
        who="reviewer",
    ),  # fmt: skip
    _staff("double coding", "review.double_coding", f"{ASKED}/double", who="reviewer"),
    _staff("coding blind", "review.blind", f"{ASKED}/double/{{round}}/code", who="reviewer"),
    _staff(
        "coding blind, nothing ticked",
        "review.blind",
        f"{ASKED}/double/{{round}}/code",
        "main button.main",
        who="reviewer",
    ),
    _staff("agreement", "review.agreement", f"{ASKED}/double/{{round}}", who="reviewer"),
    _staff("personal data", "review.redaction", f"{READ}/review/personal?silent=yes", who="reviewer"),
    _staff(
        "personal data, decided",
        "review.redaction",
        f"{READ}/review/personal?show=all&silent=yes",
        who="reviewer",
    ),
    _staff(
        "personal data, words not there",
        "review.redaction",
        f"{READ}/review/personal?excerpt={{personal}}&silent=yes",
        "summary:has(+ .toolbar)",
        "button[value=words]",
        who="reviewer",
    ),
    _staff("changes", "review.changes", f"{READ}/review/changes", who="reviewer"),
    _staff("progress", "review.progress", f"{READ}/review/question/{{asked}}/progress", who="reviewer"),
)
READING = (
    _staff("heat map", "reading.heat_map", f"{ASKED}/by", who="reviewer"),
    _staff("stances", "reading.heat_map", f"{ASKED}/by?by=stance", who="reviewer"),
    _staff("said together", "reading.together", f"{ASKED}/together", who="reviewer"),
    _staff("compare", "reading.compare", f"{ASKED}/compare?by=language&one=ar&other=en", who="reviewer"),
    _staff("weighted, no roll", "reading.weighted", f"{ASKED}/weighted", who="reviewer"),
    _staff("sources compared", "reading.sources", f"{READ}/review/sources", who="reviewer"),
)
ROLL = "/manage/roll"
MEMBERS = (
    _answering("start, with a code", "start", "/c/roll"),
    Page("one's own page", "own.enter", "/c/roll/me"),
    Page("one's own page, wrong code", "own.enter", "/c/roll/me", clicks=("main button.main",)),
    Page("confirming an address", "own.confirm", "/c/roll/me/confirm"),
    Page(
        "confirming an address, wrong code",
        "own.confirm",
        "/c/roll/me/confirm#000000000000",
        clicks=("main button.main",),
    ),
    _staff("stakeholders", "groups.listing", f"{ROLL}/stakeholders"),
    _staff("stakeholder group", "groups.group", f"{ROLL}/stakeholders/{{group}}"),
    _staff("new group", "groups.new", f"{ROLL}/stakeholders/new"),
    _staff("new group, errors", "groups.new", f"{ROLL}/stakeholders/new", "main button.main"),
    _staff("roll", "roll.listing", f"{ROLL}/roll"),
    _staff("roll, empty", "roll.listing", f"{MAKING}/roll"),
    _staff("participant", "roll.person", f"{ROLL}/roll/{{participant}}"),
    _staff("new participant", "roll.new", f"{ROLL}/roll/new"),
    _staff("new participant, errors", "roll.new", f"{ROLL}/roll/new", "main button.main"),
    _staff("roll as a file", "roll.export", f"{ROLL}/roll/export"),
    _staff("bring in a roll", "roll_file.choose", f"{ROLL}/roll/file"),
    _staff("bring in a roll, errors", "roll_file.choose", f"{ROLL}/roll/file", "main button.main"),
    _staff("invitations", "letters.overview", f"{ROLL}/invitations"),
    _staff("letter", "letters.text", f"{ROLL}/invitations/invitation/ar"),
    _staff("codes", "letters.codes_page", f"{ROLL}/invitations/codes"),
    _staff("participation", "heard.page", f"{ROLL}/participation"),
    _staff("participation, open to all", "heard.page", "/manage/next-strategy/participation"),
)
QUIET = "/c/quiet#{quiet}"
_ENTER, _NEXT, _SEND = "form[action$='/enter'] button", "button[value=continue]", "button[value=submit]"


def _quiet(name: str, *clicks: str) -> Page:
    return Page(f"anonymous, {name}", "answering.start", QUIET, clicks=clicks, is_answering=True)


ANONYMOUS = (
    _quiet("start"),
    _quiet("questions", _ENTER),
    _quiet("check", _ENTER, _NEXT, _NEXT),
    _quiet("receipt", _ENTER, _NEXT, _NEXT, _SEND),
    _quiet("withdrawn", _ENTER, _NEXT, _NEXT, _SEND, "button[value=withdraw]"),
    _answering("anonymous, over", "start", "/c/quiet-over"),
    Page("receipts", "receipts.listing", "/c/quiet-over/receipts"),
    _staff("overview, anonymous", "manage.overview", "/manage/quiet/"),
    _staff("codes, anonymous", "letters.codes_page", "/manage/quiet-soon/invitations/codes"),
    _staff("codes, anonymous, made", "letters.codes_page", "/manage/quiet-made/invitations/codes"),
)
EVIDENCE_AT = f"{READ}/evidence"


def _evidence(name: str, endpoint: str, path: str = "", *clicks: str) -> Page:
    return Page(f"evidence, {name}", f"evidence.{endpoint}", f"{EVIDENCE_AT}{path}", "reviewer", clicks)


EVIDENCE = (
    _evidence("list", "listing"),
    Page("evidence, none", "evidence.listing", f"{MAKING}/evidence", "facilitator"),
    _evidence("new source", "new", "/new"),
    _evidence("new source, errors", "new", "/new", "#source button.main"),
    _evidence("source", "source", "/{source}"),
    _evidence("feedback", "source", "/{channel}"),
    _evidence("changing a source", "edit", "/{source}/edit"),
    _evidence("excerpt", "excerpt", "/excerpts/{excerpt}"),
    _evidence("add a text", "bring", "/{source}/add"),
    _evidence("add a text, errors", "bring", "/{source}/add", "#material button.main"),
    _evidence("columns", "columns", "/{workshop}/drafts/{choosing}/columns"),
    _evidence("preview", "preview", "/{workshop}/drafts/{cutting}"),
    _evidence("call", "call", "/call"),
    _evidence("call, errors", "call", "/call", "#call button.main"),
    _staff("search", "review.search", f"{READ}/review/search", who="reviewer"),
    _staff(
        "search, found", "review.search", f"{READ}/review/search?words=تعليم&kind=interview", who="reviewer"
    ),
    _staff("search, nothing found", "review.search", f"{READ}/review/search?words=xyz", who="reviewer"),
    Page("feedback channel", "feedback.page", "/c/mid-term-review/feedback"),
    Page(
        "feedback channel, errors",
        "feedback.page",
        "/c/mid-term-review/feedback",
        clicks=("#feedback button.main",),
    ),
    Page("feedback channel, thanks", "feedback.thanks", "/c/mid-term-review/feedback/thanks"),
)
SUMMARY_AT = f"{READ}/summary"
SUMMARIES = (
    _staff("summaries", "summary.listing", f"{SUMMARY_AT}/", who="reviewer"),
    _staff("summaries, none", "summary.listing", f"{MAKING}/summary/", who="reviewer"),
    _staff("summary", "summary.edit", f"{SUMMARY_AT}/part/{{asked}}", who="reviewer"),
    _staff("summary of the whole", "summary.edit", f"{SUMMARY_AT}/part/whole-consultation", who="reviewer"),
    _staff("quotes", "summary.quotes", f"{SUMMARY_AT}/part/{{asked}}/quotes?theme={{theme}}", who="reviewer"),
    _staff("signing", "summary.signing", f"{SUMMARY_AT}/sign", who="reviewer"),
    _staff(
        "signing, nothing ticked",
        "summary.signing",
        f"{SUMMARY_AT}/sign?part=none",
        "#sign button.main",
        who="reviewer",
    ),
    _staff("signed summary", "summary.version", f"{SUMMARY_AT}/part/{{asked}}/version/1", who="reviewer"),
    _staff(
        "summaries compared",
        "summary.compare",
        f"{SUMMARY_AT}/part/{{asked}}/compare?from=1&to=0",
        who="reviewer",
    ),
)
PAGES = (
    PUBLIC
    + ANSWERING
    + ACCOUNT
    + WORKSHOP
    + BUILDER
    + REVIEW
    + READING
    + MEMBERS
    + ANONYMOUS
    + EVIDENCE
    + SUMMARIES
)

NOT_PAGES = {
    "static": "files",
    "security.static": "files",
    "site.healthz": "for machines",
    "images.picture": "pictures",
    "receipts.as_json": "a file",
    "receipts.as_text": "a file",
    "anonymous.again": "leads to the start page",
    "builder.xlsform": "a file",
    "roll_file.preview": "only after a file was sent; seen by hand",
    "sheets.download": "a file",
    "lists.example": "a file",
    "review.blind_codings": "a file",
    "review.codebook": "a file",
    "report.public": "a file",
    "lists.take_out": "a file",
    "security.verify": "only while a sensitive change waits for the password again",
    "security.tf_select": "only between the password and the second factor",
    "security.two_factor_token_validation": "only between the password and the second factor",
    "security.two_factor_rescue": "only between the password and the second factor",
    "security.mf_recovery": "only between the password and the second factor",
}


OFTEN_ALIKE = 4
"""Of pages that differ only in the type of a question, the sample takes one in so many; of the others of the
staff it takes every second. The sweep takes all."""


def sample() -> list[tuple[Page, str, int]]:
    """Every page that participants see and a part of the others, once, language and width going round."""
    alike = [page for page in PAGES if page.endpoint == "builder.new_question"]
    staff = [page for page in PAGES if page.path.startswith("/manage") and page not in alike]
    left_out = {page.name for number, page in enumerate(alike) if number % OFTEN_ALIKE}
    left_out |= {page.name for number, page in enumerate(staff) if number % 2}
    views = [(language, width) for language in LANGUAGES for width in WIDTHS]
    pages = [page for page in PAGES if page.name not in left_out]
    return [(page, *views[number * 5 % len(views)]) for number, page in enumerate(pages)]
