"""The verbs of services: create, update, scale, restart, roll back, pause and resume, promote, abort, replace, remove.

Each writes a wish and returns at once; the services loop of the scheduler makes it so. Before: a view found the project
or the service through the scoped loader. Refusals are Problems that say what is wrong and what would be allowed.
"""

import json
from typing import Any, Final
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from containers.actions import checked_container, read_spec
from containers.models import Container, Revision, Rollout, Service
from containers.service_rules import ServiceStanding, ServiceVerb, UnderWay, service_rule_for
from containers.spec import (
    ServiceSpec,
    dump,
    dump_update,
    parse,
    parse_service,
    spec_hash,
)
from containers.states import FINAL, Desired, RolloutKind, RolloutStatus
from containers.transitions.replicas import ask_replacement
from containers.transitions.rollouts import NewRollout, end_rollout, start_rollout, tell_service
from core.accounts.models import Project
from core.lib.problems import FieldProblem, Problem, check_generation

MOST_REPLICAS: Final = 10_000
ROLLED: Final = (RolloutStatus.RUNNING, RolloutStatus.HOLDING, RolloutStatus.PAUSED)


def create(project: Project, data: object, *, actor: str) -> Service:
    """A new service with its first revision. Problem 400 names every wrong field, 409 a name in use."""
    spec = checked_service(project, data)
    try:
        with transaction.atomic():
            service = Service.objects.create(
                id=uuid4(),
                project=project,
                name=spec.name,
                mode=spec.mode,
                replicas=spec.replicas,
                policy=dump_update(spec.update),
                stop_delay_s=spec.stop_delay_s,
                strict=spec.strict,
            )
            tell_service(service, "created", actor=actor, message=f"{spec.name} was asked for")
            start_rollout(service, NewRollout(RolloutKind.UPDATE, _revision(service, spec, actor)), actor=actor)
    except IntegrityError as error:
        if "one_service_per_project_and_name" not in str(error):
            raise
        raise _name_conflict(spec.name) from error
    return current(service)


def check(project: Project, data: object) -> ServiceSpec:
    """The spec that `create` would take now; the same Problems, and nothing is written."""
    spec = checked_service(project, data)
    if Service.objects.filter(project=project, name=spec.name, gone_at=None).exists():
        raise _name_conflict(spec.name)
    return spec


def checked_service(project: Project, data: object) -> ServiceSpec:
    """The typed spec, when it can be read and the project's policy lets its compiled body through."""
    spec = read_spec(data, parse_service)
    checked_container(project, spec.container, at="/container")
    return spec


def update(service: Service, data: object, *, actor: str, expected_generation: int | None = None) -> Service:
    """Want all of this from now on; another container makes a revision and a roll-out, the same one none."""
    with transaction.atomic():
        row = _locked(service, ServiceVerb.UPDATE, expected_generation)
        spec = checked_service(row.project, data)
        if spec.name != row.name or spec.mode != row.mode:
            field, is_ = ("name", row.name) if spec.name != row.name else ("mode", row.mode)
            words = f"a service keeps its {field} ({is_}); make another service"
            raise Problem(409, "fixed", words, errors=[FieldProblem(f"/{field}", "fixed", words)])
        _write_wish(row, spec, actor=actor)
        if spec_hash(spec.container) != row.revision.spec_hash:  # type: ignore[union-attr]
            start_rollout(row, NewRollout(RolloutKind.UPDATE, _revision(row, spec, actor)), actor=actor)
    return current(row)


def _write_wish(row: Service, spec: ServiceSpec, *, actor: str) -> None:
    """What needs no revision; an event for each that changed."""
    wished: dict[str, Any] = {
        "replicas": spec.replicas,
        "policy": dump_update(spec.update),
        "stop_delay_s": spec.stop_delay_s,
        "strict": spec.strict,
    }
    changed = {name: value for name, value in wished.items() if getattr(row, name) != value}
    if not changed:
        return
    words = ", ".join(
        f"{name} {json.dumps(getattr(row, name))} -> {json.dumps(value)}" for name, value in changed.items()
    )
    for name, value in changed.items():
        setattr(row, name, value)
    Service.objects.filter(pk=row.pk).update(**changed, generation=F("generation") + 1)
    tell_service(row, "changed", actor=actor, message=words)


