"""Every override of the admin over its own HTTP, with the words it answers and the event it leaves."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin as django_admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from containers.models import Container, LogTail, Registry
from containers.states import Status
from containers.transitions import BoundPort
from core.accounts.models import User, default_project
from core.events.models import Event
from hosts.engine.fake import fake_host, forget
from hosts.models import Host, HostGpu, HostImage, Process
from scheduler.balance.wishes import change
from scheduler.models import Brake, Decision, LoopRun, Plan, ProjectRebalance, SchedulerLease
from scheduler.policies import choose
from tests import rows, services
from tests.api.conftest import Person

pytestmark = pytest.mark.django_db

HOSTS = "/admin/hosts/host/"
CONTAINERS = "/admin/containers/container/"
DOMAIN = [
    model
    for model in django_admin.site._registry
    if model._meta.app_label in ("hosts", "containers", "scheduler", "events")
]


@pytest.fixture
def browser(admin: Person) -> Iterator[Client]:
    forget("rows")
    client = Client()
    client.force_login(admin.user)
    yield client
    forget("rows")


def act(browser: Client, path: str, action: str, *chosen: object, **more: str) -> str:
    """Choose an action for rows, follow, and read the page."""
    body = {"action": action, "_selected_action": [str(one) for one in chosen], **more}
    page = browser.post(path, body, follow=True)
    assert page.status_code == 200
    return re.sub(r"\s+", " ", page.content.decode().replace("&#x27;", "'"))


def last(kind: str) -> Event:
    event = Event.objects.filter(kind=kind).order_by("-id")[0]
    assert event.actor == "user:ada"
    return event


def running(name: str, host: Host, **spec: Any) -> Container:
    made = rows.slot(name, **spec)
    volumes = tuple(one["name"] for one in spec.get("volumes", []))
    assert rows.bind(made, host, volumes=volumes)
    rows.advance(made, Status.RUNNING)
    return made


def test_cordon_and_uncordon(browser: Client) -> None:
    host, other = rows.host("h1"), rows.host("h2")
    assert "cordoned: h1, h2" in act(browser, HOSTS, "cordon", host.pk, other.pk)
    assert last("host.cordoned").object_id == str(other.pk)
    again = act(browser, HOSTS, "cordon", host.pk)
    assert "h1: it is cordoned already" in again
    assert Event.objects.filter(kind="host.cordoned").count() == 2
    assert "uncordoned: h1" in act(browser, HOSTS, "uncordon", host.pk)
    assert last("host.uncordoned").object_id == str(host.pk)
    assert "h1: it is not cordoned" in act(browser, HOSTS, "uncordon", host.pk)
    assert list(Host.objects.values_list("availability", flat=True)) == ["active", "cordoned"]


def test_stop(browser: Client) -> None:
    row = running("web", rows.host("h1"))
    assert "shall stop: web" in act(browser, CONTAINERS, "stop", row.pk)
    row.refresh_from_db()
    assert row.desired == "stop"
    assert last("container.stop-asked").object_id == str(row.pk)


def test_restart_of_what_lives_what_ended_and_what_waits(browser: Client) -> None:
    host = rows.host("h1")
    lives, ended, waits = running("lives", host), running("ended", host), rows.slot("waits")
    rows.end(ended, Status.FAILED)
    Container.objects.filter(pk=waits.pk).update(not_before=timezone.now() + timedelta(hours=1))
    assert "shall start again: " in act(browser, CONTAINERS, "restart", lives.pk, ended.pk, waits.pk)
    told = Event.objects.filter(actor="user:ada", object_kind="container").values_list("kind", "data__name")
    assert set(told) == {
        ("container.restart-asked", "lives"),
        ("container.created", "ended"),
        ("container.restart-asked", "waits"),
    }
    assert Container.objects.get(slot_id=ended.slot_id, superseded=False).attempt == 2
    assert "a newer attempt of ended has followed" in act(browser, CONTAINERS, "restart", ended.pk)


def test_remove(browser: Client) -> None:
    row = running("web", rows.host("h1"))
    assert "shall be removed: web" in act(browser, CONTAINERS, "remove", row.pk)
    row.refresh_from_db()
    assert row.desired == "remove"
    assert last("container.remove-asked").object_id == str(row.pk)
    assert "being removed" in act(browser, CONTAINERS, "stop", row.pk)


def dead_host(name: str = "h1") -> Host:
    host = rows.host(name)
    running("web", host)
    running("db", host, volumes=[{"name": "data", "path": "/data"}])
    fake_host(host.url).refuse()
    Host.objects.filter(pk=host.pk).update(reachable="suspect")
    return host


def test_mark_dead_asks_first_and_says_what_follows(browser: Client) -> None:
    host, before = dead_host(), Event.objects.count()
    page = act(browser, HOSTS, "mark_dead", host.pk)
    for words in ("default/web (running): runs elsewhere", "default/db (running) stays: its data is on this host only"):
        assert words in page
    assert "Yes, they are dead" in page
    assert not re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", page)
    assert Event.objects.count() == before
    assert Host.objects.get().reachable == "suspect"


def test_mark_dead_confirmed(browser: Client) -> None:
    host = dead_host()
    told = act(browser, HOSTS, "mark_dead", host.pk, confirmed="yes")
    assert "marked dead; h1: 1 replaced elsewhere; 1 stay with their volumes: db (data)" in told
    assert Host.objects.get().reachable == "lost"
    assert last("host.marked-dead").data["moved"]["count"] == 1
    assert sorted(Container.objects.values_list("name", "status")) == [
        ("db", "running"),
        ("web", "lost"),
        ("web", "pending"),
    ]


def test_mark_dead_is_refused_while_the_host_answers(browser: Client) -> None:
    host = dead_host()
    fake_host(host.url).thaw()
    page = act(browser, HOSTS, "mark_dead", host.pk)
    assert "Refused: the engine of h1 answers" in page
    assert "Yes, they are dead" not in page
    assert "the engine of h1 answers" in act(browser, HOSTS, "mark_dead", host.pk, confirmed="yes")
    assert not Event.objects.filter(kind="host.marked-dead").exists()


def test_mark_dead_takes_ten_at_most(browser: Client) -> None:
    hosts = [rows.host(f"h{n}") for n in range(11)]
    assert "at most 10 hosts" in act(browser, HOSTS, "mark_dead", *[one.pk for one in hosts], confirmed="yes")


def test_a_rebalance_is_switched_off(browser: Client) -> None:
    project = default_project()
    change(project, {"is_on": True}, actor="tests")
    assert "is off" in act(browser, "/admin/scheduler/projectrebalance/", "switch_off", project.pk)
    assert not ProjectRebalance.objects.get().is_on
    assert "not rebalanced by itself any more" in last("project.rebalance-set").message


def one_of_each() -> Host:
    """At least one row of every domain model."""
    host = rows.host("h1")
    ports = (BoundPort(80, "tcp", "0.0.0.0", 20001),)
    made = rows.slot("web", volumes=[{"name": "data", "path": "/data"}])
    assert rows.bind(made, host, ports=ports, volumes=("data",))
    services.replicas(services.service(name="svc"), "1")
    HostGpu.objects.create(host=host, number=0, device="GPU-1", model="A100")
    HostImage.objects.create(host=host, ref="web:1", image_id="sha256:1")
    Process.objects.create(id=uuid4(), role="agent", name="a")
    LogTail.objects.create(container=made, text="bye")
    Registry.objects.create(project=made.project, host="registry.test:5000", username="robot", secret_sealed=b"sealed")
    Decision.objects.create(verdict="placed", members=[[str(made.pk), host.name, [0.5]]], terms=["spread"])
    now = timezone.now()
    LoopRun.objects.create(name="pending", started_at=now, took_ms=1, result="ok", next_at=now)
    SchedulerLease.objects.get_or_create(name="scheduler")
    Brake.objects.create(host=host, message="3 of 9 were stopped")
    choose(made.project, "binpack", actor="tests")
    Plan.objects.create(made_by="user:ada", user=User.objects.get(username="ada"), changes=[], forecast={}, seen={})
    change(made.project, {"is_on": True}, actor="tests")
    return host


@pytest.mark.parametrize("model", DOMAIN, ids=lambda model: model.__name__)
def test_every_domain_model_is_listed_filtered_searched_looked_at_and_never_written(
    browser: Client, model: type
) -> None:
    one_of_each()
    base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"  # type: ignore[attr-defined]
    page = django_admin.site._registry[model]
    assert page.search_fields
    assert page.list_filter
    assert browser.get(base, {"q": "no-such-thing"}).status_code == 200
    row = model.objects.all()[0]  # type: ignore[attr-defined]
    one = f"{base}{row.pk}/"
    assert browser.get(f"{one}change/").status_code == 200
    assert browser.get(f"{base}add/").status_code == 403
    assert browser.post(f"{one}change/", {}).status_code == 403
    assert browser.post(f"{one}delete/", {"post": "yes"}).status_code == 403
    act(browser, base, "delete_selected", row.pk, post="yes")
    assert model.objects.filter(pk=row.pk).exists()  # type: ignore[attr-defined]


def test_keys_are_not_shown(browser: Client) -> None:
    host = rows.host("h1", tls_sealed=b"sealed-bytes")
    assert "tls_sealed" not in browser.get(f"{HOSTS}{host.pk}/change/").content.decode()


@pytest.mark.parametrize(
    "path",
    [
        CONTAINERS,
        HOSTS,
        "/admin/containers/hostport/",
        "/admin/hosts/hostbooking/",
        "/admin/hosts/hostgpu/",
        "/admin/containers/service/",
        "/admin/containers/revision/",
        "/admin/containers/rollout/",
    ],
)
def test_a_list_takes_the_same_queries_however_long(browser: Client, path: str) -> None:
    counts = []
    for number in (1, 6):
        for extra in range(number):
            host = rows.host(f"h{number}{extra}")
            HostGpu.objects.create(host=host, number=0, device="GPU-1")
            made = rows.slot(f"c{number}{extra}")
            assert rows.bind(made, host, ports=(BoundPort(80, "tcp", "0.0.0.0", 20001),))
            services.replicas(services.service(name=f"s{number}{extra}"), "1", "2")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert browser.get(path).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_an_attempts_page_leads_to_the_others_of_its_slot(browser: Client) -> None:
    row = running("web", rows.host("h1"))
    rows.end(row, Status.FAILED)
    act(browser, CONTAINERS, "restart", row.pk)
    page = browser.get(f"{CONTAINERS}{row.pk}/change/").content.decode()
    following = Container.objects.get(slot_id=row.slot_id, attempt=2)
    assert f'href="{CONTAINERS}{following.pk}/change/"' in page
