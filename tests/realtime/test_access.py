"""Who may open a socket, what they may subscribe to, and that it ends when they may not any more."""

import time
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from containers.models import Service
from core.accounts.models import ApiToken, Membership, Project, User, default_project
from core.accounts.roles import Role
from core.lib.notify import hint
from orchestra.realtime.access import Credentials, Topic
from orchestra.realtime.watch import allowed
from tests import rows, services
from tests.realtime.conftest import Member, token_of
from tests.realtime.live import Live
from tests.realtime.web import Web

ACCEPTED = "accepted"


def cookie_of(user: User) -> dict[str, str]:
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={store.session_key}"}


def answer(live: Live) -> Any:
    """The close code, or ACCEPTED when the socket says hello."""
    with live:
        first = live.read(10)
        assert first is not None
        return ACCEPTED if first["t"] == "hello" else live.closed_with()


def test_a_browser_needs_its_session_and_our_own_origin(web: Web, admin: str) -> None:
    headers = cookie_of(User.objects.get(username="root"))
    assert answer(web.live(headers=headers, origin=web.origin)) == ACCEPTED
    assert answer(web.live(headers=headers, origin="http://evil.example")) == 4403
    assert answer(web.live(headers=headers, origin=f"http://127.0.0.1:{web.port + 1}")) == 4403
    assert answer(web.live(headers=headers)) == 4403, "no origin, no session"
    assert answer(web.live(origin=web.origin)) == 4401
    stale = {"Cookie": f"{settings.SESSION_COOKIE_NAME}=0123456789abcdef"}
    assert answer(web.live(headers=stale, origin=web.origin)) == 4401


def test_a_program_needs_its_token_and_no_origin(web: Web, admin: str) -> None:
    assert answer(web.live(admin)) == ACCEPTED
    assert answer(web.live("orc_wrong")) == 4401
    assert answer(web.live(admin, origin="http://evil.example")) == 4403
    assert answer(web.live(headers={"Authorization": "Basic eDp5"})) == 4403
    User.objects.update(is_active=False)
    assert answer(web.live(admin)) == 4401


def test_another_path_is_no_socket(web: Web, admin: str) -> None:
    with Live(f"ws://127.0.0.1:{web.port}/ws/other", headers={}) as live:
        assert live.closed_with() == 4404


@pytest.fixture
def foreign() -> tuple[Project, str, str]:
    """A project, a container and a host that the member does not belong to."""
    other = Project.objects.create(name="other")
    return other, str(rows.slot("theirs", project=other).pk), rows.host("h1").name


def refusals(live: Live, *wanted: tuple[str, dict[str, Any]]) -> list[str]:
    subs = [live.sub(topic, **fields) for topic, fields in wanted]
    live.until(lambda: {frame.get("sub") for frame in live.told("error")} >= set(subs))
    codes = {frame["sub"]: frame["code"] for frame in live.told("error")}
    return [codes[sub] for sub in subs]


def test_what_is_foreign_does_not_exist(web: Web, member: Member, foreign: tuple[Project, str, str]) -> None:
    _, container, _ = foreign
    with web.live(member("olga", default_project(), Role.OWNER)) as live:
        assert (
            refusals(
                live,
                ("fleet", {"project": "other"}),
                ("fleet", {"project": "never-was"}),
                (f"container:{container}", {}),
                (f"slot:{container}", {}),
                (f"logs:{container}", {}),
                ("events:other", {}),
            )
            == ["not-found"] * 6
        )
        assert refusals(live, ("fleet", {"project": None}), ("events:", {})) == ["forbidden"] * 2
        assert not live.told("snap")


def test_a_stranger_sees_no_host(web: Web, foreign: tuple[Project, str, str], transactional_db: None) -> None:
    with web.live(token_of(User.objects.create(username="sam"))) as live:
        assert refusals(live, (f"host:{foreign[2]}", {}), ("fleet", {"project": "default"})) == ["not-found"] * 2


def test_what_is_malformed_is_named(web: Web, admin: str) -> None:
    with web.live(admin) as live:
        assert refusals(live, ("container:nonsense", {}), ("logs:", {}), ("weather", {})) == [
            "invalid",
            "invalid",
            "not-found",
        ]
        for text in ("{", "[]", "null", '{"op":"dance","id":1}', '{"op":"sub","id":"x"}', '{"op":"ack","bytes":-1}'):
            live.socket.send(text)
        live.until(lambda: len([frame for frame in live.told("error") if "sub" not in frame]) == 6)
        live.send({"op": "ack", "bytes": 10**9})
        live.until(lambda: len([frame for frame in live.told("error") if "sub" not in frame]) == 7)
        sub = live.sub("fleet", project="default")
        live.until(lambda: live.told("snap", sub))


def test_a_socket_has_so_many_subscriptions_and_no_more(web: Web, admin: str) -> None:
    with web.live(admin) as live:
        for _ in range(65):
            live.sub("events:default")
        live.until(lambda: [frame["code"] for frame in live.told("error")] == ["too-many"])
        live.send({"op": "unsub", "id": 1})
        assert live.sub("fleet", project="default") == 66
        live.until(lambda: live.told("snap", 66))


def test_rights_that_end_end_the_subscription(web: Web, member: Member) -> None:
    token = member("olga", default_project(), Role.VIEWER)
    one = rows.slot("one")
    with web.live(token) as live:
        fleet, seen = live.sub("fleet", project="default"), live.sub(f"container:{one.pk}")
        live.until(lambda: live.told("snap", fleet) and live.told("obj", seen))
        Membership.objects.all().delete()
        hint(account=True)
        live.until(lambda: {frame["sub"] for frame in live.told("error")} == {fleet, seen})
        known = len(live.frames)
        rows.slot("two")
        time.sleep(0.5)
        live.until(lambda: any(frame["t"] == "beat" for frame in live.frames[known:]))
        assert "two" not in [name for frame in live.told("add", fleet) for name in frame["cols"]["name"]]


def test_what_is_gone_is_gone_also_when_rights_are_asked_again(member: Member) -> None:
    project, other = default_project(), Project.objects.create(name="other")
    token = member("mia", project, Role.VIEWER)
    made, strange = services.service(project=project), services.service(project=other, name="strange")
    asked = {1: {"topic": f"service:{made.pk}"}, 2: {"topic": f"service:{strange.pk}"}}
    had = {1: Topic("object-service", made.pk, project.pk), 2: Topic("object-service", strange.pk, other.pk)}
    assert allowed(Credentials(token=token), asked, had) == {1: had[1], 2: "forbidden"}
    Service.objects.update(gone_at=made.created_at)
    assert allowed(Credentials(token=token), asked, had) == {1: "gone", 2: "forbidden"}


def test_a_token_that_is_revoked_closes_the_socket(web: Web, admin: str) -> None:
    with web.live(admin) as live:
        live.read(5)
        ApiToken.objects.all().delete()
        hint(account=True)
        assert live.closed_with() == 4401
