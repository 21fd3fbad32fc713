"""Keep the end of a finished attempt's log before its engine container goes: what an operator asks for first."""

import logging

from django.db import transaction

from containers.agent.hands import Hands
from containers.models import Container, LogTail
from core.lib.brief import database_visit
from hosts.engine.errors import NO_ANSWER, EngineError

log = logging.getLogger(__name__)

TAIL_LINES = 500
TAIL_CHARACTERS = 64_000


def keep_log(row: Container, hands: Hands, name: str) -> None:
    """Write the log's end once; a log that cannot be read is no reason to keep the container."""
    with database_visit():
        if LogTail.objects.filter(pk=row.pk).exists():
            return
    try:
        lines = [line.text for line in hands.engine.logs(name, tail=TAIL_LINES)]
    except NO_ANSWER:
        raise
    except EngineError as error:
        log.warning("%s: the log of %s is not kept: %s", hands.host_name, name, error)
        return
    text = "\n".join(lines).replace("\x00", "\N{REPLACEMENT CHARACTER}")
    with database_visit(), transaction.atomic():
        hands.hold.fence()
        LogTail.objects.get_or_create(
            container_id=row.pk,
            defaults={
                "text": text[-TAIL_CHARACTERS:],
                "truncated": len(lines) >= TAIL_LINES or len(text) > TAIL_CHARACTERS,
            },
        )
