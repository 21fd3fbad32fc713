"""The overrides of services in the admin, over its own HTTP: what it answers, and the event with the admin's name."""

import re
from typing import Any

import pytest
from django.test import Client

from containers.models import Container, Rollout, Service
from tests import rows, services
from tests.api.conftest import Person
from tests.api.test_admin_actions import act, last

pytestmark = pytest.mark.django_db

SERVICES = "/admin/containers/service/"
CONTAINERS = "/admin/containers/container/"


@pytest.fixture
def browser(admin: Person) -> Client:
    client = Client()
    client.force_login(admin.user)
    return client


@pytest.fixture
def made(admin: Person) -> Service:
    return services.service()


def told(browser: Client, made: Service, action: str, words: str, **more: str) -> None:
    assert words in act(browser, SERVICES, action, made.pk, **more)


def test_scale_asks_how_many_and_then_does_it(browser: Client, made: Service) -> None:
    page = act(browser, SERVICES, "scale", made.pk)
    assert "default/web (now 2)" in page
    assert not re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", page)
    for wrong, words in (("-1", "greater than or equal to 0"), ("many", "whole number"), ("", "required")):
        assert words in act(browser, SERVICES, "scale", made.pk, replicas=wrong)
    assert Service.objects.get().replicas == 2
    told(browser, made, "scale", "scaled to 5: web", replicas="5")
    assert Service.objects.get().replicas == 5
    assert last("service.scaled").object_id == str(made.pk)


def test_restart_roll_back_pause_and_resume(browser: Client, made: Service) -> None:
    told(browser, made, "roll_back", "web has no earlier revision")
    told(browser, made, "restart", "shall restart: web")
    assert last("service.rollout-started").data["kind"] == "restart"
    told(browser, made, "pause", "paused: web")
    assert last("service.paused").object_id == str(made.pk)
    told(browser, made, "resume", "goes on: web")
    assert not Service.objects.get().paused


def test_promote_and_abort(browser: Client, made: Service) -> None:
    told(browser, made, "promote", "no roll-out of web waits")
    Rollout.objects.update(status="holding")
    told(browser, made, "promote", "promoted: web")
    told(browser, made, "abort", "roll-out aborted: web")
    assert last("service.rollout-aborted").data["rollout"] == 1
    told(browser, made, "abort", "no roll-out of web is under way")


def test_remove(browser: Client, made: Service) -> None:
    told(browser, made, "remove", "shall be removed: web")
    assert last("service.remove-asked").object_id == str(made.pk)
    told(browser, made, "scale", "web is being removed", replicas="1")


def test_a_slot_is_replaced_and_not_stopped(browser: Client, made: Service) -> None:
    (row,) = services.replicas(made, "1")
    alone = rows.slot("alone")
    page: Any = act(browser, CONTAINERS, "replace", row.pk, alone.pk)
    assert "shall be replaced: web.1" in page
    assert "alone stands alone" in page
    assert last("service.replace-asked").data["container"] == str(row.pk)
    for action in ("stop", "remove"):
        assert "scale or update the service web" in act(browser, CONTAINERS, action, row.pk)
    assert set(Container.objects.values_list("desired", flat=True)) == {"run"}


def test_the_list_shows_how_it_stands(browser: Client, made: Service) -> None:
    host = rows.host("h1")
    (row,) = services.replicas(made, "1")
    services.run(row, host, port=20001)
    page = re.sub(r"\s+", " ", browser.get(SERVICES).content.decode())
    for words in ("1 of 2", "updating", "1: registry.test/web:1", "1: running"):
        assert words in page
    one = browser.get(f"{SERVICES}{made.pk}/change/").content.decode()
    link = f"/admin/containers/slot/?service__id__exact={made.pk}"
    assert link in one
    assert "web.1" in browser.get(link).content.decode()
