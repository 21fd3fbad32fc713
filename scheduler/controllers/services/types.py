"""What the planning of a service looks at, and what it may ask for. Pure data.

Before: read.py fills these from rows. After: apply.py does the changes, each by compare-and-set: one that no longer
fits is left out and planned anew in the next turn. Every change says why, in words for an operator.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from containers.spec.service import UpdatePolicy
from containers.states import OCCUPYING, Desired, Status, ready

Cause = Literal["outdated", "unhealthy", "draining", "asked"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One row of a service's slot. `ready_since` None: not ready now. `proved`: a Prove was written down for it.

    `watched_until`: its agent saw it run at this moment or later. `nowhere`: why no other host takes it, looked up
    where it is drained and would have to stop first. `host_since`: since when its host answers, or does not.
    """

    id: UUID
    slot_key: str
    attempt: int
    revision_id: int
    round: int
    is_successor: bool
    status: Status
    desired: Desired
    health: str
    created_at: datetime
    health_since: datetime | None = None
    bound_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    ready_since: datetime | None = None
    watched_until: datetime | None = None
    stop_at: datetime | None = None
    not_before: datetime | None = None
    host_id: int | None = None
    host_ok: bool = True
    host_since: datetime | None = None
    host_draining: bool = False
    nowhere: str = ""
    replace_asked: bool = False
    proved: bool = False
    reason: str = ""
    message: str = ""

    @property
    def lives(self) -> bool:
        """It fills its slot, whether it runs yet or not. A lost one does not."""
        return self.status in OCCUPYING

    @property
    def leaves(self) -> bool:
        """It is on its way out, or shall be soon."""
        return self.desired != Desired.RUN or self.stop_at is not None

    @property
    def coming_since(self) -> datetime:
        """Since when it could have come up: while its host was silent, it could not be seen to."""
        since = self.bound_at or self.created_at
        return max(since, self.host_since) if self.host_since is not None else since

    @property
    def serves(self) -> bool:
        """Ready, on a host that answers, and not on its way out: it counts as available."""
        return ready(self.status, self.health) and self.host_ok and not self.leaves


@dataclass(frozen=True, slots=True)
class Slot:
    """One position. `history`: its attempts that are over, newest first, as many as matter for the back-off."""

    key: str
    occupant: Attempt | None = None
    successor: Attempt | None = None
    history: tuple[Attempt, ...] = ()

    @property
    def rows(self) -> tuple[Attempt, ...]:
        return tuple(one for one in (self.occupant, self.successor) if one is not None)


@dataclass(frozen=True, slots=True)
class RolloutSeen:
    """The latest roll-out of the service. `failed_seen`: attempts whose failure it has counted already."""

    id: int
    number: int
    kind: Literal["update", "restart", "roll-back"]
    status: Literal["running", "holding", "paused", "done", "failed", "rolled-back", "aborted", "superseded"]
    revision_id: int
    from_revision_id: int | None
    started_at: datetime
    stepped_at: datetime
    failures: int = 0
    failed_seen: frozenset[UUID] = frozenset()
    promoted: bool = False
    message: str = ""


@dataclass(frozen=True, slots=True)
class ServiceSeen:
    """A service with its slots. `hosts`: of a global one, those that should have it (id and name).

    `exclusive`: two of one slot cannot live side by side (a volume, a fixed host port), so that it is stop-first.
    `pinned`: its data stays where it is, so that neither a drain nor a roll-out moves it off a drained host.
    `restart`: what the spec says of attempts that end by themselves.
    """

    id: UUID
    name: str
    mode: Literal["replicated", "global"]
    replicas: int
    revision_id: int
    fresh_from: int
    policy: UpdatePolicy
    restart: str = "always"
    exclusive: bool = False
    strict: bool = False
    pinned: bool = False
    stop_delay_s: float = 0.0
    paused: bool = False
    removing: bool = False
    hosts: tuple[int, ...] = ()
    slots: Mapping[str, Slot] = field(default_factory=dict)
    rollout: RolloutSeen | None = None

    @property
    def desired_count(self) -> int:
        return len(self.hosts) if self.mode == "global" else self.replicas

    def is_current(self, one: Attempt) -> bool:
        """Whether it is what the service wants now: see Service.fresh_from."""
        return one.revision_id == self.revision_id and one.round >= self.fresh_from


