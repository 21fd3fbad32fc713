"""Verdicts -> moves: binds what was placed with its room, GPUs, ports and volumes, and gives the rest its reason.

Losing a race is normal: what no longer fits stays pending and is looked at again. Each batch is one transaction under
the lease, together with its decisions; it holds the containers of few hosts, so that the room of each is counted once.
Before: placement. After: the agent of the host.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TypeVar
from uuid import UUID

from django.db import connection, transaction

from containers.models import Container
from containers.states import Status
from containers.transitions import Binding, BoundPort, GpuClaim, Observation, bind_many, observe_many
from core.lib.lease import Hold
from scheduler.decisions import Kept, keep
from scheduler.placement.gpus import GpuWish
from scheduler.placement.types import Explanation, Group, Verdict
from scheduler.snapshot import Pending
from scheduler.trouble import Trouble, all_or_each

ACTOR = "scheduler"
NO_HOST = "no-host"
BATCH = 1_000
WRITERS = 2  # the database writes one batch while the next is made ready


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many were bound, lost to another hand, and given a new reason."""

    bound: int = 0
    lost_races: int = 0
    reasons: int = 0

    def plus(self, other: "Outcome") -> "Outcome":
        return Outcome(self.bound + other.bound, self.lost_races + other.lost_races, self.reasons + other.reasons)


T = TypeVar("T")
Item = tuple[Verdict, Explanation]
Told = tuple[Verdict, Explanation, str]  # and the words of its reason


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
    placed: list[Item] = []
    refused: list[Told] = []
    for group in groups:
        for verdict in group.verdicts:
            if verdict.host is not None:
                placed.append((verdict, group.placed))
            elif group.refused is not None:
                words = "; ".join(filter(None, [group.refused.words, notes.get(verdict.container)]))
                if _is_news(pending[verdict.container], words):
                    refused.append((verdict, group.refused, words))
    placed.sort(key=_by_host)
    bind = partial(_bind, pending=pending, hold=hold)
    give = partial(_give_reasons, pending=pending, hold=hold)
    outcome = Outcome()
    for done in (
        *_side_by_side(placed, partial(all_or_each, work=bind, key=_container, trouble=trouble)),
        *_side_by_side(refused, partial(all_or_each, work=give, key=_container, trouble=trouble)),
    ):
        outcome = outcome.plus(done)
    return outcome


def _side_by_side(items: Sequence[T], write_batch: Callable[[Sequence[T]], list[Outcome]]) -> Iterator[Outcome]:
    """Two at a time where there are many: they lock other containers, and hosts in one order. The first fault of the
    lease or the database ends it."""
    batches = _batches(items)
    if len(batches) <= WRITERS or connection.in_atomic_block:
        for batch in batches:
            yield from write_batch(batch)
        return

    def alone(batch: Sequence[T]) -> list[Outcome]:
        try:
            return write_batch(batch)
        finally:
            connection.close()  # of this thread

    with ThreadPoolExecutor(WRITERS, thread_name_prefix="bind") as pool:
        try:
            for done in pool.map(alone, batches):
                yield from done
        finally:
            pool.shutdown(cancel_futures=True)


def _by_host(item: Item) -> int:
    return item[0].host or 0


def _container(item: Item | Told) -> str:
    return item[0].container


def _is_news(waiting: Pending, words: str) -> bool:
    return (waiting.reason, waiting.message) != (NO_HOST, words)


def _batches(items: Sequence[T]) -> list[Sequence[T]]:
    return [items[start : start + BATCH] for start in range(0, len(items), BATCH)]


@transaction.atomic
def _bind(batch: Sequence[Item], *, pending: Mapping[str, Pending], hold: Hold) -> Outcome:
    done = bind_many([_binding(verdict, pending[verdict.container]) for verdict, _ in batch], actor=ACTOR, hold=hold)
    keep(
        [
            _kept(verdict, seen, pending, words=f"placed on {verdict.host_name}")
            for verdict, seen in batch
            if UUID(verdict.container) in done
        ]
    )
    return Outcome(bound=len(done), lost_races=len(batch) - len(done))


@transaction.atomic
def _give_reasons(batch: Sequence[Told], *, pending: Mapping[str, Pending], hold: Hold) -> Outcome:
    hold.fence()
    still = still_pending(UUID(verdict.container) for verdict, *_ in batch)
    told = [one for one in batch if UUID(one[0].container) in still]
    say({UUID(verdict.container): words for verdict, _, words in told}, reason=NO_HOST, hold=hold)
    keep([_kept(verdict, seen, pending, words=words) for verdict, seen, words in told])
    return Outcome(reasons=len(told))


def still_pending(ids: Iterable[UUID]) -> set[UUID]:
    """Those that wait even now, locked: a reason must not be written over an end."""
    waiting = Container.objects.filter(pk__in=list(ids), status=Status.PENDING).order_by("pk")
    return set(waiting.select_for_update().values_list("pk", flat=True))


def say(messages: Mapping[UUID, str], *, reason: str, hold: Hold) -> None:
    """Write why these wait."""
    told = [Observation(key, {"reason": reason, "message": message}) for key, message in messages.items()]
    observe_many(told, actor=ACTOR, hold=hold)


def _binding(verdict: Verdict, waiting: Pending) -> Binding:
    assert verdict.host is not None
    assert waiting.shape is not None
    return Binding(
        id=waiting.id,
        host_id=verdict.host,
        host_name=verdict.host_name,
        ports=tuple(BoundPort(*port) for port in verdict.ports),
        volumes=tuple(volume.name for volume in waiting.shape.volumes),
        needs=waiting.shape.needs,
        gpus=_gpus(verdict, waiting.shape.gpus),
        pinned=waiting.shape.only_host is not None,
    )


def _gpus(verdict: Verdict, wish: GpuWish | None) -> GpuClaim | None:
    return None if wish is None else GpuClaim(verdict.gpus, wish.millis, tuple(sorted(wish.models)))


def _kept(verdict: Verdict, seen: Explanation, pending: Mapping[str, Pending], *, words: str) -> Kept:
    waiting = pending[verdict.container]
    return Kept(waiting.id, waiting.slot_id, verdict, words, seen)
