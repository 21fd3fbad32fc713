"""One stream of the fleet: tables of rows as last told, their difference to what is now, numbered frames. Pure.

Before: the hub reads rows. After: every subscriber of the stream takes the same frames from the ring at its own
pace; whoever falls out of the ring must begin again. So a slow client costs a number, not a queue.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from orchestra.realtime.messages import Frame, Row, columns, frame

Kind = Literal["hosts", "services", "containers"]
Key = Any  # a slot's or a service's uuid, a host's id
Values = tuple[Any, ...]

ROWS_PER_FRAME = 1000
RING_FRAMES = 2048
RING_BYTES = 4 * 1024 * 1024
SNAPSHOT_FRESH_S = 5.0


@dataclass(slots=True)
class Change:
    """What differs between a table and what was read: rows to add, to change in some columns, to take away."""

    added: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    places: set[int] = field(default_factory=set)
    removed: list[int] = field(default_factory=list)


class Table:
    """Rows as the subscribers know them. Row ids rise and are never given out twice."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.rows: dict[Key, tuple[int, Values]] = {}
        self._next = 1

    def update(self, fresh: Mapping[Key, Values | None]) -> Change:
        """Take in what was read (None: there is no such row) and say what is different."""
        change = Change()
        for key, values in fresh.items():
            had = self.rows.get(key)
            if values is None:
                if had is not None:
                    del self.rows[key]
                    change.removed.append(had[0])
            elif had is None:
                self.rows[key] = (self._next, values)
                change.added.append(self.rows[key])
                self._next += 1
            elif had[1] != values:
                self.rows[key] = (had[0], values)
                change.changed.append(self.rows[key])
                change.places.update(place for place, old in enumerate(had[1]) if old != values[place])
        return change


class Snapshot:
    """All rows of a stream as they were at `seq`, in frames that are written when the first reader needs them."""

    def __init__(self, stream: "Stream", now_s: float) -> None:
        self.seq = stream.seq
        self.taken_s = now_s
        self._epoch = stream.epoch
        self._parts = [
            (kind, table.names, offset, rows, last)
            for kind, table in stream.tables.items()
            for offset, rows, last in _parts(list(table.rows.values()))
        ]
        self._frames: dict[int, Frame] = {}

    def __len__(self) -> int:
        return len(self._parts)

    def frame(self, number: int) -> Frame:
        if number not in self._frames:
            kind, names, offset, rows, last = self._parts[number]
            self._frames[number] = frame(
                "snap",
                epoch=self._epoch,
                seq=self.seq,
                kind=kind,
                offset=offset,
                rows=[row for row, _ in rows],
                cols=columns(names, [values for _, values in rows]),
                last=last,
            )
        return self._frames[number]


class Stream:
    """The feed of one project, or of the platform. `seq` is the number of the last frame; a snapshot bears the
    number of the frame it follows."""

    def __init__(self, epoch: str, tables: Mapping[Kind, Table]) -> None:
        self.epoch = epoch
        self.seq = 0
        self.tables = dict(tables)
        self._ring: deque[Frame] = deque()
        self._ring_bytes = 0
        self._snapshot: Snapshot | None = None

    def fill(self, kind: Kind, rows: Mapping[Key, Values | None]) -> None:
        """The first rows, before anybody watches: they stand in the snapshot and need no frames."""
        self.tables[kind].update(rows)

    def update(self, kind: Kind, fresh: Mapping[Key, Values | None], *, ts_ms: int) -> bool:
        """Take in what was read; True when there are new frames."""
        table = self.tables[kind]
        change = table.update(fresh)
        before = self.seq
        for _, removed, _ in _parts(change.removed):
            if removed:
                self._push("del", kind, ts_ms, rows=removed)
        for _, rows, _ in _parts(change.added):
            if rows:
                self._push("add", kind, ts_ms, **_shape(table, rows, None))
        for _, rows, _ in _parts(change.changed):
            if rows:
                self._push("d", kind, ts_ms, **_shape(table, rows, change.places))
        return self.seq != before

    def after(self, seq: int) -> Frame | None:
        """The frame behind `seq`; None when there is none yet. LookupError when it is not kept any more."""
        if seq == self.seq:
            return None
        place = len(self._ring) - (self.seq - seq)
        if place < 0 or seq > self.seq:
            raise LookupError(f"frame {seq + 1} is gone")
        return self._ring[place]

    def snapshot(self, now_s: float) -> Snapshot:
        """What a new subscriber begins with; those who come together share one."""
        kept = self._snapshot
        if kept is None or not self._is_usable(kept, now_s):
            self._snapshot = kept = Snapshot(self, now_s)
        return kept

    def _is_usable(self, kept: Snapshot, now_s: float) -> bool:
        if kept.seq == self.seq:
            return True
        return now_s - kept.taken_s <= SNAPSHOT_FRESH_S and self.seq - kept.seq <= len(self._ring) // 2

    def forget_snapshot(self, now_s: float) -> None:
        """Let go of a snapshot that nobody will share any more."""
        if self._snapshot is not None and now_s - self._snapshot.taken_s > SNAPSHOT_FRESH_S:
            self._snapshot = None

    def beat(self, ts_ms: int) -> Frame:
        return frame("beat", epoch=self.epoch, seq=self.seq, ts=ts_ms)

    def _push(self, name: str, kind: Kind, ts_ms: int, **fields: Any) -> None:
        self.seq += 1
        pushed = frame(name, epoch=self.epoch, seq=self.seq, ts=ts_ms, kind=kind, **fields)
        self._ring.append(pushed)
        self._ring_bytes += len(pushed.rest)
        while len(self._ring) > RING_FRAMES or (self._ring_bytes > RING_BYTES and len(self._ring) > 1):
            self._ring_bytes -= len(self._ring.popleft().rest)


def _shape(table: Table, rows: Sequence[Row], places: set[int] | None) -> dict[str, Any]:
    return {
        "rows": [row for row, _ in rows],
        "cols": columns(table.names, [values for _, values in rows], places),
    }


def _parts(rows: list[Any]) -> Iterator[tuple[int, list[Any], bool]]:
    """Cut into frames: (offset, rows, whether it is the last). An empty list is one empty part."""
    for offset in range(0, max(len(rows), 1), ROWS_PER_FRAME):
        yield offset, rows[offset : offset + ROWS_PER_FRAME], offset + ROWS_PER_FRAME >= len(rows)
