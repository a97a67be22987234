"""What the analysis is asked to reach, and whether a report shows it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.analysis.reporting import Figures, Report

_SEEN = "the shipped matrix has seen ArgKP"
_LEARNED = "the shipped matrix has learned from these translations, not from their topics"
_MANY = "jittered copies of real vectors beside the real ones"
_NO_FIGURE = "not measured (set or baseline missing)"


@dataclass(frozen=True, slots=True)
class Bar:
    """`least` and `most` are what `figure` of the line `line` may be."""

    line: str
    figure: str
    least: float | None = None
    most: float | None = None
    note: str = ""

    def asked(self) -> str:
        return " and ".join(
            f"{sign} {value:g}"
            for sign, value in ((">=", self.least), ("<=", self.most))
            if value is not None
        )

    def met(self, value: float) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


_MIXED = "sib200: languages mixed"
_STABLE = "stability on two random 90 %"
_FASTER = "times faster (CPU)"
_ALONE = "clustering alone against BERTopic"
_VOTES = "made votes: consult opinion with 20 resamples"
_GROUPS = "opinion groups: median of the sets"
BARS = (
    Bar(_MIXED, "NMI", 0.53),
    Bar(_MIXED, "ARI", 0.45),
    Bar(_MIXED, "AMI with language", most=0.01),
    Bar("sib200: ar", "NMI", 0.45),
    Bar("sib200: ar", "ARI", 0.40),
    Bar("sib200: en", "NMI", 0.50),
    Bar("sib200: en", "ARI", 0.42),
    Bar("sib200: translations in the same theme", "share", 0.95, note=_LEARNED),
    Bar(f"sib200: {_STABLE}, languages mixed", "ARI", 0.80),
    Bar("banking77", "NMI", 0.72),
    Bar("banking77", "ARI", 0.40),
    Bar("banking77", "themes", 40, 120),
    Bar(f"banking77: {_STABLE}", "ARI", 0.80),
    Bar("argkp: sets, weighted by size", "NMI", 0.38, note=_SEEN),
    Bar("argkp: sets, weighted by size", "ARI", 0.25, note=_SEEN),
    Bar("argkp: placing with 5 examples a theme", "accuracy", 0.74, note=_SEEN),
    Bar(f"banking77: {_ALONE}", _FASTER, 20),
    Bar(f"banking77: {_ALONE}", "NMI ahead", 0),
    Bar(f"banking77: {_ALONE}", "ARI times", 2),
    Bar(f"many vectors: {_ALONE}", _FASTER, 15, note=_MANY),
    Bar("banking77: graph of 50 % of the texts", "NMI lost", most=0.03),
    Bar("banking77: graph of 50 % of the texts", "ARI lost", most=0.03),
    Bar(
        "banking77: graph of 20 % of the texts", "NMI lost", most=0.03, note="as much left out as of 100,000"
    ),
    Bar(
        "banking77: graph of 20 % of the texts", "ARI lost", most=0.03, note="as much left out as of 100,000"
    ),
    Bar(_GROUPS, "ARI ahead", 0),
    Bar(_GROUPS, "time there", most=0.45, note="the largest set, CPU, of red-dwarf's"),
    Bar(_VOTES, "cpu", most=30, note="seconds of CPU of one process, start-up and reading included"),
    Bar(_VOTES, "GB", most=2),
    Bar("arsarcasm-v2: stance, held out", "silence wrong", 0.63, note="macro-F1; a missing hint is wrong"),
)


def print_bars(report: Report) -> None:
    """One line for each bar: what is asked, the figure, met or not."""
    print("\nbars")
    for bar in BARS:
        print(_judged(bar, report.lines), flush=True)


def _judged(bar: Bar, lines: dict[str, Figures]) -> str:
    value = lines.get(bar.line, {}).get(bar.figure)
    shown = _NO_FIGURE
    if isinstance(value, int | float):
        shown = f"{value:<8.3f} {'met' if bar.met(value) else 'NOT MET'}"
    note = f"  ({bar.note})" if bar.note else ""
    return f"{bar.line}: {bar.figure}".ljust(72) + f" {bar.asked():<20} {shown}{note}"
