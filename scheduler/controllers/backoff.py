"""How long a slot waits before its next attempt: at once, then 1 s doubling to 5 min, with full jitter. Pure.

Full jitter (any time from 0 to the limit) because many slots often fail together; the chance is drawn by the caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

FIRST_S = 1.0
MOST_S = 300.0
HEALTHY_AFTER_S = 600.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One ended attempt of a slot; `started_at` None: it never came to run."""

    status: str
    started_at: datetime | None
    ended_at: datetime
    host_id: int | None
    reason: str

    def ran_well(self) -> bool:
        return self.started_at is not None and (self.ended_at - self.started_at).total_seconds() >= HEALTHY_AFTER_S


def crashes(attempts: Sequence[Attempt]) -> int:
    """How many attempts ended badly or early in a row; `attempts` newest first. Ten healthy minutes begin anew."""
    count = 0
    for attempt in attempts:
        if attempt.status not in ("failed", "exited") or attempt.ran_well():
            break
        count += 1
    return count


def never_ran(attempts: Sequence[Attempt]) -> list[Attempt]:
    """The newest attempts that failed before they ran."""
    found = []
    for attempt in attempts:
        if attempt.status != "failed" or attempt.started_at is not None:
            break
        found.append(attempt)
    return found


def limit_s(count: int) -> float:
    """The longest wait after `count` crashes in a row: 0, 1, 2, 4 ... 300."""
    return 0.0 if count <= 1 else min(MOST_S, FIRST_S * 2.0 ** min(count - 2, 30))
