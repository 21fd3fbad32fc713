"""The keys of an installation and the lines of its log: kept private, made once, readable by programs."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

from cryptography.fernet import Fernet

from orchestra import secrets
from tests.conftest import ROOT, Spawn

ENSURE = "import sys; from pathlib import Path; from orchestra import secrets; secrets.ensure(Path(sys.argv[1]))"
LOG = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "orchestra.settings"
django.setup()
import logging, structlog
logging.getLogger("ours").info("one of %s", 3)
structlog.get_logger("theirs").warning("two", host="local")
password = "hunter2"
try:
    raise ValueError("three")
except ValueError:
    logging.getLogger("ours").exception("fault")
"""


def log_lines(**environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOG],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stderr.splitlines()


def test_keys_are_made_once_by_whoever_is_first_and_are_private(tmp_path: Path, spawn: Spawn) -> None:
    racers = [spawn("-c", ENSURE, os.fspath(tmp_path)) for _ in range(5)]
    assert [racer.wait(30) for racer in racers] == [0] * 5
    files = secrets.secret_key_file(tmp_path), secrets.vault_keys_file(tmp_path)
    before = [file.read_text() for file in files]
    secrets.ensure(tmp_path)
    assert [file.read_text() for file in files] == before
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600] * 2
    assert stat.S_IMODE(files[0].parent.stat().st_mode) == 0o700
    assert sorted(files[0].parent.iterdir()) == sorted(files), "no draft is left behind"
    Fernet(secrets.read_lines(files[1])[0])


def test_a_foreign_database_needs_keys_from_the_operator(tmp_path: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("ORCHESTRA_")}
    environment = bare | {"ORCHESTRA_VAR": os.fspath(tmp_path), "DATABASE_URL": "postgres://u@127.0.0.1:1/x"}
    environment["DJANGO_SETTINGS_MODULE"] = "orchestra.settings"
    command = [sys.executable, "manage.py", "check"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert "ORCHESTRA_SECRET_KEY and ORCHESTRA_VAULT_KEYS must be set" in done.stderr
    assert not list(tmp_path.iterdir())


def test_each_line_is_json_and_says_which_process_wrote_it() -> None:
    first, second, third = (json.loads(line) for line in log_lines(ORCHESTRA_LOG_JSON="1", ORCHESTRA_PROCESS="agent"))
    assert (first["event"], first["level"], first["process"]) == ("one of 3", "info", "agent")
    assert (second["event"], second["host"]) == ("two", "local")
    assert "ValueError: three" in third["exception"]


def test_no_variable_is_shown_with_a_fault() -> None:
    text = "\n".join(log_lines(ORCHESTRA_LOG_JSON="0"))
    assert "ValueError: three" in text
    assert 'password = "hunter2"' not in text
    assert "hunter2" not in text
