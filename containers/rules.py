"""THE table of verbs: which may be said to a container as it stands, and the reason why not. Pure.

Before: an action holds the row under its lock. After: the first rule that fits refuses with 409 and its code; no rule,
and the verb is done. The console disables its buttons by the same table (`make generate` writes it for TypeScript).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from containers.reasons import OF_THE_HOST
from containers.states import FINAL, Desired, Restart, Status


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
class Rule:
    """Fits where everything fits; None fits both. `words` are for people, with {name}, {status}, {slot}, {service}.

    `is_idle`: not refused, because saying it again is no error, but nothing changes by it.
    """

    code: str
    words: str
    verbs: frozenset[ContainerVerb]
    desired: frozenset[Desired] = frozenset(Desired)
    statuses: frozenset[Status] = frozenset(Status)
    superseded: bool | None = None
    gone: bool | None = None
    held: bool | None = None
    follows: bool | None = None
    of_service: bool | None = None
    is_idle: bool = False

    def fits(self, verb: ContainerVerb, at: Standing) -> bool:
        return (
            verb in self.verbs
            and at.desired in self.desired
            and at.status in self.statuses
            and self.superseded in (None, at.superseded)
            and self.gone in (None, at.gone)
            and self.held in (None, at.held)
            and self.follows in (None, at.follows)
            and self.of_service in (None, at.of_service)
        )


V = ContainerVerb
EVERY: Final = frozenset(V)
LIVE: Final = frozenset(Status) - FINAL

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        code="superseded",
        words="a newer attempt of {name} has followed; speak to the slot {slot}",
        verbs=EVERY,
        superseded=True,
    ),
    Rule(
        code="already-removed",
        words="{name} was removed",
        verbs=EVERY,
        desired=frozenset({Desired.REMOVE}),
        gone=True,
    ),
    Rule(
        code="of-a-service",
        words="{name} belongs to the service {service}, which would start another one: "
        "scale or update the service {service}, or replace this container",
        verbs=frozenset({V.STOP, V.KEEP, V.REMOVE}),
        of_service=True,
    ),
    Rule(
        code="being-removed",
        words="{name} is being removed; that cannot be taken back",
        verbs=EVERY - {V.REMOVE},
        desired=frozenset({Desired.REMOVE}),
    ),
    Rule(
        code="remove-asked",
        words="{name} is being removed already",
        verbs=frozenset({V.REMOVE}),
        desired=frozenset({Desired.REMOVE}),
        is_idle=True,
    ),
    Rule(
        code="no-held-stop",
        words="no stop of {name} waits any more; `restart` starts it again",
        verbs=frozenset({V.KEEP}),
        held=False,
    ),
    Rule(
        code="already-ended",
        words="{name} has ended already ({status}); nothing is left to stop",
        verbs=frozenset({V.STOP}),
        statuses=FINAL,
        follows=False,
    ),
    Rule(
        code="stop-asked",
        words="{name} is being stopped already",
        verbs=frozenset({V.STOP}),
        desired=frozenset({Desired.STOP}),
        statuses=LIVE,
        follows=False,
        is_idle=True,
    ),
    Rule(
        code="restart-asked",
        words="{name} is being restarted already",
        verbs=frozenset({V.RESTART}),
        desired=frozenset({Desired.STOP}),
        statuses=LIVE,
        follows=True,
        is_idle=True,
    ),
)


def rule_for(verb: ContainerVerb, at: Standing) -> Rule | None:
    """The first rule that fits; None: the verb is allowed and does something."""
    return next((rule for rule in RULES if rule.fits(verb, at)), None)


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
