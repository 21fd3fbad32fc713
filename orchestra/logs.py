"""How every process logs: one line each, JSON when nobody sits at a terminal.

The settings call `configure`; request id, host and container come in through structlog's context variables.
"""

import logging
import os
import sys
from typing import Any

import structlog


def _name_process(logger: object, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Under `up` the lines of several processes share one stream; JSON says whose each is."""
    if name := os.environ.get("ORCHESTRA_PROCESS"):
        event["process"] = name
    return event


SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.stdlib.PositionalArgumentsFormatter(),
]


def configure(*, level: str, as_json: bool | None = None) -> dict[str, Any]:
    """Set structlog up and return the dictionary for Django's LOGGING. `as_json` None asks the terminal."""
    if as_json is None:
        as_json = not sys.stderr.isatty()
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"()": structlog.stdlib.ProcessorFormatter, "processors": _rendering(as_json=as_json)}
            | {"foreign_pre_chain": SHARED}
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "daphne": {"level": "WARNING"},
            "docker": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
            "psycopg.pool": {"level": "ERROR"},
        },
    }


def _rendering(*, as_json: bool) -> list[structlog.typing.Processor]:
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if as_json:
        return [strip, _name_process, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    plain = structlog.dev.plain_traceback  # the prettier one shows local variables, and with them secrets
    renderer = structlog.dev.ConsoleRenderer(colors=True, pad_event_to=0, exception_formatter=plain)
    return [strip, _for_people, renderer]


def _for_people(logger: object, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The time of day will do, and who writes into which logger is nobody's concern at a terminal."""
    event["timestamp"] = str(event.get("timestamp", ""))[11:19]
    if event.get("level") == "info":
        event.pop("logger", None)
        event.pop("level", None)
    return event
