"""The last decisions about a service's containers, as groups: those of one shape and pass share one explanation.

Before: the API's view. After: people. A group is what decisions.keep() wrote together.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from containers.models import Container
from scheduler.decisions import funnel_words
from scheduler.models import Verdict
from scheduler.reading import query

LOOKED_AT = 5000  # rows; a group has at most as many as one transaction of binding writes
EXAMPLES = 5
HOSTS_SHOWN = 20
REFUSED_SHOWN = 10

_LAST = """
SELECT coalesce(same_as, id), at, verdict, container_id, host_name, message FROM scheduler_decision
WHERE service_id = %s ORDER BY id DESC LIMIT %s
"""
_EXPLAINED = f"""
SELECT id, hosts_total, funnel, scores, jsonb_array_length(refused),
  jsonb_path_query_array(refused, '$[0 to {REFUSED_SHOWN - 1}]')
FROM scheduler_decision WHERE id = ANY(%s)
"""


@dataclass
class Group:
    """`id`: the row that explains it; `containers` are those of this service alone."""

    id: int
    at: datetime
    verdict: str
    message: str
    containers: list[UUID] = field(default_factory=list)
    hosts: Counter[str] = field(default_factory=Counter)


def decisions_of(service_id: UUID, *, limit: int) -> list[dict[str, Any]]:
    """The newest `limit` groups, newest first."""
    groups = _groups(query(_LAST, [service_id, LOOKED_AT]))[:limit]
    explained = {row[0]: row[1:] for row in query(_EXPLAINED, [[one.id for one in groups]])}
    names = _names([key for one in groups for key in one.containers[:EXAMPLES]])
    return [_group_json(one, explained.get(one.id), names) for one in groups]


def _groups(rows: Sequence[tuple[Any, ...]]) -> list[Group]:
    found: dict[tuple[int, str], Group] = {}
    for first, at, verdict, container, host, message in rows:
        group = found.setdefault((first, verdict), Group(first, at, verdict, message))
        group.containers.append(container)
        if host:
            group.hosts[host] += 1
    groups = list(found.values())
    return groups[:-1] if len(rows) == LOOKED_AT and len(groups) > 1 else groups  # the last one may be cut off


def _names(keys: Collection[UUID]) -> Mapping[UUID, str]:
    """Of those that are still there."""
    return dict(Container.objects.filter(pk__in=keys).values_list("pk", "name"))


def _group_json(group: Group, explained: tuple[Any, ...] | None, names: Mapping[UUID, str]) -> dict[str, Any]:
    """See DecisionGroupSerializer. Where the explanation is gone (it is older than its group), the words remain."""
    hosts_total, funnel, scores, refused_total, refused = explained or (0, "[]", "[]", 0, "[]")
    steps = json.loads(funnel)
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
        "refused": json.loads(refused),
        "refused_total": refused_total,
        "scores": json.loads(scores),
    }


def _words(group: Group, funnel: Sequence[Mapping[str, Any]]) -> str:
    if group.verdict == Verdict.REFUSED:
        return group.message
    count, hosts = len(group.containers), len(group.hosts)
    if count == 1:
        words = group.message
    else:
        words = f"{count} placed on {next(iter(group.hosts)) if hosts == 1 else f'{hosts} hosts'}"
    return f"{words}: {funnel_words(funnel)}" if funnel else words
