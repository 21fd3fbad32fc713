"""New events for the event topics: each once, in the order of their ids, also those that commit late.

Before: a hint or the timer. After: one frame per event and topic. An event's id is taken before its transaction
commits, so that an older id may show up later: we look back a little and remember what was told.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import connection

from core.events.models import Event
from core.events.shapes import EventSerializer, event_json
from core.lib.partitions import COUNTER_BITS
from orchestra.realtime.access import Topic
from orchestra.realtime.objects import encode

LATE_MS = 5_000
MOST_AT_ONCE = 500
NOW_ID = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint << 20"


@dataclass(slots=True)
class Told:
    """How far the events were told: everything up to `last_id`, but for what is not in `seen` of the last seconds."""

    last_id: int
    seen: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class News:
    """Events of one topic as JSON; `overflow`: there were more than can be told."""

    texts: dict[Topic, list[str]]
    overflow: bool


def begin() -> Told:
    """From now on; what is younger than the look-back counts as told."""
    with connection.cursor() as cursor:
        cursor.execute(NOW_ID)
        (now_id,) = cursor.fetchone()
    floor = now_id - (LATE_MS << COUNTER_BITS)
    return Told(now_id, set(Event.objects.filter(pk__gt=floor).values_list("pk", flat=True)))


def read_news(told: Told, topics: Collection[Topic]) -> News:
    """What is new for these topics; `told` is moved on."""
    floor = told.last_id - (LATE_MS << COUNTER_BITS)
    new = [pk for pk in Event.objects.filter(pk__gt=floor).values_list("pk", flat=True) if pk not in told.seen]
    rows = list(Event.objects.filter(pk__in=sorted(new)[:MOST_AT_ONCE]).order_by("pk")) if new else []
    told.seen.update(new)
    told.last_id = max([told.last_id, *new])
    keep_from = told.last_id - (LATE_MS << COUNTER_BITS)
    told.seen = {pk for pk in told.seen if pk > keep_from}
    texts = {topic: [_text(row, topic) for row in rows if _belongs(row, topic)] for topic in topics}
    return News(texts, overflow=len(new) > MOST_AT_ONCE)


def _belongs(row: Event, topic: Topic) -> bool:
    return topic.project_id is None or row.project_id == topic.project_id


def _text(row: Event, topic: Topic) -> str:
    return encode(EventSerializer(event_json(row, dict(topic.names))).data)
