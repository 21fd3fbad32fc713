"""Emptying a host over HTTP: looked at before, begun with or without a key, followed, and called off."""

from typing import Any

from containers.states import Status
from core.accounts.models import Project
from tests import rows, services
from tests.api.conftest import Person

KEY = {"Idempotency_Key": "drain-1"}
DATA = {"name": "data", "path": "/data"}


def busy(shop: Project) -> None:
    """A host with one of a service, one with data and one that stands alone; no agent speaks for the other one."""
    host = rows.host("h1")
    rows.host("h2")
    (moves,) = services.replicas(services.service(project=shop), "1")
    services.run(moves, host, port=20001)
    for fixed in (rows.slot("alone", project=shop), rows.slot("store", project=shop, volumes=[DATA])):
        assert rows.bind(fixed, host)
        rows.advance(fixed, Status.RUNNING)


def names(found: list[dict[str, Any]]) -> dict[str, str]:
    return {one["name"]: one["why"] for one in found}


def test_a_drain_names_what_moves_and_what_is_in_the_way(admin: Person, shop: Project) -> None:
    """With a key the request has its own transaction from the beginning; the look ahead must do with it."""
    busy(shop)
    preview = admin.get("/hosts/h1/drain").json()
    begun = admin.post("/hosts/h1/drain", {}, **KEY)
    assert begun.status_code == 202, begun.content
    assert begun.json() == {**preview, "availability": "draining"}
    assert admin.post("/hosts/h1/drain", {}, **KEY).json() == begun.json()
    blocked = names(begun.json()["blocked"])
    assert blocked["alone"] == "it stands alone: stop or remove it, or make a service of it"
    assert blocked["store"].startswith("its data is on this host only (data)")
    assert "no agent speaks for it" in blocked["web.1"]
    assert (begun.json()["moves"], begun.json()["done"], begun.json()["total"]) == ([], 0, 0)


def test_a_drain_is_called_off_by_uncordon(admin: Person, shop: Project) -> None:
    busy(shop)
    assert admin.post("/hosts/h1/drain", {}).status_code == 202
    assert admin.post("/hosts/h1/uncordon", {}).json()["availability"] == "active"
    assert admin.get("/hosts/h1/drain").json()["availability"] == "active"
