"""How fast one agent starts containers and pulls images, whatever waits: a burst goes through, a storm is spread.

Each engine has a bucket of starts, each registry so many pulls at a time over all hosts of this agent. Nothing waits
for ever: a pull that has waited long goes through. Before: the crew takes steps. After: the engine is asked.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from core.lib.clock import monotonic_s

LOOK_S = 1.0
TURN_WITHIN_S = 300.0  # a registry that hangs holds its pulls: others shall find that out by themselves


@dataclass(slots=True)
class Bucket:
    """`rate` a second, and up to `burst` at once after a rest."""

    rate: float
    burst: float
    _full_at_s: float = field(default=0.0)  # when all of it would be there again
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def book(self, now_s: float) -> float:
        """Take one; the seconds until it may be used. Who comes later waits longer."""
        with self._guard:
            self._full_at_s = max(self._full_at_s, now_s) + 1.0 / self.rate
            return max(0.0, self._full_at_s - now_s - self.burst / self.rate)


class Turnstile:
    """So many at a time for each name."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._guard = threading.Lock()
        self._gates: dict[str, threading.BoundedSemaphore] = {}

    @contextmanager
    def turn(self, name: str, *, waiting: Callable[[], None]) -> Iterator[None]:
        """Wait for one's turn, calling `waiting` every second meanwhile; what it raises ends the wait."""
        with self._guard:
            gate = self._gates.setdefault(name, threading.BoundedSemaphore(self._at_once))
        until_s = monotonic_s() + TURN_WITHIN_S
        while not (mine := gate.acquire(timeout=LOOK_S)) and monotonic_s() < until_s:
            waiting()
        try:
            yield
        finally:
            if mine:
                gate.release()
