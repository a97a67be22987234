"""What a program asked of the disk and of its sockets, read from the log of strace; and what a power cut would have
left of its files."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath

CALLS = "pwrite64,pwritev,write,ftruncate,fsync,fdatasync,recvfrom,sendto"
_LINE = re.compile(r"(\d+) +(?:(\w+)\(|<\.\.\. (\w+) resumed>)(.*)")
_FILE = re.compile(r"\d+<((?:\\x[0-9a-f]{2})*)>(?:, )?(.*)", re.DOTALL)
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(?:\.\.\.)?(?:, )?(.*)', re.DOTALL)
UNFINISHED = " <unfinished ...>"


def provide() -> None:
    """Install strace where it is missing."""
    if shutil.which("strace") is None:
        sudo = [] if shutil.which("sudo") is None else ["sudo"]
        subprocess.run([*sudo, "apt-get", "update", "-q"], check=True, capture_output=True)
        command = [*sudo, "apt-get", "install", "-y", "-q", "--no-install-recommends", "strace"]
        subprocess.run(command, check=True, capture_output=True)


def command(log: Path) -> list[str]:
    """What comes before the command that is to be watched, with all its threads and children."""
    return ["strace", "-f", "-y", "-xx", "-s", "100000", "-o", str(log), "-e", f"trace={CALLS}"]


@dataclass(frozen=True)
class Call:
    """A system call of a thread on a file or socket (`place`, its path or `socket:[inode]`). It has begun when
    `is_end` is false and returned when it is true; most have both at once. `data` is what was written or received,
    `number` the offset of a write or the new length of a file."""

    thread: int
    name: str
    place: str
    is_end: bool
    data: bytes = b""
    number: int = 0


def calls(lines: Iterable[str]) -> Iterator[Call]:
    """The beginning and the end of every call that succeeded, in the order of the log."""
    begun: dict[int, str] = {}
    for line in lines:
        match = _LINE.match(line.rstrip("\n"))
        if match is None:
            continue
        thread, name, resumed, rest = int(match[1]), match[2] or match[3], match[3], match[4]
        if rest.endswith(UNFINISHED):
            begun[thread] = rest.removesuffix(UNFINISHED)
            if started := _call(thread, name, begun[thread], is_end=False):
                yield started
            continue
        whole = begun.pop(thread, "") + rest if resumed else rest
        if re.search(r"\) += -?\d+", whole) is None or re.search(r"\) += -1 ", whole):
            continue
        for is_end in (True,) if resumed else (False, True):
            if call := _call(thread, name, whole, is_end=is_end):
                yield call


def _call(thread: int, name: str, rest: str, *, is_end: bool) -> Call | None:
    on = _FILE.match(rest)
    if on is None:
        return None
    place = _bytes(on[1]).decode(errors="replace")
    text = _TEXT.match(on[2])
    numbers = re.findall(r"\d+", (text[2] if text else on[2]).partition(")")[0])
    number = int(numbers[-1]) if numbers and name in ("pwrite64", "ftruncate") else 0
    return Call(thread, name, place, is_end, _bytes(text[1]) if text else b"", number)


def _bytes(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))


@dataclass
class Disk:
    """Some files as a power cut would leave them: with what was written before a synchronisation began that has
    returned, and with nothing else. A file that is new is there once its folder was synchronised."""

    folder: Path
    names: tuple[str, ...]
    kept: dict[str, bytearray] = field(default_factory=dict)
    pending: dict[str, list[Call]] = field(default_factory=dict)
    syncing: dict[tuple[int, str], int] = field(default_factory=dict)
    entered: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for name in self.names:
            path = self.folder / name
            self.pending[name] = []
            self.kept[name] = bytearray(path.read_bytes() if path.exists() else b"")
            if path.exists():
                self.entered.add(name)

    def see(self, call: Call) -> bool:
        """Take note of a call; whether it has brought one of the files to the disk."""
        path = PurePath(call.place)
        if path == self.folder and call.is_end and call.name in ("fsync", "fdatasync"):
            self.entered |= set(self.names)
        if path.parent != self.folder or path.name not in self.names:
            return False
        name = path.name
        if call.name in ("pwrite64", "ftruncate"):
            if call.is_end:
                self.pending[name].append(call)
            return False
        if call.name not in ("fsync", "fdatasync"):
            raise RuntimeError(f"{call.name} is a way of writing {name} that this does not know")
        if not call.is_end:
            self.syncing[call.thread, name] = len(self.pending[name])
            return False
        number = self.syncing.pop((call.thread, name))
        for change in self.pending[name][:number]:
            self._apply(self.kept[name], change)
        del self.pending[name][:number]
        self.syncing = {
            key: max(0, before - number) if key[1] == name else before for key, before in self.syncing.items()
        }
        return True

    @staticmethod
    def _apply(content: bytearray, change: Call) -> None:
        end = change.number + len(change.data)
        content.extend(bytes(max(0, end - len(content))))
        if change.name == "ftruncate":
            del content[change.number :]
        else:
            content[change.number : end] = change.data

    def after_power_cut(self, folder: Path) -> None:
        """Write the files as they would be found."""
        for name in self.names:
            (folder / name).unlink(missing_ok=True)
            if name in self.entered:
                (folder / name).write_bytes(self.kept[name])
