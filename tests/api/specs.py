"""Specs that the tests of containers send, and rows in the statuses that verbs meet."""

from typing import Any
from uuid import UUID

from containers.models import Container
from containers.states import By, Status
from containers.transitions import Binding, Move, bind_many, move
from hosts.actions import register
from hosts.models import Host, HostBooking

WEB: dict[str, Any] = {
    "name": "web",
    "image": "registry:5000/shop/web:1.4",
    "ports": [{"container_port": 80}],
    "resources": {"cpu": "0.5", "memory": "256m"},
}


def host_with_room(name: str = "h1") -> Host:
    """A host that answers, with 4 CPUs and 8 GiB to give."""
    host = register(name, url=f"fake://tests/{name}", actor="tests")
    HostBooking.objects.filter(pk=host.pk).update(cpu_millis_allocatable=4000, memory_bytes_allocatable=8 << 30)
    Host.objects.filter(pk=host.pk).update(reachable="ok")
    return host


def bring(container_id: str | UUID, to: Status, *, host: Host) -> Container:
    """Move a pending container along its road as scheduler and agent do."""
    row = Container.objects.get(pk=container_id)
    bind_many([Binding(row.id, host.pk, host.name)], actor="scheduler")
    road = {
        Status.BOUND: [],
        Status.PREPARING: [Status.PREPARING],
        Status.STARTING: [Status.PREPARING, Status.STARTING],
        Status.RUNNING: [Status.PREPARING, Status.STARTING, Status.RUNNING],
        Status.STOPPING: [Status.STOPPING],
        Status.STOPPED: [Status.STOPPING, Status.STOPPED],
        Status.FAILED: [Status.PREPARING, Status.STARTING, Status.RUNNING, Status.FAILED],
        Status.EXITED: [Status.PREPARING, Status.STARTING, Status.RUNNING, Status.EXITED],
    }
    for status in road[to]:
        assert move(Move(row.id, status), by=By.AGENT, actor="agent:tests"), status
    row.refresh_from_db()
    return row
