"""Whose turn it is to be rebalanced: a table, without rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scheduler.controllers.rebalances import Ground, plan
from scheduler.models import ProjectRebalance

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def wish(pk: int, ago_s: float | None = None, **values: Any) -> ProjectRebalance:
    looked_at = None if ago_s is None else NOW - timedelta(seconds=ago_s)
    return ProjectRebalance(project_id=pk, looked_at=looked_at, **{"is_on": True, "interval_s": 900, **values})


@pytest.mark.parametrize(
    ("rows", "chosen"),
    [
        ([], None),
        ([wish(1)], 1),
        ([wish(1, 899)], None),
        ([wish(1, 900)], 1),
        ([wish(1, 899), wish(2, 900)], 2),
        ([wish(1, 1000), wish(2, 900)], 1),  # in the order in which they were looked at
        ([wish(1, is_on=False)], None),
        ([wish(1, 900, misses=1)], None),
        ([wish(1, 1800, misses=1)], 1),
        ([wish(1, 10, is_under_way=True), wish(2)], None),
        ([wish(1, 10, is_under_way=True, is_on=False), wish(2)], None),
        ([wish(1, 601, is_under_way=True), wish(2)], 2),  # it has waited for long enough for that one
        ([wish(1, 5000, is_under_way=True)], None),
    ],
)
def test_whose_turn_it_is(rows: list[ProjectRebalance], chosen: int | None) -> None:
    found = plan(rows, Ground(NOW)).wish
    assert (None if found is None else found.project_id) == chosen


def test_what_speaks_against_it_is_told_to_whom_it_keeps_waiting() -> None:
    due, not_yet = wish(1), wish(2, 10)
    found = plan([due, not_yet], Ground(NOW, brakes="a brake holds", hosts="h1 is new"))
    assert (found.wish, found.held, found.why_not) == (None, [due], "a brake holds")
    assert plan([due], Ground(NOW, hosts="h1 is new")).why_not == "h1 is new"
