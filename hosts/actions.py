"""The verbs of hosts: register, change, cordon, uncordon, drain, remove. Each leaves an event and a hint.

Before: a view, the admin or `up`. After: an agent takes the host, and placement sees it as soon as it answers.
"""

import re
from collections.abc import Mapping
from typing import Any, TypedDict

from django.db import IntegrityError, transaction
from django.db.models import Q

from core.events.record import Happening, record
from core.lib.notify import hint
from core.lib.problems import FieldProblem, Problem, check_generation, name_taken
from hosts.address import (
    TlsTexts,
    data_address_problems,
    default_data_address,
    sealed,
    tls_problems,
    url_problems,
)
from hosts.conditions import lift_flapping
from hosts.gpus import GpuSaid, gpu_problems, set_gpus
from hosts.models import NAME, Host, HostBooking, HostGpu, HostHold
from hosts.states import Availability, Reachable
from hosts.wishes import label_problems, project_problems, resource_problems, taint_problems

_CHANGED = ("url", "data_address", "labels", "taints", "projects", "gpu_sharing")


class Changes(TypedDict, total=False):
    """What of a host may be changed; what is left out stays."""

    url: str
    data_address: str
    labels: dict[str, str]
    taints: list[str]
    projects: list[str]
    resources: dict[str, int]
    gpus: list[GpuSaid] | None  # None: as its engine says
    gpu_sharing: bool
    tls: TlsTexts | None


def register(
    name: str,
    *,
    url: str,
    actor: str,
    labels: Mapping[str, str] | None = None,
    data_address: str = "",
    tls: TlsTexts | None = None,
    another_engine: bool = False,
) -> Host:
    """A new host with its booking and its hold; Problem 400 names every wrong field, 409 a name or URL in use.

    `another_engine`: the caller has seen that the engine at this URL is not the one of the host that has it.
    """
    problems = [] if re.fullmatch(NAME.regex, name) else [FieldProblem("/name", "invalid", str(NAME.message))]
    given = Changes(url=url, labels=dict(labels or {}), tls=tls)
    if data_address:
        given["data_address"] = data_address
    _refuse(problems + _problems(given))
    address = data_address or default_data_address(url)
    try:
        with transaction.atomic():
            if not another_engine:
                _refuse_used_url(url)
            host = Host.objects.create(
                name=name, url=url, data_address=address, labels=dict(labels or {}), tls_sealed=sealed(tls)
            )
            HostBooking.objects.create(host=host)
            HostHold.objects.create(host=host)
            _tell(host, "host.registered", actor=actor, message=f"{name} at {url} was registered")
    except IntegrityError as error:
        if "name" not in str(error):
            raise
        raise name_taken("/name", f"there is a host {name!r} already") from error
    host.refresh_from_db()
    return host


def update(host: Host, changes: Changes, *, actor: str, expected_generation: int | None = None) -> Host:
    """Change what Changes names; Problem 412 when the host has changed since it was read."""
    with transaction.atomic():
        row = _locked(host)
        check_generation(expected_generation, row.generation)
        given = Changes(url=row.url, **changes) if "url" not in changes else changes
        _refuse(_problems(given, had_tls=row.tls_sealed is not None))
        if "url" in changes and changes["url"] != row.url:
            _refuse_used_url(changes["url"])
        if "resources" in changes:
            _set_resources(row, changes["resources"])
        if "gpus" in changes:
            _set_gpus(row, changes["gpus"])
        for name in changes.keys() - {"tls", "resources", "gpus"}:
            setattr(row, name, changes[name])  # type: ignore[literal-required]
        if "tls" in changes:
            row.tls_sealed = sealed(changes["tls"])
        row.generation += 1
        row.save(update_fields=[*_CHANGED, "tls_sealed", "gpus_said", "generation"])
        told = ", ".join(sorted(changes)) or "nothing"
        _tell(row, "host.changed", actor=actor, message=f"{told} of {row.name} changed")
    row.refresh_from_db()
    return row


def _set_resources(host: Host, resources: Mapping[str, int]) -> None:
    """Under the booking's lock, which every binding takes; the CHECK stands behind it."""
    booking = HostBooking.objects.select_for_update().get(pk=host.pk)
    _refuse(resource_problems(resources, reserved=booking.resources_reserved))
    HostBooking.objects.filter(pk=host.pk).update(resources_allocatable={k: v for k, v in resources.items() if v})


def _set_gpus(host: Host, said: list[GpuSaid] | None) -> None:
    """Under the booking's lock, too; `host` is saved by the caller."""
    HostBooking.objects.select_for_update().get(pk=host.pk)
    host.gpus_said = said is not None
    if said is None:
        set_gpus(host.pk, dict.fromkeys(host.facts.get("gpus", ())))
        return
    in_use = HostGpu.objects.filter(host=host, millis_reserved__gt=0).order_by("number")
    _refuse(gpu_problems(said, in_use=list(in_use.values_list("device", flat=True))))
    set_gpus(host.pk, {gpu["device"]: gpu["model"] for gpu in said})


def cordon(host: Host, *, actor: str, expected_generation: int | None = None) -> Host:
    """Place nothing new here; what runs stays."""
    return _set_availability(host, Availability.CORDONED, actor=actor, expected=expected_generation)


