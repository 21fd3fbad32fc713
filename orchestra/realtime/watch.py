"""Asks again whether those who watch still may: every half minute, and at once when accounts change.

Before: the hub's timer or an `account` hint. After: a subscription that is not allowed any more ends with an error,
a socket whose session or token has ended is closed.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.http import Http404

from core.accounts.models import User
from core.accounts.permissions import is_admin, project_ids_of
from core.lib.problems import Problem
from orchestra.realtime.access import Credentials, Refusal, Topic, topic_for, user_of
from orchestra.realtime.client import Client

if TYPE_CHECKING:
    from orchestra.realtime.hub import Hub

Asked = Mapping[int, Mapping[str, Any]]
WORDS = {"forbidden": "you may not see this any more", "gone": "this object does not exist any more"}


async def recheck(hub: "Hub", clients: Sequence[Client]) -> None:
    """Ask for each client, one after the other: nobody is in a hurry here."""
    for client in clients:
        try:
            had = {sub: one.topic for sub, one in client.subscriptions.items()}
            topics = await hub.in_thread(allowed, client.credentials, dict(client.asked), had)
        except Refusal as refusal:
            await client.drop(refusal.code)
            continue
        for sub, found in topics.items():
            one = client.subscriptions.get(sub)
            if one is None:
                continue
            if isinstance(found, Topic) and _is_same(one.topic, found):
                one.topic = found  # what may be seen of it may be different now
            else:
                code = found if isinstance(found, str) else "forbidden"
                client.remove(sub)
                client.refuse(sub, code, WORDS[code])
        await client.flush()


def _is_same(had: Topic, found: Topic) -> bool:
    return (had.kind, had.key, had.project_id) == (found.kind, found.key, found.project_id)


def allowed(credentials: Credentials, asked: Asked, had: Mapping[int, Topic]) -> Mapping[int, Topic | str]:
    """The topic of each subscription as it would be found now, or why there is none. Refusal: the socket ends."""
    user = user_of(credentials)
    found: dict[int, Topic | str] = {}
    for sub, message in asked.items():
        try:
            found[sub] = topic_for(user, message)
        except (Problem, Http404) as error:
            found[sub] = _why_not(user, error, had.get(sub))
    return found


def _why_not(user: User, error: Exception, had: Topic | None) -> str:
    """Foreign things do not exist: only who still sees the project of what is not there is told that it is gone."""
    if not isinstance(error, Http404) or had is None or had.project_id is None:
        return "forbidden"
    return "gone" if is_admin(user) or had.project_id in project_ids_of(user) else "forbidden"
