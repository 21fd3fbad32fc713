"""The last decisions about a service's containers, as groups: those of one shape and pass share one explanation.

Before: the API's view. After: people. A group is a row that decisions.Draft has kept.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from containers.models import Container
from scheduler.decisions import funnel_words, placed_on, refused_hosts
from scheduler.models import Verdict
from scheduler.reading import query

EXAMPLES = 5
HOSTS_SHOWN = 20
REFUSED_SHOWN = 10

# One that was drawn up as placed and was not, because another hand was first or the scheduler died, has by now
# another decision on its row, or none; of those whose rows are gone nobody knows better.
_LAST = """
SELECT d.id, coalesce(d.same_as, d.id), d.at, d.verdict, d.message, d.members,
  CASE WHEN d.verdict = 'placed' THEN ARRAY(
    SELECT c.id::text FROM jsonb_array_elements(d.members) AS m JOIN containers_container c ON c.id = (m->>0)::uuid
    WHERE c.decision_id IS DISTINCT FROM d.id
  ) END
FROM scheduler_decision d WHERE d.service_id = %s AND d.members <> '[]' ORDER BY d.id DESC LIMIT %s
"""
_EXPLAINED = "SELECT id, hosts_total, funnel, scores, refused FROM scheduler_decision WHERE id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Group:
    """`explained`: the row that explains it; `containers` are those of this service alone."""

    id: int
    explained: int
    at: datetime
    verdict: str
    message: str
    containers: Sequence[UUID]
    hosts: Counter[str]


def decisions_of(service_id: UUID, *, limit: int) -> list[dict[str, Any]]:
    """The newest `limit` groups, newest first."""
    groups = [group for row in query(_LAST, [service_id, limit]) if (group := _group(row)).containers]
    explained = {row[0]: row[1:] for row in query(_EXPLAINED, [[one.explained for one in groups]])}
    names = _names([key for one in groups for key in one.containers[:EXAMPLES]])
    return [_group_json(one, explained.get(one.explained), names) for one in groups]


def _group(row: tuple[Any, ...]) -> Group:
    row_id, explained, at, verdict, message, members, elsewhere = row
    others = frozenset(elsewhere or ())
    mine = [one for one in json.loads(members) if one[0] not in others]
    hosts = Counter(one[1] for one in mine) if verdict == Verdict.PLACED else Counter()
    return Group(row_id, explained, at, verdict, message, [UUID(one[0]) for one in mine], hosts)


def _names(keys: Collection[UUID]) -> Mapping[UUID, str]:
    """Of those that are still there."""
    return dict(Container.objects.filter(pk__in=keys).values_list("pk", "name"))


def _group_json(group: Group, explained: tuple[Any, ...] | None, names: Mapping[UUID, str]) -> dict[str, Any]:
    """See DecisionGroupSerializer. Where the explanation is gone (it is older than its group), the words remain."""
    hosts_total, funnel, scores, kept = explained or (0, "[]", "[]", "[]")
    steps, refused = json.loads(funnel), refused_hosts(json.loads(kept))
    return {
        "id": str(group.id),
        "at": group.at,
        "verdict": group.verdict,
        "text": _words(group, steps),
        "containers": len(group.containers),
        "examples": [{"container": key, "name": names.get(key)} for key in group.containers[:EXAMPLES]],
        "hosts": [{"host": host, "containers": count} for host, count in group.hosts.most_common(HOSTS_SHOWN)],
        "hosts_used": len(group.hosts),
        "hosts_total": hosts_total,
        "funnel": steps,
        "refused": refused[:REFUSED_SHOWN],
        "refused_total": len(refused),
        "scores": json.loads(scores),
    }


def _words(group: Group, funnel: Sequence[Mapping[str, Any]]) -> str:
    if group.verdict == Verdict.REFUSED:
        return group.message
    count, hosts = len(group.containers), len(group.hosts)
    if count == 1:
        words = placed_on(next(iter(group.hosts)))
    else:
        words = f"{count} placed on {next(iter(group.hosts)) if hosts == 1 else f'{hosts} hosts'}"
    return f"{words}: {funnel_words(funnel)}" if funnel else words
