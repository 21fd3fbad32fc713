"""The verbs of stand-alone containers: run, stop, restart, remove. Each writes a wish and returns at once.

Before: a view found the project or the container through the scoped loader. After: scheduler and agent make it so;
transitions wrote the event and the hint. Refusals are Problems that say what is wrong and what would be allowed.
"""

import json
from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.db import transaction

from containers.compile import Port, engine_body
from containers.models import Container
from containers.policy import ProjectPolicy, refusals
from containers.rules import ContainerVerb, rule_for
from containers.spec import ContainerSpec, FieldError, SpecErrors, dump, parse, spec_hash
from containers.states import FINAL, Desired, Status
from containers.transitions import (
    NewSlot,
    Observation,
    add_first,
    add_next,
    hold_stop,
    name_conflict,
    name_in_use,
    observe_many,
    release_stop,
    want,
)
from core.accounts.models import Project, cluster_id
from core.events.record import Happening, record
from core.lib.clock import database_now
from core.lib.problems import FieldProblem, Problem, check_generation

SPEC_BYTES: Final = 256 * 1024
Asked = TypeVar("Asked")


def run(project: Project, data: object, *, actor: str) -> Container:
    """A new container, pending. Problem 400 names every wrong field, 409 a name in use, 413 a spec that is too long."""
    spec = checked_spec(project, data)
    return add_first(
        NewSlot(
            project_id=project.pk,
            name=spec.name,
            spec=dump(spec),
            spec_hash=spec_hash(spec),
            cpu_millis=spec.resources.cpu_request_millis,
            memory_bytes=spec.resources.memory_request_bytes,
            restart=spec.restart,
            priority=spec.priority,
        ),
        actor=actor,
    )


def check(project: Project, data: object) -> ContainerSpec:
    """The spec that `run` would take now; the same Problems, and nothing is written."""
    spec = checked_spec(project, data)
    if name_in_use(project.pk, spec.name):
        raise name_conflict(spec.name)
    return spec


def checked_spec(project: Project, data: object) -> ContainerSpec:
    """The typed spec, when it can be read and the project's policy lets its compiled body through."""
    spec = read_spec(data, parse)
    checked_container(project, spec)
    return spec


def read_spec(data: object, parsed: Callable[[object], Asked]) -> Asked:
    """What somebody wrote, typed; a Problem where it is too large or cannot be read."""
    if len(json.dumps(data)) > SPEC_BYTES:
        raise Problem(413, "spec-too-large", f"a spec has at most {SPEC_BYTES} bytes; keep data in volumes or images")
    try:
        return parsed(data)
    except SpecErrors as error:
        raise refused_spec("spec-invalid", error.errors) from error


def checked_container(project: Project, spec: ContainerSpec, *, at: str = "") -> None:
    """Refused where the project's policy does not let its compiled body or its priority through; pointers begin with
    `at`."""
    body = engine_body(
        spec,
        container_id="00000000-0000-0000-0000-000000000000",
        slot_id="00000000-0000-0000-0000-000000000000",
        cluster=cluster_id(),
        project=project.name,
        image_ref=spec.image,
        ports=[Port(p.container_port, p.protocol, p.host_address or "0.0.0.0", p.host_port or 1) for p in spec.ports],
        gpus=[str(number) for number in range(spec.resources.gpus.number)] if spec.resources.gpus else (),
    )
    policy = _policy(project)
    found = [FieldError(at + one.pointer, "forbidden", one.message) for one in refusals(body, policy)]
    if spec.priority > policy.max_priority:
        words = (
            f"project {project.name} may ask for a priority of at most {policy.max_priority}, not {spec.priority}; "
            "lower it, or have a platform admin raise max_priority in the project's policy"
        )
        found.append(FieldError(f"{at}/priority", "forbidden", words))
    if found:
        raise refused_spec("policy-refused", found)


def _policy(project: Project) -> ProjectPolicy:
    try:
        return ProjectPolicy.from_json(project.policy)
    except SpecErrors as error:
        words = f"the policy of project {project.name} cannot be read; a platform admin must correct it: {error}"
        raise Problem(409, "policy-invalid", words) from error


