"""Why a container waits at this moment, and what would let it in: looked at anew each time somebody asks.

A kept decision tells of the moment of its pass. Here nothing is kept: the fleet is read, all filters run, each fix is
tried. Before: the API's decision views. After: people, who change a spec or a host.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from containers.models import Container
from containers.states import Desired, Status
from scheduler.placement import Fleet, Shape
from scheduler.placement.explain import no_host_fits
from scheduler.placement.fixes import Advice, Fix, advise
from scheduler.placement.place import Rules
from scheduler.placement.remedies import Ask, Change
from scheduler.snapshot import Waiting, waiting_one

SHAPES_SHOWN = 3  # of those of a service that wait, so many that differ are looked at


def advice_json(container: Container) -> dict[str, Any] | None:
    """None for one that does not wait for a host."""
    if container.status != Status.PENDING or container.desired != Desired.RUN:
        return None
    seen = waiting_one(container.pk)
    return None if seen is None else _told(seen, project=container.project.name)


def advice_of_service(service_id: UUID) -> list[dict[str, Any]]:
    """One answer for all that wait with the same spec; the oldest of each."""
    waiting = Container.objects.filter(service_id=service_id, status=Status.PENDING, desired=Desired.RUN)
    oldest = waiting.order_by("spec_hash", "only_host_id", "created_at", "id").distinct("spec_hash", "only_host_id")
    found = (advice_json(one) for one in oldest.select_related("project")[:SHAPES_SHOWN])
    return [one for one in found if one is not None]


def _told(seen: Waiting, *, project: str) -> dict[str, Any]:
    """See AdviceSerializer."""
    shape, fleet = seen.pending.shape, seen.fleet
    about = {"at": seen.now, "container": seen.pending.id, "waiting": seen.alike, "hosts_total": len(fleet)}
    if shape is None:
        return {**about, **_empty(seen.pending.error)}
    found = advice_about(shape, fleet, ask=Ask(seen.alike, project))
    return {**about, **found, "text": found["text"] or _fits_now(seen, found["fits"])}


def advice_about(shape: Shape, fleet: Fleet, *, ask: Ask) -> dict[str, Any]:
    """Of one of this shape; no text where a host fits."""
    looked = Rules().look(shape, fleet)
    advice = advise(shape, fleet, ask=ask)
    return {
        "fits": advice.fits,
        "text": "" if advice.fits else no_host_fits(looked),
        "funnel": [step._asdict() for step in looked.funnel],
        "lacking": [one._asdict() for one in advice.lacking],
        "misses": [
            {"host": one.host, "reasons": [reason._asdict() for reason in one.reasons]} for one in advice.misses
        ],
        "fixes": [_fix_json(one) for one in advice.fixes],
        "note": _note(advice, len(fleet)),
    }


def _empty(words: str) -> dict[str, Any]:
    return {"fits": 0, "text": words, "funnel": [], "lacking": [], "misses": [], "fixes": [], "note": ""}


def _fits_now(seen: Waiting, fits: int) -> str:
    words = f"{fits} {'host fits' if fits == 1 else 'hosts fit'} now"
    if seen.not_before is not None and seen.not_before > seen.now:
        return f"{words}; it is not placed before {seen.not_before:%Y-%m-%d %H:%M:%S} UTC"
    return f"{words}: the next pass places it"


def _note(advice: Advice, hosts: int) -> str:
    if advice.fits or not hosts:
        return ""
    if not advice.fixes:
        return "no change of one thing, nor of two, would let it in"
    return "no single change is enough: each of these takes two" if len(advice.fixes[0].changes) > 1 else ""


def _fix_json(fix: Fix) -> dict[str, Any]:
    return {
        "words": fix.words,
        "changes": _changes_json(fix.changes),
        "hosts": fix.hosts,
        "placed": fix.placed,
        "of": fix.of,
    }


def _changes_json(changes: Sequence[Change]) -> list[dict[str, Any]]:
    names = ("kind", "field", "value", "shown", "words", "alike")
    return [{**{name: getattr(one, name) for name in names}, "host": one.host or None} for one in changes]
