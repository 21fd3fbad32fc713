"""What a plan rests on, and what of it has changed since: the reason why a stale one is not carried out.

The services, containers and policies that it changes, and the hosts on which something starts or stops, with the room
that the plan takes there. Before: a plan was made. After: its answer, and its apply.
"""

from collections.abc import Callable, Iterable, Mapping, Set
from typing import Any
from uuid import UUID

from containers.models import Container, Service
from core.lib.quantity import show_cpu, show_memory
from hosts.models import Host
from hosts.states import Reachable
from scheduler.forecast import Extra, Forecast, World
from scheduler.forecast.types import ALONE
from scheduler.models import PlacementPolicy
from scheduler.plans.foresight import Foreseen

Seen = dict[str, list[dict[str, Any]]]
STRANGER = "of another project"
Difference = tuple[str, str]  # a pointer into what was seen, and words


def what_it_saw(seen: Foreseen, *, projects: Set[int]) -> Seen:
    """As rows are now; what the plan itself would make is not there yet. `projects`: those whose names may be said."""
    touched, world, found = seen.touched, seen.world, seen.found
    services, containers = _yielding(found, world)
    names = {step.host for step in found.steps if step.host}
    names |= {world.hosts[one].name for one in touched.hosts if one in world.hosts}
    names |= {one.host for one in found.stays}
    return {
        "services": [_plain(row, projects) for row in _services(touched.services | services)],
        "containers": [_plain(row, projects) for row in _containers(touched.containers | containers)],
        "hosts": [_host(row, found.peaks.get(row.name)) for row in _hosts(names)],
        "policies": [
            {"id": row.name, "name": row.name, "generation": row.generation}
            for row in PlacementPolicy.objects.filter(name__in=list(touched.policies))
        ],
    }


def _yielding(found: Forecast, world: World) -> tuple[set[UUID], set[UUID]]:
    """The services and the stand-alone containers that give way."""
    ids = [step.id for step in found.steps if step.doing == "give-way"]
    services = {world.places[key][0] for key in ids} - {ALONE}
    return services, {key for key in ids if world.places[key][0] == ALONE}


def _services(ids: Iterable[Any]) -> list[Service]:
    return list(Service.objects.filter(pk__in=list(ids), gone_at=None).order_by("name"))


def _containers(ids: Iterable[Any]) -> list[Container]:
    return list(Container.objects.filter(pk__in=list(ids), superseded=False).order_by("name"))


def _hosts(names: Iterable[str]) -> list[Host]:
    return list(Host.objects.select_related("booking").filter(name__in=list(names)).order_by("name"))


def _plain(row: Service | Container, projects: Set[int]) -> dict[str, Any]:
    name = row.name if row.project_id in projects else STRANGER
    return {"id": str(row.pk), "name": name, "project": row.project_id, "generation": row.generation}


def _host(row: Host, extra: Extra | None) -> dict[str, Any]:
    taken = extra or Extra(0, 0)
    return {
        "id": row.pk,
        "name": row.name,
        "generation": row.generation,
        "availability": row.availability,
        "state": state_of(row),
        **taken._asdict(),
    }


def state_of(row: Host) -> str:
    """How it stands in a word: ready, or as its engine answers."""
    return "ready" if row.reachable == Reachable.OK else row.reachable


def generations_of(seen: Seen) -> dict[str, int]:
    """Of each object, by the key that verbs ask with."""
    found = {one["id"]: one["generation"] for kind in ("services", "containers") for one in seen[kind]}
    found |= {f"host {one['id']}": one["generation"] for one in seen["hosts"]}
    return found | {f"policy {one['name']}": one["generation"] for one in seen["policies"]}


def differences(seen: Seen) -> list[Difference]:
    """What is not as it was, in words that name it."""
    return [
        *_changed("service", seen["services"], {str(row.pk): row for row in _services(_ids(seen["services"]))}),
        *_changed("container", seen["containers"], {str(r.pk): r for r in _containers(_ids(seen["containers"]))}),
        *_changed_hosts(seen["hosts"]),
        *_changed(
            "policy",
            seen["policies"],
            {row.name: row for row in PlacementPolicy.objects.filter(name__in=_names(seen["policies"]))},
            plural="policies",
        ),
    ]


def _ids(rows: Iterable[Mapping[str, Any]]) -> list[UUID]:
    return [UUID(row["id"]) for row in rows]


def _names(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return [row["name"] for row in rows]


def _changed(kind: str, seen: list[dict[str, Any]], now: Mapping[str, Any], *, plural: str = "") -> list[Difference]:
    found = []
    for place, one in enumerate(seen):
        row, at = now.get(one["id"]), f"/seen/{plural or kind + 's'}/{place}"
        if row is None:
            found.append((at, f"{kind} {one['name']}: it was there when planned, it is gone now"))
        elif row.generation != one["generation"]:
            words = f"{kind} {one['name']}: generation {one['generation']} when planned, {row.generation} now"
            found.append((at, words))
    return found


def _changed_hosts(seen: list[dict[str, Any]]) -> list[Difference]:
    now = {row.name: row for row in _hosts(_names(seen))}
    found = []
    for place, one in enumerate(seen):
        row = now.get(one["name"])
        words = f"host {one['name']} is gone" if row is None else _changed_host(one, row)
        if words:
            found.append((f"/seen/hosts/{place}", words))
    return found


def _changed_host(one: Mapping[str, Any], row: Host) -> str:
    """The first of what is different: its engine, its availability, its wishes, its room."""
    name = one["name"]
    if state_of(row) != one["state"]:
        return f"host {name} was {one['state']}, is {state_of(row)}"
    if row.availability != one["availability"]:
        return f"host {name} was {one['availability']}, is {row.availability}"
    if row.generation != one["generation"]:
        return f"host {name}: generation {one['generation']} when planned, {row.generation} now"
    return _lacks("CPU", one["cpu_millis"], _free(row, "cpu_millis"), name, show_cpu) or _lacks(
        "memory", one["memory_bytes"], _free(row, "memory_bytes"), name, show_memory
    )


def _free(row: Host, what: str) -> int:
    return int(getattr(row.booking, f"{what}_allocatable") - getattr(row.booking, f"{what}_reserved"))


def _lacks(word: str, taken: int, free: int, name: str, show: Callable[[int], str]) -> str:
    if taken <= free:
        return ""
    return f"host {name}: the plan takes {show(taken)} of {word} there, {show(max(free, 0))} is free now"
