"""The GPUs of a host: an admin says them, every wrong one is named, and who has them is told to those who may know."""

from typing import Any

from containers.transitions import Binding, GpuClaim, bind_many
from core.accounts.models import Project, default_project
from core.events.models import Event
from hosts.models import Host, HostGpu
from tests import rows
from tests.api.conftest import Person

LOCAL = {"name": "local", "url": "unix:///var/run/docker.sock"}


def pointers(answer: Any) -> list[str]:
    return [one["pointer"] for one in answer.json()["errors"]]


def test_gpus_of_a_host(admin: Person, shop: Project) -> None:
    admin.post("/hosts", LOCAL)
    body = admin.get("/hosts/local").json()
    assert (body["gpus"], body["gpus_said"], body["gpu_sharing"]) == ([], False, False)
    said = {"gpus": [{"device": "GPU-1", "model": "A100"}, {"device": "0"}], "gpu_sharing": True}
    body = admin.patch("/hosts/local", said).json()
    assert (body["gpus_said"], body["gpu_sharing"]) == (True, True)
    assert body["gpus"][0] == {
        "device": "GPU-1",
        "model": "A100",
        "there": True,
        "reserved_millis": 0,
        "holders": [],
    }
    assert [gpu["device"] for gpu in body["gpus"]] == ["GPU-1", "0"]
    assert Event.objects.get(kind="host.changed").message == "gpu_sharing, gpus of local changed"
    wrong = [{"device": "all"}, {"device": "a,b"}, {"device": "1", "model": "<b>"}, {"device": "1"}]
    assert pointers(admin.patch("/hosts/local", {"gpus": wrong})) == [
        "/gpus/0/device",
        "/gpus/1/device",
        "/gpus/2/model",
        "/gpus/3/device",
    ]
    assert pointers(admin.patch("/hosts/local", {"gpus": [{"device": f"{n}"} for n in range(65)]})) == ["/gpus"]
    assert pointers(admin.patch("/hosts/local", {"gpus": [{"id": "1"}]})) == ["/gpus/0/id"]


def test_who_has_a_gpu_is_told_to_those_who_may_know(admin: Person, viewer: Person, shop: Project) -> None:
    host = rows.host("local")
    HostGpu.objects.create(host=host, number=0, device="GPU-1", model="A100")
    for project, name in ((shop, "ours"), (default_project(), "theirs")):
        row = rows.slot(name, project=project)
        wanted = Binding(row.pk, host.pk, host.name, gpus=GpuClaim((0,), 400))
        Host.objects.update(gpu_sharing=True)
        assert bind_many([wanted], actor="scheduler")
    (gpu,) = admin.get("/hosts/local").json()["gpus"]
    assert (gpu["reserved_millis"], [one["name"] for one in gpu["holders"]]) == (800, ["ours", "theirs"])
    (gpu,) = viewer.get("/hosts").json()["results"][0]["gpus"]
    assert (gpu["reserved_millis"], [one["name"] for one in gpu["holders"]]) == (800, ["ours"])
    ours = viewer.get("/projects/shop/containers").json()["results"][0]
    assert ours["gpus"] == [{"device": "GPU-1", "model": "A100", "millis": 400}]
    in_use = admin.patch("/hosts/local", {"gpus": []})
    assert pointers(in_use) == ["/gpus"]
    assert "stop that container first" in in_use.json()["detail"]
    assert admin.patch("/hosts/local", {"gpus": [{"device": "GPU-1", "model": "H100"}]}).status_code == 200
