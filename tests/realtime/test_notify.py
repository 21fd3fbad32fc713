"""Hints: they ring at commit and only then, carry bounded ids, merge, and a lost connection is told as a gap."""

import queue
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import connection, transaction

from core.lib.notify import LISTENER, Hints, Listener, hint, merge, pack, unpack


class Heard:
    """A listener and what it heard."""

    def __init__(self) -> None:
        self.hints: queue.Queue[Hints] = queue.Queue()
        self.gaps: queue.Queue[float] = queue.Queue()
        self.listener = Listener(self.hints.put, lambda: self.gaps.put(time.monotonic()), poll_s=0.2)


@pytest.fixture
def heard(transactional_db: None) -> Iterator[Heard]:
    made = Heard()
    made.listener.start()
    made.gaps.get(timeout=10)
    yield made
    made.listener.stop()
    assert not made.listener.is_alive()


def test_a_hint_rings_at_commit_and_not_before(heard: Heard) -> None:
    with transaction.atomic():
        hint(host=[3])
        with pytest.raises(queue.Empty):
            heard.hints.get(timeout=0.3)
    assert heard.hints.get(timeout=5) == {"host": [3]}


def test_a_rolled_back_hint_never_rings(heard: Heard) -> None:
    with transaction.atomic():
        hint(host=[3])
        transaction.set_rollback(True)
    hint(host=[4])
    assert heard.hints.get(timeout=5) == {"host": [4]}


def test_hints_that_wait_come_merged(heard: Heard) -> None:
    with transaction.atomic():
        for number in range(50):
            hint(host=[number], event=True)
    found: Hints = {}
    while found != {"host": list(range(50)), "event": True}:
        merge(found, heard.hints.get(timeout=5))
    assert heard.hints.empty()


def test_a_killed_connection_is_a_gap_and_is_replaced(heard: Heard) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = %s AND datname = current_database()",
            [LISTENER],
        )
        assert (True,) in cursor.fetchall()
    heard.gaps.get(timeout=5)
    hint(host=[5])
    assert heard.hints.get(timeout=5) == {"host": [5]}


def test_a_hearer_that_fails_does_not_silence_the_bell(transactional_db: None) -> None:
    calls: queue.Queue[Hints] = queue.Queue()
    gaps: queue.Queue[float] = queue.Queue()

    def fails(hints: Hints) -> None:
        calls.put(hints)
        raise ValueError("a fault of the hearer")

    listener = Listener(fails, lambda: gaps.put(0.0), poll_s=0.2)
    listener.start()
    try:
        for number in range(2):
            gaps.get(timeout=10)
            hint(host=[number])
            assert calls.get(timeout=5) == {"host": [number]}
    finally:
        listener.stop()


def test_long_hints_say_many() -> None:
    ids = [uuid4() for _ in range(101)]
    assert unpack(pack({"container": ids})) == {"container": True}
    assert unpack(pack({"container": ids[:100]})) == {"container": [str(one) for one in ids[:100]]}
    many: Hints = {
        "container": ids[:100],
        "host": [10**18 + n for n in range(100)],
        "sample": [10**18 + n for n in range(100)],
    }
    text = pack(many)
    assert len(text) <= 7_900
    assert unpack(text)["container"] is True
    assert pack({"container": []}) == ""


@pytest.mark.parametrize("payload", ["", "nonsense", "[1]", '"x"', "null"])
def test_what_is_no_hint_is_nothing(payload: str) -> None:
    assert unpack(payload) == {}
