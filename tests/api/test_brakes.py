"""Brakes over HTTP and in the admin: seen and released by platform admins, once."""

import pytest
from django.test import Client

from core.accounts.models import User
from core.events.models import Event
from scheduler.models import Brake
from tests import rows
from tests.api.conftest import Person, person_of

pytestmark = pytest.mark.django_db


def test_they_are_listed_and_released_once(admin: Person) -> None:
    old = Brake.objects.create(host=None, message="long ago")
    assert admin.post(f"/brakes/{old.pk}/release").json()["released_by"] == "user:ada"
    brake = Brake.objects.create(host=rows.host("h1"), message="3 of 9 containers of h1 were stopped")
    listed = admin.get("/brakes").json()["results"]
    assert [(one["id"], one["host"]) for one in listed] == [(brake.pk, "h1"), (old.pk, None)]
    assert [one["id"] for one in admin.get("/brakes?on=1").json()["results"]] == [brake.pk]
    released = admin.post(f"/brakes/{brake.pk}/release")
    assert released.status_code == 200
    assert released.json()["message"] == "3 of 9 containers of h1 were stopped"
    assert admin.get("/brakes?on=1").json()["results"] == []
    again = admin.post(f"/brakes/{brake.pk}/release")
    assert (again.status_code, again.json()["code"]) == (409, "already-released")
    assert Event.objects.filter(kind="brake.released", actor="user:ada").count() == 2


def test_members_see_that_it_holds_and_nothing_more(viewer: Person, owner: Person) -> None:
    brake = Brake.objects.create(host=rows.host("h1"), message="3 of 9 containers of h1 were stopped")
    (seen,) = viewer.get("/brakes?on=1").json()["results"]
    assert (seen["id"], seen["host"], seen["message"], seen["released_by"]) == (brake.pk, "h1", "", "")
    of_no_project = person_of(User.objects.create_user("nemo"))
    assert of_no_project.get("/brakes").json()["results"] == []
    refused = owner.post(f"/brakes/{brake.pk}/release")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    brake.refresh_from_db()
    assert brake.released_at is None


def test_one_that_never_was(admin: Person) -> None:
    assert admin.post("/brakes/7/release").status_code == 404


def test_it_is_released_in_the_admin(admin: Person) -> None:
    browser = Client()
    browser.force_login(admin.user)
    brake = Brake.objects.create(host=rows.host("h1"), message="3 of 9 containers of h1 were stopped")
    body = {"action": "release", "_selected_action": [str(brake.pk)]}
    page = browser.post("/admin/scheduler/brake/", body, follow=True).content.decode()
    assert "released: 3 of 9 containers of h1 were stopped" in page
    brake.refresh_from_db()
    assert brake.released_by == "user:ada"
    assert (
        "this brake was released already" in browser.post("/admin/scheduler/brake/", body, follow=True).content.decode()
    )
