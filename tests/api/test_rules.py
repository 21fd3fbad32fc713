"""The tables of verbs against what the API really answers, cell by cell; and the console's copy of them is fresh."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from containers.models import Container, Rollout, Service
from containers.rules import ContainerVerb, Standing, rule_for
from containers.service_actions import standing
from containers.service_rules import SERVICE_RULES, ServiceStanding, ServiceVerb, UnderWay, service_rule_for
from containers.states import FINAL, OCCUPYING, Desired, Status
from core.accounts.models import Project
from core.events.models import Event
from core.lib.rules import Rule
from hosts.engine.fake import fake_host, forget
from hosts.models import Host
from hosts.rules import HostStanding, HostVerb, host_rule_for
from hosts.states import FLAPPING, Availability, Reachable
from orchestra.rules_file import typescript
from tests import rows, services
from tests.api.conftest import Person
from tests.house.source import ROOT

COMES_BACK = {Status.FAILED, Status.EXITED, Status.LOST}


def standings() -> Iterator[Standing]:
    """Every way in which an attempt can stand: what never follows or cannot be gone yet is left out."""
    for desired, status, follows, gone in product(Desired, Status, (False, True), (False, True)):
        may_follow = desired == Desired.STOP or (desired == Desired.RUN and status in COMES_BACK)
        if status == Status.PENDING and desired != Desired.RUN:
            continue  # it is cancelled by the same wish
        if (may_follow or not follows) and (status in FINAL or not gone):
            yield Standing(desired=desired, status=status, follows=follows, gone=gone)
    for status, follows in product(Status, (False, True)):
        if status in COMES_BACK or not follows:
            yield Standing(desired=Desired.RUN, status=status, follows=follows, held=True)
    for desired, status in product(Desired, FINAL):
        yield Standing(desired=desired, status=status, superseded=True)
    for desired, status in product(Desired, Status):
        if status != Status.PENDING or desired == Desired.RUN:
            yield Standing(desired=desired, status=status, of_service=True)
    for status in FINAL:
        yield Standing(desired=Desired.REMOVE, status=status, of_service=True, gone=True)
        yield Standing(desired=Desired.RUN, status=status, of_service=True, superseded=True)
    yield Standing(desired=Desired.RUN, status=Status.RUNNING, of_service=True, held=True)


CELLS = list(standings())


@dataclass
class Shop:
    """Where the rows stand."""

    project: Project
    host: Host
    service: Service
    like: Container

    def stand(self, at: Standing) -> Container:
        """A row as the scheduler, the agent and the actions would have left it."""
        now = timezone.now()
        pending = at.status in (Status.PENDING, Status.CANCELLED)
        return Container.objects.create(
            project=self.project,
            name=f"c-{uuid4().hex[:8]}",
            spec=self.like.spec,
            spec_hash=self.like.spec_hash,
            slot_id=uuid4(),
            desired=at.desired,
            status=at.status,
            superseded=at.superseded,
            gone_at=now if at.gone else None,
            restart="always" if at.follows and at.desired == Desired.RUN else "none",
            restart_asked=at.follows and at.desired == Desired.STOP,
            stop_at=now + timedelta(hours=1) if at.held else None,
            not_before=now + timedelta(hours=1) if at.status == Status.PENDING else None,
            host=None if pending else self.host,
            service=self.service if at.of_service else None,
            cpu_millis=0,
            memory_bytes=0,
        )


@pytest.fixture
def world(shop: Project) -> Shop:
    return Shop(shop, rows.host("h1"), services.service(project=shop), rows.slot("like", project=shop))


def said(person: Person, row: Container, verb: ContainerVerb) -> tuple[int, str, bool]:
    """Status, code and whether anything happened; what happened is taken back."""
    with transaction.atomic():
        before = Event.objects.count()
        answer = person.post(f"/projects/shop/containers/{row.pk}/{verb}")
        happened = Event.objects.count() > before
        transaction.set_rollback(True)
    return answer.status_code, answer.json().get("code", ""), happened


def expected(rule: Rule[Any] | None) -> tuple[int, str, bool]:
    if rule is None:
        return 202, "", True
    return (202, "", False) if rule.is_idle else (409, rule.code, False)


@pytest.mark.parametrize("verb", ContainerVerb)
def test_every_cell_is_what_the_api_answers(world: Shop, operator: Person, verb: ContainerVerb) -> None:
    wrong = []
    for at in CELLS:
        row = world.stand(at)
        row.refresh_from_db()
        assert row.standing() == at
        told, seen = expected(rule_for(verb, at)), said(operator, row, verb)
        if told != seen:
            wrong.append(f"{at}: the table says {told}, the API {seen}")
    assert not wrong


def test_the_table_knows_every_answer() -> None:
    """No rule is there in vain, and every status is stopped, restarted or removed somewhere."""
    found = {verb: [rule_for(verb, at) for at in CELLS] for verb in ContainerVerb}
    used = {rule.code for rules in found.values() for rule in rules if rule}
    assert used == {
        "superseded",
        "already-removed",
        "of-a-service",
        "being-removed",
        "remove-asked",
        "no-held-stop",
        "already-ended",
        "stop-asked",
        "restart-asked",
    }
    for rules in found.values():
        assert None in rules
    assert {at.status for at in CELLS} >= OCCUPYING


def test_a_viewer_is_refused_whatever_stands_there(world: Shop, viewer: Person, stranger: Person) -> None:
    for status, verb in product(Status, ContainerVerb):
        row = world.stand(Standing(desired=Desired.RUN, status=status))
        assert said(viewer, row, verb)[:2] == (403, "forbidden")
        assert said(stranger, row, verb)[:2] == (404, "not-found")


HOST_CELLS = [
    HostStanding(availability=availability, reachable=reachable, flapping=flapping)
    for availability, reachable, flapping in product(Availability, Reachable, (False, True))
]
HOST_PATHS: dict[HostVerb, tuple[str, str, Any]] = {
    HostVerb.CORDON: ("post", "/hosts/h1/cordon", None),
    HostVerb.UNCORDON: ("post", "/hosts/h1/uncordon", None),
    HostVerb.DRAIN: ("post", "/hosts/h1/drain", None),
    HostVerb.MARK_DEAD: ("post", "/hosts/h1/mark-dead", {"confirm": "h1"}),
    HostVerb.REMOVE: ("delete", "/hosts/h1", None),
}


@pytest.mark.parametrize("verb", HostVerb)
def test_every_cell_of_hosts_too(admin: Person, operator: Person, verb: HostVerb) -> None:
    forget("rows")
    host = rows.host("h1")
    fake_host(host.url).refuse()
    method, path, body = HOST_PATHS[verb]
    for at in HOST_CELLS:
        bad = {FLAPPING: {"status": "bad", "message": "", "since": ""}} if at.flapping else {}
        Host.objects.filter(pk=host.pk).update(availability=at.availability, reachable=at.reachable, conditions=bad)
        host.refresh_from_db()
        assert host.standing() == at
        rule = host_rule_for(verb, at)
        with transaction.atomic():
            before = Event.objects.count()
            answer = getattr(admin, method)(path, *([body] if body else []))
            happened = Event.objects.count() > before
            transaction.set_rollback(True)
        refused = rule is not None and not rule.is_idle
        assert (answer.status_code == 409) == refused, (at, answer.content)
        assert happened == (rule is None), at
        if refused and rule is not None:
            assert answer.json()["code"] == rule.code
        assert getattr(operator, method)(path, *([body] if body else [])).status_code == 403
    forget("rows")


SERVICE_CELLS = [
    ServiceStanding(removing=removing, paused=paused, is_global=is_global, rollout=rollout)
    for removing, paused, is_global, rollout in product((False, True), (False, True), (False, True), UnderWay)
]


def stand(service: Service, at: ServiceStanding) -> None:
    """The service as actions and the scheduler would have left it."""
    Service.objects.filter(pk=service.pk).update(
        desired="remove" if at.removing else "run", paused=at.paused, mode="global" if at.is_global else "replicated"
    )
    latest = Rollout.objects.filter(service=service).latest("number")
    Rollout.objects.filter(pk=latest.pk).update(status=at.rollout or "done")
    service.refresh_from_db()
    assert standing(service) == at


def say(person: Person, service: Service, verb: ServiceVerb) -> Any:
    """What would change something wherever it is allowed."""
    path = f"/projects/shop/services/{service.pk}"
    if verb is ServiceVerb.UPDATE:
        spec = person.get(path).json()["spec"]
        return person.put(path, {**spec, "container": {**spec["container"], "env": {"NEW": "1"}}})
    bodies: dict[ServiceVerb, Any] = {ServiceVerb.SCALE: {"replicas": 5}, ServiceVerb.ROLL_BACK: {}}
    return person.post(f"{path}/{verb}", bodies.get(verb))


@pytest.mark.parametrize("verb", ServiceVerb)
def test_every_cell_of_services_too(shop: Project, operator: Person, verb: ServiceVerb) -> None:
    service = services.service(project=shop)
    first = operator.get(f"/projects/shop/services/{service.pk}").json()["spec"]
    image = {**first["container"], "image": "registry.test/web:2"}
    assert operator.put(f"/projects/shop/services/{service.pk}", {**first, "container": image}).status_code == 202
    Rollout.objects.filter(service=service, number=1).update(status="superseded")
    wrong = []
    for at in SERVICE_CELLS:
        stand(service, at)
        with transaction.atomic():
            before = Event.objects.count()
            answer = say(operator, service, verb)
            happened = Event.objects.count() > before
            transaction.set_rollback(True)
        told = expected(service_rule_for(verb, at))
        seen = (answer.status_code, answer.json().get("code", ""), happened)
        if told != seen:
            wrong.append(f"{at}: the table says {told}, the API {seen}")
    assert not wrong


def test_no_rule_of_services_is_there_in_vain() -> None:
    cells = [*SERVICE_CELLS, ServiceStanding(gone=True)]
    found = {verb: [service_rule_for(verb, at) for at in cells] for verb in ServiceVerb}
    used = {rule.code for rules in found.values() for rule in rules if rule}
    assert used == {rule.code for rule in SERVICE_RULES}
    assert all(None in rules for rules in found.values())


def test_the_consoles_copy_is_fresh() -> None:
    copy = ROOT / "frontend/src/shared/api/rules.generated.ts"
    assert copy.read_text() == typescript(), "run `make generate` and commit what it writes"
