"""A real registry with basic auth: refused without credentials, running with them, and the password stands nowhere."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from hosts.engine.fake.fleet import repository
from tests.lab import Lab
from tests.lab.registry import LOGIN
from tests.whole.installation import Installation, wait_for

pytestmark = [pytest.mark.engine, pytest.mark.slow]

USERNAME, PASSWORD = LOGIN
WRONG = "wrong-but-secret-too"
REGISTRIES = "/projects/default/registries"


@dataclass(frozen=True)
class Private:
    """An image that only LOGIN can have, and its registry."""

    host: str
    image: str

    def login(self, **change: Any) -> dict[str, Any]:
        return {"host": self.host, "username": USERNAME, "password": PASSWORD, **change}


@pytest.fixture
def private(shared: Installation, lab: Lab) -> Iterator[Private]:
    """On no engine, before and after."""
    image = lab.private_registry().image("act:2")
    forget(lab, image)
    yield Private(image.partition("/")[0], image)
    remove_all(shared)
    forget(lab, image)


def remove_all(shared: Installation) -> None:
    wanted = "FROM containers_container c JOIN accounts_project p ON p.id = c.project_id WHERE c.desired <> 'remove'"
    for slot, project in shared.sql(f"SELECT DISTINCT c.slot_id, p.name {wanted}"):
        assert shared.insist("POST", f"/projects/{project}/containers/{slot}/remove", {}).status == 202
    left = "SELECT count(*) FROM containers_container WHERE gone_at IS NULL"
    wait_for(lambda: shared.sql(left)[0][0] == 0, timeout_s=20, what="all are gone")


def forget(lab: Lab, ref: str) -> None:
    for host in lab.hosts:
        for image in host.api("GET", "/images/json"):
            if any(repository(one) == repository(ref) for one in image["RepoDigests"] or ()):
                host.api("DELETE", f"/images/{image['Id']}?force=1")


def test_refused_without_credentials_running_with_them(shared: Installation, lab: Lab, private: Private) -> None:
    refused = shared.run("without", private.image)
    failed = shared.await_state(refused["id"], "failed")
    assert failed["reason"] == "registry-denied"
    assert f"save or correct the project's credentials for {private.host}" in failed["message"]
    assert "no basic auth credentials" in failed["message"]

    wrong = shared.call("POST", REGISTRIES, private.login(password=WRONG))
    assert (wrong.status, wrong.body["errors"][0]["pointer"]) == (400, "/password")
    assert "401" in wrong.body["detail"]
    saved = shared.insist("POST", REGISTRIES, private.login())
    assert (saved.status, saved.body["test_ok"]) == (201, True)
    tested = shared.call("POST", f"{REGISTRIES}/{saved.body['id']}/test")
    assert (tested.status, tested.body["test_ok"]) == (200, True)

    running = shared.await_state(shared.run("with", private.image)["id"], "running")
    other_has_it_not(shared, private, host=running["host"])
    for name in ("h1", "h2"):  # the one that has it, and the one that has it not
        pinned = {"constraints": [f"zone=z{name[1]}"]}
        shared.await_state(shared.run(f"on-{name}", private.image, **pinned)["id"], "running")
    assert shared.call("DELETE", f"{REGISTRIES}/{saved.body['id']}").status == 204

    kinds = [row[0] for row in shared.sql("SELECT kind FROM events_event WHERE object_kind = 'registry' ORDER BY id")]
    assert kinds == ["registry.saved", "registry.tested", "registry.removed"]


def other_has_it_not(shared: Installation, private: Private, *, host: str) -> None:
    """Another project asks for the image on the host that has it."""
    assert shared.call("POST", "/projects", {"name": "other"}).status == 201
    spec = {"name": "thief", "image": private.image, "command": ["act", "wait"], "constraints": [f"zone=z{host[1]}"]}
    made = shared.insist("POST", "/projects/other/containers", spec).body
    path = f"/projects/other/containers/{made['id']}"
    seen = shared.await_path(path, "failed", "running")
    assert (seen["state"], seen["reason"], seen["host"]) == ("failed", "registry-denied", host)


def test_the_passwords_bytes_stand_nowhere(shared: Installation, private: Private) -> None:
    """Neither in rows (the sealed column is no plain text) nor in logs, in no usual spelling; saved and used before."""
    saved = shared.insist("POST", REGISTRIES, private.login())
    assert saved.status in (200, 201)
    shared.await_state(shared.run("used", private.image)["id"], "running")
    spellings = [one for password in (PASSWORD, WRONG) for one in spelled(private, password)]
    tables = [row[0] for row in shared.sql("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r'")]
    mine = [name for name in tables if not name.startswith(("pg_", "information_schema."))]
    assert "containers_registry" in mine
    searched = 0
    for table in mine:
        for (text,) in shared.sql(f"SELECT t::text FROM {table} t"):
            searched += 1
            assert not [one for one in spellings if one in text], f"{table}: {text[:200]}"
    assert searched > 50
    logs = [path for path in shared.var.rglob("*") if path.is_file() and path.suffix == ".log"]
    assert {"web-1.log", "agent-1.log"} <= {path.name for path in logs}
    for path in logs:
        text = path.read_text(errors="replace")
        assert not [one for one in spellings if one in text], path.name
    assert shared.call("DELETE", f"{REGISTRIES}/{saved.body['id']}").status == 204


def spelled(private: Private, password: str) -> list[str]:
    """As it is, as a bytea column shows it, and as HTTP and engines carry it."""
    auth = json.dumps({"username": USERNAME, "password": password, "serveraddress": private.host}).encode()
    pair = f"{USERNAME}:{password}".encode()
    carried = [encode(text).decode() for text in (auth, pair, password.encode()) for encode in _ENCODINGS]
    return [password, password.encode().hex(), json.dumps(password)[1:-1], *carried]


_ENCODINGS = (b64encode, urlsafe_b64encode)
