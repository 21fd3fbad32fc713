"""The golden matrix: every route, every role, own and foreign project. A new route without a line here fails."""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from containers.registries import Login, Trial, save
from core.accounts.models import Project
from core.accounts.roles import LEAST_ROLE, RANK, Role, Verb, allows
from scheduler.models import Brake, Plan
from tests import services
from tests.api.conftest import Person
from tests.api.specs import WEB

C = "/projects/{p}/containers"
R = "/projects/{p}/registries"
S = "/projects/{p}/services"
LOGIN = {"host": "registry.test:5000", "username": "u", "password": "p"}
NEW = {**WEB, "name": "new"}
WISH = {"name": "new", "container": {"image": "web"}}
NO_ROOM = {"cpu_millis": 0, "memory_bytes": 0}
PLAN = {"changes": [{"verb": "service.create", "project": "shop", "body": WISH}]}
# method, path, body: status for admin, owner, operator, viewer, stranger (who owns another project), nobody
MATRIX: dict[tuple[str, str], tuple[object, tuple[int, int, int, int, int, int]]] = {
    ("get", "/me"): (None, (200, 200, 200, 200, 200, 401)),
    ("post", "/logout"): (None, (204, 204, 204, 204, 204, 401)),
    ("get", "/tokens"): (None, (200, 200, 200, 200, 200, 401)),
    ("post", "/tokens"): ({"name": "t"}, (201, 201, 201, 201, 201, 401)),
    ("delete", "/tokens/0"): (None, (404, 404, 404, 404, 404, 401)),
    ("get", "/projects"): (None, (200, 200, 200, 200, 200, 401)),
    ("post", "/projects"): ({"name": "new"}, (201, 403, 403, 403, 403, 401)),
    ("get", "/projects/{p}/members"): (None, (200, 200, 200, 200, 404, 401)),
    ("put", "/projects/{p}/members/vera"): ({"role": "viewer"}, (200, 200, 403, 403, 404, 401)),
    ("delete", "/projects/{p}/members/nemo"): (None, (404, 404, 403, 403, 404, 401)),
    ("get", "/events"): (None, (200, 200, 200, 200, 200, 401)),
    ("get", "/events?project={p}"): (None, (200, 200, 200, 200, 404, 401)),
    ("get", "/hosts"): (None, (200, 200, 200, 200, 200, 401)),
    ("post", "/hosts"): ({"name": "h9", "url": "fake://f/h9"}, (201, 403, 403, 403, 403, 401)),
    ("get", "/hosts/{h}"): (None, (200, 200, 200, 200, 200, 401)),
    ("patch", "/hosts/{h}"): ({"labels": {}}, (200, 403, 403, 403, 403, 401)),
    ("delete", "/hosts/{h}"): (None, (204, 403, 403, 403, 403, 401)),
    ("get", "/hosts/{h}/usage"): (None, (200, 200, 200, 200, 200, 401)),
    ("post", "/hosts/{h}/cordon"): (None, (200, 403, 403, 403, 403, 401)),
    ("post", "/hosts/{h}/uncordon"): (None, (200, 403, 403, 403, 403, 401)),
    ("get", "/hosts/{h}/drain"): (None, (200, 403, 403, 403, 403, 401)),
    ("post", "/hosts/{h}/drain"): (None, (202, 403, 403, 403, 403, 401)),
    ("get", "/hosts/{h}/mark-dead"): (None, (200, 403, 403, 403, 403, 401)),
    ("post", "/hosts/{h}/mark-dead?preview=1"): ({}, (200, 403, 403, 403, 403, 401)),
    ("get", C): (None, (200, 200, 200, 200, 404, 401)),
    ("post", C): (NEW, (201, 201, 201, 403, 404, 401)),
    ("post", C + "/check"): (NEW, (200, 200, 200, 403, 404, 401)),
    ("get", C + "/{c}"): (None, (200, 200, 200, 200, 404, 401)),
    ("get", C + "/{c}/attempts"): (None, (200, 200, 200, 200, 404, 401)),
    ("get", C + "/{c}/logs"): (None, (200, 200, 200, 200, 404, 401)),
    ("get", C + "/{c}/events"): (None, (200, 200, 200, 200, 404, 401)),
    ("get", C + "/{c}/usage"): (None, (200, 200, 200, 200, 404, 401)),
    ("get", C + "/{c}/decision"): (None, (200, 200, 200, 200, 404, 401)),
    ("get", S + "/{s}/decisions"): (None, (200, 200, 200, 200, 404, 401)),
    ("get", R): (None, (200, 200, 200, 200, 404, 401)),
    ("post", R): (LOGIN, (201, 201, 403, 403, 404, 401)),
    ("get", R + "/{r}"): (None, (200, 200, 200, 200, 404, 401)),
    ("delete", R + "/{r}"): (None, (204, 204, 403, 403, 404, 401)),
    ("post", R + "/{r}/test"): (None, (200, 200, 403, 403, 404, 401)),
    ("get", "/platform"): (None, (200, 403, 403, 403, 403, 401)),
    ("get", "/brakes"): (None, (200, 200, 200, 200, 200, 401)),
    ("post", "/brakes/{b}/release"): (None, (200, 403, 403, 403, 403, 401)),
    ("get", "/policies"): (None, (200, 200, 200, 200, 200, 401)),
    ("post", "/policies"): ({"name": "own", "weights": {"pack": 1}}, (201, 403, 403, 403, 403, 401)),
    ("get", "/policies/binpack"): (None, (200, 200, 200, 200, 200, 401)),
    ("patch", "/policies/binpack"): ({"weights": {"pack": 2}}, (200, 403, 403, 403, 403, 401)),
    ("delete", "/policies/binpack"): (None, (409, 403, 403, 403, 403, 401)),
    ("get", "/projects/{p}/placement-policy"): (None, (200, 200, 200, 200, 404, 401)),
    ("put", "/projects/{p}/placement-policy"): ({"policy": "binpack"}, (200, 200, 403, 403, 404, 401)),
    ("get", "/projects/{p}/rebalance"): (None, (200, 200, 200, 200, 404, 401)),
    ("patch", "/projects/{p}/rebalance"): ({"is_on": True}, (200, 200, 403, 403, 404, 401)),
    ("post", "/plans"): (PLAN, (201, 201, 201, 403, 404, 401)),
    ("get", "/plans/{plan}"): (None, (200, 404, 404, 404, 404, 401)),
    ("post", "/plans/{plan}/apply"): (None, (409, 404, 404, 404, 404, 401)),
    ("get", "/what-if/host-loss"): (None, (200, 200, 200, 200, 200, 401)),
    ("get", "/what-if/fits?project={p}&service=none"): (None, (404, 404, 404, 404, 404, 401)),
    ("post", "/what-if/placement"): ({"project": "shop", "container": {}}, (200, 200, 200, 200, 404, 401)),
    ("get", "/what-if/hosts?cpu=4&memory=8g"): (None, (200, 200, 200, 200, 200, 401)),
    ("get", "/loops"): (None, (200, 403, 403, 403, 403, 401)),
    ("get", "/loops/none"): (None, (200, 403, 403, 403, 403, 401)),
    ("post", C + "/{c}/stop"): (None, (202, 202, 202, 403, 404, 401)),
    ("post", C + "/{c}/keep"): (None, (409, 409, 409, 403, 404, 401)),
    ("post", C + "/{c}/restart"): (None, (202, 202, 202, 403, 404, 401)),
    ("post", C + "/{c}/remove"): (None, (202, 202, 202, 403, 404, 401)),
    ("post", C + "/{c}/replace"): (None, (409, 409, 409, 403, 404, 401)),
    ("get", S): (None, (200, 200, 200, 200, 404, 401)),
    ("post", S): (WISH, (201, 201, 201, 403, 404, 401)),
    ("post", S + "/check"): (WISH, (200, 200, 200, 403, 404, 401)),
    ("get", S + "/{s}"): (None, (200, 200, 200, 200, 404, 401)),
    ("put", S + "/{s}"): (services.SPEC, (202, 202, 202, 403, 404, 401)),
    ("get", S + "/{s}/revisions"): (None, (200, 200, 200, 200, 404, 401)),
    ("get", S + "/{s}/revisions/diff?from=1&to=1"): (None, (200, 200, 200, 200, 404, 401)),
    ("get", S + "/{s}/rollouts"): (None, (200, 200, 200, 200, 404, 401)),
    ("get", S + "/{s}/containers"): (None, (200, 200, 200, 200, 404, 401)),
    ("get", S + "/{s}/events"): (None, (200, 200, 200, 200, 404, 401)),
    ("get", S + "/{s}/endpoints"): (None, (200, 200, 200, 200, 404, 401)),
    ("get", S + "/{s}/usage"): (None, (200, 200, 200, 200, 404, 401)),
    ("post", S + "/{s}/scale"): ({"replicas": 3}, (202, 202, 202, 403, 404, 401)),
    ("post", S + "/{s}/restart"): (None, (202, 202, 202, 403, 404, 401)),
    ("post", S + "/{s}/roll-back"): ({}, (409, 409, 409, 403, 404, 401)),
    ("post", S + "/{s}/pause"): (None, (202, 202, 202, 403, 404, 401)),
    ("post", S + "/{s}/resume"): (None, (409, 409, 409, 403, 404, 401)),
    ("post", S + "/{s}/promote"): (None, (409, 409, 409, 403, 404, 401)),
    ("post", S + "/{s}/abort"): (None, (202, 202, 202, 403, 404, 401)),
    ("post", S + "/{s}/remove"): (None, (202, 202, 202, 403, 404, 401)),
    ("post", "/projects/{p}/demo"): (None, (409, 409, 409, 403, 404, 401)),
}
NOTHING = {"steps": [], "unplaced": [], "stays": [], "is_whole": True, "peak": NO_ROOM, "peaks": []}
UNSEEN: dict[str, list[object]] = {"services": [], "containers": [], "hosts": [], "policies": []}
OPEN = {"login", "first-admin", "schema/", "schema/docs/", "page/login", "page/logout"}
PEOPLE = ("admin", "owner", "operator", "viewer", "stranger", "nobody")


