"""Verdicts -> moves: binds what was placed with its room, GPUs, ports and volumes, and gives the rest its reason.

Losing a race is normal: what no longer fits stays pending and is looked at again. Each batch is one transaction under
the lease; it holds the containers of few hosts, so that the room of each is counted once. The decisions of a pass that
fits into one batch stand in its transaction, those of a larger one are written beside its first batches, which commit
after them: no container is ever bound without its reason. Before: placement. After: the agent of the host.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db import OperationalError, connection, transaction

from containers.models import Container
from containers.states import Status
from containers.transitions import (
    Binding,
    BoundPort,
    GpuClaim,
    Observation,
    Place,
    bind_many,
    bind_plain,
    observe_many,
)
from core.lib.lease import Hold
from scheduler.decisions import Decided, Draft
from scheduler.placement.gpus import GpuWish
from scheduler.placement.types import Explanation, Group, Verdict
from scheduler.snapshot import Pending
from scheduler.trouble import NOT_THE_OBJECTS, Trouble, all_or_each

T = TypeVar("T")

ACTOR = "scheduler"
NO_HOST = "no-host"
BATCH = 1_000
WRITERS = 3  # the database writes two batches while the next is made ready
HOSTS_HELD_S = 0.25  # by a batch that waits for its decisions: who wants the same hosts waits for it


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many were bound, lost to another hand, and given a new reason."""

    bound: int = 0
    lost_races: int = 0
    reasons: int = 0

    def plus(self, other: "Outcome") -> "Outcome":
        return Outcome(self.bound + other.bound, self.lost_races + other.lost_races, self.reasons + other.reasons)


class Item(NamedTuple):
    """One verdict, and whose. `words` say why it waits, "" when it was placed."""

    verdict: Verdict
    seen: Explanation
    waiting: Pending
    words: str = ""


def write(
    groups: Iterable[Group],
    pending: Mapping[str, Pending],
    *,
    hold: Hold,
    trouble: Trouble,
    notes: Mapping[str, str] = MappingProxyType({}),
) -> Outcome:
    """Write all verdicts, batch by batch; raises HoldLost as soon as the lease has passed on.

    `notes`: more words for the reasons of some that wait.
    """
    placed, refused = _sorted_out(groups, pending, notes)
    if max(len(placed), len(refused)) <= BATCH:
        return _write(placed, refused, None, hold=hold, trouble=trouble)
    with _keeping([*placed, *refused], hold) as kept:
        return _write(placed, refused, kept, hold=hold, trouble=trouble)


def _write(
    placed: Sequence[Item], refused: Sequence[Item], kept: "Kept | None", *, hold: Hold, trouble: Trouble
) -> Outcome:
    plain, special = _parted(placed)
    outcome = Outcome()
    for items, work in ((plain, _bind_plain), (special, _bind), (refused, _give_reasons)):
        once_kept = partial(_once_kept, partial(work, kept=kept, hold=hold), kept)
        write_batch = partial(all_or_each, work=once_kept, key=_container, trouble=trouble)
        for done in _side_by_side(items, write_batch):
            outcome = outcome.plus(done)
    return outcome


def _sorted_out(
    groups: Iterable[Group], pending: Mapping[str, Pending], notes: Mapping[str, str]
) -> tuple[list[Item], list[Item]]:
    """Those that have a host, and those whose reason is news."""
    placed: list[Item] = []
    refused: list[Item] = []
    for group in groups:
        for verdict in group.verdicts:
            waiting = pending[verdict.container]
            if verdict.host is not None:
                placed.append(Item(verdict, group.placed, waiting))
            elif group.refused is not None:
                words = "; ".join(filter(None, [group.refused.words, notes.get(verdict.container)]))
                if (waiting.reason, waiting.message) != (NO_HOST, words):
                    refused.append(Item(verdict, group.refused, waiting, words))
    return placed, refused


