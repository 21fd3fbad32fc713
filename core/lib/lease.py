"""Who may act: process beats, leases and fencing.

A process proves that it lives by a counter on its own row (the beat). Others judge it by having themselves seen that
counter unchanged for the TTL of their own monotonic clock; no time stamps are compared. What a process holds (the
scheduler's lease, a host) carries an epoch, and every write of a holder takes that row FOR SHARE first, in the same
transaction: an epoch in a WHERE clause alone lets a stale write commit after the take-over.
"""

import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import DatabaseError, connection, transaction

from core.lib.clock import monotonic_s

log = logging.getLogger(__name__)

RIGHT_SHARE = 0.98  # of the TTL: the holder stops acting before anybody may take over
READS_BEFORE_JUDGING = 4


class HoldLost(Exception):
    """The row is held by somebody else now: drop what you were doing, write nothing."""


@dataclass(frozen=True, slots=True)
class Hold:
    """The right to write for one key, as it stood when it was taken."""

    table: str
    key_column: str
    key: int | str
    epoch: int

    def fence(self) -> None:
        """Take the hold FOR SHARE inside the caller's transaction; raises HoldLost when the epoch has moved on."""
        with connection.cursor() as cursor:
            cursor.execute(self.fencing, [self.key])
            self.judge(cursor.fetchone())

    @property
    def fencing(self) -> str:
        """The fence's statement, with the key as its one parameter; `judge` must see its row before anything else."""
        return f"SELECT epoch FROM {self.table} WHERE {self.key_column} = %s FOR SHARE"  # nosec B608

    def judge(self, row: tuple[int] | None) -> None:
        """Raises HoldLost unless this is the epoch that we hold."""
        if row is None or row[0] != self.epoch:
            raise HoldLost(f"{self.table} {self.key}: epoch {self.epoch} is over, now {row[0] if row else 'gone'}")


@dataclass(slots=True)
class BeatWatch:
    """Judges beats by the observer's own clock. Pure: the caller brings beats and time."""

    ttl_s: float
    _seen: dict[uuid.UUID, tuple[int, float, int]] = field(default_factory=dict)

    def observe(self, beats: dict[uuid.UUID, int], now_s: float) -> None:
        """Take one reading of all rows; rows that are gone are forgotten."""
        fresh = {}
        for key, beat in beats.items():
            last, since, reads = self._seen.get(key, (None, now_s, 0))
            fresh[key] = (beat, since, reads + 1) if beat == last else (beat, now_s, 1)
        self._seen = fresh

    def silent(self, now_s: float) -> dict[uuid.UUID, int]:
        """The rows whose beat was unchanged for the TTL over at least four readings, with that beat."""
        return {
            key: beat
            for key, (beat, since, reads) in self._seen.items()
            if now_s - since >= self.ttl_s and reads > READS_BEFORE_JUDGING
        }


@dataclass(frozen=True, slots=True)
class LeaseTimes:
    """Seconds: how long a silent holder is waited for, how often one renews, how often one looks."""

    ttl_s: float = 3.0
    renew_s: float = 0.5
    observe_s: float = 0.25


