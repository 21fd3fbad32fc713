"""Do one step for one container. Each may be cut off at any line: the next turn finds the rest to do.

Before: plan.py. After: transitions, and the engine. Names make every call idempotent; a 409 on create means look,
then adopt or replace. A row that is final is renamed on the engine, so that a late start finds nothing.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from containers.agent.failures import end_of, meaning
from containers.agent.hands import Hands
from containers.agent.images import ImageDesk, Provided
from containers.agent.keep import keep_log
from containers.agent.plan import Do, Step, done_name, live_name
from containers.agent.progress import NotWanted
from containers.compile import Port, engine_body, volume_name
from containers.models import Container
from containers.policy import ProjectPolicy, refusals
from containers.reasons import Reason
from containers.spec import ContainerSpec, parse
from containers.states import FINAL, Desired, Health, Status
from hosts.engine.errors import NO_ANSWER, Conflict, EngineError, ImageMissing, NameTaken, NotFound
from hosts.engine.types import Inspected

log = logging.getLogger(__name__)

LOST_GRACE_S = 5  # its successor may run already: two of them shall not run side by side for longer


def do(step: Step, hands: Hands, desk: ImageDesk, *, may_pull: bool = True) -> None:
    """Do it. Raises HoldLost, and engine errors that say "no answer": the next turn tries again.

    PullNeeded when it may not pull: the same step, done by hands that may, goes on from there.
    """
    hands.check()
    if step.do == Do.BRING_UP:
        bring_up(step.id, hands, desk, may_pull=may_pull)
    elif step.do == Do.NOTE_HEALTH:
        hands.note(step.id, health=step.health)
    elif step.do == Do.GIVE_UP:
        hands.move(step.id, Status.FAILED, reason=Reason.DEADLINE, message=step.reason)
    else:
        _ENDINGS[step.do](step.id, hands)


def bring_up(container_id: UUID, hands: Hands, desk: ImageDesk, *, may_pull: bool = True) -> None:
    """Pull, create, start: whatever of it is missing. A refusal ends the attempt with the engine's words."""
    row = hands.row(container_id)
    if row.status == Status.BOUND:
        if not hands.move(row.id, Status.PREPARING):
            return
    elif row.status not in (Status.PREPARING, Status.STARTING):
        return
    pins: dict[str, str] = {}
    try:
        provide = partial(desk.provide, hands, row, may_pull=may_pull)
        if row.status == Status.STARTING or _prepare(row, hands, provide, pins):
            _start(row, hands)
    except NotWanted as error:
        log.info("%s: %s", hands.host_name, error)
    except NO_ANSWER:
        raise
    except EngineError as error:
        reason, message = meaning(error, image=str(row.spec["image"]))
        hands.move(row.id, Status.FAILED, reason=reason, message=message, **pins)
        _clear(row.id, hands)


def _prepare(row: Container, hands: Hands, provide: Callable[..., Provided], pins: dict[str, str]) -> bool:
    """Until it is created and its row says starting. False when it may not, or shall stop by now.

    `pins` is filled as soon as they are known: also a refused attempt tells the next one which image it was. They are
    written together with the move, before anything starts, so that what runs is always what the row names.
    """
    for surely in (False, True):
        spec, provided = parse(row.spec), provide(surely=surely)
        pins.update(provided.pins)
        body = _body(row, spec, hands, provided.ref)
        refused = refusals(body, ProjectPolicy.from_json(row.project.policy))
        if refused:
            words = f"{refused[0].pointer}: {refused[0].message}"
            hands.move(row.id, Status.FAILED, reason=Reason.POLICY, message=words, **pins)
            return False
        try:
            engine_id = _create(row, spec, hands, body)
        except ImageMissing:
            if surely:
                raise
            continue
        return hands.begin(row.id, engine_id=engine_id, **pins)
    return False


def _start(row: Container, hands: Hands) -> None:
    if row.desired != Desired.RUN:
        return
    hands.check()
    hands.engine.start(live_name(row.id))
    seen = hands.engine.inspect(live_name(row.id))
    if seen.state == "running":
        check = parse(row.spec).health_check
        is_probed = check is not None and check.probe is not None
        health = Health.STARTING if is_probed else seen.health
        moved = hands.move(row.id, Status.RUNNING, engine_id=seen.id, started_at=seen.started_at, health=health)
        if moved:
            hands.on_running(row.id)
        if moved and is_probed:
            hands.on_probed(row.id)
    else:
        _record_end(row, hands, seen)


def _body(row: Container, spec: ContainerSpec, hands: Hands, image_ref: str) -> dict[str, Any]:
    return engine_body(
        spec,
        container_id=row.id,
        slot_id=row.slot_id,
        cluster=hands.cluster,
        project=row.project.name,
        image_ref=image_ref,
        ports=[Port(**port) for port in row.ports],
        of_service=(row.service.name, row.revision.number) if row.service and row.revision else None,
        gpus=[gpu["device"] for gpu in row.gpus],
    )


