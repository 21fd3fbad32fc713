"""Starts, finds and stops the one PostgreSQL server of a var directory.

Any number of processes may call `ensure` at once: a file lock lets one of them make the cluster and start the
server. It runs in a session of its own, survives its starter, and recovers by itself after kill -9.
Called by the database backend (base.py) and by `manage.py up`.
"""

import fcntl
import hashlib
import os
import signal
import socket
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from orchestra.database import binaries

USER = "orchestra"
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_MAX = 100  # the kernel's limit is 107 bytes
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
LEAVE_TIMEOUT_S = 10.0
LOG_BYTES_MAX = 10 * 1024 * 1024
SSL_REQUEST = struct.pack("!II", 8, 80877103)
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
    "wal_level": "replica",
    "max_wal_size": "1GB",
    "max_parallel_workers_per_gather": "0",  # two cores are all there may be, and who asks is not alone
    "work_mem": "16MB",  # all that waits is sorted in memory
    "wal_buffers": "16MB",  # with less, those who write side by side wait for each other
}


class ServerFailed(Exception):
    """The server could not be started or stopped; the message ends with its own last words."""


class Server:
    """The server of one var directory. Holds no state of its own: the files and the processes are the truth."""

    def __init__(self, var: Path) -> None:
        self.home = var.absolute() / "postgres"
        self.data = self.home / "data"
        self.log = self.home / "server.log"
        self.run = self.home / "run"
        if len(os.fsencode(self.run / SOCKET_NAME)) > SOCKET_PATH_MAX:
            digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
            self.run = Path(f"/tmp/orchestra-{os.geteuid()}-{digest}")  # nosec B108
        self._child: subprocess.Popen[bytes] | None = None

    # --- what is -----------------------------------------------------------------------------------------------

    def pid(self) -> int | None:
        """The running postmaster of our data directory. Cheap: two small reads, for the hot path."""
        if self._child is not None:
            self._child.poll()  # a dead child of ours must not stay as a zombie
        lines = self._pid_file()
        if not lines or not lines[0].isdigit():
            return None
        try:
            command = Path(f"/proc/{lines[0]}/cmdline").read_bytes()
        except OSError:
            return None
        return int(lines[0]) if os.fsencode(self.data) in command.split(b"\0") else None

    def ready(self) -> bool:
        """It runs, says that it is ready, and answers. (A bare connect still succeeds just after kill -9.)"""
        lines = self._pid_file()
        if self.pid() is None or len(lines) < 8 or lines[7] != "ready":
            return False
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(1.0)
                probe.connect(os.fspath(self.run / SOCKET_NAME))
                probe.sendall(SSL_REQUEST)
                return probe.recv(1) in (b"N", b"S")
        except OSError:
            return False

    # --- verbs -------------------------------------------------------------------------------------------------

    def ensure(self) -> None:
        """Return when the server answers; make the cluster and start the server when needed. Raises ServerFailed."""
        if self.ready():
            return
        _private(self.home)
        _private(self.run)
        with self._start_lock():
            if self.ready():
                return
            if not (self.data / "PG_VERSION").exists():
                self._make_cluster()
            if self.pid() is None:
                self._clear_after_kill()
                self._spawn()
            self._wait_until_ready()
            self._make_database()

    def wait(self, *, timeout_s: float) -> None:
        """For processes that must not start it: wait until its owner has. Raises ServerFailed."""
        deadline = time.monotonic() + timeout_s
        while not self.ready():
            if time.monotonic() > deadline:
                raise ServerFailed(f"The embedded PostgreSQL in {self.home} does not run; `make up` starts it.")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it and wait for the end; open connections are cut, commits are kept. Silent when it is down."""
        _private(self.home)
        with self._start_lock():
            pid = self.pid()
            deadline = time.monotonic() + STOP_TIMEOUT_S
            if pid is not None:
                os.kill(pid, signal.SIGINT)
            while self.pid() is not None:
                if time.monotonic() > deadline:
                    raise ServerFailed(f"PostgreSQL (pid {pid}) did not stop in {STOP_TIMEOUT_S:.0f} s.{self._words()}")
                time.sleep(0.02)

    # --- steps -------------------------------------------------------------------------------------------------

    def _make_cluster(self) -> None:
        draft = self.home / "data.new"
        subprocess.run(["/bin/rm", "-rf", "--", draft], check=True)
        draft.mkdir(mode=0o700)
        # The server's own collation compares bytes; the C library's, of the same order, takes several times as long.
        sorts = ["--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options = [*sorts, "--auth-local=trust", "--auth-host=scram-sha-256"]
        command = self._launch([self._program("initdb"), "-D", os.fspath(draft), "-U", USER, *options])
        made = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.home)
        if made.returncode != 0:
            raise ServerFailed(f"initdb failed:\n{made.stdout[-1000:]}{made.stderr[-2000:]}")
        draft.rename(self.data)

    def _spawn(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES_MAX:
            self.log.rename(self.log.with_suffix(".log.1"))
        settings = [part for name, value in OPTIONS.items() for part in ("-c", f"{name}={value}")]
        command = [self._program("postgres"), "-D", os.fspath(self.data), "-k", os.fspath(self.run), *settings]
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                self._launch(command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self.home,
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.ready():
            if self._child is not None and self._child.poll() is not None:
                raise ServerFailed(f"PostgreSQL ended with status {self._child.returncode}.{self._words()}")
            if time.monotonic() > deadline:
                raise ServerFailed(f"PostgreSQL was not ready after {START_TIMEOUT_S:.0f} s.{self._words()}")
            time.sleep(0.01)

    def _make_database(self) -> None:
        with psycopg.connect(host=os.fspath(self.run), user=USER, dbname="postgres", autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [USER]).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(USER)))

    def _clear_after_kill(self) -> None:
        """Make room for a new postmaster: the killed one's backends leave by themselves within moments, and its
        number may belong to a stranger (a zombie, another program after a reboot), which would be taken for it."""
        deadline = time.monotonic() + LEAVE_TIMEOUT_S
        while self._backends_left():
            if time.monotonic() > deadline:
                raise ServerFailed(f"Processes of an earlier PostgreSQL still work in {self.data}; end them first.")
            time.sleep(0.01)
        lines = self._pid_file()
        if lines and lines[0].isdigit() and Path(f"/proc/{lines[0]}").exists():
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            (self.run / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)  # names the same process

    # --- small parts -------------------------------------------------------------------------------------------

    def _backends_left(self) -> bool:
        """Whether any process still works in our data directory: every PostgreSQL process has it as its cwd."""
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and (entry / "cwd").readlink() == self.data:
                    return True
            except OSError:
                continue
        return False

    def _pid_file(self) -> list[str]:
        try:
            return [line.strip() for line in (self.data / "postmaster.pid").read_text().splitlines()]
        except (FileNotFoundError, NotADirectoryError):
            return []

    def _program(self, name: str) -> str:
        return os.fspath(binaries.find(self.data) / name)

    def _launch(self, command: list[str]) -> list[str]:
        script = os.fspath(Path(__file__).with_name("launch.py"))
        return [sys.executable, "-IS", script, os.fspath(self.home), os.fspath(self.run), "--", *command]

    def _words(self) -> str:
        try:
            return "\n" + self.log.read_text(errors="replace")[-1500:]
        except FileNotFoundError:
            return ""

    @contextmanager
    def _start_lock(self) -> Iterator[None]:
        with (self.home / "start.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _private(folder: Path) -> None:
    """Make a folder that only we may enter; refuse one that somebody else has laid in our way."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or (os.geteuid() != 0 and found.st_uid != os.geteuid()):
        raise ServerFailed(f"{folder} is not a directory of ours; remove it.")
    folder.chmod(0o700)