def stop(container: Container, *, actor: str, expected_generation: int | None = None, delay_s: float = 0) -> Container:
    """Stop it, and let no attempt follow. Problem 409 when it has ended for good already.

    With a delay the stop is held: it can be taken back (`keep_running`) until the scheduler's held-stops loop says it.
    """
    with transaction.atomic():
        row = _locked(container, ContainerVerb.STOP, expected_generation)
        if delay_s and row.desired == Desired.RUN:
            hold_stop(row.id, delay_s=delay_s, actor=actor)
        else:
            want(row.id, Desired.STOP, actor=actor)
    return _current(row)


def keep_running(container: Container, *, actor: str, expected_generation: int | None = None) -> Container:
    """Take a held stop back. Problem 409 when none is held: it was never asked for, or has been carried out."""
    with transaction.atomic():
        row = _locked(container, ContainerVerb.KEEP, expected_generation)
        release_stop(row.id, actor=actor)
    return _current(row)


def restart(container: Container, *, actor: str, expected_generation: int | None = None) -> Container:
    """End the present attempt, if it lives, and start the next one; a waiting attempt waits no longer."""
    with transaction.atomic():
        row = _locked(container, ContainerVerb.RESTART, expected_generation)
        release_stop(row.id, actor=actor)
        if row.status in FINAL:
            _next_attempt(row, actor=actor)
        elif row.status == Status.PENDING:
            _wait_no_longer(row, actor=actor)
        else:
            want(row.id, Desired.STOP, actor=actor, then_restart=True)
    return _current(row)


def remove(container: Container, *, actor: str, expected_generation: int | None = None) -> Container:
    """Stop it and take it and its earlier attempts away; its volumes stay. Again is no error until it is gone."""
    with transaction.atomic():
        row = _locked(container, ContainerVerb.REMOVE, expected_generation)
        want(row.id, Desired.REMOVE, actor=actor)
    return _current(row)


def _locked(container: Container, verb: ContainerVerb, expected_generation: int | None) -> Container:
    """The row under its lock, when the table of verbs refuses nothing.

    Whoever spoke of the present attempt means the slot: one that crashed since they looked has a next one.
    """
    row = Container.objects.select_for_update().get(pk=container.pk)
    while row.superseded and not container.superseded:
        row = Container.objects.select_for_update().get(pk=_current(row).pk)
    check_generation(expected_generation, row.generation)
    rule = rule_for(verb, row.standing())
    if rule is not None and not rule.is_idle:
        of = row.service.name if row.service else ""
        words = rule.words.format(name=row.name, status=row.status, slot=row.slot_id, service=of)
        raise Problem(409, rule.code, words)
    return row


def _wait_no_longer(row: Container, *, actor: str) -> None:
    now = database_now()
    if row.not_before is None or row.not_before <= now:
        return  # it waits for a host, not for its time
    observe_many([Observation(row.id, {"not_before": now})], actor=actor)
    record(
        Happening(
            kind="container.restart-asked",
            actor=actor,
            object_kind="container",
            object_id=str(row.id),
            project_id=row.project_id,
            message="it shall wait no longer",
            data={"name": row.name, "slot": str(row.slot_id), "attempt": row.attempt},
        )
    )


def _next_attempt(row: Container, *, actor: str) -> None:
    if add_next(row.id, actor=actor, message="restarted by hand", by_operator=True) is None:
        words = f"{row.name} cannot start again: another container has this name now, or it has just been restarted"
        raise Problem(409, "restart-refused", words)


def _current(row: Container) -> Container:
    found = Container.objects.filter(slot_id=row.slot_id, superseded=False).order_by("is_successor", "-attempt")
    return found.select_related("host", "project", "service", "revision")[0]


def refused_spec(code: str, errors: Any) -> Problem:
    detail = "; ".join(f"{one.pointer.removeprefix('/') or 'spec'}: {one.message}" for one in errors)
    fields = [FieldProblem(one.pointer, one.code, one.message) for one in errors]
    return Problem(400, code, detail, errors=fields)
