"""THE table of the verbs of services: which may be said to one as it stands, and the reason why not. Pure.

Before: an action holds the row under its lock. After: the first rule that fits refuses with 409 and its code; no rule,
and the verb is done. The console disables its buttons by the same table.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStanding:
    """All that the rules look at. `rollout`: the status of the one that is under way, "" when none is."""

    removing: bool = False
    gone: bool = False
    paused: bool = False
    is_global: bool = False
    rollout: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRule:
    """Fits where everything fits; None fits all. `is_idle`: not refused, but nothing changes by it."""

    code: str
    words: str
    verbs: frozenset[ServiceVerb]
    removing: bool | None = None
    gone: bool | None = None
    paused: bool | None = None
    is_global: bool | None = None
    rollouts: frozenset[str] | None = None
    is_idle: bool = False

    def fits(self, verb: ServiceVerb, at: ServiceStanding) -> bool:
        return (
            verb in self.verbs
            and self.removing in (None, at.removing)
            and self.gone in (None, at.gone)
            and self.paused in (None, at.paused)
            and self.is_global in (None, at.is_global)
            and (self.rollouts is None or at.rollout in self.rollouts)
        )


V = ServiceVerb
ROLLOUTS: Final = frozenset({"", "running", "holding", "paused"})

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
        rollouts=ROLLOUTS - {"paused"},
    ),
    ServiceRule(
        code="nothing-held",
        words="no roll-out of {name} waits for a word after its first batch",
        verbs=frozenset({V.PROMOTE}),
        rollouts=ROLLOUTS - {"holding"},
    ),
    ServiceRule(
        code="no-rollout",
        words="no roll-out of {name} is under way",
        verbs=frozenset({V.ABORT}),
        rollouts=frozenset({""}),
    ),
)


def service_rule_for(verb: ServiceVerb, at: ServiceStanding) -> ServiceRule | None:
    """The first rule that fits; None: the verb is allowed and does something."""
    return next((rule for rule in SERVICE_RULES if rule.fits(verb, at)), None)
