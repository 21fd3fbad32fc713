"""What every turn of a loop is given: the lease it writes under, and the ways to be called again soon.

Before: the daemon. After: controllers, whose `turn(Turn) -> Done` reads, plans and applies.
"""

from collections.abc import Callable
from dataclasses import dataclass

from core.lib.lease import Hold
from scheduler.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Turn:
    """`wake_in(seconds)` asks for one more turn of this loop; `trouble` remembers poison objects between turns."""

    hold: Hold
    wake_in: Callable[[float], None]
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a turn: how many rows changed, and one line for people ("" when nothing is worth a word)."""

    changes: int = 0
    message: str = ""
