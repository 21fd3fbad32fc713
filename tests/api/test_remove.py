"""Remove: the wish stands until the engine was seen without it; then it is out of the list, but still to be read."""

from containers import actions
from containers.models import Container
from containers.states import By, Status
from containers.transitions import Move, Observation, add_next, move, observe_many
from core.events.models import Event
from tests.api.conftest import Person
from tests.api.specs import WEB, bring, host_with_room

PATH = "/projects/shop/containers"


def names(person: Person, query: str = "") -> list[str]:
    return [row["name"] for row in person.get(f"{PATH}{query}").json()["results"]]


def test_a_running_container_leaves_the_list_when_it_is_gone(operator: Person) -> None:
    found = operator.post(PATH, WEB).json()["id"]
    row = bring(found, Status.RUNNING, host=host_with_room())
    answer = operator.post(f"{PATH}/{found}/remove")
    assert (answer.status_code, answer.json()["desired"]) == (202, "remove")
    assert operator.post(f"{PATH}/{found}/remove").status_code == 202
    assert names(operator) == ["web"]
    for status in (Status.STOPPING, Status.STOPPED):
        assert move(Move(row.id, status), by=By.AGENT, actor="agent:tests")
    observe_many([Observation(row.id, {"gone": True})], actor="agent:tests")
    assert names(operator) == []
    assert names(operator, "?all=1") == ["web"]
    assert operator.get(f"{PATH}/{found}").json()["gone_at"] is not None
    late = operator.post(f"{PATH}/{found}/remove")
    assert (late.status_code, late.json()["code"]) == (409, "already-removed")
    assert Event.objects.filter(kind="container.remove-asked").count() == 1


def test_a_waiting_container_is_gone_at_once(operator: Person) -> None:
    found = operator.post(PATH, WEB).json()["id"]
    assert operator.post(f"{PATH}/{found}/remove").json()["status"] == "cancelled"
    assert names(operator) == []
    assert operator.post(PATH, WEB).status_code == 201


def test_earlier_attempts_go_along(operator: Person) -> None:
    found = operator.post(PATH, WEB).json()["id"]
    bring(found, Status.EXITED, host=host_with_room())
    operator.post(f"{PATH}/{found}/restart")
    operator.post(f"{PATH}/{found}/remove")
    assert set(Container.objects.values_list("desired", flat=True)) == {"remove"}


def test_one_that_crashed_since_somebody_looked_is_removed_with_its_next_attempt(operator: Person) -> None:
    """The view found the attempt that was current; before the action has its lock, the restarts make the next one."""
    found = operator.post(PATH, {**WEB, "restart": "always"}).json()["id"]
    bring(found, Status.FAILED, host=host_with_room())
    seen = Container.objects.get(pk=found)
    following = add_next(seen.pk, actor="scheduler", message="failed")
    assert actions.remove(seen, actor="user:test").pk == following
    assert set(Container.objects.values_list("desired", flat=True)) == {"remove"}
