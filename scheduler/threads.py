"""Many loops in one process: how they share Python, so that what waits for a host is not held up by what may wait.

Before: the daemon starts. After: every loop's turn.
"""

import gc
import sys
import threading
from types import TracebackType

from core.lib.clock import monotonic_s

SWITCH_S = 0.0005
STEP_BACK_S = 0.02
LONG_TURN_S = 0.2
SWEEP_EVERY_S = 60.0


def share_fairly() -> None:
    """Threads take turns ten times as often as by default: who has heard from the database waits so long for whoever
    computes, after each of its questions."""
    sys.setswitchinterval(SWITCH_S)


class Urgent:
    """Work that is not to be kept waiting; who has time steps back for a moment while it goes on."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._over.set()

    def __enter__(self) -> None:
        self._over.clear()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()

    def step_back(self) -> None:
        """Until it is over, STEP_BACK_S at most."""
        self._over.wait(STEP_BACK_S)


PLACING = Urgent()


class Sweeps:
    """Keeps Python's search for cycles away from what is remembered for long.

    A full search looks at every object and stops all threads meanwhile: 70 ms with 50,000 containers in memory, several
    times a minute. Most of it is read in long turns, so that one search follows such a turn, of everything; what it
    leaves is not looked at by those that Python starts itself. Nothing is kept that only cycles hold.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_s = float("-inf")

    def after(self, turn_s: float) -> None:
        """A turn took so long."""
        with self._lock:
            now_s = monotonic_s()
            if turn_s < LONG_TURN_S or now_s < self._last_s + SWEEP_EVERY_S:
                return
            self._last_s = now_s
        gc.unfreeze()
        gc.collect()
        gc.freeze()
