"""Real services for tests: as an action asks for them, and their containers as the services loop adds them."""

from typing import Any

from containers import service_actions
from containers.models import Container, Revision, Service
from containers.states import Status
from containers.transitions import BoundPort
from containers.transitions.replicas import NewReplica, add_replicas, add_successor, template_of
from core.accounts.models import Project, default_project
from hosts.models import Host
from tests import rows

ACTOR = "user:test"
SPEC: dict[str, Any] = {
    "name": "web",
    "replicas": 2,
    "container": {"image": "registry.test/web:1", "ports": [{"container_port": 80}]},
}


def service(*, project: Project | None = None, **spec: Any) -> Service:
    """A service with its first revision and no containers yet."""
    return service_actions.create(project or default_project(), {**SPEC, **spec}, actor=ACTOR)


def wanted(made: Service) -> Revision:
    revision = Service.objects.select_related("revision").get(pk=made.pk).revision
    assert revision is not None
    return revision


def replicas(made: Service, *keys: str) -> list[Container]:
    """Pending first attempts of these slots, with the revision that is wanted."""
    template = template_of(wanted(made), number=1)
    add_replicas(made, [NewReplica(key, "waits for the scheduler") for key in keys], template, actor="scheduler")
    found = {row.slot_key: row for row in Container.objects.filter(service=made, superseded=False)}
    return [found[key] for key in keys]


def successor(of: Container, *, number: int = 2) -> Container:
    """One beside it, with the revision that is wanted."""
    assert of.service is not None
    template = template_of(wanted(of.service), number=number)
    key = add_successor(of.pk, template, message="follows", not_before=None, actor="scheduler")
    assert key is not None
    return Container.objects.get(pk=key)


def run(container: Container, on: Host, *, port: int, to: Status = Status.RUNNING) -> None:
    """Bind it with a host port and walk it along its road."""
    assert rows.bind(container, on, ports=(BoundPort(80, "tcp", "0.0.0.0", port),))
    rows.advance(container, to)
