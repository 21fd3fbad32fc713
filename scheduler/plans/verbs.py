"""What a plan may change: each verb by the action that carries it out for real, with the permission that it needs.

A plan says them in a transaction that is thrown away, an apply for good. Two are suppositions, which nobody can carry
out: a host more, a host less. Before: the plan's changes. After: what they touched.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import Http404

from containers import actions as container_actions
from containers import service_actions
from containers.models import Container, Service
from containers.queries import current_of
from containers.service_queries import services_of
from containers.service_serializers import RollBackSerializer, ScaleSerializer
from core.accounts.actions import actor_of
from core.accounts.models import Project, User
from core.accounts.permissions import is_admin, project_for, project_ids_of, require_platform
from core.accounts.roles import Verb
from core.api.bodies import Body
from core.lib.problems import Problem
from hosts import actions as host_actions
from hosts.models import Host
from scheduler import policies
from scheduler.plans import rebalance, suppose
from scheduler.plans.foresight import Touched
from scheduler.serializers import PolicyChangesSerializer, PolicyChoiceSerializer


@dataclass(frozen=True, slots=True)
class Asked:
    """One change as somebody asks for it. `generations`: what the plan saw of what it changes; empty: anything."""

    user: User
    given: Mapping[str, Any]
    generations: Mapping[str, int] = field(default_factory=dict)

    @property
    def by(self) -> str:
        return actor_of(self.user)

    def project(self, verb: Verb) -> Project:
        return project_for(self.user, self.text("project"), verb)

    def text(self, name: str) -> str:
        found = self.given.get(name)
        if not found:
            words = f"{self.given['verb']} needs {name}"
            raise Problem(400, "required", words)
        return str(found)

    def body(self) -> Any:
        return self.given.get("body", {})

    def checked(self, shape: type[Body]) -> dict[str, Any]:
        serializer = shape(data=self.body())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def expected(self, key: object) -> int | None:
        """Only the first change of an object was planned on what it saw; the plan's own changes follow."""
        return self.generations.get(str(key))

    def service(self, verb: Verb) -> Service:
        """By its name or id, within the project."""
        rows, name = services_of(self.project(verb)), self.text("service")
        found = rows.filter(name=name).first() or _by_id(rows, name)
        if found is None:
            raise Http404(f"no service {name!r}")
        return found

    def container(self, verb: Verb) -> Container:
        """A stand-alone one, by its name or id."""
        rows, name = current_of(self.project(verb)).filter(service=None), self.text("container")
        found = rows.filter(name=name).order_by("-created_at").first() or _by_id(rows, name)
        if found is None:
            raise Http404(f"no stand-alone container {name!r}")
        return found

    def host(self, verb: Verb | None) -> Host:
        """`verb` None: whoever sees hosts may."""
        if verb is not None:
            require_platform(self.user, verb)
        name = self.text("host")
        found = Host.objects.filter(name=name).first() if may_see_hosts(self.user) else None
        if found is None:
            raise Http404(f"no host {name!r}")
        return found


def may_see_hosts(user: User) -> bool:
    return is_admin(user) or bool(project_ids_of(user))


def _by_id(rows: Any, text: str) -> Any:
    try:
        return rows.filter(pk=text).first()
    except (ValueError, ValidationError):
        return None


# --- services


def _service_create(asked: Asked) -> Touched:
    made = service_actions.create(asked.project(Verb.SERVICE_CREATE), asked.body(), actor=asked.by)
    return Touched(services=frozenset({made.pk}))


def _on_service(verb: Verb, act: Callable[..., Service], asked: Asked, *values: Any) -> Touched:
    found = asked.service(verb)
    act(found, *values, actor=asked.by, expected_generation=asked.expected(found.pk))
    return Touched(services=frozenset({found.pk}))


def _service_update(asked: Asked) -> Touched:
    return _on_service(Verb.SERVICE_UPDATE, service_actions.update, asked, asked.body())


def _service_scale(asked: Asked) -> Touched:
    replicas = asked.checked(ScaleSerializer)["replicas"]
    return _on_service(Verb.SERVICE_SCALE, service_actions.scale, asked, replicas)


