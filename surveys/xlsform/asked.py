"""From rows of a form to questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from surveys.elements import Option, Question
from surveys.i18n import N_
from surveys.questions import QuestionType, question_types
from surveys.questions.choices import IMAGE
from surveys.questions.rows import Row
from surveys.xlsform.kinds import SUBSTITUTES, canonical_type, kind_for, why_left_out
from surveys.xlsform.lines import attributes_of, lines_of, referenced_names, table_words
from surveys.xlsform.logic import LogicReader, bound, filter_of, limits_of
from surveys.xlsform.reading import Item, Reading, free_id, is_count, own_ids
from surveys.xlsform.sheet import ROW
from surveys.xlsform.unsupported import unused_choice_cells, unused_columns


class QuestionReader:
    """Reads the rows that ask something."""

    def __init__(self, reading: Reading, logic: LogicReader) -> None:
        self.reading = reading
        self.logic = logic
        self.referenced = referenced_names(reading.sheets.survey)
        self.told: set[tuple[int, str]] = set()

    def lines(self, item: Item) -> tuple[Item, ...]:
        """The rows of a group that is one question here; none for any other row."""
        return lines_of(item, self.reading.sheets.survey, self.referenced)

    def question(self, item: Item, around: str) -> Question | None:
        """The question of a row inside groups that show where `around` holds; None where it is left out."""
        written = str(item.get("type", ""))
        reason = why_left_out(written)
        if reason:
            self.reading.warn(
                "left_out",
                N_("Row %(row)s, column type: “%(type)s” is left out. %(reason)s"),
                row=int(item[ROW]),
                type=written,
                reason=reason,
            )
            return None
        item = self._worked_out(item)
        row = self._row(item)
        kind = self._kind(row, item)
        row = self._countable(row, kind, item)
        self._tell_unused(item, kind, row)
        self._tell_choices(item, kind)
        required, required_if = self._required(item)
        asks = kind.takes_answer and kind.asks
        return Question(
            id=self.reading.id_of(item, row.name),
            name=row.name,
            type=kind.name,
            label=row.label or row.hint or {self.reading.fallback: row.name},
            hint=row.hint if row.label else {},
            required=asks and required,
            config=kind.config_from_row(row),
            relevant=self.logic.relevant(item, around),
            required_if=required_if if asks else "",
            constraint=self.logic.constraint(item, kind, row) if asks else "",
            constraint_message=self._message(item),
            default=self._default(item, kind, row),
            picture=row.own.get("picture", ""),
            picture_words=row.texts.get("picture_words", {}),
            choice_filter=self.logic.expression(item, filter_of(item), "choice_filter"),
        )

    def _worked_out(self, item: Item) -> Item:
        """A row that nobody can fill in but that has a calculation is one that is calculated."""
        kind = canonical_type(str(item.get("type", "")))
        calculation = bound(item, "calculate")
        is_locked = bound(item, "readonly").casefold() in {"yes", "true", "true()", "1"}
        if kind == "calculate" and not calculation:
            default = str(item.get("default") or "").strip()
            return {
                **item,
                "bind": {**(item.get("bind") or {}), "calculate": default or "''"},
                "default": None,
            }
        if kind == "hidden" and calculation:
            return {**item, "type": "calculate"}
        if is_locked and kind not in {"note", "calculate", "hidden"} and not item.get("children"):
            if calculation:
                self.reading.warn_column(item, "read_only", N_("it is shown as a calculated value"))
                return {**item, "type": "calculate", "mashura_shown": "yes"}
            self.reading.warn_column(item, "read_only", N_("it is shown as a note"))
            return {**item, "type": "note"}
        return item

    def _kind(self, row: Row, item: Item) -> QuestionType:
        kind = kind_for(row)
        if kind is not None and (row.type not in SUBSTITUTES or self.reading.is_our_own):
            return kind
        told = question_types[SUBSTITUTES.get(row.type, "short_text")] if kind is None else kind
        self.reading.warn(
            "substituted",
            N_("Row %(row)s, column type: “%(type)s” is not supported; it is asked as “%(kind)s”."),
            row=row.number,
            type=str(item.get("type", "")),
            kind=told.label,
        )
        return told

    def _row(self, item: Item) -> Row:
        reading = self.reading
        other = any("or_other" in str(words) for words in reading.raw(item).values())
        lines = self.lines(item)
        kind = canonical_type(str(item.get("type", "")))
        options, apart, other_label = self._options(lines[0] if lines else item, other=other)
        words = table_words(item) if lines else item
        if kind in {"acknowledge", "trigger"} and not options:
            options = (Option("OK", "OK", {reading.fallback: "OK"}),)
        parameters = item.get("parameters")
        return Row(
            number=int(item[ROW]),
            type=kind,
            name=reading.name(item),
            label=reading.text(words.get("label"), item),
            hint=self._hint(words, item),
            lines=tuple(self._line(line, str(item.get("name")), own_ids(lines)) for line in lines),
            calculation=self.logic.expression(item, bound(item, "calculate"), "calculation"),
            appearance=frozenset(str((item.get("control") or {}).get("appearance") or "").split()),
            parameters=dict(parameters) if isinstance(parameters, Mapping) else {},
            constraint=limits_of(item),
            options=options,
            apart=apart,
            other=other,
            other_label=other_label,
            texts={
                key.removeprefix("mashura_"): reading.text(words, item)
                for key, words in item.items()
                if key.startswith("mashura_") and isinstance(words, Mapping)
            },
            own=self._own(item, kind),
        )

    def _countable(self, row: Row, kind: QuestionType, item: Item) -> Row:
        """The row without settings of ours that should be whole numbers and are none."""
        wanted = [setting.name for setting in kind.settings if setting.kind == "integer"]
        bad = [name for name in wanted if name in row.own and not is_count(row.own[name])]
        for name in bad:
            self.reading.warn_column(item, f"mashura_{name}", N_("this is no whole number and is left out"))
        return replace(row, own={name: words for name, words in row.own.items() if name not in bad})

    def _own(self, item: Item, kind: str) -> dict[str, str]:
        own = {
            key.removeprefix("mashura_"): str(words)
            for key, words in item.items()
            if key.startswith("mashura_") and key != ROW and not isinstance(words, Mapping)
        }
        default = str(item.get("default") or "")
        if kind == "hidden" and default and self.logic.default(item, "text").startswith(("'", '"')):
            own.setdefault("value", default)
        return own

    def _hint(self, words: Item, item: Item) -> dict[str, str]:
        """The hint, with the guidance for interviewers behind it."""
        hint = self.reading.text(words.get("hint"), item)
        guidance = self.reading.text(item.get("guidance_hint"), item)
        return {
            code: "\n".join(part for part in (hint.get(code), guidance.get(code)) if part)
            for code in {**hint, **guidance}
        }

    def _message(self, item: Item) -> dict[str, str]:
        return self.reading.text((item.get("bind") or {}).get("jr:constraintMsg"), item)

    def _required(self, item: Item) -> tuple[bool, str]:
        lines = self.lines(item)
        if lines:
            return all(self.logic.required(line)[0] for line in lines), ""
        return self.logic.required(item)

    def _default(self, item: Item, kind: QuestionType, row: Row) -> str:
        if not kind.takes_answer:
            return ""
        default = self.logic.default(item, row.type)
        if not kind.asks:
            return "" if kind.calculation(_blank(kind, row)) or row.own.get("value") else default
        if row.calculation:
            self.reading.warn_column(
                item, "calculation", N_("it gives the answer that stands there in advance")
            )
            return default or row.calculation
        return default

    def _line(self, item: Item, group: str, ids: set[str]) -> Option:
        name = str(item["name"]).removeprefix(f"{group}-")
        label = self.reading.text(item.get("label"), item) or {self.reading.fallback: name}
        return Option(id=str(item.get("mashura_id") or free_id(name, ids)), name=name, label=label)

    def _options(
        self, item: Item, *, other: bool
    ) -> tuple[tuple[Option, ...], tuple[Option, ...], dict[str, str]]:
        ids = own_ids(self._choices_of(item))
        options: dict[str, Option] = {}
        apart: dict[str, Option] = {}
        other_label: dict[str, str] = {}
        for choice in self._offered(item):
            if ROW not in choice:
                continue  # the "other" that pyxform adds to a list
            sheet = "external_choices" if choice.get("is_external") else "choices"
            name, label = str(choice["name"]), self.reading.text(choice.get("label"), choice, sheet=sheet)
            if other and name == "other":
                other_label = label
            elif name in options or name in apart:
                self.reading.warn(
                    "choice_twice",
                    N_("Sheet %(sheet)s, row %(row)s, column name: “%(name)s” is twice in its list."),
                    sheet=sheet,
                    row=int(choice[ROW]),
                    name=name,
                )
            else:
                group = apart if str(choice.get("apart", "")).lower() in {"yes", "true", "1"} else options
                group[name] = Option(
                    id=str(choice.get("mashura_id") or free_id(name, ids)),
                    name=name,
                    label=label or {self.reading.fallback: name},
                    attributes=attributes_of(choice),
                )
        return tuple(options.values()), tuple(apart.values()), other_label

    def _offered(self, item: Item) -> Sequence[Mapping[str, Any]]:
        if str(item.get("query") or "") in self.reading.sheets.external:
            self.reading.warn_column(item, "type", N_("the external list is taken as the question's own"))
        return self._choices_of(item)

    def _choices_of(self, item: Item) -> Sequence[Mapping[str, Any]]:
        external = self.reading.sheets.external.get(str(item.get("query") or ""))
        if external is not None:
            return external
        lists = self.reading.sheets.form.get("choices") or {}
        return item.get("choices") or lists.get(str(item.get("itemset") or "")) or ()

    def _tell_unused(self, item: Item, kind: QuestionType, row: Row) -> None:
        """Name every cell that nothing was made of."""
        for column, reason in unused_columns(self.reading.raw(item), kind=kind, row=row, is_group=False):
            self.reading.warn_column(item, column, reason)
        self.reading.warn_media(item)
        for line in self.lines(item):
            self.reading.warn_media(line)

    def _tell_choices(self, item: Item, kind: QuestionType) -> None:
        """Name every cell of the list that nothing was made of, once however many questions offer the list."""
        if self.reading.is_our_own:
            return
        lines = self.lines(item)
        shows_images = any(setting.picture for setting in kind.settings)
        for choice in self._choices_of(lines[0] if lines else item):
            if ROW not in choice or choice.get("is_external"):
                continue
            row = int(choice[ROW])
            image = attributes_of(choice).get(IMAGE, "") if shows_images else ""
            for column, reason in unused_choice_cells(
                self.reading.sheets.choices.get(row, {}), choice, image=image
            ):
                if (row, column) not in self.told:
                    self.told.add((row, column))
                    self.reading.warn(
                        "choice_cell_left_out",
                        N_("Sheet choices, row %(row)s, column %(column)s: %(reason)s."),
                        row=row,
                        column=column,
                        reason=reason,
                    )


def _blank(kind: QuestionType, row: Row) -> Question:
    return Question(row.name, row.name, kind.name, {}, config=kind.config_from_row(row))