# --- what a plan may ask for


@dataclass(frozen=True, slots=True)
class AddSlot:
    """The first attempt of a slot, with the wanted revision. `host_id`: a global slot's own host."""

    key: str
    why: str
    host_id: int | None = None


@dataclass(frozen=True, slots=True)
class AddSuccessor:
    """A new attempt beside the occupant `beside`, with the wanted revision.

    `keeps_revision`: with the occupant's own revision and round, because the roll-out rests.
    """

    beside: UUID
    why: str
    not_before: datetime | None = None
    keeps_revision: bool = False


@dataclass(frozen=True, slots=True)
class AddNext:
    """The attempt after a final one, with the wanted revision or, where that rests, with the revision it had."""

    after: UUID
    why: str
    not_before: datetime | None = None
    keeps_revision: bool = False


@dataclass(frozen=True, slots=True)
class Promote:
    """The successor `new` becomes the occupant; `old` is final by now."""

    old: UUID
    new: UUID
    why: str


@dataclass(frozen=True, slots=True)
class Stop:
    """End this attempt; it leaves the endpoints at once and is told to end `delay_s` later.

    `intended` False: no person asked for this, and the brakes count it. `needs_ready`: it does not fit any more when
    the attempt serves at that moment and fewer others of the service than this do. `while_pending`: it does not fit
    any more once it has a host, because the plan counts on its end at once.
    """

    id: UUID
    why: str
    delay_s: float = 0.0
    cause: Cause | Literal["surplus", "abandoned"] = "outdated"
    intended: bool = True
    needs_ready: int = 0
    while_pending: bool = False


@dataclass(frozen=True, slots=True)
class RemoveSlot:
    """The whole slot goes, every row of it: scale-down, a host that no longer matches, the service is removed.

    `while_pending`: it does not fit any more once one of them has a host, because the plan counts on their end at once.
    """

    key: str
    id: UUID
    why: str
    delay_s: float = 0.0
    while_pending: bool = False


@dataclass(frozen=True, slots=True)
class MoveRollout:
    """The roll-out's new word. A done, failed, rolled-back or aborted one never moves again."""

    status: Literal["running", "holding", "paused", "done", "failed", "rolled-back"]
    why: str


@dataclass(frozen=True, slots=True)
class CountFailure:
    """A new container of the roll-out failed; each attempt counts once."""

    id: UUID
    why: str


@dataclass(frozen=True, slots=True)
class Prove:
    """A new container of the roll-out was ready for the whole health window: progress, written down once."""

    id: UUID
    why: str


@dataclass(frozen=True, slots=True)
class RollBack:
    """Want `revision_id` again: the present roll-out says rolled-back and one of kind roll-back follows, together."""

    revision_id: int
    why: str


@dataclass(frozen=True, slots=True)
class Note:
    """What people shall read at the roll-out while it waits; nothing else changes."""

    why: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The removed service has no container any more."""

    why: str


Change = (
    AddSlot
    | AddSuccessor
    | AddNext
    | Promote
    | Stop
    | RemoveSlot
    | MoveRollout
    | CountFailure
    | Prove
    | RollBack
    | Note
    | Gone
)


@dataclass(frozen=True, slots=True)
class Planned:
    """All of one service. `look_again_s`: when time alone will change the plan (a window, a deadline, a back-off).

    `look_at_hosts`: it waits for what the agents of these see there.
    """

    changes: tuple[Change, ...] = ()
    look_again_s: float | None = None
    look_at_hosts: frozenset[int] = frozenset()
