"""The admin: pages work under their policy, rows are only looked at, actions are ours and leave events."""

import re

import pytest
from django.contrib import admin as django_admin
from django.test import Client

from containers.models import Container
from core.accounts.models import Membership, Project, User
from core.accounts.throttle import PER_NAME
from core.events.models import Event
from hosts.actions import register
from hosts.models import Host
from tests.api.conftest import Person
from tests.api.specs import WEB

DOMAIN = [
    model
    for model in django_admin.site._registry
    if model._meta.app_label in ("hosts", "containers", "scheduler", "events")
]


@pytest.fixture
def browser(admin: Person) -> Client:
    client = Client()
    client.force_login(admin.user)
    return client


@pytest.mark.parametrize("model", list(django_admin.site._registry), ids=lambda model: model.__name__)
def test_every_list_opens_without_inline_scripts(browser: Client, model: type) -> None:
    register("h1", url="fake://f/h1", actor="tests")
    page = browser.get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/")  # type: ignore[attr-defined]
    assert page.status_code == 200
    text = page.content.decode()
    assert not re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", text)
    assert not re.findall(r"""(?:src|href)=["']https?://(?!(?:www\.)?(?:testserver|127))""", text)
    assert "script-src 'self' 'unsafe-eval'" in page["Content-Security-Policy"]
    assert "unsafe-inline" not in page["Content-Security-Policy"].partition("script-src")[2].partition(";")[0]


@pytest.mark.parametrize("model", DOMAIN, ids=lambda model: model.__name__)
def test_domain_rows_are_neither_added_nor_changed_nor_deleted(browser: Client, model: type) -> None:
    base = f"/admin/{model._meta.app_label}/{model._meta.model_name}"  # type: ignore[attr-defined]
    assert browser.get(f"{base}/add/").status_code == 403
    host = register("h1", url="fake://f/h1", actor="tests")
    if model is Host:
        assert browser.get(f"{base}/{host.pk}/change/").status_code == 200
        assert browser.post(f"{base}/{host.pk}/change/", {"name": "x"}).status_code == 403
        assert browser.post(f"{base}/{host.pk}/delete/", {"post": "yes"}).status_code == 403


def test_actions_go_through_ours_and_tell_refusals(browser: Client, operator: Person) -> None:
    host = register("h1", url="fake://f/h1", actor="tests")
    browser.post("/admin/hosts/host/", {"action": "cordon", "_selected_action": [host.pk]})
    assert Event.objects.get(kind="host.cordoned").actor == "user:ada"
    found = operator.post("/projects/shop/containers", WEB).json()["id"]
    path = "/admin/containers/container/"
    browser.post(path, {"action": "stop", "_selected_action": [found]})
    assert Container.objects.get(pk=found).status == "cancelled"
    told = browser.post(path, {"action": "stop", "_selected_action": [found]}, follow=True)
    assert "has ended already" in told.content.decode()


def test_staff_who_are_no_admins_see_nothing(owner: Person) -> None:
    User.objects.filter(pk=owner.user.pk).update(is_staff=True)
    client = Client()
    client.force_login(owner.user)
    assert client.get("/admin/hosts/host/").status_code == 403
    assert client.get("/admin/accounts/user/").status_code == 403


def test_the_admins_login_has_the_same_back_off(admin: Person) -> None:
    client = Client()
    for _ in range(PER_NAME.free):
        assert client.post("/admin/login/", {"username": "ada", "password": "wrong"}).status_code == 200
    late = client.post("/admin/login/", {"username": "ada", "password": "ada-long-password"})
    assert "too many failed logins" in late.content.decode()
    assert client.get("/admin/").status_code == 302


def test_the_admins_login_works(admin: Person) -> None:
    client = Client()
    assert client.post("/admin/login/", {"username": "ada", "password": "ada-long-password"}).status_code == 302
    assert client.get("/admin/").status_code == 200


def test_people_are_added_given_roles_and_new_passwords_with_events(browser: Client, shop: Project) -> None:
    password = "a very long pass phrase"
    body = {"username": "nina", "password1": password, "password2": password, "usable_password": "true"}
    added = browser.post("/admin/accounts/user/add/", {**body, **_inline(0)})
    assert added.status_code == 302, re.findall(r"(?s)errorlist.*?</ul>|<p[^>]*text-red.*?</", added.content.decode())
    user = User.objects.get(username="nina")
    change = {
        "username": "nina",
        "is_active": "on",
        **_inline(1),
        "memberships-0-project": shop.pk,
        "memberships-0-role": "viewer",
    }
    change |= {"memberships-0-user": user.pk, "memberships-0-id": ""}
    assert browser.post(f"/admin/accounts/user/{user.pk}/change/", change).status_code == 302
    assert Membership.objects.get(user=user).role == "viewer"
    again = {
        "password1": "another long pass phrase",
        "password2": "another long pass phrase",
        "usable_password": "true",
    }
    assert browser.post(f"/admin/accounts/user/{user.pk}/password/", again).status_code == 302
    told = Event.objects.filter(object_kind="user", object_id=str(user.pk)).order_by("id")
    assert [(event.kind, event.actor) for event in told] == [
        ("user.created", "user:ada"),
        ("user.changed", "user:ada"),
        ("user.changed", "user:ada"),
    ]


def test_a_projects_policy_is_checked_and_told(browser: Client, shop: Project) -> None:
    path = f"/admin/accounts/project/{shop.pk}/change/"
    wrong = browser.post(path, {"policy": '{"allow_privilege": true}'})
    assert "did you mean" in wrong.content.decode()
    assert browser.post(path, {"policy": '{"allow_privileged": true}'}).status_code == 302
    shop.refresh_from_db()
    assert shop.policy == {"allow_privileged": True}
    assert "may run privileged containers" in Event.objects.get(kind="project.policy").message


def _inline(total: int) -> dict[str, object]:
    return {"memberships-TOTAL_FORMS": total, "memberships-INITIAL_FORMS": 0}
