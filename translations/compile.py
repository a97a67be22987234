"""Compiles every messages.po below this folder; run by hatchling on each build and by `make translations`."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

HERE = Path(__file__).resolve().parent


def compile_all(folder: Path = HERE) -> list[Path]:
    """Write messages.mo beside each messages.po that is newer than it; returns what was written."""
    written = []
    for po in sorted(folder.glob("*/LC_MESSAGES/messages.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with po.open("rb") as source:
            catalog = read_po(source, locale=po.parts[-3])
        with mo.open("wb") as target:
            write_mo(target, catalog)
        written.append(mo)
    return written


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand in an environment without the build tool
    pass
else:

    class CompileTranslations(BuildHookInterface):
        """Hatchling's entry point: the wheel must carry compiled catalogues."""

        def initialize(self, version: str, build_data: dict) -> None:
            compile_all()


if __name__ == "__main__":
    for path in compile_all():
        print(f"compiled {path.relative_to(HERE)}", file=sys.stderr)
