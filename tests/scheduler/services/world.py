"""A service as rows, without a database: what the planner sees, and its changes done as the real apply does them.

Every change is compare-and-set; the first that does not fit any more ends the plan. Each is checked against the
invariants at the moment it happens (I2, I3, I8), independently of the planner's own sums.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from containers.rules import wants_next
from containers.spec.service import UpdatePolicy
from containers.states import FINAL, Desired, Status, ready
from scheduler.controllers.services.types import (
    AddNext,
    AddSlot,
    AddSuccessor,
    Attempt,
    Change,
    CountFailure,
    Gone,
    MoveRollout,
    Note,
    Promote,
    Prove,
    RemoveSlot,
    RollBack,
    RolloutSeen,
    ServiceSeen,
    Slot,
    Stop,
)
from tests.scheduler.services.rows import HISTORY, NOW, SERVICE, Broken, Host, Row

Kind = Literal["update", "restart", "roll-back"]


@dataclass
class World:
    """One service, its hosts, and the clock of the database."""

    policy: UpdatePolicy = field(default_factory=UpdatePolicy)
    mode: str = "replicated"
    replicas: int = 3
    restart: str = "always"
    exclusive: bool = False
    strict: bool = False
    pinned: bool = False
    stop_delay_s: float = 0.0
    paused: bool = False
    removing: bool = False
    gone: bool = False
    revision: int = 1
    fresh_from: int = 0
    rollout: RolloutSeen | None = None
    generation: int = 0
    room: int = 10_000
    now: datetime = NOW
    hosts: dict[int, Host] = field(default_factory=lambda: {n: Host() for n in range(1, 5)})
    slots: dict[str, list[Row]] = field(default_factory=dict)
    counted: set[UUID] = field(default_factory=set)
    on_silent: set[UUID] = field(default_factory=set)
    made: int = 0

    # --- looking

    def rows(self) -> Iterable[Row]:
        return (row for rows in self.slots.values() for row in rows)

    def host_ok(self, row: Row) -> bool:
        return row.host is None or self.hosts[row.host].ok

    def serves(self, row: Row) -> bool:
        return ready(row.status, row.health) and self.host_ok(row) and not row.leaves

    def current(self, row: Row) -> bool:
        return row.revision == self.revision and row.round >= self.fresh_from

    def wanted_hosts(self) -> tuple[int, ...]:
        return tuple(n for n, host in self.hosts.items() if not host.draining)[: self.replicas]

    @property
    def desired(self) -> int:
        return len(self.wanted_hosts()) if self.mode == "global" else self.replicas

    @property
    def surge(self) -> int:
        return 0 if self.exclusive else self.policy.max_surge

    @property
    def unavailable(self) -> int:
        beside = self.surge > 0 and self.policy.order == "start-first"
        return self.policy.max_unavailable if beside else max(1, self.policy.max_unavailable)

    def occupant(self, key: str) -> Row | None:
        return next((row for row in self.slots.get(key, ()) if not row.superseded and not row.is_successor), None)

    def successor(self, key: str) -> Row | None:
        found = (row for row in self.slots.get(key, ()) if row.is_successor and not row.superseded and row.lives)
        return next(found, None)

    def kept(self) -> list[str]:
        found = ((key, self.occupant(key)) for key in self.slots)
        return [key for key, row in found if row is not None and row.desired != Desired.REMOVE]

    def see(self) -> ServiceSeen:
        self.on_silent = {row.id for row in self.rows() if not self.host_ok(row)}
        return ServiceSeen(
            id=SERVICE,
            name="web",
            mode="global" if self.mode == "global" else "replicated",
            replicas=self.replicas,
            revision_id=self.revision,
            fresh_from=self.fresh_from,
            policy=self.policy,
            restart=self.restart,
            exclusive=self.exclusive,
            strict=self.strict,
            pinned=self.pinned,
            stop_delay_s=self.stop_delay_s,
            paused=self.paused,
            removing=self.removing,
            hosts=self.wanted_hosts() if self.mode == "global" else (),
            slots={key: self._slot(key, rows) for key, rows in self.slots.items()},
            rollout=self.rollout,
        )

    def _slot(self, key: str, rows: list[Row]) -> Slot:
        occupant, successor, history = None, None, []
        for row in reversed(rows):
            one = self._attempt(row)
            if row.superseded:
                history.append(one)
            elif row.is_successor:
                successor = one
            else:
                occupant = one
        return Slot(key, occupant, successor, tuple(history[:HISTORY]))

    def _attempt(self, row: Row) -> Attempt:
        host = self.hosts[row.host] if row.host is not None else Host()
        return Attempt(
            id=row.id,
            slot_key=row.key,
            attempt=row.attempt,
            revision_id=row.revision,
            round=row.round,
            is_successor=row.is_successor,
            status=row.status,
            desired=row.desired,
            health=row.health,
            created_at=row.created_at,
            bound_at=row.bound_at,
            started_at=row.started_at,
            ended_at=row.ended_at,
            ready_since=row.ready_since if self.serves(row) else None,
            watched_until=row.watched_until,
            stop_at=row.stop_at,
            not_before=row.not_before,
            host_id=row.host,
            host_ok=host.ok,
            host_since=host.since,
            health_since=row.health_since,
            host_draining=host.draining,
            replace_asked=row.replace_asked,
            proved=row.proved,
        )

    # --- doing

    def apply(self, changes: Iterable[Change]) -> bool:
        """In order; the first that does not fit ends it. True: all were done."""
        return all(self.apply_one(change) for change in changes)

    def apply_one(self, change: Change) -> bool:
        match change:
            case AddSlot():
                return self._add_slot(change)
            case AddSuccessor():
                return self._add_successor(change)
            case AddNext():
                return self.add_next(self.row(change.after), change)
            case Promote():
                return self._promote(change)
            case Stop():
                return self._stop(change)
            case RemoveSlot():
                return self._remove(change)
            case Prove():
                self.row(change.id).proved = True
            case Gone():
                self.gone = True
            case MoveRollout() | CountFailure() | RollBack() | Note():
                self._word(change)
        return True

    def row(self, pk: UUID) -> Row:
        return next(row for row in self.rows() if row.id == pk)

    def insert(self, key: str, revision: int, number: int, *, successor: bool = False) -> Row:
        rows = self.slots.setdefault(key, [])
        self.made += 1
        pk = UUID(int=(2 << 64) + self.made)
        row = Row(pk, key, len(rows) + 1, revision, number, self.now, is_successor=successor)
        row.pinned = int(key) if self.mode == "global" else None
        rows.append(row)
        return row

    def _number(self) -> int:
        return max(self.rollout.number if self.rollout else 0, self.fresh_from)

    def _add_slot(self, change: AddSlot) -> bool:
        rows = self.slots.get(change.key, [])
        if any(row.lives for row in rows) or change.key in self.kept():
            return False
        for row in rows:
            row.superseded = True
        self.insert(change.key, self.revision, self._number())
        self._check_total("a slot was added")
        return True

    def _add_successor(self, change: AddSuccessor) -> bool:
        row = self.row(change.beside)
        fits = row.lives and not row.superseded and not row.is_successor and row.desired == Desired.RUN
        if not fits or self.successor(row.key) is not None:
            return False
        for former in self.slots[row.key]:
            former.superseded = former.superseded or former.is_successor
        revision, number = (row.revision, row.round) if change.keeps_revision else (self.revision, self._number())
        new = self.insert(row.key, revision, number, successor=True)
        new.not_before = change.not_before
        self._check_total("a successor was added")
        under_way = sum(self.successor(key) is not None for key in self.kept())
        if under_way > self.policy.batch and self.batch_holds:
            raise Broken(f"{under_way} successors at once, batch is {self.policy.batch}")
        return True

    batch_holds = True  # until somebody makes it smaller

    def add_next(self, row: Row, change: AddNext | None = None) -> bool:
        """By the planner, or (without a change) by the restarts: then with the revision it had."""
        if row.superseded or row.is_successor or row.status not in FINAL or row.desired == Desired.REMOVE:
            return False
        if change is None and row.desired != Desired.RUN:
            return False
        row.superseded = True
        keeps = change is None or change.keeps_revision
        revision, number = (row.revision, row.round) if keeps else (self.revision, self._number())
        new = self.insert(row.key, revision, number)
        if change is not None:
            new.not_before = change.not_before
            self._check_total("a next attempt was added")
        return True

    def _promote(self, change: Promote) -> bool:
        old, new = self.row(change.old), self.row(change.new)
        if old.superseded or old.status not in FINAL or not new.is_successor or new.superseded or not new.lives:
            return False
        old.superseded, new.is_successor = True, False
        return True

    def _stop(self, change: Stop) -> bool:
        row = self.row(change.id)
        if row.superseded or not row.lives or row.leaves:
            return False
        others = sum(self.serves(one) for one in self.rows() if one is not row)
        if change.while_pending and row.status != Status.PENDING:
            return False
        if self.serves(row) and others < change.needs_ready:
            return False
        self._check_stop(row, others)
        self.leave(row, Desired.STOP, delay_s=change.delay_s)
        return True

    def _remove(self, change: RemoveSlot) -> bool:
        one = self.row(change.id)
        living = [row.status for row in self.slots[change.key] if row.lives and not row.superseded]
        if one.superseded or (change.while_pending and any(status != Status.PENDING for status in living)):
            return False
        for row in self.slots[change.key]:
            if not row.superseded:
                self.leave(row, Desired.REMOVE, delay_s=change.delay_s)
        return True

    def leave(self, row: Row, desired: Desired, *, delay_s: float = 0.0) -> None:
        if delay_s > 0 and row.lives:
            row.stop_at = self.now + timedelta(seconds=delay_s)
            return
        row.desired, row.stop_at, row.ready_since = desired, None, None
        if row.status == Status.PENDING:
            row.status, row.ended_at = Status.CANCELLED, self.now

    def _word(self, change: MoveRollout | CountFailure | RollBack | Note) -> None:
        one = self.rollout
        if one is None or one.status in ("done", "failed", "rolled-back", "aborted", "superseded"):
            raise Broken(f"the roll-out is over, and yet: {change}")
        match change:
            case CountFailure():
                if change.id in self.counted:
                    raise Broken(f"counted twice: {change.why}")
                self.counted.add(change.id)
                self.rollout = replace(one, failures=one.failures + 1, failed_seen=one.failed_seen | {change.id})
            case MoveRollout():
                self._check_word(change)
                self.rollout = replace(one, status=change.status, message=change.why)
            case Note():
                self.rollout = replace(one, message=change.why)
            case RollBack() if change.revision_id == one.revision_id:
                raise Broken("it goes back to the revision that failed")
            case RollBack():
                self.begin(change.revision_id, "roll-back", fresh=False)

    def begin(self, revision: int, kind: Kind, *, fresh: bool = False) -> None:
        """A new roll-out; the one before is over."""
        number = self.rollout.number + 1 if self.rollout else 1
        former, self.revision = self.revision, revision
        self.fresh_from = number if fresh else 0
        self.rollout = RolloutSeen(number, number, kind, "running", revision, former, self.now, self.now)
        self.generation += 1

    # --- the invariants

    def live(self) -> int:
        """On its way out on a silent host counts as lost; so it still does when the host came back since the plan."""
        lost = {row.id for row in self.rows() if row.desired == Desired.REMOVE} & self.on_silent
        return sum(row.lives and row.id not in lost for row in self.rows())

    def _check_total(self, words: str) -> None:
        if self.live() > self.desired + self.surge:
            raise Broken(f"I8: {self.live()} live, {self.desired} desired and {self.surge} more allowed: {words}")

    def _check_stop(self, row: Row, others: int) -> None:
        over = sum(self._is_over(key) for key in self.kept())
        if not self.serves(row) or others >= self.desired - self.unavailable - over:
            return
        if self._serves_beside(row) and self._others_lack_room(row):
            return
        raise Broken(f"I8: {others} of {self.desired} ready after the stop, {self.unavailable} may be missing")

    def _is_over(self, key: str) -> bool:
        row = self.occupant(key)
        if row is None or row.status not in FINAL or row.leaves or self.successor(key) is not None:
            return False
        return not wants_next(self.restart, row.status)

    def _serves_beside(self, row: Row) -> bool:
        return any(self.serves(one) for one in self.slots[row.key] if one is not row)

    def _others_lack_room(self, row: Row) -> bool:
        unserved = [key for key in self.kept() if not any(self.serves(one) for one in self.slots[key])]
        found = [self.occupant(key) for key in unserved if key != row.key]
        return all(one is not None and (one.status == Status.PENDING or one.bound_at == self.now) for one in found)

    def _check_word(self, change: MoveRollout) -> None:
        if change.status != "done":
            return
        for key in self.kept():
            row = self.occupant(key)
            assert row is not None
            if not self.current(row) or self.successor(key) is not None:
                raise Broken(f"done, and yet web.{key} is not current and alone")

    def check(self) -> None:
        """I2 and I3: one occupant and one live successor for each slot."""
        for key, rows in self.slots.items():
            live = [row.is_successor for row in rows if row.lives]
            if live.count(False) > 1 or live.count(True) > 1:
                raise Broken(f"I3: web.{key} has {live.count(False)} occupants, {live.count(True)} successors")
            if sum(not row.superseded and not row.is_successor for row in rows) > 1:
                raise Broken(f"web.{key} has two rows that are not superseded")