def _draft(items: Iterable[Item]) -> Draft:
    return Draft(Decided(verdict, waiting.service_id, words, seen) for verdict, seen, waiting, words in items)


class NotKept(OperationalError):
    """The decisions of a pass could not be written: it ends the turn, and no object of a batch is to blame."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The decisions of a large pass, whose groups go through many batches: each group's is written once."""

    draft: Draft
    written: "Future[None]"

    def wait(self, timeout_s: float | None = None) -> None:
        """Until they are committed. Raises what went wrong, and TimeoutError."""
        if not wait([self.written], timeout_s).done:
            raise TimeoutError
        fault = self.written.exception()
        if isinstance(fault, NOT_THE_OBJECTS):
            raise fault
        if fault is not None:
            raise NotKept(f"the decisions could not be written: {fault}") from fault


@contextmanager
def _keeping(items: Iterable[Item], hold: Hold) -> Iterator[Kept]:
    """Write the decisions of all of these beside what happens in here."""
    draft = _draft(items)
    if connection.in_atomic_block:  # nobody else would see what they are about
        _keep(draft, hold)
        nothing: Future[None] = Future()
        nothing.set_result(None)
        yield Kept(draft, nothing)
        return
    with ThreadPoolExecutor(1, thread_name_prefix="decisions") as pool:
        kept = Kept(draft, pool.submit(_own_connection, partial(_keep, draft, hold)))
        yield kept
        kept.wait()


@transaction.atomic
def _keep(draft: Draft, hold: Hold) -> None:
    hold.fence()
    draft.keep()


def _own_connection(work: Callable[[], T]) -> T:
    """In a thread of ours: its connection goes with the work."""
    try:
        return work()
    finally:
        connection.close()


def _side_by_side(items: Sequence[Item], write_batch: Callable[[Sequence[Item]], list[Outcome]]) -> Iterator[Outcome]:
    """Some at a time where there are many: they lock other containers, and hosts in one order. The first fault of the
    lease or the database ends it."""
    batches = _batches(items)
    if len(batches) <= 1 or connection.in_atomic_block:
        for batch in batches:
            yield from write_batch(batch)
        return

    with ThreadPoolExecutor(WRITERS, thread_name_prefix="bind") as pool:
        try:
            for done in pool.map(lambda batch: _own_connection(partial(write_batch, batch)), batches):
                yield from done
        finally:
            pool.shutdown(cancel_futures=True)