@pytest.fixture
def person(request: pytest.FixtureRequest) -> Callable[[str], Person]:
    def find(name: str) -> Person:
        found = request.getfixturevalue(name)
        return Person(user=None, client=found) if isinstance(found, APIClient) else found  # type: ignore[arg-type]

    return find


@pytest.mark.parametrize("who", PEOPLE)
def test_the_matrix(
    person: Callable[[str], Person], admin: Person, shop: Project, subtests: pytest.Subtests, who: str
) -> None:
    """Each request finds the same rows: what it did is taken back."""
    asker = person(who)
    person("viewer")  # whose role is changed
    admin.post("/hosts", {"name": "h1", "url": "fake://f/h1"})
    names = {
        "p": "shop",
        "c": admin.post("/projects/shop/containers", WEB).json()["id"],
        "h": "h1",
        "r": save(shop, Login("kept.test", "u", "p"), Trial(None, "not tested"), actor="tests")[0].pk,
        "s": services.service(project=shop).pk,
        "b": Brake.objects.create(message="3 of 9 were stopped").pk,
        "plan": Plan.objects.create(user=admin.user, made_by="user:ada", changes=[], forecast=NOTHING, seen=UNSEEN).pk,
    }
    for (method, path), (body, expected) in MATRIX.items():
        with subtests.test(f"{method} {path}"), transaction.atomic():
            answer = getattr(asker, method)(path.format(**names), *([body] if body is not None else []))
            assert answer.status_code == expected[PEOPLE.index(who)], answer.content
            transaction.set_rollback(True)


