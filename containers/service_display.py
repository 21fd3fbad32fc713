"""The one word people see for a service, and how far it is: counted from its containers and the hosts. Pure.

Before: rows as they were read. After: the serializer, the socket and the columns of the fleet feed, which must never
disagree.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from containers.spec import Constraint
from containers.states import RolloutStatus
from hosts.states import Availability, Reachable

ServiceState = Literal["running", "updating", "holding", "paused", "degraded", "failed", "removing", "idle"]
SERVICE_STATES: Final[tuple[ServiceState, ...]] = get_args(ServiceState)
_OF_ROLLOUT: Final[dict[str, ServiceState]] = {
    RolloutStatus.RUNNING: "updating",
    RolloutStatus.HOLDING: "holding",
    RolloutStatus.PAUSED: "failed",
    RolloutStatus.FAILED: "failed",
}


@dataclass(frozen=True, slots=True)
class Counts:
    """Containers of a service. `live`: those that fill a slot, successors included; `ready`: those of them that serve;
    `done`: slots in which what is wanted now serves; `desired`: how many there should be."""

    desired: int = 0
    live: int = 0
    ready: int = 0
    done: int = 0


@dataclass(frozen=True, slots=True)
class HostSeen:
    """What decides whether a global service wants a host."""

    id: int
    availability: str
    reachable: str
    labels: Mapping[str, str]


def service_state(counts: Counts, *, removing: bool, paused: bool, rollout: str) -> ServiceState:
    """`rollout` is the status of the latest one, "" where there is none. A pause by hand is told before all else."""
    if removing:
        return "removing"
    if paused:
        return "paused"
    if rollout in _OF_ROLLOUT:
        return _OF_ROLLOUT[RolloutStatus(rollout)]
    if not counts.desired:
        return "idle"
    return "degraded" if counts.ready < counts.desired else "running"


def rollout_done(counts: Counts, status: str) -> int:
    """How many slots have what the latest roll-out brings: of one that is done all, whatever happened since."""
    return counts.desired if status == RolloutStatus.DONE else counts.done


def hosts_wanted(
    hosts: Iterable[HostSeen], constraints: Collection[Constraint], *, filled: Collection[str]
) -> tuple[int, ...]:
    """The hosts that should have one of a global service: those that fit and take work, and those that have it (their
    keys are in `filled`) and are not drained."""
    fitting = [
        one
        for one in hosts
        if one.availability != Availability.DRAINING and all(rule.holds(one.labels) for rule in constraints)
    ]
    return tuple(one.id for one in fitting if _takes_work(one) or str(one.id) in filled)


def _takes_work(one: HostSeen) -> bool:
    return one.availability == Availability.ACTIVE and one.reachable == Reachable.OK
