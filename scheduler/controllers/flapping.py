"""Decides how long a host that was lost again and again must be steady before it gets new work.

Each loss within the window doubles the wait; a person's uncordon forgives those before it. Before: hosthealth declares
a loss. After: the condition "flapping", which placement reads; what runs on the host is left alone.
"""

from datetime import timedelta
from typing import Final

from core.lib.clock import database_now
from core.lib.lease import Hold
from core.lib.partitions import time_id
from hosts.conditions import FLAPPING_LIFTED, set_condition
from hosts.states import FLAPPING
from scheduler.controllers.silence import HostSeen
from scheduler.reading import query

WINDOW_S: Final = 900.0
FREE_LOSSES: Final = 1  # anybody's host may lose its power
FIRST_S: Final = 30.0
MOST_S: Final = 600.0
ACTOR: Final = "scheduler"


def steady_s(losses: int) -> float:
    """How long it must be steady after so many losses within the window: 0, 30, 60, 120 ... 600. Pure."""
    return 0.0 if losses <= FREE_LOSSES else min(MOST_S, FIRST_S * 2.0 ** min(losses - FREE_LOSSES - 1, 30))


def words(name: str, losses: int) -> str:
    """For an operator: why nothing new comes here, and what ends it. Pure."""
    return (
        f"{name} was lost {losses} times within {WINDOW_S / 60:.0f} min: it gets new containers once it has answered"
        f" for {steady_s(losses):.0f} s without a break, or when somebody uncordons it"
    )


def damp(host: HostSeen, *, hold: Hold) -> None:
    """After a loss: while it is lost nothing is placed there anyway, and when it is back this stands already."""
    losses = _losses(host.id)
    if steady_s(losses) > 0:
        set_condition(host.id, FLAPPING, bad=True, message=words(host.name, losses), actor=ACTOR, hold=hold)


def is_steady(host: HostSeen) -> bool:
    """Whether a damped host has answered for long enough; one more loss begins anew."""
    return host.answers_s is not None and host.answers_s >= steady_s(_losses(host.id))


def let_go(host: HostSeen, *, hold: Hold) -> None:
    message = f"{host.name} has been steady for {host.answers_s:.0f} s"
    set_condition(host.id, FLAPPING, bad=False, message=message, actor=ACTOR, hold=hold)


def _losses(host_id: int) -> int:
    """Within the window, and since a person last forgave them."""
    ((count,),) = query(
        "SELECT count(*) FROM events_event WHERE host_id = %(host)s AND kind = 'host.lost' AND id >= %(since)s"
        " AND id > coalesce((SELECT max(id) FROM events_event WHERE host_id = %(host)s AND kind = %(lifted)s"
        " AND id >= %(since)s), 0)",
        {
            "host": host_id,
            "since": time_id(database_now() - timedelta(seconds=WINDOW_S)),
            "lifted": FLAPPING_LIFTED,
        },
    )
    return int(count)
