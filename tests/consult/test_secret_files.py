"""Codes that are nowhere else are on the disk before a command says that they are written."""

from __future__ import annotations

import os

from consult.commands.roll import write_secret


def test_a_file_of_codes_is_synchronised_before_it_gets_its_name(tmp_path, monkeypatch):
    target, seen = tmp_path / "codes.csv", []
    really = os.fsync

    def fsync(handle: int) -> None:
        seen.append((os.fstat(handle).st_size, os.path.isdir(f"/proc/self/fd/{handle}"), target.exists()))
        really(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    write_secret(target, b"code,link\n")
    assert [seen[0], seen[1][1:]] == [(10, False, False), (True, True)]
    assert target.stat().st_mode & 0o777 == 0o600
