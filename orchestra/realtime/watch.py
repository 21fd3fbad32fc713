"""Asks again whether those who watch still may: every half minute, and at once when accounts change.

Before: the hub's timer or an `account` hint. After: a subscription that is not allowed any more ends with an error,
a socket whose session or token has ended is closed.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.http import Http404

from core.lib.problems import Problem
from orchestra.realtime.access import Credentials, Refusal, Topic, topic_for, user_of
from orchestra.realtime.client import Client

if TYPE_CHECKING:
    from orchestra.realtime.hub import Hub

Asked = Mapping[int, Mapping[str, Any]]


async def recheck(hub: "Hub", clients: Sequence[Client]) -> None:
    """Ask for each client, one after the other: nobody is in a hurry here."""
    for client in clients:
        try:
            topics = await hub.in_thread(allowed, client.credentials, dict(client.asked))
        except Refusal as refusal:
            await client.drop(refusal.code)
            continue
        for sub, found in topics.items():
            one = client.subscriptions.get(sub)
            if one is None:
                continue
            if found is not None and _is_same(one.topic, found):
                one.topic = found  # what may be seen of it may be different now
            else:
                client.remove(sub)
                client.refuse(sub, "forbidden", "you may not see this any more")
        await client.flush()


def _is_same(had: Topic, found: Topic) -> bool:
    return (had.kind, had.key, had.project_id) == (found.kind, found.key, found.project_id)


def allowed(credentials: Credentials, asked: Asked) -> Mapping[int, Topic | None]:
    """The topic of each subscription as it would be found now; None: not allowed. Refusal: the socket ends."""
    user = user_of(credentials)
    found: dict[int, Topic | None] = {}
    for sub, message in asked.items():
        try:
            found[sub] = topic_for(user, message)
        except (Problem, Http404):
            found[sub] = None
    return found
