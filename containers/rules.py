"""THE table of verbs: which may be said to a container as it stands, and the reason why not. Pure.

Before: an action holds the row under its lock. After: the first rule that fits refuses with 409 and its code; no rule,
and the verb is done. The console disables its buttons by the same table (`make generate` writes it for TypeScript).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from containers.reasons import OF_THE_HOST
from containers.states import FINAL, Desired, Restart, Status
from core.lib.rules import Rule, first_rule


class ContainerVerb(StrEnum):
    """What an operator says to a container that is there."""

    STOP = "stop"
    KEEP = "keep"
    RESTART = "restart"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that the rules look at. `gone`: its end was seen at the engine; `held`: a stop of it can be taken back;
    `of_service`: a service says what runs in its slot.
    """

    desired: Desired
    status: Status
    superseded: bool = False
    gone: bool = False
    held: bool = False
    follows: bool = False
    of_service: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerRule(Rule[ContainerVerb]):
    """`words` with {name}, {status}, {slot}, {service}."""

    desired: frozenset[Desired] | None = None
    status: frozenset[Status] | None = None
    superseded: bool | None = None
    gone: bool | None = None
    held: bool | None = None
    follows: bool | None = None
    of_service: bool | None = None


V = ContainerVerb
EVERY: Final = frozenset(V)
LIVE: Final = frozenset(Status) - FINAL

RULES: Final[tuple[ContainerRule, ...]] = (
    ContainerRule(
        code="superseded",
        words="a newer attempt of {name} has followed; speak to the slot {slot}",
        verbs=EVERY,
        superseded=True,
    ),
    ContainerRule(
        code="already-removed",
        words="{name} was removed",
        verbs=EVERY,
        desired=frozenset({Desired.REMOVE}),
        gone=True,
    ),
    ContainerRule(
        code="of-a-service",
        words="{name} belongs to the service {service}, which would start another one: "
        "scale or update the service {service}, or replace this container",
        verbs=frozenset({V.STOP, V.KEEP, V.REMOVE}),
        of_service=True,
    ),
    ContainerRule(
        code="being-removed",
        words="{name} is being removed; that cannot be taken back",
        verbs=EVERY - {V.REMOVE},
        desired=frozenset({Desired.REMOVE}),
    ),
    ContainerRule(
        code="remove-asked",
        words="{name} is being removed already",
        verbs=frozenset({V.REMOVE}),
        desired=frozenset({Desired.REMOVE}),
        is_idle=True,
    ),
    ContainerRule(
        code="no-held-stop",
        words="no stop of {name} waits any more; `restart` starts it again",
        verbs=frozenset({V.KEEP}),
        held=False,
    ),
    ContainerRule(
        code="already-ended",
        words="{name} has ended already ({status}); nothing is left to stop",
        verbs=frozenset({V.STOP}),
        status=FINAL,
        follows=False,
    ),
    ContainerRule(
        code="stop-asked",
        words="{name} is being stopped already",
        verbs=frozenset({V.STOP}),
        desired=frozenset({Desired.STOP}),
        status=LIVE,
        follows=False,
        is_idle=True,
    ),
    ContainerRule(
        code="restart-asked",
        words="{name} is being restarted already",
        verbs=frozenset({V.RESTART}),
        desired=frozenset({Desired.STOP}),
        status=LIVE,
        follows=True,
        is_idle=True,
    ),
)


def rule_for(verb: ContainerVerb, at: Standing) -> Rule[ContainerVerb] | None:
    return first_rule(RULES, verb, at)


def follows(*, desired: str, status: str, restart: str, restart_asked: bool, reason: str) -> bool:
    """Whether a next attempt comes by itself after this one, so that a stop would still prevent something."""
    if restart_asked:
        return True
    if desired != Desired.RUN or status not in FINAL:
        return False
    return wants_next(restart, status) or (status == Status.FAILED and reason in OF_THE_HOST)


def wants_next(restart: str, status: str) -> bool:
    """What the restart rule says of an attempt that ended so."""
    if restart == Restart.ALWAYS:
        return status in (Status.FAILED, Status.EXITED, Status.LOST)
    return restart == Restart.ON_FAILURE and status == Status.FAILED
