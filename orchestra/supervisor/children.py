"""One supervised process: how it is started, when it is started again, and its output in whole lines.

The supervisor (supervisor.py) asks; this file decides the back-off: at once after a long life, then 0.5 s doubling
to 10 s for one that keeps dying.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.lib.clock import monotonic_s

ROOT = Path(__file__).resolve().parent.parent.parent
TIED = Path(__file__).with_name("tied.py")
FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 10.0
HEALTHY_AFTER_S = 30.0
LONGEST_LINE = 64 * 1024
READ_BYTES = 64 * 1024


@dataclass(frozen=True)
class Command:
    """What to run. `descriptors` are open files that the process inherits."""

    name: str
    arguments: Sequence[str]
    descriptors: tuple[int, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path = ROOT


def manage(*arguments: str) -> list[str]:
    """The command line of one of our own management commands."""
    return [sys.executable, os.fspath(ROOT / "manage.py"), *arguments]


class Child:
    """A command and the process that runs it now, if any. Its group is its own, so that Ctrl-C reaches only `up`."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None
        self.start_at_s = 0.0
        self.starts = 0
        self._delay_s = FIRST_DELAY_S
        self._began_s = 0.0
        self._rest = b""

    @property
    def pid(self) -> int | None:
        return None if self.process is None else self.process.pid

    def start(self) -> int:
        """Start it and return the descriptor of its output. Call from the main thread: the child is tied to that."""
        command = [sys.executable, "-IS", os.fspath(TIED), str(os.getpid()), *self.command.arguments]
        self.process = subprocess.Popen(
            command,
            cwd=self.command.folder,
            env={**os.environ, **self.command.environment, "ORCHESTRA_PROCESS": self.command.name},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=self.command.descriptors,
            process_group=0,
        )
        self.starts += 1
        self._began_s = monotonic_s()
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        return self.process.stdout.fileno()

    def read_lines(self) -> list[str]:
        """The whole lines that wait, at most READ_BYTES of them."""
        *lines, self._rest = (self._rest + (self._read() or b"")).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            lines, self._rest = [*lines, self._rest], b""
        return [line.decode(errors="replace").rstrip("\r") for line in lines]

    def _read(self) -> bytes | None:
        """What waits in the pipe: None when nothing does yet, empty at its end."""
        if self.process is None or self.process.stdout is None:
            return b""
        try:
            return os.read(self.process.stdout.fileno(), READ_BYTES)
        except BlockingIOError:
            return None

    def ended(self) -> int | None:
        """The exit status when it has ended."""
        return None if self.process is None else self.process.poll()

    def bury(self) -> list[str]:
        """Take note of its end: the last lines, and when to start the next one (`start_at_s`)."""
        while more := self._read():
            self._rest += more
        last = self._rest.decode(errors="replace").splitlines()
        if self.process is not None and self.process.stdout is not None:
            self.process.stdout.close()
        self.process, self._rest = None, b""
        now_s = monotonic_s()
        if now_s - self._began_s > HEALTHY_AFTER_S:
            self._delay_s = FIRST_DELAY_S
        self.start_at_s = now_s + self._delay_s
        self._delay_s = min(self._delay_s * 2, LONGEST_DELAY_S)
        return last

    def send(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)


def exit_words(status: int) -> str:
    """What a person calls this exit status."""
    if status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"ended with status {status}"
