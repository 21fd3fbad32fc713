"""The one word people see for a container: its status, seen together with its health, its host and its slot. Pure.

Before: a row as it was read. After: the serializer and the columns of the fleet feed, which must never disagree.
"""

from datetime import datetime
from typing import Final, Literal, get_args

from containers.states import ON_ENGINE, Health, Status

State = Literal[
    "running",
    "starting",
    "pending",
    "restarting",
    "stopping",
    "stopped",
    "failed",
    "exited",
    "unknown",
    "lost",
    "cancelled",
    "unhealthy",
]
STATES: Final[tuple[State, ...]] = get_args(State)
_OF_STATUS: Final[dict[Status, State]] = {
    Status.PENDING: "pending",
    Status.BOUND: "starting",
    Status.PREPARING: "starting",
    Status.STARTING: "starting",
    Status.RUNNING: "running",
    Status.STOPPING: "stopping",
    Status.STOPPED: "stopped",
    Status.FAILED: "failed",
    Status.EXITED: "exited",
    Status.LOST: "lost",
    Status.CANCELLED: "cancelled",
}


def shown_state(status: str, *, health: str, attempt: int, not_before: datetime | None, reachable: str | None) -> State:
    """`reachable` is the host's (None: no host yet). What sits on a host that does not answer is unknown."""
    if status in ON_ENGINE and reachable is not None and reachable != "ok":
        return "unknown"
    if status == Status.PENDING and attempt > 1 and not_before is not None:
        return "restarting"
    if status == Status.RUNNING and health == Health.UNHEALTHY:
        return "unhealthy"
    return _OF_STATUS[Status(status)]
