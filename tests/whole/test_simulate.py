"""`manage.py simulate` as somebody starts it: a small fleet of made-up hosts fills, fails, and leaves nothing."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest

from orchestra.database.server import Server
from tests.whole.installation import ROOT, die_with_parent, free_port, wait_for

HOSTS, CONTAINERS = 20, 200
OF_SOMEBODY_ELSE = {  # must not be touched: nothing answers there
    "DATABASE_URL": "postgres://orchestra@database.invalid/orchestra",
    "ORCHESTRA_SECRET_KEY": "of-another-installation",
    "ORCHESTRA_VAULT_KEYS": "b3JjaGVzdHJhLXRlc3RzLW9ubHktdmF1bHQta2V5LTE=",
}


class Simulation:
    """The process, its lines so far, and somebody at the console."""

    def __init__(self, var: Path) -> None:
        self.port, self.lines = free_port(), list[str]()
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("ORCHESTRA_", "DJANGO_"))}
        size = ["--hosts", str(HOSTS), "--containers", str(CONTAINERS), "--port", str(self.port)]
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "simulate", *size, "--churn", "1/s", "--failures", "30/min"],
            cwd=ROOT,
            env={**clean, **OF_SOMEBODY_ELSE, "ORCHESTRA_VAR": str(var)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - one call, no lock, before exec
        )
        threading.Thread(target=self._read, daemon=True).start()
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, ""))

    def said(self, pattern: str) -> re.Match[str] | None:
        return next(filter(None, (re.search(pattern, line) for line in self.lines)), None)

    def await_words(self, pattern: str, *, timeout_s: float = 120) -> re.Match[str]:
        wait_for(
            lambda: self.said(pattern) is not None, timeout_s=timeout_s, what=pattern, last=lambda: self.lines[-30:]
        )
        found = self.said(pattern)
        assert found is not None
        return found

    def has_log(self, container: str) -> bool:
        try:
            return "lines" in self.ask(f"/projects/default/containers/{container}/logs")
        except urllib.error.HTTPError:
            return False

    def ask(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1{path}", data=data, headers=headers)
        with self._browser.open(request, timeout=20) as answer:
            return json.loads(answer.read())


@pytest.fixture
def simulation(tmp_path: Path) -> Iterator[Simulation]:
    made = Simulation(tmp_path / "var")
    yield made
    if made.process.poll() is None:
        made.process.send_signal(signal.SIGINT)
        try:
            made.process.wait(30)
        except subprocess.TimeoutExpired:
            made.process.kill()
    assert Server(tmp_path / "var" / "simulated").pid() is None


def test_a_small_fleet_fills_and_fails(simulation: Simulation, tmp_path: Path) -> None:
    link = simulation.await_words(r"http://127\.0\.0\.1:\d+/first-admin#token=(\S+)")
    me = simulation.ask("/first-admin", {"token": link[1], "username": "anna", "password": "correct-horse-battery"})
    assert me["simulated"] is True
    simulation.await_words(r"Filled: \d+ of \d+ containers run after \d+ s")
    assert len(simulation.ask("/hosts")["results"]) == HOSTS
    running = simulation.ask("/projects/default/containers?status=running")["results"]
    assert len(running) == 100  # a page
    assert any(simulation.has_log(one["id"]) for one in running[::25])  # by the web process; some hosts may be away
    simulation.await_words(r"h-\d+ (lost its power|cannot be reached|has no engine|is frozen), for \d+ s")
    assert [one.name for one in (tmp_path / "var").iterdir()] == ["simulated"]
    simulation.process.send_signal(signal.SIGINT)
    assert simulation.process.wait(30) == 0
    assert simulation.said("all of the simulation ends with it")
