"""Poison objects: five failures set one aside, a minute later it is tried again, a success forgets."""

from collections.abc import Sequence

import pytest
from django.db import OperationalError

from core.lib.lease import HoldLost
from scheduler.trouble import Trouble, all_or_each


def test_five_failures_set_it_aside_and_a_minute_later_it_is_tried_again() -> None:
    trouble = Trouble()
    for n in range(1, 6):
        assert not trouble.is_set_aside("x", 0)
        assert trouble.failed("x", "boom", 0) == n
    assert trouble.is_set_aside("x", 59)
    assert not trouble.is_set_aside("x", 60)
    assert not trouble.is_set_aside("y", 0)
    assert trouble.words() == "1 set aside: x: boom"
    trouble.fine("x")
    assert trouble.words() == ""


def test_poison_in_a_batch_fails_alone() -> None:
    done: list[int] = []

    def work(batch: Sequence[int]) -> int:
        if 3 in batch:
            raise ValueError("poison")
        done.extend(batch)
        return len(batch)

    trouble = Trouble()
    assert all_or_each([1, 2, 3, 4], work, key=str, trouble=trouble) == [1, 1, 1]
    assert done == [1, 2, 4]
    assert trouble.failed("3", "poison", 0) == 2


@pytest.mark.parametrize("fault", [HoldLost("over"), OperationalError("gone")])
def test_a_lost_lease_or_database_is_no_objects_fault(fault: Exception) -> None:
    def work(batch: Sequence[int]) -> None:
        raise fault

    trouble = Trouble()
    with pytest.raises(type(fault)):
        all_or_each([1], work, key=str, trouble=trouble)
    assert trouble.failed("1", "", 0) == 1
