"""THE table of the verbs of services: which may be said to one as it stands, and the reason why not. Pure.

Before: an action holds the row under its lock. After: the first rule that fits refuses with 409 and its code; no rule,
and the verb is done. The console disables its buttons by the same table (`make generate` writes it for TypeScript).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.lib.rules import Rule, first_rule


class ServiceVerb(StrEnum):
    """What an operator says to a service that is there."""

    UPDATE = "update"
    SCALE = "scale"
    RESTART = "restart"
    ROLL_BACK = "roll-back"
    PAUSE = "pause"
    RESUME = "resume"
    PROMOTE = "promote"
    ABORT = "abort"
    REMOVE = "remove"


class UnderWay(StrEnum):
    """The status of the roll-out that is not over yet."""

    NONE = ""
    RUNNING = "running"
    HOLDING = "holding"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStanding:
    """All that the rules look at."""

    removing: bool = False
    gone: bool = False
    paused: bool = False
    is_global: bool = False
    rollout: UnderWay = UnderWay.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRule(Rule[ServiceVerb]):
    """`words` with {name}."""

    removing: bool | None = None
    gone: bool | None = None
    paused: bool | None = None
    is_global: bool | None = None
    rollout: frozenset[UnderWay] | None = None


V = ServiceVerb
ROLLOUTS: Final = frozenset(UnderWay)

SERVICE_RULES: Final[tuple[ServiceRule, ...]] = (
    ServiceRule(code="already-removed", words="{name} was removed", verbs=frozenset(V), gone=True),
    ServiceRule(
        code="being-removed",
        words="{name} is being removed; that cannot be taken back",
        verbs=frozenset(V) - {V.REMOVE},
        removing=True,
    ),
    ServiceRule(
        code="remove-asked",
        words="{name} is being removed already",
        verbs=frozenset({V.REMOVE}),
        removing=True,
        is_idle=True,
    ),
    ServiceRule(
        code="is-global",
        words="{name} has one container on each host; change its constraints instead",
        verbs=frozenset({V.SCALE}),
        is_global=True,
    ),
    ServiceRule(
        code="already-paused", words="{name} is paused already", verbs=frozenset({V.PAUSE}), paused=True, is_idle=True
    ),
    ServiceRule(
        code="not-paused",
        words="neither {name} nor a roll-out of it is paused",
        verbs=frozenset({V.RESUME}),
        paused=False,
        rollout=ROLLOUTS - {UnderWay.PAUSED},
    ),
    ServiceRule(
        code="nothing-held",
        words="no roll-out of {name} waits for a word after its first batch",
        verbs=frozenset({V.PROMOTE}),
        rollout=ROLLOUTS - {UnderWay.HOLDING},
    ),
    ServiceRule(
        code="no-rollout",
        words="no roll-out of {name} is under way",
        verbs=frozenset({V.ABORT}),
        rollout=frozenset({UnderWay.NONE}),
    ),
)


def service_rule_for(verb: ServiceVerb, at: ServiceStanding) -> Rule[ServiceVerb] | None:
    return first_rule(SERVICE_RULES, verb, at)