def drain(host: Host, *, actor: str, expected_generation: int | None = None, total: int = 0) -> Host:
    """Place nothing new here, and let services move away what they can; `total` is what there is to move now."""
    return _set_availability(
        host, Availability.DRAINING, actor=actor, expected=expected_generation, data={"total": total}
    )


def uncordon(host: Host, *, actor: str, expected_generation: int | None = None) -> Host:
    """Take new containers again: a drain that is under way ends where it is, the wait of a flapping host too."""
    with transaction.atomic():
        done = _set_availability(host, Availability.ACTIVE, actor=actor, expected=expected_generation)
        lift_flapping(_locked(host), actor=actor)
    done.refresh_from_db()
    return done


def remove(host: Host, *, actor: str, expected_generation: int | None = None, forget_volumes: bool = False) -> None:
    """Forget a host that holds no container any more; Problem 409 says what it still holds.

    The attempts that ended here go with it (their events stay). Volumes on it are only forgotten when that is asked
    for; on the engine nothing is deleted.
    """
    with transaction.atomic():
        row = _locked(host, to_delete=True)
        check_generation(expected_generation, row.generation)
        _refuse_while_used(row, forget_volumes=forget_volumes)
        _tell(row, "host.removed", actor=actor, message=f"{row.name} at {row.url} was removed")
        row.volumes.all().delete()
        row.containers.all().delete()
        row.delete()


_SAID = {
    Availability.ACTIVE: "uncordoned",
    Availability.CORDONED: "cordoned",
    Availability.DRAINING: "draining",
}


def _set_availability(
    host: Host, to: Availability, *, actor: str, expected: int | None, data: Mapping[str, Any] | None = None
) -> Host:
    with transaction.atomic():
        row = _locked(host)
        check_generation(expected, row.generation)
        if row.availability != to:
            row.availability = to
            row.generation += 1
            row.save(update_fields=["availability", "generation"])
            was = "is" if to == Availability.DRAINING else "was"
            _tell(row, f"host.{_SAID[to]}", actor=actor, message=f"{row.name} {was} {_SAID[to]}", data=data)
    row.refresh_from_db()
    return row


def _locked(host: Host, *, to_delete: bool = False) -> Host:
    """The row under its lock, which lets others refer to the host unless it is to go."""
    found = Host.objects.select_for_update(no_key=not to_delete).filter(pk=host.pk).first()
    if found is None:
        raise Problem(404, "not-found", f"{host.name} was removed meanwhile")
    return found


def _refuse_while_used(host: Host, *, forget_volumes: bool) -> None:
    """Nothing may be here that runs, that somebody still sees, or that an engine in reach has not yet let go."""
    finished = ["stopped", "failed", "exited", "lost", "cancelled"]
    here = host.containers.exclude(Q(status__in=finished) & (Q(superseded=True) | Q(desired="remove")))
    leaving = host.containers.filter(gone_at__isnull=True)
    in_reach = host.reachable in (Reachable.OK, Reachable.SUSPECT)
    if names := sorted(set(here.values_list("name", flat=True)[:5])):
        raise Problem(409, "host-in-use", f"{host.name} holds containers: {', '.join(names)}; remove them first")
    if in_reach and leaving.exists():
        raise Problem(409, "host-in-use", f"{host.name} is still clearing away removed containers; try again soon")
    volumes = sorted(host.volumes.values_list("name", flat=True)[:5])
    if volumes and not forget_volumes:
        words = f"{host.name} holds volumes: {', '.join(volumes)}; with forget_volumes=1 they are left behind"
        raise Problem(409, "host-holds-volumes", words)


def _problems(given: Changes, *, had_tls: bool = False) -> list[FieldProblem]:
    """Everything that is wrong with these values; a URL without keys is judged by those it had."""
    tls = given.get("tls")
    has_tls = tls is not None if "tls" in given else had_tls
    problems = url_problems(given["url"], has_tls=has_tls) if "url" in given else []
    if "data_address" in given:
        problems += data_address_problems(given["data_address"])
    if "labels" in given:
        problems += label_problems(given["labels"])
    problems += taint_problems(given.get("taints", ())) + project_problems(given.get("projects", ()))
    return problems + (tls_problems(tls) if tls is not None else [])


def _refuse(problems: list[FieldProblem]) -> None:
    if problems:
        detail = "; ".join(f"{one.pointer.removeprefix('/')}: {one.message}" for one in problems)
        raise Problem(400, "invalid", detail, errors=problems)


def _refuse_used_url(url: str) -> None:
    """Only a courtesy: two addresses of one engine are found out by its marker."""
    other = Host.objects.filter(url=url).first()
    if other is not None:
        message = f"the host {other.name!r} is at this address already"
        raise Problem(409, "url-taken", message, errors=[FieldProblem("/url", "url-taken", message)])


def _tell(host: Host, kind: str, *, actor: str, message: str, data: Mapping[str, Any] | None = None) -> None:
    record(
        Happening(
            kind=kind,
            actor=actor,
            object_kind="host",
            object_id=str(host.pk),
            host_id=host.pk,
            message=message,
            data={"name": host.name, **(data or {})},
        )
    )
    hint(host=[host.pk])
