"""Register, see, change, cordon and remove hosts: every wrong field is named, members see what they may."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connection

from containers.models import Container, Volume
from core.accounts.models import Project, User
from core.events.models import Event
from hosts.actions import register
from hosts.address import engine_address
from hosts.models import Host, HostBooking, HostHold, Sample
from tests.api.conftest import Person, person_of

LOCAL = {"name": "local", "url": "unix:///var/run/docker.sock"}


def certificate() -> dict[str, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = dt.datetime.now(dt.UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now)
    text = built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {"ca": text, "cert": text, "key": private.decode()}


def pointers(answer: Any) -> list[str]:
    return [one["pointer"] for one in answer.json()["errors"]]


def test_a_host_is_registered_with_its_booking_and_hold(admin: Person) -> None:
    answer = admin.post("/hosts", {**LOCAL, "labels": {"zone": "fra"}})
    assert answer.status_code == 201
    body = answer.json()
    assert (body["state"], body["data_address"], body["labels"]) == ("unknown", "127.0.0.1", {"zone": "fra"})
    assert answer["ETag"] == '"1"'
    host = Host.objects.get(name="local")
    assert HostBooking.objects.filter(host=host).exists()
    assert HostHold.objects.filter(host=host).exists()
    event = Event.objects.get(kind="host.registered")
    assert (event.actor, event.host_id) == ("user:ada", host.pk)
    assert admin.get("/hosts/local").json() == body


def test_a_fake_engine_is_no_host_of_a_real_installation(admin: Person, settings: Any) -> None:
    settings.SIMULATED = False
    answer = admin.post("/hosts", {"name": "h1", "url": "fake://f/h1"})
    assert (answer.status_code, pointers(answer)) == (400, ["/url"])
    assert "manage.py simulate" in answer.json()["errors"][0]["message"]
    register("real", url=LOCAL["url"], actor="tests")
    assert admin.patch("/hosts/real", {"url": "fake://f/h1"}).status_code == 400
    assert admin.get("/me").json()["simulated"] is False


def test_mutual_tls_is_sealed_and_opened_again(admin: Person) -> None:
    tls = certificate()
    answer = admin.post("/hosts", {"name": "far", "url": "tcp://10.0.0.7:2376", "tls": tls})
    assert answer.status_code == 201
    assert answer.json()["data_address"] == "10.0.0.7"
    assert answer.json()["has_tls"] is True
    assert "PRIVATE KEY" not in answer.content.decode()
    host = Host.objects.get(name="far")
    assert b"PRIVATE" not in bytes(host.tls_sealed or b"")
    opened = engine_address(host).tls
    assert opened is not None
    assert opened.key == tls["key"]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "blank"),
        ("docker.sock", "unix:///path"),
        ("unix://var/run/docker.sock", "three slashes"),
        ("unix:///", "three slashes"),
        ("http://10.0.0.7:2375", "tcp://"),
        ("ssh://root@10.0.0.7", "not supported yet"),
        ("tcp://10.0.0.7", "port"),
        ("tcp://10.0.0.7:0", "port"),
        ("tcp://10.0.0.7:99999", "no engine address"),
        ("tcp://:2375", "host and a port"),
        ("tcp://a:b@10.0.0.7:2376", "host and port only"),
        ("tcp://10.0.0.7:2376/v1", "host and port only"),
        ("tcp://10.0.0.7:2375", "needs tls"),
        ("tcp://169.254.169.254:80", "link-local"),
        ("tcp://bad_host!:2376", "neither"),
        ("unix:///a b", "no engine address"),
        ("x" * 400, "no engine address"),
        (7, "a text"),
        (["unix:///x"], "a text"),
    ],
)
def test_a_bad_url_is_explained(admin: Person, url: object, says: str) -> None:
    answer = admin.post("/hosts", {"name": "bad", "url": url})
    assert answer.status_code == 400, answer.json()
    assert pointers(answer) == ["/url"]
    assert says in answer.json()["errors"][0]["message"]
    assert not Host.objects.exists()


def test_all_wrong_fields_are_named_at_once(admin: Person) -> None:
    body = {
        "name": "Bad Name",
        "url": "tcp://10.0.0.7:2376",
        "data_address": "http://x",
        "labels": {"zone": "a b", "-x": "y"},
        "tls": {"ca": "x", "cert": "y", "key": "z"},
    }
    found = pointers(admin.post("/hosts", body))
    assert found == ["/name", "/data_address", "/labels/zone", "/labels/-x", "/tls/ca", "/tls/cert", "/tls/key"]


def test_a_key_of_another_certificate_is_refused(admin: Person) -> None:
    tls = {**certificate(), "key": certificate()["key"]}
    answer = admin.post("/hosts", {"name": "far", "url": "tcp://10.0.0.7:2376", "tls": tls})
    assert pointers(answer) == ["/tls/key"]
    assert tls["key"] not in answer.content.decode()


def test_names_and_addresses_are_used_once(admin: Person) -> None:
    admin.post("/hosts", LOCAL)
    name = admin.post("/hosts", {**LOCAL, "url": "unix:///other.sock"})
    assert (name.status_code, name.json()["code"], pointers(name)) == (409, "name-taken", ["/name"])
    url = admin.post("/hosts", {**LOCAL, "name": "again"})
    assert (url.status_code, url.json()["code"], pointers(url)) == (409, "url-taken", ["/url"])


def test_members_see_hosts_without_their_addresses_and_strangers_to_all_see_none(
    admin: Person, viewer: Person, stranger: Person
) -> None:
    admin.post("/hosts", LOCAL)
    Host.objects.update(
        facts={"kernel": "6.1"}, conditions={"disk": {"status": "bad", "message": "m", "since": "2026-01-01T00:00:00Z"}}
    )
    seen = viewer.get("/hosts").json()["results"][0]
    assert (seen["name"], seen["url"], seen["facts"]) == ("local", "", {})
    assert seen["conditions"]["disk"] == {"status": "bad", "message": "", "since": "2026-01-01T00:00:00Z"}
    full = admin.get("/hosts").json()["results"][0]
    assert (full["url"], full["facts"]) == (LOCAL["url"], {"kernel": "6.1"})
    stranger.user.memberships.all().delete()
    assert stranger.get("/hosts").json()["results"] == []
    assert stranger.get("/hosts/local").status_code == 404


def test_only_admins_change_hosts(admin: Person, owner: Person) -> None:
    admin.post("/hosts", LOCAL)
    assert owner.post("/hosts", {**LOCAL, "name": "mine"}).status_code == 403
    assert owner.patch("/hosts/local", {"labels": {}}).status_code == 403
    assert owner.delete("/hosts/local").status_code == 403
    for verb in ("cordon", "uncordon"):
        assert owner.post(f"/hosts/local/{verb}").status_code == 403


def test_cordon_and_uncordon_are_wishes_with_events(admin: Person) -> None:
    admin.post("/hosts", LOCAL)
    Host.objects.update(reachable="ok")
    once = admin.post("/hosts/local/cordon")
    assert (once.status_code, once.json()["availability"], once.json()["state"]) == (200, "cordoned", "cordoned")
    again = admin.post("/hosts/local/cordon")
    assert again.json()["generation"] == once.json()["generation"]
    assert admin.post("/hosts/local/uncordon").json()["state"] == "ready"
    kinds = list(Event.objects.filter(object_kind="host").order_by("id").values_list("kind", flat=True))
    assert kinds == ["host.registered", "host.cordoned", "host.uncordoned"]


def test_a_change_from_an_old_view_is_refused(admin: Person) -> None:
    etag = admin.post("/hosts", LOCAL)["ETag"]
    assert admin.patch("/hosts/local", {"labels": {"zone": "a"}}, If_Match=etag).status_code == 200
    late = admin.patch("/hosts/local", {"labels": {"zone": "b"}}, If_Match=etag)
    assert (late.status_code, late.json()["code"]) == (412, "precondition-failed")
    assert admin.post("/hosts/local/cordon", If_Match=etag).status_code == 412
    assert admin.delete("/hosts/local", If_Match=etag).status_code == 412
    assert admin.patch("/hosts/local", {}, If_Match="3").json()["code"] == "if-match-invalid"
    assert Host.objects.get().labels == {"zone": "a"}


def test_a_change_of_the_url_is_judged_with_the_keys_it_will_have(admin: Person) -> None:
    admin.post("/hosts", {"name": "far", "url": "tcp://10.0.0.7:2376", "tls": certificate()})
    assert admin.patch("/hosts/far", {"url": "tcp://10.0.0.8:2376"}).status_code == 200
    assert pointers(admin.patch("/hosts/far", {"tls": None})) == ["/url"]
    assert pointers(admin.patch("/hosts/far", {"url": "unix:///x.sock"})) == ["/url"]
    assert admin.patch("/hosts/far", {"url": "unix:///x.sock", "tls": None}).json()["has_tls"] is False
    assert pointers(admin.patch("/hosts/far", {"labels": {"a": "b c"}})) == ["/labels/a"]
    assert pointers(admin.patch("/hosts/far", {"name": "near"})) == ["/name"]


def test_taints_and_projects_of_a_host(admin: Person) -> None:
    admin.post("/hosts", LOCAL)
    wished = {"taints": ["dedicated=ml", "spot:avoid"], "projects": ["shop", "default"]}
    body = admin.patch("/hosts/local", wished).json()
    assert (body["taints"], body["projects"]) == (wished["taints"], wished["projects"])
    assert Event.objects.get(kind="host.changed").message == "projects, taints of local changed"
    assert admin.patch("/hosts/local", {"labels": {"a": "b"}}).json()["taints"] == wished["taints"]
    assert pointers(admin.patch("/hosts/local", {"taints": ["spot", "a b", "spot:avoid"]})) == [
        "/taints/1",
        "/taints/2",
    ]
    assert pointers(admin.patch("/hosts/local", {"taints": [f"a{n}" for n in range(33)]})) == ["/taints"]
    assert pointers(admin.patch("/hosts/local", {"projects": ["Shop", "a", "a"]})) == ["/projects/0", "/projects/2"]
    assert admin.patch("/hosts/local", {"resources": {"license": 4}}).json()["resources"] == {
        "license": {"allocatable": 4, "reserved": 0}
    }
    amounts = {"resources": {"License": 1, "license": -1}}
    assert pointers(admin.patch("/hosts/local", amounts)) == ["/resources/License", "/resources/license"]
    assert admin.patch("/hosts/local", {"taints": [], "projects": []}).json()["taints"] == []


def test_a_host_is_removed_only_when_nothing_is_left_there(admin: Person, shop: Project) -> None:
    host = register("local", url=LOCAL["url"], actor="user:ada")
    HostBooking.objects.update(cpu_millis_allocatable=1000, memory_bytes_allocatable=1000)
    row = Container.objects.create(
        project=shop,
        name="web",
        slot_id="00000000-0000-0000-0000-000000000001",
        spec={},
        spec_hash="",
        status="running",
        host=host,
    )
    used = admin.delete("/hosts/local")
    assert (used.status_code, used.json()["code"]) == (409, "host-in-use")
    assert "web" in used.json()["detail"]
    Container.objects.filter(pk=row.pk).update(status="exited", desired="remove")
    Host.objects.update(reachable="ok")
    assert "clearing away" in admin.delete("/hosts/local").json()["detail"]
    Host.objects.update(reachable="lost")
    Volume.objects.create(project=shop, name="data", host=host)
    held = admin.delete("/hosts/local")
    assert (held.status_code, held.json()["code"]) == (409, "host-holds-volumes")
    assert admin.delete("/hosts/local?forget_volumes=1").status_code == 204
    assert admin.get("/hosts/local").status_code == 404
    assert not Container.objects.exists()
    assert Event.objects.filter(kind="host.removed", object_id=str(host.pk)).exists()


def test_the_list_takes_the_same_queries_for_many_hosts(
    admin: Person, viewer: Person, shop: Project, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        host = register(f"h{number:02}", url=f"fake://f/h{number}", actor="tests")
        Sample.objects.create(host_id=host.pk, cpu_millis=number, memory_bytes=1)
        Container.objects.create(
            project=shop,
            name=f"c{number}",
            slot_id=f"00000000-0000-0000-0000-0000000000{number:02}",
            spec={},
            spec_hash="",
            status="running",
            host=host,
        )
    admin.get("/hosts")
    with django_assert_max_num_queries(5):  # token, page, id of a minute ago, usage, GPUs
        rows = admin.get("/hosts").json()["results"]
    assert [row["usage"]["cpu_millis"] for row in rows] == list(range(12))
    assert [row["containers"] for row in rows] == [1] * 12
    with django_assert_max_num_queries(7):  # and the memberships
        assert len(viewer.get("/hosts").json()["results"]) == 12


def test_a_list_comes_in_pages(admin: Person) -> None:
    for number in range(3):
        register(f"h{number}", url=f"fake://f/h{number}", actor="tests")
    first = admin.get("/hosts?limit=2").json()
    assert [row["name"] for row in first["results"]] == ["h0", "h1"]
    second = admin.client.get(first["next"]).json()
    assert ([row["name"] for row in second["results"]], second["next"]) == (["h2"], None)


@pytest.mark.django_db(transaction=True)
def test_of_racing_changes_from_one_view_one_wins() -> None:
    admin = person_of(User.objects.create_superuser("ada", password="x"))
    etag = admin.post("/hosts", LOCAL)["ETag"]

    def change(number: int) -> int:
        try:
            return int(admin.patch("/hosts/local", {"labels": {"zone": f"z{number}"}}, If_Match=etag).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(change, range(8)))
    assert statuses == [200] + [412] * 7
    assert Host.objects.get().generation == 2
