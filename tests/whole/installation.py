"""A whole installation for a test: its own var directory, PostgreSQL, web, schedulers and agents as real processes.

Spoken to as an operator does, over HTTP with a token; judged by SQL and by asking the engines directly. Every process
dies with the test that started it, also when the test is killed; of the database guard.py takes care.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from orchestra.database.server import Server
from tests.lab import LabHost
from tests.whole.guard import clear
from tests.whole.ready_made import lay

ROOT = Path(__file__).resolve().parents[2]
PR_SET_PDEATHSIG = 1

MAKE_ADMIN = """
from core.accounts.actions import make_token
from core.accounts.models import User
from core.accounts.roles import Role
user = User.objects.create_superuser("test", password="not-used-by-anyone")
print(make_token(user, name="test", role=Role.ADMIN, project=None, expires_at=None)[1])
"""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer: status, JSON body, headers."""

    status: int
    body: Any
    headers: dict[str, str]


@dataclass
class Installation:
    """`start` what you need; `stop` ends all of it."""

    var: Path
    port: int = 0
    token: str = ""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.var.mkdir(parents=True, exist_ok=True)
        self.database = Server(self.var)
        self.port = self.port or free_port()
        self._guard = subprocess.Popen(
            [sys.executable, "-m", "tests.whole.guard", str(self.var)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    # processes

    def start(self, *names: str, admin: bool = True) -> None:
        """Start processes named role-number, such as "agent-1"; PostgreSQL and the tables come first.

        Without `admin` nobody has an account yet: the first admin's link is still to be used.
        """
        if not self.database.home.exists():
            self.token = lay(self.var, f"{admin=}", make=partial(furnish, admin=admin))
        for name in names:
            role = name.partition("-")[0]
            command = [role, "--port", str(self.port)] if role == "web" else [role]
            self.processes[name] = self._spawn(name, command)
        if any(name.startswith("web") for name in names):
            wait_for(self.answers, timeout_s=60, what="the web process answers")

    def manage(self, *arguments: str) -> str:
        """Run a management command to its end; what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def environment(self) -> dict[str, str]:
        """What every process of this installation gets."""
        clean = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
        return {**clean, "ORCHESTRA_VAR": str(self.var), "PYTHONPATH": str(ROOT)}

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to one of our processes, or to "database"."""
        pid = self.database.pid() if name == "database" else self.processes[name].pid
        if pid is not None:
            os.kill(pid, number)

    def kill(self, name: str) -> None:
        """Kill with -9 and start again: what a supervisor does. The database comes back when somebody asks for it."""
        self.signal(name, signal.SIGKILL)
        if name == "database":
            self.database.ensure()
            return
        self.processes[name].wait()
        self.start(name)

    def stop(self) -> None:
        """End everything, politely first."""
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        clear(self.database)
        if self._guard.poll() is None:
            self._guard.communicate(b"cleared", timeout=30)

    def log(self, name: str) -> str:
        """What a process wrote."""
        return (self.var / f"{name}.log").read_text(errors="replace")

    def _spawn(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.var / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "manage.py", *command],
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - one call, no lock, before exec
            )

    # HTTP

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answers(self) -> bool:
        """Whether the web process is ready."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return int(answer.status) == 200
        except OSError:
            return False

    def call(self, method: str, path: str, body: Any = None, *, key: str = "", timeout_s: float = 20) -> Answer:
        """One request under /api/v1; refusals are answers too. OSError when there is none."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=timeout_s) as answer:
                return _answer(answer.status, answer.read(), dict(answer.headers))
        except urllib.error.HTTPError as error:
            return _answer(error.code, error.read(), dict(error.headers))

    def insist(self, method: str, path: str, body: Any = None) -> Answer:
        """Send until there is an answer, with one Idempotency-Key: one effect however often it was sent."""
        key = uuid4().hex
        deadline = time.monotonic() + 60
        while True:
            try:
                answer = self.call(method, path, body, key=key)
                if answer.status < 500 and not (answer.status == 409 and answer.body.get("code") == "in-progress"):
                    return answer
            except OSError:
                pass
            assert time.monotonic() < deadline, f"no answer to {method} {path}"
            time.sleep(0.1)

    # what tests do

    def add_host(self, name: str, engine: LabHost, **more: Any) -> None:
        """Register a lab engine over TCP with mutual TLS."""
        tls = engine.tcp.tls
        assert tls is not None
        body = {"name": name, "url": engine.tcp.url, "tls": {"ca": tls.ca, "cert": tls.cert, "key": tls.key}, **more}
        answer = self.call("POST", "/hosts", body)
        assert answer.status == 201, answer.body

    def run(self, name: str, image: str, *command: str, **more: Any) -> Any:
        """Ask for a container; its first answer."""
        spec = {"name": name, "image": image, "command": ["act", *(command or ("wait",))], "stop_grace": 3, **more}
        answer = self.insist("POST", "/projects/default/containers", spec)
        assert answer.status == 201, answer.body
        return answer.body

    def container(self, container_id: str) -> Any:
        """GET one container (or slot)."""
        return self.call("GET", f"/projects/default/containers/{container_id}").body

    def verb(self, container_id: str, verb: str) -> Answer:
        """POST a verb, until it is answered."""
        return self.insist("POST", f"/projects/default/containers/{container_id}/{verb}", {})

    def await_state(self, container_id: str, *states: str, timeout_s: float = 20) -> Any:
        """Wait until a container is in one of the states; the container."""
        return self.await_path(f"/projects/default/containers/{container_id}", *states, timeout_s=timeout_s)

    def await_path(self, path: str, *states: str, timeout_s: float = 20) -> Any:
        """The same for a container of any project, by its path."""
        seen: Any = None

        def there() -> bool:
            nonlocal seen
            seen = self.call("GET", path).body
            return seen["state"] in states

        wait_for(there, timeout_s=timeout_s, what=f"{states}", last=lambda: seen)
        return seen

    def await_hosts_ready(self, count: int) -> None:
        """Wait until this many hosts take work."""
        wait_for(
            lambda: [h["state"] for h in self.call("GET", "/hosts").body["results"]].count("ready") == count,
            timeout_s=30,
            what=f"{count} hosts ready",
        )

    def sql(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        """Ask the database directly, with a connection of the test's own."""
        with psycopg.connect(
            host=str(self.database.run), user="orchestra", dbname="orchestra", autocommit=True
        ) as conn:
            return list(conn.execute(query, params).fetchall())


def furnish(var: Path, *, admin: bool) -> str:
    """Make an empty installation with its tables; the token of its admin, "" without one."""
    made = Installation(var)
    try:
        made.manage("migrate", "--verbosity", "0")
        return made.manage("shell", "--verbosity", "0", "-c", MAKE_ADMIN).split()[-1] if admin else ""
    finally:
        made.stop()


def wait_for(
    true: Callable[[], bool],
    *,
    timeout_s: float,
    what: str,
    last: Callable[[], Any] = lambda: "",
    every_s: float = 0.05,
) -> float:
    """Wait until it is true; the seconds it took."""
    started = time.monotonic()
    while True:
        try:
            if true():
                return time.monotonic() - started
        except (OSError, LookupError, TypeError, StopIteration, psycopg.Error):
            pass
        if time.monotonic() - started > timeout_s:
            raise AssertionError(f"not within {timeout_s} s: {what}; last seen: {last()}")
        time.sleep(every_s)


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answer(status: int, raw: bytes, headers: dict[str, str]) -> Answer:
    try:
        return Answer(status, json.loads(raw) if raw else None, headers)
    except ValueError:
        return Answer(status, raw.decode(errors="replace"), headers)


def die_with_parent() -> None:
    """Between fork and exec: end when the thread that started us ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
