"""Why here, why pending, how the loops run: for members; a stranger sees nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from containers.models import Container
from containers.states import Status
from core.accounts.actions import make_token
from core.accounts.models import Membership, Project, User
from core.accounts.roles import Role
from scheduler.controllers import pending
from scheduler.models import LoopRun
from tests.scheduler.lease import given
from tests.scheduler.rows import container, host, walk

pytestmark = pytest.mark.django_db(transaction=True)

Get = Callable[[str], Any]


def speaks(user: User) -> Get:
    _, text = make_token(user, name="tests", role=Role.ADMIN, project=None, expires_at=None)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return lambda path: client.get(f"/api/v1{path}")


@pytest.fixture
def shop() -> Project:
    return Project.objects.create(name="shop")


@pytest.fixture
def member(shop: Project) -> Get:
    user = User.objects.create_user("vera", password="vera-long-password")
    Membership.objects.create(user=user, project=shop, role=Role.VIEWER)
    return speaks(user)


@pytest.fixture
def stranger() -> Get:
    return speaks(User.objects.create_user("stan", password="stan-long-password"))


@pytest.fixture
def admin() -> Get:
    return speaks(User.objects.create_superuser("ada", password="ada-long-password"))


def decision_of(row: Container) -> str:
    return f"/projects/shop/containers/{row.pk}/decision"


def test_why_here(shop: Project, member: Get) -> None:
    host("h1")
    host("h2")
    host("h3", availability="cordoned")
    row = container(project=shop)
    pending.turn(given())
    answer = member(decision_of(row))
    assert answer.status_code == 200
    body = answer.json()
    assert body["text"] == "placed on h1: the best of 2 hosts that fit; refused: 1 by availability"
    assert (body["verdict"], body["host"], body["hosts_total"], body["status"]) == ("placed", "h1", 3, "bound")
    assert body["refused"] == [{"host": "h3", "filter": "availability", "reason": "is cordoned"}]
    assert [one["host"] for one in body["scores"]] == ["h1", "h2"]


def test_why_pending(shop: Project, member: Get) -> None:
    host("h1")
    row = container(project=shop, constraints=["zone=fra"])
    pending.turn(given())
    body = member(decision_of(row)).json()
    assert body["text"] == "no host fits: h1 does not match zone=fra"
    assert (body["verdict"], body["host"]) == ("refused", None)
    assert body["refused"] == [{"host": "h1", "filter": "labels", "reason": "wants zone=fra, has no label zone"}]


def test_before_the_first_pass_the_row_speaks(shop: Project, member: Get) -> None:
    body = member(decision_of(container(project=shop))).json()
    assert (body["text"], body["verdict"], body["funnel"]) == ("waits for the scheduler", None, [])


def test_a_slots_id_answers_for_its_current_attempt(shop: Project, member: Get) -> None:
    from scheduler.controllers.restarts import Restarts

    host("h1")
    row = container(project=shop, restart="always")
    pending.turn(given())
    walk(row, Status.FAILED, reason="exit")
    Restarts().turn(given())
    body = member(decision_of(row)).json()
    assert (body["slot"], body["status"]) == (str(row.pk), "pending")
    assert body["container"] != str(row.pk)


def test_a_stranger_sees_nothing(shop: Project, stranger: Get) -> None:
    assert stranger(decision_of(container(project=shop))).status_code == 404


def test_what_is_not_there_is_404(shop: Project, member: Get) -> None:
    answer = member("/projects/shop/containers/00000000-0000-0000-0000-000000000001/decision")
    assert answer.status_code == 404


def test_loops_are_the_platforms(admin: Get, member: Get, django_assert_max_num_queries: Any) -> None:
    for n in range(3):
        for name in ("placement", "restarts"):
            LoopRun.objects.create(
                name=name,
                started_at="2026-01-01T00:00:00Z",
                took_ms=n,
                result="ok",
                changes=n,
                next_at="2026-01-01T00:00:01Z",
            )
    assert member("/loops").status_code == 403
    with django_assert_max_num_queries(6):
        body = admin("/loops").json()
    assert [(run["name"], run["changes"]) for run in body] == [("placement", 2), ("restarts", 2)]
    assert [run["changes"] for run in admin("/loops/restarts").json()] == [2, 1, 0]