@pytest.mark.parametrize(("method", "path"), [key for key in MATRIX if "{s}" in key[1]])
def test_a_foreign_service_is_not_found_through_ones_own_project(
    admin: Person, stranger: Person, shop: Project, method: str, path: str
) -> None:
    made, body = services.service(project=shop), MATRIX[method, path][0]
    answer = getattr(stranger, method)(path.format(p="other", s=made.pk), *([body] if body else []))
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert admin.get(f"/projects/shop/services/{made.pk}").json()["generation"] == made.generation


@pytest.mark.parametrize(("method", "path"), [key for key in MATRIX if "{c}" in key[1]])
def test_a_foreign_container_is_not_found_through_ones_own_project(
    admin: Person, stranger: Person, shop: Project, method: str, path: str
) -> None:
    made = admin.post("/projects/shop/containers", WEB).json()["id"]
    answer = getattr(stranger, method)(path.format(p="other", c=made))
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert admin.get(f"/projects/shop/containers/{made}").json()["desired"] == "run"


def _routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[str]:
    found: list[str] = []
    for one in patterns:
        here = prefix + str(one.pattern)
        found += _routes(one.url_patterns, here) if isinstance(one, URLResolver) else [here]
    return found


def test_every_route_stands_in_the_matrix() -> None:
    routes = {one.removeprefix("api/v1/") for one in _routes(get_resolver().url_patterns) if one.startswith("api/v1/")}
    names = {
        "p": "<slug:project>",
        "h": "<str:name>",
        "c": "<uuid:container>",
        "r": "<int:registry_id>",
        "s": "<uuid:service>",
        "b": "<int:brake>",
        "plan": "<uuid:plan>",
    }
    covered = {path.partition("?")[0].lstrip("/").format(**names) for _, path in MATRIX}
    covered = {one.replace("members/vera", "members/<str:username>") for one in covered}
    covered = {one.replace("tokens/0", "tokens/<int:token_id>") for one in covered}
    covered = {one.replace("loops/none", "loops/<str:name>") for one in covered}
    covered = {one.replace("policies/binpack", "policies/<slug:policy>") for one in covered}
    assert routes - covered - OPEN - {""} == set()


def test_the_table_names_every_verb_and_roles_are_ordered() -> None:
    assert set(LEAST_ROLE) == set(Verb)
    for verb in Verb:
        allowed = [allows(role, verb) for role in sorted(Role, key=RANK.__getitem__)]
        assert allowed == sorted(allowed)
        assert allows(Role.ADMIN, verb)
        assert not allows(None, verb)