def _create(row: Container, spec: ContainerSpec, hands: Hands, body: dict[str, Any]) -> str:
    """The engine id of the created or adopted container."""
    for volume in spec.volumes:
        hands.engine.ensure_volume(
            volume_name(row.project.name, volume.name),
            labels={"orchestra.cluster": hands.cluster, "orchestra.project": row.project.name},
        )
    hands.check()
    try:
        return hands.engine.create(live_name(row.id), body)
    except NameTaken:
        there = hands.engine.inspect(live_name(row.id))
        labels = (there.labels.get("orchestra.spec"), there.labels.get("orchestra.cluster"))
        if (*labels, there.image) == (row.spec_hash, hands.cluster, body["Image"]):
            return there.id  # ours, and of the image that will stand on the row
        hands.engine.remove(live_name(row.id))
        return hands.engine.create(live_name(row.id), body)


def _finish(container_id: UUID, hands: Hands) -> None:
    """It seems to have ended: look closely and write down how."""
    row = hands.row(container_id)
    if row.status in FINAL or row.status == Status.STOPPING:
        return
    seen = _inspect(container_id, hands)
    if seen is not None and seen.state == "created" and row.status == Status.STARTING:
        return  # an agent before us created it after our list was taken: bringing it up goes on
    if seen is None or seen.state == "created":
        message = "the engine no longer has it; somebody removed it behind Orchestra's back"
        hands.move(row.id, Status.FAILED, reason=Reason.VANISHED, message=message)
        _clear(row.id, hands)
    elif seen.state in ("exited", "dead"):
        _record_end(row, hands, seen)


def _record_end(row: Container, hands: Hands, seen: Inspected) -> None:
    reason, message = end_of(seen.exit_code, oom_killed=seen.oom_killed, error=seen.error)
    clean = seen.exit_code == 0 and not seen.oom_killed
    moved = hands.move(
        row.id,
        Status.EXITED if clean else Status.FAILED,
        reason=reason,
        message=message,
        exit_code=seen.exit_code,
        oom_killed=seen.oom_killed,
        started_at=seen.started_at,
        finished_at=seen.finished_at,
        health=Health.NONE,
    )
    if moved:
        _clear(row.id, hands)


def _stop(container_id: UUID, hands: Hands) -> None:
    """Ask the program to end, kill it after its grace, write down how it ended."""
    row = hands.row(container_id)
    if row.status in FINAL:
        return
    gave_way = row.reason == Reason.PREEMPTED  # the words on its row say for whom
    told = (row.reason, row.message) if gave_way else ("stop", "it shall stop")
    if row.status != Status.STOPPING and not hands.move(row.id, Status.STOPPING, reason=told[0], message=told[1]):
        return
    spec = parse(row.spec)
    _end(container_id, hands, spec)
    seen = _inspect(container_id, hands)
    if seen is not None and seen.state in ("running", "paused", "restarting"):
        hands.note(row.id, reason="stuck", message="it does not end, not even by KILL; look at the host")
        return
    ended = {"exit_code": seen.exit_code, "finished_at": seen.finished_at} if seen and seen.started_at else {}
    words = f"stopped with exit code {seen.exit_code}" if ended and seen else "stopped before it ran"
    why = (Reason.PREEMPTED, f"{row.message}; {words}") if gave_way else (Reason.STOPPED, words)
    hands.move(row.id, Status.STOPPED, reason=why[0], message=why[1], health=Health.NONE, **ended)
    _clear(row.id, hands)


def _end(container_id: UUID, hands: Hands, spec: ContainerSpec) -> None:
    hands.check()
    try:
        hands.engine.stop(live_name(container_id), grace_s=spec.stop_grace_s, signal=spec.stop_signal)
    except NotFound:
        return
    except NO_ANSWER:
        hands.check()
        hands.engine.kill(live_name(container_id))


def _clear(container_id: UUID, hands: Hands) -> None:
    """Keep the end of the log, rename, remove, note that it is gone. Also undoes what came back after its end."""
    row = hands.row(container_id)
    if row.status not in FINAL:
        return
    hands.check()
    seen = _inspect(container_id, hands)
    if seen is not None:
        if seen.state in ("running", "paused"):
            log.warning("%s: %s runs although its row is %s; it is stopped", hands.host_name, seen.name, row.status)
            spec = parse(row.spec)
            grace_s = min(spec.stop_grace_s, LOST_GRACE_S) if row.status == Status.LOST else spec.stop_grace_s
            hands.engine.stop(seen.name, grace_s=grace_s, signal=spec.stop_signal)
        keep_log(row, hands, seen.name)
        name = _rename(container_id, hands, seen.name)
        hands.check()
        hands.engine.remove(name)
    hands.note(row.id, gone=True)


def _rename(container_id: UUID, hands: Hands, name: str) -> str:
    if name == done_name(container_id):
        return name
    try:
        hands.engine.rename(name, done_name(container_id))
    except NotFound:
        return name
    except (NameTaken, Conflict):
        hands.engine.remove(done_name(container_id))
        hands.engine.rename(name, done_name(container_id))
    return done_name(container_id)


def _inspect(container_id: UUID, hands: Hands) -> Inspected | None:
    """The engine container under its live or its done name."""
    for name in (live_name(container_id), done_name(container_id)):
        try:
            return hands.engine.inspect(name)
        except NotFound:
            continue
    return None


_ENDINGS: dict[Do, Callable[[UUID, Hands], None]] = {Do.FINISH: _finish, Do.STOP: _stop, Do.CLEAR: _clear}
