"""Which few moves help most: tables by hand, and on random fleets what must hold whatever stands where."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from random import Random
from uuid import UUID

import numpy as np
import pytest

from scheduler.forecast.rebalance import GOALS, WORTH, Change, Field, Goal, Lodger, Move, choose, settled
from scheduler.placement import Fleet, Shape
from scheduler.placement.filters import FILTERS
from scheduler.placement.gpus import GpuWish, Park
from scheduler.placement.look import look
from scheduler.placement.weighed import loads
from tests.forecast.test_loss import MIB, _has_room, shape
from tests.forecast.test_loss import fleet as random_fleet

GIB = 1024 * MIB


def fleet(*memory: int) -> Fleet:
    """Hosts with so many GiB, and plenty of CPU."""
    count = len(memory)
    return Fleet(
        ids=np.arange(1, count + 1),
        names=tuple(f"h{number + 1}" for number in range(count)),
        ready=np.ones(count, dtype=np.bool_),
        unready_words=("",) * count,
        availability=("active",) * count,
        cpu_allocatable=np.full(count, 64_000),
        cpu_reserved=np.zeros(count, dtype=np.int64),
        memory_allocatable=np.array([one * GIB for one in memory], dtype=np.int64),
        memory_reserved=np.zeros(count, dtype=np.int64),
        containers=np.zeros(count, dtype=np.int64),
        labels=({},) * count,
        architectures=("amd64",) * count,
        data_addresses=("10.0.0.1",) * count,
    )


def key(number: int) -> UUID:
    return UUID(int=number)


def lodger(made: Fleet, row: int, memory: float, *, service: int, many: int = 1, moves: bool = True) -> Lodger:
    """So many of a service stand there, and hold their room."""
    asked = Shape(memory_bytes=int(memory * GIB), cpu_millis=100)
    made.add([row] * many, asked)
    ids = tuple(key(service * 1000 + row * 100 + number) for number in range(many))
    return Lodger(row, asked, key(service), many, ids if moves else ())


def told(moves: list[Move]) -> list[tuple[int, int, int]]:
    return [(one.service.int, one.source, one.to) for one in moves]


def test_those_of_one_service_part_first() -> None:
    made = fleet(16, 16, 16)
    found = choose(
        made,
        [lodger(made, 0, 1, service=1, many=3), lodger(made, 1, 1, service=2), lodger(made, 2, 1, service=3)],
        goal="spread",
        most=5,
    )
    assert told(found) == [(1, 0, 1), (1, 0, 2)]
    assert found[0].why == "3 of its service stand on h1, none on h2"


def test_an_empty_host_gets_its_share_and_then_all_is_let_be() -> None:
    made = fleet(8, 8)
    found = choose(made, [lodger(made, 0, 1, service=number) for number in range(1, 7)], goal="spread", most=50)
    assert told(found) == [(number, 0, 1) for number in range(1, len(found) + 1)]
    assert 2 <= len(found) <= 3
    assert found[0].why == "h1 is booked to 75%, h2 to 0%"


@pytest.mark.parametrize("most", [1, 2, 50])
def test_the_budget_is_kept_and_the_best_go_first(most: int) -> None:
    made = fleet(16, 16)
    lodgers = [lodger(made, 0, 1, service=1, many=2), lodger(made, 0, 4, service=4, moves=False)]
    lodgers += [lodger(made, 0, 2, service=2), lodger(made, 0, 1, service=3)]
    found = choose(made, lodgers, goal="spread", most=most)
    assert told(found)[:2] == [(1, 0, 1), (2, 0, 1)][: min(most, 2)]
    assert len(found) <= most


def test_pressure_goes_where_there_is_none() -> None:
    made = fleet(10, 10, 10)
    lodgers = [lodger(made, 0, 3, service=number) for number in (1, 2, 3)] + [lodger(made, 1, 5, service=4)]
    (found,) = choose(made, lodgers, goal="pressure", most=5)
    assert (found.source, found.to) == (0, 2)
    assert found.why == "h1 is booked to 90%, h3 to 0%"


def test_room_is_brought_together_so_that_any_host_may_be_lost() -> None:
    """Two hosts have room for half of the large one each: losing its host would leave it without any."""
    made = fleet(4, 4, 4)
    lodgers = [lodger(made, 0, 2, service=1)]
    lodgers += [lodger(made, row, 1, service=10 * row + n) for row in (1, 2) for n in (1, 2, 3)]
    (found,) = choose(made, lodgers, goal="spare", most=5)
    assert (found.source, found.to) == (1, 0)
    assert found.why == "1 would find no host if a host were lost, 0 after this"


def test_what_may_not_be_moved_stays() -> None:
    made = fleet(8, 8)
    lodgers = [lodger(made, 0, 1, service=1, many=3, moves=False), lodger(made, 0, 2, service=2)]
    assert told(choose(made, lodgers, goal="spread", most=5)) == [(2, 0, 1)]


def test_what_waited_and_has_a_host_now_is_no_loss() -> None:
    """It would find none after a loss of its host; before it had none at all."""
    made = fleet(4, 4, 4)
    lodgers = [lodger(made, row, 2, service=row + 1) for row in range(3)]
    asked = Shape(memory_bytes=2 * GIB, cpu_millis=100)
    then = [Change(1, row, asked, key(9)) for row in (0, 1)]
    before = settled(made, lodgers, (), waiting=2)
    assert (before.unplaced, settled(made, lodgers, then, waiting=0).unplaced) == (6, 3)
    assert settled(made, lodgers, then[:1], waiting=1).unplaced == 3


def test_devices_that_somebody_got_are_nobody_elses() -> None:
    free = np.full((2, 1), 1000, dtype=np.int16)
    made = replace(fleet(8, 8), park=Park(free, ("T4",) * 2, np.zeros(2, dtype=np.bool_)))
    asked = Shape(memory_bytes=GIB, cpu_millis=100, gpus=GpuWish(1))
    one, both = [Change(1, 0, asked, key(9), (0,))], [Change(1, row, asked, key(9), (0,)) for row in (0, 1)]
    assert [settled(made, [], some, waiting=0).unplaced for some in (one, both)] == [0, 2]


# --- whatever stands where


def crowd(rng: Random, made: Fleet) -> list[Lodger]:
    found = []
    for number in range(1, rng.randint(2, 7)):
        one = shape(rng, number)
        steady = rng.random() < 0.8 and not one.asked_ports()
        for row in range(len(made)):
            count = rng.choice((0, 0, 1, 2, 3))
            while count and not _has_room(made, row, one, count):
                count -= 1
            if count:
                made.add([row] * count, one)
                ids = tuple(key(number * 1000 + row * 20 + n) for n in range(count))
                found.append(Lodger(row, one, key(number), count, ids if steady else (), rng.random() < 0.9))
    return found


def replay(made: Fleet, lodgers: list[Lodger], moves: list[Move]) -> list[Field]:
    """The field before the first move and after each; each goes where every filter lets it."""
    fields = [Field(made, lodgers)]
    for one in moves:
        now = fields[-1]
        mine = next(lodger for lodger in now.lodgers if one.container in lodger.ids)
        assert (mine.row, mine.service) == (one.source, one.service)
        assert one.to in look(mine.shape, now.fleet, filters=FILTERS, terms=()).fits
        first = mine._replace(ids=(one.container, *(key for key in mine.ids if key != one.container)))
        now.lodgers[now.lodgers.index(mine)] = first
        fields.append(now.moved(first, one.to))
    return fields


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("seed", range(25))
def test_each_move_is_better_and_nothing_is_worse(seed: int, goal: Goal) -> None:
    rng = Random(seed)
    made = random_fleet(rng, hosts=rng.choice((2, 3, 5, 8)))
    lodgers, most = crowd(rng, made), rng.randint(1, 6)
    moves = choose(made, lodgers, goal=goal, most=most)
    assert len(moves) <= most
    assert Counter(one.container for one in moves) == Counter({one.container for one in moves})
    measures = [field.measure() for field in replay(made, lodgers, moves)]
    for before, after in pairwise(measures):
        assert after.is_better(before, goal), (before, after)
        assert after.together <= before.together
        assert after.pressed <= before.pressed
        assert after.unplaced <= before.unplaced
    assert choose(made, lodgers, goal=goal, most=most) == moves
    assert choose(made, lodgers, goal=goal, most=most + 1)[:most] == moves


@pytest.mark.parametrize("seed", range(40))
def test_the_first_move_is_the_best_of_all(seed: int) -> None:
    """By trying every container: for the even spread none would bring more."""
    rng = Random(1000 + seed)
    made = random_fleet(rng, hosts=rng.choice((2, 3, 4)))
    lodgers = crowd(rng, made)
    field, found = Field(made, lodgers), choose(made, lodgers, goal="spread", most=1)
    before, targets, load = field.measure(), field._targets(), loads(Shape(), made)[0]
    best = []
    for one in lodgers:
        to = targets[field.kind_of[one.shape]][1]
        if one.ids and to not in (-1, one.row):
            after = field.moved(one, to).measure()
            apart = load[one.row] - load[to] - loads(one.shape, made)[1][to] >= WORTH
            if after.is_better(before, "spread") and (after.together < before.together or apart):
                best.append(after.key("spread"))
    if not best:
        assert found == []
    else:
        (move,) = found
        after = replay(made, lodgers, found)[1].measure()
        assert after.key("spread") == pytest.approx(min(best)), move
