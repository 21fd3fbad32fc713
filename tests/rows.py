"""Real rows for tests: hosts with room, slots as an action makes them. Nothing here is a mock."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from containers.models import Container
from containers.spec import dump, parse, spec_hash
from containers.states import By, Status
from containers.transitions import Binding, BoundPort, Move, NewSlot, add_first, bind_many, move
from core.accounts.models import Project, default_project
from hosts.models import Host, HostBooking, HostHold

ROAD = (Status.BOUND, Status.PREPARING, Status.STARTING, Status.RUNNING)
MEBIBYTE = 1024**2


@dataclass(frozen=True)
class Asked:
    """What a test wants of a container, beside its name."""

    cpu: str = "100m"
    memory: str = "64m"
    restart: str = "none"


def host(name: str, *, cpu_millis: int = 4000, memory_bytes: int = 1024 * MEBIBYTE, **fields: Any) -> Host:
    """A host that is ready and has room."""
    made = Host.objects.create(
        name=name, url=f"fake://rows/{name}", data_address="127.0.0.1", reachable="ok", responsive="ok", **fields
    )
    HostBooking.objects.create(host=made, cpu_millis_allocatable=cpu_millis, memory_bytes_allocatable=memory_bytes)
    HostHold.objects.create(host=made)
    return made


def slot(name: str = "", *, asked: Asked = Asked(), project: Project | None = None, **spec: Any) -> Container:
    """A pending stand-alone container."""
    wished = parse(
        {
            "name": name or f"c-{uuid4().hex[:8]}",
            "image": "registry.test/web:1",
            "resources": {"cpu": asked.cpu, "memory": asked.memory},
            "restart": asked.restart,
            **spec,
        }
    )
    new = NewSlot(
        project_id=(project or default_project()).pk,
        name=wished.name,
        spec=dump(wished),
        spec_hash=spec_hash(wished),
        cpu_millis=wished.resources.cpu_request_millis,
        memory_bytes=wished.resources.memory_request_bytes,
        restart=wished.restart,
        priority=wished.priority,
    )
    return add_first(new, actor="user:test")


def bind(container: Container, to: Host, *, ports: tuple[BoundPort, ...] = (), volumes: tuple[str, ...] = ()) -> bool:
    """Bind one container as the scheduler does."""
    return bool(bind_many([Binding(container.pk, to.pk, to.name, ports, volumes)], actor="scheduler"))


def advance(container: Container, to: Status) -> None:
    """Walk a bound container along the road, one allowed move at a time."""
    for step in ROAD[1 : ROAD.index(to) + 1]:
        assert move(Move(container.pk, step), by=By.AGENT, actor="agent:test")


def end(container: Container, to: Status, **values: Any) -> bool:
    """End a container as its agent does."""
    return move(Move(container.pk, to, values=values), by=By.AGENT, actor="agent:test")
