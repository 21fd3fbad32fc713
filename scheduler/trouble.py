"""Poison objects: what makes a loop fail again and again is set aside, shown, and tried again slowly.

One object's fault never stops the pass. Each loop has one register, in memory: a new leader starts with a clean one.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import InterfaceError, OperationalError

from core.lib.clock import monotonic_s
from core.lib.lease import HoldLost

T = TypeVar("T")
R = TypeVar("R")

log = logging.getLogger(__name__)

FAILURES_MAX = 5
SET_ASIDE_S = 60.0
NOT_THE_OBJECTS = (HoldLost, OperationalError, InterfaceError)
"""Faults of the lease or the database: they end the turn, and no object is to blame."""


@dataclass(slots=True)
class Trouble:
    """Counts failures per object; `now_s` is monotonic."""

    _failures: dict[str, tuple[int, str, float]] = field(default_factory=dict)

    def is_set_aside(self, key: str, now_s: float) -> bool:
        count, _, until_s = self._failures.get(key, (0, "", 0.0))
        return count >= FAILURES_MAX and now_s < until_s

    def aside(self, now_s: float) -> list[str]:
        """What is set aside now: queries with a limit leave it out, so that it uses up no batch."""
        return [key for key in self._failures if self.is_set_aside(key, now_s)]

    def failed(self, key: str, words: str, now_s: float) -> int:
        """Note one more failure; the number so far is returned."""
        count = self._failures.get(key, (0, "", 0.0))[0] + 1
        self._failures[key] = (count, words, now_s + SET_ASIDE_S)
        return count

    def fine(self, key: str) -> None:
        self._failures.pop(key, None)

    def words(self) -> str:
        """What the loop's run shows: "2 set aside: <id>: <words>; ..." or ""."""
        aside = {key: words for key, (count, words, _) in self._failures.items() if count >= FAILURES_MAX}
        shown = "; ".join(f"{key}: {words}" for key, words in list(aside.items())[:3])
        return f"{len(aside)} set aside: {shown}" if aside else ""


def all_or_each(
    batch: Sequence[T], work: Callable[[Sequence[T]], R], *, key: Callable[[T], str], trouble: Trouble
) -> list[R]:
    """Do the batch at once; when an object in it is poison, each alone, and note the ones that fail."""
    try:
        return [work(batch)] if batch else []
    except NOT_THE_OBJECTS:
        raise
    except Exception as error:
        if len(batch) == 1:
            log.exception("%s failed", key(batch[0]))
            trouble.failed(key(batch[0]), f"{type(error).__name__}: {error}", monotonic_s())
            return []
    return [done for one in batch for done in all_or_each([one], work, key=key, trouble=trouble)]
