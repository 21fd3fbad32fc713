"""A stream: who takes the snapshot and then every frame has the table; row ids never come back; the ring is bounded."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestra.realtime import feed
from orchestra.realtime.access import Topic
from orchestra.realtime.client import FleetSubscription
from orchestra.realtime.feed import Stream, Table
from orchestra.realtime.messages import Frame
from tests.realtime.live import Fleet

NAMES = ("name", "state", "cpu")
Rows = dict[str, tuple[str, str, int] | None]
ROW = st.one_of(st.none(), st.tuples(st.just("n"), st.sampled_from(["a", "b"]), st.integers(0, 2)))
READS = st.lists(st.dictionaries(st.sampled_from("pqrst"), ROW, max_size=5), max_size=12)


def stream() -> Stream:
    return Stream("e", {"hosts": Table(NAMES), "containers": Table(NAMES)})


def read(frame: Frame) -> dict[str, Any]:
    text = frame.text(7)
    assert len(text) == frame.size_bytes(7)
    found: dict[str, Any] = json.loads(text)
    assert found["sub"] == 7
    return found


def drain(subscription: FleetSubscription, into: Fleet) -> list[dict[str, Any]]:
    taken = []
    while (frame := subscription.peek()) is not None:
        subscription.taken()
        taken.append(read(frame))
        if taken[-1]["t"] == "resync":
            break
        into.take(taken[-1])
    return taken


@given(READS, READS)
def test_snapshot_and_frames_make_the_table(before: list[Rows], after: list[Rows]) -> None:
    made, truth = stream(), {}
    for fresh in before:
        made.update("containers", fresh, ts_ms=1)
        truth.update(fresh)
    watching, told = FleetSubscription(7, Topic("fleet"), made, 0.0, 1), Fleet()
    for fresh in after:
        made.update("containers", fresh, ts_ms=2)
        truth.update(fresh)
    drain(watching, told)
    shown = sorted(tuple(row[name] for name in NAMES) for row in told.rows["containers"].values())
    assert shown == sorted(row for row in truth.values() if row is not None)
    assert told.complete == {"hosts", "containers"}


def test_only_the_columns_that_changed_go_out() -> None:
    made = stream()
    made.fill("containers", {"p": ("p", "a", 1), "q": ("q", "a", 1)})
    assert made.seq == 0, "what nobody has seen needs no frame"
    made.update("containers", {"p": ("p", "b", 1), "q": ("q", "a", 1)}, ts_ms=5)
    frame = made.after(0)
    assert frame is not None
    assert read(frame) == {
        "t": "d", "sub": 7, "epoch": "e", "seq": 1, "ts": 5, "kind": "containers", "rows": [1], "cols": {"state": ["b"]}
    }  # fmt: skip
    assert not made.update("containers", {"p": ("p", "b", 1)}, ts_ms=6)


def test_a_row_that_comes_back_has_a_new_id() -> None:
    made, told = stream(), Fleet()
    watching = FleetSubscription(7, Topic("fleet"), made, 0.0, 1)
    for fresh in ({"p": ("p", "a", 1)}, {"p": None}, {"p": ("p", "a", 1)}):
        made.update("hosts", fresh, ts_ms=1)
    drain(watching, told)
    assert list(told.rows["hosts"]) == [2]


def test_who_falls_out_of_the_ring_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "RING_FRAMES", 4)
    made, told = stream(), Fleet()
    watching = FleetSubscription(7, Topic("fleet"), made, 0.0, 1)
    drain(watching, told)
    for number in range(4):
        made.update("hosts", {"p": ("p", "a", number)}, ts_ms=1)
    assert [frame["seq"] for frame in drain(watching, told)] == [1, 2, 3, 4]
    for number in range(4, 9):
        made.update("hosts", {"p": ("p", "a", number)}, ts_ms=1)
    assert [frame["t"] for frame in drain(watching, told)] == ["resync"]
    assert watching.peek() is None


def test_the_ring_is_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "RING_BYTES", 2_000)
    made = stream()
    for number in range(100):
        made.update("hosts", {"p": ("p" * 300, "a", number), "q": (str(number) * 100, "a", 1)}, ts_ms=1)
    assert sum(len(frame.rest) for frame in made._ring) <= 2_000
    with pytest.raises(LookupError):
        made.after(0)


def test_who_begins_with_an_older_snapshot_is_told_when_it_is_up_to_date() -> None:
    made = stream()
    for number in range(4):
        made.update("containers", {"p": ("p", "a", number)}, ts_ms=1)
    made.snapshot(0.0)
    made.update("containers", {"p": None, "q": ("q", "a", 1)}, ts_ms=1)
    watching, told = FleetSubscription(7, Topic("fleet"), made, 4.0, 2), Fleet()
    frames = drain(watching, told)
    assert [frame["t"] for frame in frames] == ["snap", "snap", "del", "add", "beat"]
    assert (frames[-1]["seq"], frames[-1]["ts"]) == (6, 2)
    assert watching.peek() is None


def test_a_snapshot_is_cut_and_shared() -> None:
    made = stream()
    made.fill("containers", {str(n): (str(n), "a", n) for n in range(2_500)})
    one, two = made.snapshot(0.0), made.snapshot(1.0)
    assert one is two
    frames = [read(one.frame(number)) for number in range(len(one))]
    assert [(f["kind"], f["offset"], len(f["rows"]), f["last"]) for f in frames] == [
        ("hosts", 0, 0, True),
        ("containers", 0, 1000, False),
        ("containers", 1000, 1000, False),
        ("containers", 2000, 500, True),
    ]


def test_a_heartbeat_comes_behind_the_frames_and_bears_the_last_number() -> None:
    made, told = stream(), Fleet()
    watching = FleetSubscription(7, Topic("fleet"), made, 0.0, 1)
    watching.beat(1)
    made.update("hosts", {"p": ("p", "a", 1)}, ts_ms=1)
    assert [frame["t"] for frame in drain(watching, told)] == ["snap", "snap", "add", "beat"]
    watching.beat(2)
    assert [(frame["t"], frame["seq"]) for frame in drain(watching, told)] == [("beat", 1)]
