"""The systemd units: what `make service` writes and what the documentation shows, judged by systemd itself."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from orchestra.supervisor import unit
from tests.conftest import Spawn
from tests.house.source import ROOT

BLOCK = re.compile(r"^`/etc/systemd/system/(\S+)`[^`]*?```ini\n(.*?)^```", re.MULTILINE | re.DOTALL)


def judged(file: Path) -> str:
    """What systemd finds wrong with it."""
    done = subprocess.run(["systemd-analyze", "verify", str(file)], capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip() + ("" if done.returncode == 0 else f" (status {done.returncode})")


def said(spawn: Spawn, *words: str, var: Path) -> tuple[int, str]:
    process = spawn("manage.py", "service", *words, ORCHESTRA_VAR=os.fspath(var))
    out, _ = process.communicate(timeout=60)
    return process.returncode, out


@pytest.mark.skipif(os.geteuid() != 0, reason="units are written by root")
def test_it_is_installed_as_systemd_likes_it_and_removed(spawn: Spawn, tmp_path: Path) -> None:
    units, var = tmp_path / "units", tmp_path / "var"
    file = units / "orchestra.service"
    status, out = said(spawn, "install", "--host", "0.0.0.0", "--port", "8001", "--units", str(units), var=var)
    assert (status, out.strip()) == (0, f"{file} is written")
    assert judged(file) == ""
    text = file.read_text()
    assert f"ExecStart={sys.executable} {ROOT}/manage.py up --host 0.0.0.0 --port 8001\n" in text
    for line in ("Restart=always", "StartLimitIntervalSec=0", "KillMode=process", f"WorkingDirectory={ROOT}"):
        assert f"{line}\n" in text
    assert re.search(r"^After=.*network-online\.target.*docker\.service", text, re.MULTILINE)
    assert said(spawn, "remove", "--units", str(units), var=var)[0] == 0
    assert not file.exists()
    assert "there is no" in said(spawn, "remove", "--units", str(units), var=var)[1]


@pytest.mark.parametrize("word", ["/srv/my apps/x", "100%", "a$b", 'a"b', "a\\b", "plain"])
def test_odd_words_reach_the_program_as_they_are(word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/true")
    file = tmp_path / unit.NAME
    file.write_text(unit.text(["--host", word]))
    assert judged(file) == ""
    line = next(line for line in file.read_text().splitlines() if line.startswith("ExecStart="))
    assert unquoted(line).endswith(f"up --host {word}")


def unquoted(line: str) -> str:
    """What systemd makes of it: quotes and backslashes read, doubled signs halved."""
    return (
        re.sub(r'"((?:[^"\\]|\\.)*)"', lambda m: re.sub(r"\\(.)", r"\1", m[1]), line)
        .replace("%%", "%")
        .replace("$$", "$")
    )


def test_the_units_of_the_documentation(tmp_path: Path) -> None:
    found = BLOCK.findall((ROOT / "docs/operations/units.md").read_text())
    assert [name for name, _ in found] == [f"orchestra-{part}.service" for part in ("web", "scheduler", "agent")]
    for name, text in found:
        here = text.replace("/opt/orchestra/.venv/bin/python", sys.executable).replace("/opt/orchestra", str(ROOT))
        (tmp_path / name).write_text(here)
        assert judged(tmp_path / name) == "", name
        words = here.partition("manage.py ")[2].splitlines()[0].split()
        assert (ROOT / "manage.py").exists()
        help_text = subprocess.run(
            [sys.executable, "manage.py", words[0], "--help"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        assert all(word in help_text for word in words if word.startswith("--"))
