"""Keeps the children of `up` running, carries their output, and stops them all.

Before: the up command made the steps and the list of children. One loop on one thread: it wakes on output, on a
signal and every quarter of a second; whoever has died is started again after its back-off.
"""

import selectors
import signal
import socket
from collections.abc import Iterable, Sequence
from types import FrameType

from core.lib.clock import monotonic_s
from orchestra.supervisor.children import Child, Command, exit_words
from orchestra.supervisor.console import BOLD, DIM, RED, Console

TURN_S = 0.25
STOP_WITHIN_S = 15.0
CONTAINERS_GO_ON = "containers go on running"
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """`run` returns when a signal has asked for the end and every child has ended."""

    def __init__(self, commands: Sequence[Command], *, console: Console, after: str = CONTAINERS_GO_ON) -> None:
        """`after`: what people should know of the world without these children."""
        self.children = [Child(command) for command in commands]
        self._console = console
        self._after = after
        self._selector = selectors.DefaultSelector()
        self._asked = 0  # how often we were asked to stop

    def run(self) -> None:
        woken, waker = socket.socketpair()
        woken.setblocking(False)
        waker.setblocking(False)
        self._selector.register(woken, selectors.EVENT_READ, None)
        before = {number: signal.signal(number, self._on_signal) for number in (*STOP_SIGNALS, signal.SIGCHLD)}
        old_waker = signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        try:
            while not self._asked:
                self._turn()
            self._stop()
        finally:
            signal.set_wakeup_fd(old_waker)
            for number, handler in before.items():
                signal.signal(number, handler)
            self._selector.close()
            woken.close()
            waker.close()

    def _turn(self) -> None:
        self._restart_due()
        self._carry_output()
        self._bury_dead()

    def _restart_due(self) -> None:
        for child in self.children:
            if child.process is None and monotonic_s() >= child.start_at_s:
                self._selector.register(child.start(), selectors.EVENT_READ, child)

    def _carry_output(self) -> None:
        for key, _ in self._selector.select(TURN_S):
            if key.data is None:
                self._drain(key.fileobj)
            else:
                self._tell(key.data, key.data.read_lines())

    def _drain(self, woken: object) -> None:
        assert isinstance(woken, socket.socket)
        try:
            woken.recv(4096)
        except BlockingIOError:
            return

    def _bury_dead(self) -> None:
        for child in self.children:
            status = child.ended()
            if status is None or child.process is None or child.process.stdout is None:
                continue
            self._selector.unregister(child.process.stdout.fileno())
            self._tell(child, child.bury())
            if self._asked:
                continue
            delay_s = max(0.0, child.start_at_s - monotonic_s())
            words = f"{child.command.name} {exit_words(status)}; it starts again in {delay_s:.1f} s"
            self._console.say(words, colour=RED)

    def _tell(self, child: Child, lines: Iterable[str]) -> None:
        for line in lines:
            self._console.line(child.command.name, line)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if number in STOP_SIGNALS:
            self._asked += 1

    def _stop(self) -> None:
        """TERM to all, then KILL for those that do not end in time; a second Ctrl-C does not wait."""
        self._console.say(f"Stopping; {self._after}. (Ctrl-C again: at once)", colour=BOLD)
        for child in self.children:
            child.send(signal.SIGTERM)
        deadline_s = monotonic_s() + STOP_WITHIN_S
        while any(child.process is not None for child in self.children):
            self._carry_output()
            self._bury_dead()
            if monotonic_s() > deadline_s or self._asked > 1:
                late = [child for child in self.children if child.process is not None]
                for child in late:
                    self._console.say(f"{child.command.name} did not end in time and is killed", colour=DIM)
                    child.send(signal.SIGKILL)
                deadline_s, self._asked = monotonic_s() + STOP_WITHIN_S, 1
