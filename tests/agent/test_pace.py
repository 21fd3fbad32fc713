"""The start bucket of an engine and the turnstile of a registry: bursts pass, storms are spread, nobody waits long."""

import threading
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from containers.agent import pace
from containers.agent.pace import Bucket, Turnstile
from tests.whole.installation import wait_for


def test_a_burst_passes_and_the_rest_is_spread() -> None:
    bucket = Bucket(rate=10, burst=20)
    waits = [bucket.book(100.0) for _ in range(30)]
    assert waits[:20] == pytest.approx([0.0] * 20)
    assert waits[20:] == pytest.approx([(number + 1) / 10 for number in range(10)])
    assert bucket.book(200.0) == 0.0, "after a rest it is full again"


@given(st.lists(st.floats(0, 5), min_size=1, max_size=200), st.floats(1, 50), st.integers(1, 50))
def test_no_stretch_of_time_sees_more_than_burst_and_rate(gaps: list[float], rate: float, burst: int) -> None:
    bucket, now_s, used = Bucket(rate, burst), 0.0, []
    for gap in gaps:
        now_s += gap
        used.append(now_s + bucket.book(now_s))
    used.sort()
    for first in range(len(used)):
        for last in range(first, len(used)):
            assert last - first + 1 <= burst + rate * (used[last] - used[first]) + 1 + 1e-6


class Pulls:
    """Threads that pull from a registry until they are let go."""

    def __init__(self, gate: Turnstile) -> None:
        self.gate, self.inside, self.waited = gate, 0, 0
        self.go_on = threading.Event()
        self._guard = threading.Lock()
        self._threads: list[threading.Thread] = []

    def begin(self, name: str) -> None:
        thread = threading.Thread(target=self._pull, args=(name,), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _pull(self, name: str) -> None:
        with self.gate.turn(name, waiting=self._wait):
            with self._guard:
                self.inside += 1
            self.go_on.wait(10)

    def _wait(self) -> None:
        self.waited += 1

    def end(self) -> None:
        self.go_on.set()
        for thread in self._threads:
            thread.join(10)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "LOOK_S", 0.02)


def test_so_many_at_a_time_for_each_registry() -> None:
    pulls = Pulls(Turnstile(2))
    for _ in range(3):
        pulls.begin("one.test")
    pulls.begin("other.test")
    wait_for(lambda: pulls.inside == 3 and pulls.waited > 2, timeout_s=5, what="two of one, one of the other")
    assert pulls.inside == 3
    pulls.end()
    assert pulls.inside == 4


def test_who_has_waited_long_goes_through_and_leaves_no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "TURN_WITHIN_S", 0.1)
    gate = Turnstile(1)
    pulls = Pulls(gate)
    pulls.begin("hangs.test")
    wait_for(lambda: pulls.inside == 1, timeout_s=5, what="the first is at it")
    pulls.begin("hangs.test")
    wait_for(lambda: pulls.inside == 2, timeout_s=5, what="the second goes through")
    pulls.end()
    with gate.turn("hangs.test", waiting=lambda: pytest.fail("it is free again")):
        pass


class NotWantedError(Exception):
    """What `waiting` raises when nobody wants the image any more."""


def test_what_waiting_raises_ends_the_wait() -> None:
    gate = Turnstile(1)

    def refuse() -> None:
        raise NotWantedError

    with gate.turn("r.test", waiting=refuse), suppress(NotWantedError), gate.turn("r.test", waiting=refuse):
        pytest.fail("it was not its turn")
    with gate.turn("r.test", waiting=refuse):
        pass
