"""Projects and their members: who sees what, and who may give roles."""

from typing import Any

import pytest

from core.accounts.models import Membership, Project, User, cluster_id, default_project
from core.events.models import Event
from tests.api.conftest import Person


def test_people_see_the_projects_they_belong_to(admin: Person, owner: Person, viewer: Person, stranger: Person) -> None:
    def seen(person: Person) -> list[tuple[str, str]]:
        return [(row["name"], row["role"]) for row in person.get("/projects").json()]

    assert seen(owner) == [("shop", "owner")]
    assert seen(viewer) == [("shop", "viewer")]
    assert seen(stranger) == [("other", "owner")]
    assert seen(admin) == [("default", "admin"), ("other", "admin"), ("shop", "admin")]


def test_only_an_admin_makes_projects(admin: Person, owner: Person) -> None:
    assert owner.post("/projects", {"name": "mine"}).status_code == 403
    assert admin.post("/projects", {"name": "mine"}).status_code == 201
    taken = admin.post("/projects", {"name": "mine"})
    assert (taken.status_code, taken.json()["code"]) == (409, "name-taken")
    assert taken.json()["errors"][0]["pointer"] == "/name"
    assert Event.objects.get(kind="project.created").actor == "user:ada"


@pytest.mark.parametrize("name", ["", "-a", "A", "a_b", "a" * 64, "a\n", "a/b", 7, None, ["a"]])
def test_a_bad_project_name_is_refused(admin: Person, name: object) -> None:
    answer = admin.post("/projects", {"name": name})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/name"


def test_owners_give_roles_and_others_do_not(
    admin: Person, owner: Person, operator: Person, viewer: Person, stranger: Person
) -> None:
    path = "/projects/shop/members/stan"
    assert stranger.put(path, {"role": "owner"}).status_code == 404
    assert viewer.put(path, {"role": "viewer"}).status_code == 403
    assert operator.put(path, {"role": "viewer"}).status_code == 403
    assert owner.put(path, {"role": "admin"}).status_code == 400
    assert owner.put(path, {"role": "viewer"}).json() == {"username": "stan", "role": "viewer"}
    assert stranger.get("/projects/shop/members").status_code == 200
    assert admin.put(path, {"role": "operator"}).status_code == 200
    assert Membership.objects.get(user__username="stan", project__name="shop").role == "operator"
    assert owner.delete(path).status_code == 204
    assert owner.delete(path).status_code == 404
    assert stranger.get("/projects/shop/members").status_code == 404
    assert owner.put("/projects/shop/members/nemo", {"role": "viewer"}).status_code == 404


def test_the_member_list_takes_the_same_queries_for_many(
    owner: Person, shop: Project, django_assert_num_queries: Any
) -> None:
    owner.get("/projects/shop/members")
    with django_assert_num_queries(3):  # token, membership, members
        owner.get("/projects/shop/members")
    for number in range(5):
        user = User.objects.create_user(f"more{number}")
        Membership.objects.create(user=user, project=shop, role="viewer")
    with django_assert_num_queries(3):
        assert len(owner.get("/projects/shop/members").json()) == 6


@pytest.mark.django_db(transaction=True)
def test_default_project_and_cluster_are_made_when_missing() -> None:
    Project.objects.all().delete()
    assert default_project().pk == default_project().pk
    assert cluster_id() == cluster_id()


def test_the_list_takes_the_same_queries_for_many(owner: Person, admin: Person, django_assert_num_queries: Any) -> None:
    for number in range(10):
        project = Project.objects.create(name=f"p{number}")
        Membership.objects.create(user=owner.user, project=project, role="viewer")
    for person in (admin, owner):
        person.get("/projects")  # notes the token's use
    with django_assert_num_queries(3):  # token, memberships, projects
        assert len(owner.get("/projects").json()) == 11
    with django_assert_num_queries(4):  # token, default project, projects, projects
        assert len(admin.get("/projects").json()) == 12