def _service_restart(asked: Asked) -> Touched:
    return _on_service(Verb.SERVICE_RESTART, service_actions.restart, asked)


def _service_roll_back(asked: Asked) -> Touched:
    number = asked.checked(RollBackSerializer)["revision"]
    return _on_service(Verb.SERVICE_ROLL_BACK, service_actions.roll_back, asked, number)


def _service_remove(asked: Asked) -> Touched:
    return _on_service(Verb.SERVICE_REMOVE, service_actions.remove, asked)


# --- stand-alone containers


def _container_run(asked: Asked) -> Touched:
    made = container_actions.run(asked.project(Verb.CONTAINER_RUN), asked.body(), actor=asked.by)
    return Touched(containers=frozenset({made.pk}))


def _on_container(verb: Verb, act: Callable[..., Container], asked: Asked) -> Touched:
    found = asked.container(verb)
    act(found, actor=asked.by, expected_generation=asked.expected(found.pk))
    return Touched(containers=frozenset({found.pk}))


def _container_stop(asked: Asked) -> Touched:
    return _on_container(Verb.CONTAINER_STOP, container_actions.stop, asked)


def _container_remove(asked: Asked) -> Touched:
    return _on_container(Verb.CONTAINER_REMOVE, container_actions.remove, asked)


# --- hosts and policies


def _on_host(act: Callable[..., Host], asked: Asked) -> Touched:
    found = asked.host(Verb.HOST_CORDON)
    act(found, actor=asked.by, expected_generation=asked.expected(f"host {found.pk}"))
    return Touched(hosts=frozenset({found.pk}))


def _host_cordon(asked: Asked) -> Touched:
    return _on_host(host_actions.cordon, asked)


def _host_uncordon(asked: Asked) -> Touched:
    return _on_host(host_actions.uncordon, asked)


def _host_drain(asked: Asked) -> Touched:
    return _on_host(host_actions.drain, asked)


def _host_lost(asked: Asked) -> Touched:
    found = asked.host(None)
    suppose.lost(found)
    return Touched(hosts=frozenset({found.pk}))


def _host_added(asked: Asked) -> Touched:
    if not may_see_hosts(asked.user):
        raise Problem(403, "forbidden", "host.added is for whoever sees the hosts: members of any project")
    values = asked.checked(suppose.HostSupposedSerializer)
    return Touched(hosts=frozenset(suppose.added(values, visible=Host.objects.all())))


def _policy_change(asked: Asked) -> Touched:
    require_platform(asked.user, Verb.POLICY_CHANGE)
    name, changes = asked.text("policy"), policies.Changes(**asked.checked(PolicyChangesSerializer))  # type: ignore[typeddict-item]
    policies.update(name, changes, actor=asked.by, expected_generation=asked.expected(f"policy {name}"))
    return Touched(policies=frozenset({name}))


def _policy_choose(asked: Asked) -> Touched:
    name = asked.checked(PolicyChoiceSerializer)["policy"]
    policies.choose(asked.project(Verb.POLICY_CHOOSE), name, actor=asked.by)
    return Touched(policies=frozenset({name}))


def _rebalance(asked: Asked) -> Touched:
    return rebalance.mark_these(asked.user, asked.given, actor=asked.by)


SAY: Final[Mapping[str, Callable[[Asked], Touched]]] = {
    "service.create": _service_create,
    "service.update": _service_update,
    "service.scale": _service_scale,
    "service.restart": _service_restart,
    "service.roll-back": _service_roll_back,
    "service.remove": _service_remove,
    "container.run": _container_run,
    "container.stop": _container_stop,
    "container.remove": _container_remove,
    "host.cordon": _host_cordon,
    "host.uncordon": _host_uncordon,
    "host.drain": _host_drain,
    "host.added": _host_added,
    "host.lost": _host_lost,
    "policy.change": _policy_change,
    "policy.choose": _policy_choose,
    rebalance.VERB: _rebalance,
}
SUPPOSED: Final = frozenset({"host.added", "host.lost"})
