"""THE table of container states: which move is allowed, and whose hand makes it. Pure.

A row is ONE attempt to fill a slot. States only go forward; a replacement is a new row. The same table stands in the
database as a CHECK and a trigger, in OpenAPI and in the console's types; a test compares them.
"""

from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """Where an attempt is on its way."""

    PENDING = "pending"
    BOUND = "bound"
    PREPARING = "preparing"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"
    EXITED = "exited"
    LOST = "lost"
    CANCELLED = "cancelled"


class Desired(StrEnum):
    """What is wanted of an attempt; it only goes forward."""

    RUN = "run"
    STOP = "stop"
    REMOVE = "remove"


class Health(StrEnum):
    """What the health check says; none: there is no check."""

    NONE = "none"
    STARTING = "starting"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    UNKNOWN = "unknown"


class Restart(StrEnum):
    """When a stand-alone slot gets a new attempt by itself."""

    NONE = "none"
    ON_FAILURE = "on-failure"
    ALWAYS = "always"


class RolloutKind(StrEnum):
    """What a roll-out brings: another revision, the same one anew, or an earlier one again."""

    UPDATE = "update"
    RESTART = "restart"
    ROLL_BACK = "roll-back"


class RolloutStatus(StrEnum):
    """How far a roll-out is. `holding` waits for a person after the first batch; `superseded`: another followed."""

    RUNNING = "running"
    HOLDING = "holding"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    ROLLED_BACK = "rolled-back"
    ABORTED = "aborted"
    SUPERSEDED = "superseded"

    @classmethod
    def ended(cls) -> "frozenset[RolloutStatus]":
        """Those that never change again."""
        return frozenset({cls.DONE, cls.FAILED, cls.ROLLED_BACK, cls.ABORTED, cls.SUPERSEDED})


class By(StrEnum):
    """Whose hand makes a move."""

    ACTION = "action"
    CONTROLLER = "controller"
    SCHEDULER = "scheduler"
    AGENT = "agent"
    OPERATOR = "operator"


S = Status
_ON_HOST = (S.BOUND, S.PREPARING, S.STARTING, S.RUNNING)

MOVES: dict[tuple[Status, Status], frozenset[By]] = {
    (S.PENDING, S.BOUND): frozenset({By.SCHEDULER}),
    (S.PENDING, S.CANCELLED): frozenset({By.ACTION, By.CONTROLLER}),
    (S.BOUND, S.PREPARING): frozenset({By.AGENT}),
    (S.PREPARING, S.STARTING): frozenset({By.AGENT}),
    (S.STARTING, S.RUNNING): frozenset({By.AGENT}),
    (S.STARTING, S.EXITED): frozenset({By.AGENT}),
    (S.RUNNING, S.EXITED): frozenset({By.AGENT}),
    (S.STOPPING, S.STOPPED): frozenset({By.AGENT}),
    **{(source, S.STOPPING): frozenset({By.AGENT}) for source in _ON_HOST},
    **{(source, S.FAILED): frozenset({By.AGENT}) for source in _ON_HOST},
    **{(source, S.LOST): frozenset({By.SCHEDULER, By.OPERATOR}) for source in (*_ON_HOST, S.STOPPING)},
}

FINAL = frozenset({S.STOPPED, S.FAILED, S.EXITED, S.LOST, S.CANCELLED})
OCCUPYING = frozenset({S.PENDING, S.BOUND, S.PREPARING, S.STARTING, S.RUNNING, S.STOPPING})
ON_ENGINE = OCCUPYING - {S.PENDING}
COMING_UP = (S.BOUND, S.PREPARING, S.STARTING)

_DESIRED_ORDER = {Desired.RUN: 0, Desired.STOP: 1, Desired.REMOVE: 2}


def allowed(source: str, target: str, by: By) -> bool:
    """Whether `by` may move a container from one status to another."""
    return by in MOVES.get((Status(source), Status(target)), frozenset())


def goes_forward(old: str, new: str) -> bool:
    """Whether a wish may follow another: run, then stop, then remove, never back."""
    return _DESIRED_ORDER[Desired(new)] > _DESIRED_ORDER[Desired(old)]


def holds_room(status: str, *, gone: bool) -> bool:
    """Whether the reservation counts: from bound to stopping, and while lost until the engine was seen without it."""
    return status in ON_ENGINE or (status == Status.LOST and not gone)


READY_HEALTH: Final = (Health.NONE, Health.HEALTHY)


def ready(status: str, health: str) -> bool:
    """Running, and healthy where there is a check."""
    return status == Status.RUNNING and health in READY_HEALTH