def scale(service: Service, replicas: int, *, actor: str, expected_generation: int | None = None) -> Service:
    """So many from now on. Problem 409 for a global service: it has one on each host."""
    with transaction.atomic():
        row = _locked(service, ServiceVerb.SCALE, expected_generation)
        if row.replicas != replicas:
            Service.objects.filter(pk=row.pk).update(replicas=replicas, generation=F("generation") + 1)
            tell_service(row, "scaled", actor=actor, message=f"{row.replicas} -> {replicas}")
    return current(row)


def restart(service: Service, *, actor: str, expected_generation: int | None = None) -> Service:
    """Every container anew, with the revision that is wanted, within the bounds of a roll-out."""
    with transaction.atomic():
        row = _locked(service, ServiceVerb.RESTART, expected_generation)
        assert row.revision is not None
        wanted = NewRollout(RolloutKind.RESTART, row.revision, f"restart of revision {row.revision.number}")
        start_rollout(row, wanted, actor=actor)
    return current(row)


def roll_back(service: Service, number: int | None, *, actor: str, expected_generation: int | None = None) -> Service:
    """An earlier revision again: `number`, or the one before the present one."""
    with transaction.atomic():
        row = _locked(service, ServiceVerb.ROLL_BACK, expected_generation)
        assert row.revision is not None
        earlier = Revision.objects.filter(service=row).exclude(pk=row.revision.pk)
        earlier = earlier.filter(number__lt=row.revision.number) if number is None else earlier.filter(number=number)
        revision = earlier.order_by("-number").first()
        if revision is None:
            which = f"no other revision {number}" if number is not None else "no earlier revision"
            words = f"{row.name} has {which}; `revisions` lists those that there are"
            raise Problem(409, "no-revision", words, errors=[FieldProblem("/revision", "no-revision", words)])
        # Checked again: the project's policy may have changed since.
        checked_container(row.project, parse(revision.spec), at="/revision")
        wanted = NewRollout(RolloutKind.ROLL_BACK, revision, f"back to revision {revision.number}")
        start_rollout(row, wanted, actor=actor)
    return current(row)


def pause(service: Service, *, actor: str, expected_generation: int | None = None) -> Service:
    """Replace nothing for now; crashes are still restarted."""
    return _set_paused(service, ServiceVerb.PAUSE, paused=True, actor=actor, expected_generation=expected_generation)


def resume(service: Service, *, actor: str, expected_generation: int | None = None) -> Service:
    """Go on; also with a roll-out that a failure has paused."""
    return _set_paused(service, ServiceVerb.RESUME, paused=False, actor=actor, expected_generation=expected_generation)


def _set_paused(
    service: Service, verb: ServiceVerb, *, paused: bool, actor: str, expected_generation: int | None
) -> Service:
    with transaction.atomic():
        row = _locked(service, verb, expected_generation)
        if paused and row.paused:
            return current(row)  # said again: no error, and nothing happens
        Service.objects.filter(pk=row.pk).update(paused=paused, generation=F("generation") + 1)
        stuck = Rollout.objects.filter(service=row, status=RolloutStatus.PAUSED).first()
        if stuck is not None and not paused:
            Rollout.objects.filter(pk=stuck.pk).update(failures=0)
            end_rollout(row, stuck, RolloutStatus.RUNNING, message="goes on, by hand", actor=actor)
        tell_service(row, "paused" if paused else "resumed", actor=actor, message=f"{verb} was said")
    return current(row)


def promote(service: Service, *, actor: str, expected_generation: int | None = None) -> Service:
    """The first batch is good: go on with the rest of the roll-out that holds."""
    with transaction.atomic():
        row = _locked(service, ServiceVerb.PROMOTE, expected_generation)
        held = Rollout.objects.get(service=row, status=RolloutStatus.HOLDING)
        Rollout.objects.filter(pk=held.pk).update(promoted=True)
        Service.objects.filter(pk=row.pk).update(generation=F("generation") + 1)
        end_rollout(row, held, RolloutStatus.RUNNING, message="the first batch was promoted", actor=actor)
    return current(row)


