"""The product as somebody gets it from `pip install .`: outside the checkout, with everything it needs inside."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.bench.participant import Participant
from tests.bench.servers import free_port, running

ROOT = Path(__file__).parents[1]
LANGUAGES = ("ar", "en", "fr", "es")
pytestmark = pytest.mark.slow


def run(*command: object, cwd: Path, **environment: str) -> str:
    """What a command prints; fails with what it complained about."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd, env=clean_environment() | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}"
    return done.stdout


def clean_environment() -> dict[str, str]:
    ours = ("CONSULT_", "PYTHON", "DATABASE_URL", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the files that git knows, as a fresh clone would have them: nothing compiled beforehand."""
    clone, out = tmp_path_factory.mktemp("clone"), tmp_path_factory.mktemp("wheel")
    for name in run("git", "ls-files", "-co", "--exclude-standard", "-z", cwd=ROOT).split("\0"):
        if name and (ROOT / name).is_file() and not name.startswith(("tests/", "docs/")):
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            (clone / name).write_bytes((ROOT / name).read_bytes())
    builder = "from hatchling.build import build_wheel; import sys; print(build_wheel(sys.argv[1]))"
    name = run(sys.executable, "-c", builder, out, cwd=clone).splitlines()[-1]
    return out / name


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment of its own, with the wheel and the libraries of the present one."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, symlinks=True)
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder), "platbase": str(folder)}))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    libraries = sysconfig.get_path("purelib")
    # After the environment's own, and without the links that lead back to the checkout.
    (site / "libraries.pth").write_text(f"import sys; sys.path.append({libraries!r})\n")
    return folder / "bin" / "python"


def test_the_wheel_carries_what_the_product_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    wanted = {
        "consult/static/css/mashura.css",
        "consult/static/css/workshop.css",
        "consult/static/icon.svg",
        "consult/migrations/env.py",
        "consult/migrations/alembic.ini",
        "consult/templates/layout/page.html",
        "consult/templates/reports/themes.css",
        "consult/analysis/data/stopwords-ar.txt",
        "consult/demo/content/responses.jsonl",
        "consult/builder/library/questions.json",
        *(f"consult/translations/{code}/LC_MESSAGES/messages.mo" for code in LANGUAGES),
    }
    assert wanted - names == set()
    for folder in ("consult/templates", "consult/migrations/versions", "consult/analysis/data", "static"):
        inside = folder if folder != "static" else "consult/static"
        there = {
            f"{inside}/{file.relative_to(ROOT / folder).as_posix()}"
            for file in (ROOT / folder).rglob("*")
            if file.is_file() and file.suffix not in (".pyc",)
        }
        assert there - names == set()
    assert [name for name in names if name.startswith(("tests/", "instance/")) or name.endswith(".pyc")] == []


def test_the_product_runs_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    where = run(
        installed, "-c", "import consult, surveys; print(consult.__file__, surveys.__file__)", cwd=tmp_path
    )
    assert str(ROOT) not in where and str(installed.parents[1]) in where
    instance = {"CONSULT_INSTANCE": str(tmp_path / "instance")}
    run(installed, "-m", "consult.cli", "init", cwd=tmp_path, **instance)
    run(installed, "-m", "consult.cli", "verify", cwd=tmp_path, **instance)
    port = free_port()
    command = ["-m", "consult.cli", "serve", "--port", str(port), "--workers", "1", "--no-jobs"]
    with running(
        command, port=port, environment=instance | {"DATABASE_URL": ""}, path="/healthz", patience=120,
        python=str(installed), folder=tmp_path,
    ):  # fmt: skip
        visitor = Participant(port, "ar")
        assert visitor.get("/healthz") == "ok\n"
        page = visitor.get("/")
        assert '<html lang="ar" dir="rtl">' in page
        assert "Nothing is being asked at the moment." not in page, "the catalogue was not found"
        assert ":root" in visitor.get("/static/css/mashura.css")
        visitor.connection.close()
