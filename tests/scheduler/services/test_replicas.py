"""Which slots exist: the lowest free index comes, what serves least goes, one for each host, none at last."""

from typing import Any

import pytest

from containers.states import Desired, Health, Status
from scheduler.controllers.services.plan import plan_service
from scheduler.controllers.services.types import AddSlot, Gone, RemoveSlot, Slot
from tests.scheduler.services.rows import NOW
from tests.scheduler.services.tables import OLD, asked, attempt, before, crashed, kinds, pending, service, successor

GOING: dict[str, Any] = {"desired": Desired.REMOVE}


def added(*slots: Slot, replicas: int) -> list[str]:
    return [one.key for one in asked(service(*slots, replicas=replicas, rollout=None)) if isinstance(one, AddSlot)]


def removed(*slots: Slot, replicas: int) -> list[str]:
    found = asked(service(*slots, replicas=replicas, rollout=None))
    return [one.key for one in found if isinstance(one, RemoveSlot)]


def test_the_lowest_free_indexes_are_added() -> None:
    slots = [Slot("2", attempt("2")), Slot("4", attempt("4"))]
    assert added(*slots, replicas=5) == ["1", "3", "5"]


def test_an_index_whose_container_still_ends_is_not_free() -> None:
    assert added(Slot("1", attempt("1", **GOING)), Slot("2", attempt("2")), replicas=2) == ["3"]


def test_an_index_whose_container_is_over_is_free() -> None:
    assert added(Slot("1", crashed("1", **GOING)), Slot("2", attempt("2")), replicas=2) == ["1"]


def test_the_total_never_grows_beyond_the_surge_while_others_still_end() -> None:
    """4 live, 3 of them on their way out: of the three that are missing, one may come now (3 desired, 1 more)."""
    slots = [Slot(key, attempt(key, **(GOING if key != "1" else {}))) for key in "1234"]
    assert added(*slots, replicas=3) == []
    assert added(*slots[:3], replicas=3) == ["4"]


def test_what_ends_on_a_silent_host_holds_up_nobody() -> None:
    slots = [Slot(key, attempt(key, desired=Desired.REMOVE, host_ok=False)) for key in "123"]
    assert added(*slots, replicas=2) == ["4", "5"]


@pytest.mark.parametrize(
    ("odd", "goes"),
    [
        (attempt("2", health=Health.UNHEALTHY), "2"),
        (pending("2"), "2"),
        (crashed("2"), "2"),
        (attempt("2", OLD), "2"),
        (attempt("2"), "3"),
    ],
)
def test_scale_down_takes_what_serves_least_then_outdated_then_the_highest(odd: object, goes: str) -> None:
    slots = [Slot("1", attempt("1")), Slot("2", odd), Slot("3", attempt("3"))]  # type: ignore[arg-type]
    assert removed(*slots, replicas=2) == [goes]


def test_a_scale_down_that_has_begun_stays_with_its_slot() -> None:
    """2 leaves the endpoints; 3 has crashed meanwhile, and is not taken as well."""
    slots = [Slot("1", attempt("1")), Slot("2", attempt("2", stop_at=before(-5))), Slot("3", crashed("3"))]
    assert kinds(service(*slots, replicas=2, rollout=None)) == []


def test_one_that_serves_leaves_the_endpoints_first_and_is_removed_when_its_time_has_come() -> None:
    first = asked(service(Slot("1", attempt()), replicas=0, stop_delay_s=7.0, rollout=None))
    assert [one.delay_s for one in first if isinstance(one, RemoveSlot)] == [7.0]
    told = Slot("1", attempt(desired=Desired.STOP, status=Status.STOPPING))
    then = asked(service(told, replicas=0, stop_delay_s=7.0, rollout=None))
    assert [one.delay_s for one in then if isinstance(one, RemoveSlot)] == [0.0]


def test_a_global_service_follows_its_hosts() -> None:
    slots = [Slot("7", attempt("7")), Slot("8", attempt("8"))]
    found = asked(service(*slots, mode="global", hosts=(8, 9), rollout=None))
    assert [(type(one).__name__, getattr(one, "key", "")) for one in found] == [("RemoveSlot", "7"), ("AddSlot", "9")]
    assert [one.host_id for one in found if isinstance(one, AddSlot)] == [9]


def test_a_removed_service_takes_all_with_it_and_says_when_it_is_gone() -> None:
    slots = [Slot("1", attempt("1"), successor("1")), Slot("2", crashed("2"))]
    assert kinds(service(*slots, removing=True)) == ["RemoveSlot", "RemoveSlot"]
    assert kinds(service(Slot("1", attempt("1", **GOING)), removing=True)) == []
    over = Slot("1", attempt("1", status=Status.STOPPED, **GOING))
    assert [type(one) for one in asked(service(over, removing=True))] == [Gone]


def test_a_plan_is_bounded_and_the_rest_follows_at_once() -> None:
    planned = plan_service(service(replicas=1000, rollout=None), NOW, jitter=0)
    assert len(planned.changes) == 200
    assert planned.look_again_s == 0