class Presence:
    """This process among its peers: beats its own row, sees the others', retires the silent ones.

    Two threads: one only beats, so that nothing can delay it; one watches and then calls `on_look`, where the
    owner claims what is free. A process that finds its own row retired starts again as a new incarnation and
    calls `on_retired` (drop all holds) first.
    """

    def __init__(self, *, table: str, role: str, name: str, times: LeaseTimes) -> None:
        self.table, self.role, self.name, self.times = table, role, name, times
        self.incarnation = uuid.uuid4()
        self.live: frozenset[uuid.UUID] = frozenset()
        self.on_look: Callable[[], None] = lambda: None
        self.on_retired: Callable[[], None] = lambda: None
        self._watch = BeatWatch(times.ttl_s)
        self._right_until_s = 0.0
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def may_act(self) -> bool:
        """True while nobody can have taken over; look before every engine call."""
        return monotonic_s() < self._right_until_s

    def start(self) -> None:
        """Enter the row, then beat and watch in the background."""
        self._enter()
        for target, every_s in ((self._beat, self.times.renew_s), (self._look, self.times.observe_s)):
            thread = threading.Thread(target=self._repeat, args=(target, every_s), name=target.__name__, daemon=True)
            thread.start()
            self._threads.append(thread)

    def pause(self) -> None:
        """Claim nothing more, go on beating: the holder wants to end its work in order first."""
        self.on_look = lambda: None

    def stop(self) -> None:
        """Leave at once: the row is retired, so that others need not wait for the TTL."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=5)
        self._right_until_s = 0.0
        try:
            self._execute(f"UPDATE {self.table} SET retired = true WHERE id = %s", [self.incarnation])
        except DatabaseError as error:
            log.warning("could not leave gracefully, others take over after %s s: %s", self.times.ttl_s, error)
        finally:
            connection.close()

    def _enter(self) -> None:
        asked_s = monotonic_s()
        self._execute(
            f"INSERT INTO {self.table} (id, role, name, beat, retired, started_at)"
            " VALUES (%s, %s, %s, 0, false, now())",
            [self.incarnation, self.role, self.name],
        )
        self._right_until_s = asked_s + RIGHT_SHARE * self.times.ttl_s

    def _beat(self) -> None:
        asked_s = monotonic_s()
        if self._execute(
            f"UPDATE {self.table} SET beat = beat + 1 WHERE id = %s AND NOT retired",
            [self.incarnation],
        ):
            self._right_until_s = asked_s + RIGHT_SHARE * self.times.ttl_s
            return
        self._right_until_s = 0.0
        log.warning("%s %s was retired while it was silent; it starts again as a new incarnation", self.role, self.name)
        self.on_retired()
        self.incarnation = uuid.uuid4()
        self._enter()

    def _look(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id, beat FROM {self.table} WHERE role = %s AND NOT retired", [self.role])  # nosec B608
            beats = dict(cursor.fetchall())
        now_s = monotonic_s()
        self._watch.observe(beats, now_s)
        silent = self._watch.silent(now_s)
        silent.pop(self.incarnation, None)
        for peer, beat in silent.items():
            if self._execute(
                f"UPDATE {self.table} SET retired = true WHERE id = %s AND beat = %s AND NOT retired",
                [peer, beat],
            ):
                log.warning("%s %s was silent for %s s and is retired", self.role, peer, self.times.ttl_s)
        self.live = frozenset(beats.keys() - silent.keys())
        if self.may_act():
            self.on_look()

    def _repeat(self, act: Callable[[], None], every_s: float) -> None:
        while not self._stopping.wait(every_s):
            try:
                act()
            except DatabaseError as error:
                log.warning("%s: database does not answer, trying again: %s", act.__name__, str(error).strip())
                connection.close()
            except Exception:
                log.exception("%s failed, trying again", act.__name__)
                connection.close()
        connection.close()

    @staticmethod
    def _execute(sql: str, params: list[uuid.UUID | str | int]) -> int:
        """Beats may be lost with the database's last moments (synchronous_commit off); nothing else may."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
            cursor.execute(sql, params)
            return int(cursor.rowcount)


class Leadership:
    """One named lease among the processes of one role. `hold()` is None while standing by."""

    def __init__(self, presence: Presence, *, table: str, name: str, on_change: Callable[[], None]) -> None:
        self.presence, self.table, self.name, self.on_change = presence, table, name, on_change
        self._epoch: int | None = None
        presence.on_look = self._look
        presence.on_retired = self._step_down

    def hold(self) -> Hold | None:
        """The right to lead, or None: standing by, or silent for too long to be sure."""
        epoch = self._epoch
        if epoch is None or not self.presence.may_act():
            return None
        return Hold(self.table, "name", self.name, epoch)

    def lost(self) -> None:
        """A write was refused: stand by until the next look says otherwise."""
        self._step_down()

    def _step_down(self) -> None:
        if self._epoch is not None:
            self._epoch = None
            self.on_change()

    def _look(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT holder, epoch FROM {self.table} WHERE name = %s", [self.name])  # nosec B608
            row = cursor.fetchone()
        holder, epoch = row or (None, 0)
        if holder == self.presence.incarnation:
            if self._epoch != epoch:
                self._epoch = epoch
                self.on_change()
            return
        self._step_down()
        if holder is None or holder not in self.presence.live:
            self._claim(epoch, exists=row is not None)

    def _claim(self, seen_epoch: int, *, exists: bool) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            if not exists:
                cursor.execute(
                    f"INSERT INTO {self.table} (name, holder, epoch) VALUES (%s, NULL, 0) ON CONFLICT DO NOTHING",  # nosec B608
                    [self.name],
                )
            cursor.execute(
                f"UPDATE {self.table} SET holder = %s, epoch = epoch + 1 WHERE name = %s AND epoch = %s"  # nosec B608
                f" AND NOT EXISTS (SELECT 1 FROM {self.presence.table} p WHERE p.id = holder AND NOT p.retired)"
                " RETURNING epoch",
                [self.presence.incarnation, self.name, seen_epoch],
            )
            row = cursor.fetchone()
        if row:
            self._epoch = row[0]
            self.on_change()
