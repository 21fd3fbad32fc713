"""Poison objects: five failures set one aside, a minute later it is tried again, a success forgets."""

from scheduler.trouble import Trouble


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
