"""Back-off as tables: at once, then 1 s doubling to 5 min, anew after ten healthy minutes."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.controllers.backoff import Attempt, crashes, limit_s, never_ran

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def ended(status: str = "failed", ran_s: float | None = 1.0, reason: str = "exit") -> Attempt:
    started = None if ran_s is None else NOW - timedelta(seconds=ran_s)
    return Attempt(status, started, NOW, 1, reason)


@pytest.mark.parametrize(
    ("count", "seconds"), [(0, 0), (1, 0), (2, 1), (3, 2), (4, 4), (9, 128), (10, 256), (11, 300), (5000, 300)]
)
def test_the_longest_wait(count: int, seconds: float) -> None:
    assert limit_s(count) == seconds


@pytest.mark.parametrize(
    ("attempts", "count"),
    [
        ([ended()], 1),
        ([ended(), ended(), ended("exited")], 3),
        ([ended(), ended("stopped"), ended()], 1),
        ([ended(), ended("lost"), ended()], 1),
        ([ended(ran_s=600)], 0),
        ([ended(ran_s=599.9), ended(ran_s=601), ended()], 1),
        ([ended(ran_s=None), ended()], 2),
        ([], 0),
    ],
)
def test_crashes_in_a_row(attempts: list[Attempt], count: int) -> None:
    assert crashes(attempts) == count


def test_attempts_that_never_ran() -> None:
    newest, older = ended(ran_s=None, reason="port-taken"), ended(ran_s=None, reason="disk-full")
    assert never_ran([newest, older, ended(), ended(ran_s=None)]) == [newest, older]
    assert never_ran([ended(), newest]) == []
