"""What a person sees of `up`: one line for each step with its time, and the lines of the processes.

A thread of its own writes to the terminal: one that is paused (Ctrl-S) or gone must not stop the processes whose
output we carry. What does not fit into the queue is dropped and counted.
"""

import queue
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TextIO

from core.lib.clock import monotonic_s

QUEUE_LINES = 10_000
NAME_WIDTH = 10
COLOURS = {"web": 36, "scheduler": 35, "agent": 33, "vite": 34, "database": 32}
PLAIN, BOLD, DIM, RED, GREEN = 0, 1, 2, 31, 32


class Console:
    """`step`, `line` and `say` never block and never raise."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self.is_terminal = self._out.isatty()
        self._lines: queue.Queue[str | None] = queue.Queue(QUEUE_LINES)
        self._dropped = 0
        self._writer = threading.Thread(target=self._write, name="console", daemon=True)
        self._writer.start()

    @contextmanager
    def step(self, what: str) -> Iterator["Step"]:
        """Do something and say so in one line: `with console.step("migrations") as step: step.result = "3 applied"`."""
        step = Step()
        began_s = monotonic_s()
        try:
            yield step
        except BaseException:
            self._step_line(what, "failed", monotonic_s() - began_s, RED)
            raise
        self._step_line(what, step.result, monotonic_s() - began_s, GREEN)

    def line(self, name: str, text: str) -> None:
        """A line of a process. At a terminal it says whose it is; elsewhere it stays as it came (JSON names it)."""
        if self.is_terminal:
            text = f"{self._paint(name.ljust(NAME_WIDTH), COLOURS.get(name, PLAIN))} {text}"
        self._put(text)

    def say(self, text: str = "", *, colour: int = PLAIN) -> None:
        self._put(self._paint(text, colour))

    def close(self) -> None:
        """Write what still waits, but do not wait long for a terminal that does not take it."""
        self._put(None)
        self._writer.join(timeout=1.0)

    def _step_line(self, what: str, result: str, took_s: float, colour: int) -> None:
        clock = self._paint(f"{datetime.now().astimezone():%H:%M:%S}", DIM)
        self._put(f"{clock} {self._paint(what.ljust(NAME_WIDTH + 2), colour)} {result}  {took_s:.1f} s")

    def _paint(self, text: str, colour: int) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self.is_terminal and colour else text

    def _put(self, text: str | None) -> None:
        try:
            self._lines.put_nowait(text)
        except queue.Full:
            self._dropped += 1

    def _write(self) -> None:
        while (text := self._lines.get()) is not None:
            dropped, self._dropped = self._dropped, 0
            lines = [f"({dropped} lines were dropped: nobody read them)"] * bool(dropped) + [text]
            try:
                self._out.write("\n".join(lines) + "\n")
                self._out.flush()
            except (OSError, ValueError):
                continue  # the terminal is gone; the processes are not


class Step:
    """What came out of a step; set inside the `with`."""

    result = "done"
