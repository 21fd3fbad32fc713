"""Every service is read anew within a minute, a few at a time."""

from uuid import UUID

import pytest

from scheduler.controllers.services.loop import Rounds


@pytest.mark.parametrize(("count", "turn_s"), [(250, 1.0), (3, 1.0), (1_000, 0.05), (7, 45.0)])
def test_each_has_its_turn_once_a_round(count: int, turn_s: float) -> None:
    keys = [UUID(int=number) for number in range(count)]
    rounds, seen, now_s, most = Rounds(60.0), list[UUID](), 0.0, 0
    while now_s <= 180.0:
        taken = rounds.next(now_s, lambda: list(keys))
        seen += taken
        most = max(most, len(taken))
        now_s += turn_s
    assert seen[:count] == keys
    assert set(seen[count : 2 * count]) == set(keys)
    assert most <= count / 60 * turn_s + 1


def test_it_says_when_the_next_one_has_its_turn() -> None:
    keys = [UUID(int=number) for number in range(240)]
    rounds, now_s, turns = Rounds(60.0), 0.0, 0
    rounds.next(now_s, lambda: list(keys))
    seen = list[UUID]()
    while len(seen) < len(keys):
        wait_s = rounds.next_in_s()
        assert wait_s is not None
        now_s, turns = now_s + wait_s + 1e-9, turns + 1
        seen += rounds.next(now_s, list)
    assert (seen, turns) == (keys, len(keys)), "one by one, a quarter of a second apart"
    assert now_s == pytest.approx(60.0)
    assert rounds.next_in_s() is None


def test_without_services_there_is_no_turn() -> None:
    assert Rounds(60.0).next(0.0, list) == Rounds(60.0).next(9.0, list) == []