def abort(service: Service, *, actor: str, expected_generation: int | None = None) -> Service:
    """End the roll-out that is under way and want what there was before it again."""
    with transaction.atomic():
        row = _locked(service, ServiceVerb.ABORT, expected_generation)
        rollout = Rollout.objects.get(service=row, status__in=ROLLED)
        before = rollout.from_revision
        end_rollout(row, rollout, RolloutStatus.ABORTED, message="aborted by hand", actor=actor)
        Service.objects.filter(pk=row.pk).update(generation=F("generation") + 1)
        if before is not None and before.pk != rollout.revision_id:
            words = f"roll-out {rollout.number} was aborted: back to revision {before.number}"
            start_rollout(row, NewRollout(RolloutKind.ROLL_BACK, before, words), actor=actor)
        elif rollout.kind == RolloutKind.RESTART:
            Service.objects.filter(pk=row.pk).update(fresh_from=0)
    return current(row)


def replace(container: Container, *, actor: str) -> Container:
    """A new container in the place of this one of a service, within the bounds of its updates."""
    with transaction.atomic():
        row = Container.objects.select_for_update().get(pk=container.pk)
        if row.service_id is None:
            words = f"{row.name} stands alone; `restart` starts it anew"
            raise Problem(409, "not-of-a-service", words)
        if row.superseded or row.status in FINAL or row.desired == Desired.REMOVE:
            words = f"{row.name} is over or on its way out: another one follows by itself, or `restart` starts it again"
            raise Problem(409, "leaves-already", words)
        ask_replacement(row.pk)
        service = Service.objects.get(pk=row.service_id)
        data = {"container": str(row.pk), "slot": str(row.slot_id)}
        tell_service(service, "replace-asked", actor=actor, message=f"{row.name} shall be replaced", data=data)
    return Container.objects.select_related("host", "project", "service", "revision").get(pk=row.pk)


def remove(service: Service, *, actor: str, expected_generation: int | None = None) -> Service:
    """Stop and remove all of its containers, then the service; volumes stay. Again is no error until it is gone."""
    with transaction.atomic():
        row = _locked(service, ServiceVerb.REMOVE, expected_generation)
        if row.desired != "remove":
            for rollout in Rollout.objects.filter(service=row, status__in=ROLLED):
                end_rollout(row, rollout, RolloutStatus.ABORTED, message="the service is removed", actor=actor)
            Service.objects.filter(pk=row.pk).update(desired="remove", generation=F("generation") + 1)
            tell_service(row, "remove-asked", actor=actor, message=f"{row.name} shall be removed")
    return current(row)


def current(service: Service) -> Service:
    return Service.objects.select_related("project", "revision").get(pk=service.pk)


def _revision(service: Service, spec: ServiceSpec, actor: str) -> Revision:
    """The next revision; the policy of updates stays with the service."""
    latest = Revision.objects.filter(service=service).aggregate(most=Max("number"))["most"] or 0
    return Revision.objects.create(
        service=service,
        number=latest + 1,
        spec=dump(spec.container),
        spec_hash=spec_hash(spec.container),
        created_by=actor,
    )


def _locked(service: Service, verb: ServiceVerb, expected_generation: int | None) -> Service:
    """The row under its lock, when the table of verbs refuses nothing."""
    row = Service.objects.select_for_update(of=("self",)).select_related("project", "revision").get(pk=service.pk)
    check_generation(expected_generation, row.generation)
    rule = service_rule_for(verb, standing(row))
    if rule is not None and not rule.is_idle:
        raise Problem(409, rule.code, rule.words.format(name=row.name))
    return row


def standing(row: Service) -> ServiceStanding:
    """How the service stands, as the table of its verbs looks at it."""
    status = Rollout.objects.filter(service=row, status__in=ROLLED).values_list("status", flat=True).first()
    return ServiceStanding(
        removing=row.desired == "remove",
        gone=row.gone_at is not None,
        paused=row.paused,
        is_global=row.mode == "global",
        rollout=UnderWay(status or ""),
    )


def _name_conflict(name: str) -> Problem:
    message = f"{name!r} is in use in this project; choose another name, or remove that service first."
    return Problem(409, "name-taken", message, errors=[FieldProblem("/name", "name-taken", message)])
