"""Real rows for the tests of the scheduler: hosts that answer, containers that were asked for."""

from typing import Any
from uuid import UUID

from containers import transitions
from containers.models import Container
from containers.spec import dump, parse, spec_hash
from containers.states import By, Status
from containers.transitions import Move, NewSlot
from core.accounts.models import Project, default_project
from hosts.models import Host, HostBooking, HostHold, Process
from scheduler.turn import Turn
from tests.scheduler.lease import given

GIB = 1024**3
MIB = 1024**2


def host(name: str, *, cpu: int = 4000, memory: int = 4 * GIB, **values: Any) -> Host:
    row = Host.objects.create(
        name=name,
        url=f"tcp://{name}:2376",
        data_address="10.0.0.1",
        **{"reachable": "ok", "architecture": "x86_64", "cpu_millis": cpu, "memory_bytes": memory, **values},
    )
    HostBooking.objects.create(host=row, cpu_millis_allocatable=cpu, memory_bytes_allocatable=memory)
    HostHold.objects.create(host=row, agent=speaker().pk)
    return row


def speaker() -> Process:
    """The agent that speaks for every host of a test; it lives without a beat, since no other agent looks."""
    return Process.objects.get_or_create(id=UUID(int=1), role="agent", name="test")[0]


def container(name: str = "web", *, project: Project | None = None, **fields: Any) -> Container:
    """A pending row, as the API's action makes it."""
    spec = parse({"name": name, "image": "web:1", **fields})
    return transitions.add_first(
        NewSlot(
            project_id=(project or default_project()).pk,
            name=name,
            spec=dump(spec),
            spec_hash=spec_hash(spec),
            cpu_millis=spec.resources.cpu_request_millis,
            memory_bytes=spec.resources.memory_request_bytes,
            restart=spec.restart,
            priority=spec.priority,
        ),
        actor="user:anna",
    )


def walk(row: Container, *statuses: Status, **last: Any) -> Container:
    """Move a row on as its agent would; `last` are the reason, message and values of the last move."""
    for status in statuses:
        extra = last if status == statuses[-1] else {}
        reason, message = extra.pop("reason", ""), extra.pop("message", "")
        moved = transitions.move(Move(row.pk, status, reason, message, extra), by=By.AGENT, actor="agent:test")
        assert moved, f"{row} could not go to {status}"
    row.refresh_from_db()
    return row


def attempts(row: Container) -> list[Container]:
    return list(Container.objects.filter(slot_id=row.slot_id).order_by("attempt"))


def current(row: Container) -> Container:
    return Container.objects.get(slot_id=row.slot_id, superseded=False)


__all__ = ["GIB", "MIB", "Turn", "attempts", "container", "current", "given", "host", "walk"]
