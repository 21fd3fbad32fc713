"""The rows of a pretended fleet: attempts, hosts, and the word for an invariant that does not hold."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from containers.states import OCCUPYING, Desired, Health, Status

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SERVICE = UUID(int=1)
HISTORY = 16


@dataclass(slots=True)
class Row:
    id: UUID
    key: str
    attempt: int
    revision: int
    round: int
    created_at: datetime
    is_successor: bool = False
    superseded: bool = False
    status: Status = Status.PENDING
    desired: Desired = Desired.RUN
    health: str = Health.NONE
    health_since: datetime | None = None
    bound_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    ready_since: datetime | None = None
    watched_until: datetime | None = None
    died: bool = False  # together with its agent: the row does not know
    stop_at: datetime | None = None
    not_before: datetime | None = None
    host: int | None = None
    pinned: int | None = None
    replace_asked: bool = False
    proved: bool = False

    @property
    def lives(self) -> bool:
        return self.status in OCCUPYING

    @property
    def leaves(self) -> bool:
        return self.desired != Desired.RUN or self.stop_at is not None


@dataclass(slots=True)
class Host:
    ok: bool = True
    draining: bool = False
    lost_at: datetime | None = None
    since: datetime | None = None


class Broken(AssertionError):
    """An invariant does not hold."""