def _parted(placed: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """Those that claim nothing but room, and the others; each in the order of the hosts, whose room is counted once
    for a batch."""
    plain: list[Item] = []
    special: list[Item] = []
    is_plain: dict[int, bool] = {}  # by the shape, which thousands share
    for one in placed:
        shape = one.waiting.shape
        if (known := is_plain.get(id(shape))) is None:
            assert shape is not None
            asks = shape.ports or shape.volumes or shape.needs or shape.gpus or shape.only_host is not None
            known = is_plain[id(shape)] = not asks
        (plain if known else special).append(one)
    plain.sort(key=_by_host)
    special.sort(key=_by_host)
    return plain, special


def _by_host(item: Item) -> int:
    return item.verdict.host or 0


def _container(item: Item) -> str:
    return item.verdict.container


def _batches(items: Sequence[Item]) -> list[Sequence[Item]]:
    """As many for each writer, and no host in two of them where that can be: who comes second waits for its booking."""
    rounds = -(-len(items) // (BATCH * WRITERS))
    size = -(-len(items) // (WRITERS * rounds)) if len(items) > BATCH else BATCH
    batches, start = [], 0
    while start < len(items):
        end = start + size
        while end < min(len(items), start + 2 * size) and _on_one_host(items[end - 1], items[end]):
            end += 1
        batches.append(items[start:end])
        start = end
    return batches


def _on_one_host(one: Item, other: Item) -> bool:
    return one.verdict.host is not None and one.verdict.host == other.verdict.host


@transaction.atomic
def _bind_plain(batch: Sequence[Item], *, kept: Kept | None, hold: Hold) -> Outcome:
    draft = kept.draft if kept else _draft(batch)
    ids = draft.ids
    places = [
        Place(verdict.container, verdict.host, verdict.host_name, ids[verdict.container], waiting.service_id)
        for verdict, _, waiting, _ in batch
        if verdict.host is not None
    ]
    done = bind_plain(places, actor=ACTOR, hold=hold)
    _settle(draft, kept, only=done)
    return Outcome(bound=len(done), lost_races=len(batch) - len(done))


@transaction.atomic
def _bind(batch: Sequence[Item], *, kept: Kept | None, hold: Hold) -> Outcome:
    draft = kept.draft if kept else _draft(batch)
    done = bind_many([_binding(one, draft.ids[one.verdict.container]) for one in batch], actor=ACTOR, hold=hold)
    _settle(draft, kept, only={one.verdict.container for one in batch if one.waiting.id in done})
    return Outcome(bound=len(done), lost_races=len(batch) - len(done))


def _settle(draft: Draft, kept: Kept | None, *, only: Collection[str] | None = None) -> None:
    """The last step of a batch: its decisions are there when it commits."""
    if kept is None:
        draft.keep(only=only)
    else:
        kept.wait(HOSTS_HELD_S)


def _once_kept(work: Callable[[Sequence[Item]], Outcome], kept: Kept | None, batch: Sequence[Item]) -> Outcome:
    """A batch that would wait for long is taken back, and done again when its decisions are there."""
    try:
        return work(batch)
    except TimeoutError:
        if kept is None:
            raise
    kept.wait()
    return work(batch)


@transaction.atomic
def _give_reasons(batch: Sequence[Item], *, kept: Kept | None, hold: Hold) -> Outcome:
    hold.fence()
    still = still_pending(one.waiting.id for one in batch)
    told = [one for one in batch if one.waiting.id in still]
    draft = kept.draft if kept else _draft(told)
    say(
        {one.waiting.id: one.words for one in told},
        reason=NO_HOST,
        hold=hold,
        decisions={one.waiting.id: draft.ids[one.verdict.container] for one in told},
    )
    _settle(draft, kept)
    return Outcome(reasons=len(told))


def still_pending(ids: Iterable[UUID]) -> set[UUID]:
    """Those that wait even now, locked: a reason must not be written over an end."""
    waiting = Container.objects.filter(pk__in=list(ids), status=Status.PENDING).order_by("pk")
    return set(waiting.select_for_update().values_list("pk", flat=True))


def say(
    messages: Mapping[UUID, str],
    *,
    reason: str,
    hold: Hold,
    decisions: Mapping[UUID, int] = MappingProxyType({}),
) -> None:
    """Write why these wait; `decisions`: that tell more of it."""
    told = []
    for key, message in messages.items():
        values: dict[str, object] = {"reason": reason, "message": message}
        if key in decisions:
            values["decision_id"] = decisions[key]
        told.append(Observation(key, values))
    observe_many(told, actor=ACTOR, hold=hold)


def _binding(item: Item, decision_id: int) -> Binding:
    verdict, shape = item.verdict, item.waiting.shape
    assert verdict.host is not None
    assert shape is not None
    return Binding(
        id=item.waiting.id,
        host_id=verdict.host,
        host_name=verdict.host_name,
        ports=tuple(BoundPort(*port) for port in verdict.ports),
        volumes=tuple(volume.name for volume in shape.volumes),
        needs=shape.needs,
        gpus=_gpus(verdict, shape.gpus),
        pinned=shape.only_host is not None,
        decision_id=decision_id,
    )


def _gpus(verdict: Verdict, wish: GpuWish | None) -> GpuClaim | None:
    return None if wish is None else GpuClaim(verdict.gpus, wish.millis, tuple(sorted(wish.models)))
