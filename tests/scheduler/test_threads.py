"""The loops of one process do not hold each other up: who is urgent goes first, memory is searched seldom and whole."""

import gc
import sys
import threading
import weakref
from collections.abc import Iterator

import pytest

from core.lib.clock import monotonic_s
from scheduler import threads
from scheduler.threads import STEP_BACK_S, Sweeps, Urgent


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    was = sys.getswitchinterval()
    yield
    gc.unfreeze()
    sys.setswitchinterval(was)


class Ring:
    """Only a cycle holds it."""

    def __init__(self) -> None:
        self.own = self


def test_threads_take_turns_more_often() -> None:
    threads.share_fairly()
    assert sys.getswitchinterval() < 0.001


def test_who_has_time_waits_for_what_is_urgent_and_not_longer() -> None:
    urgent, order = Urgent(), list[str]()
    urgent.step_back()  # nobody is

    def other() -> None:
        urgent.step_back()
        order.append("other")

    with urgent:
        thread = threading.Thread(target=other)
        thread.start()
        order.append("urgent")
    thread.join()
    assert order == ["urgent", "other"]
    with urgent:
        began_s = monotonic_s()
        urgent.step_back()
        assert monotonic_s() - began_s >= STEP_BACK_S / 2
        # and comes back: the work may go on for long


def test_what_fails_is_urgent_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "STEP_BACK_S", 3_600.0)
    urgent = Urgent()
    with pytest.raises(ValueError, match="no"), urgent:
        raise ValueError("no")
    urgent.step_back()  # at once


def test_after_a_long_turn_what_stays_is_not_searched_again_and_what_ended_is_gone() -> None:
    sweeps, gone = Sweeps(), Ring()
    seen = weakref.ref(gone)
    del gone
    sweeps.after(0.01)
    assert gc.get_freeze_count() == 0, "a short turn leaves little"
    sweeps.after(0.5)
    assert gc.get_freeze_count() > 1_000
    assert seen() is None
    kept = gc.get_freeze_count()
    sweeps.after(0.5)
    assert gc.get_freeze_count() <= kept, "seldom"


def test_what_was_kept_away_is_found_by_the_next_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "SWEEP_EVERY_S", 0.0)
    sweeps, late = Sweeps(), Ring()
    seen = weakref.ref(late)
    sweeps.after(0.5)
    del late
    gc.collect()
    assert seen() is not None, "it is not searched by Python itself"
    sweeps.after(0.5)
    assert seen() is None
