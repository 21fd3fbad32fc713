"""`manage.py scheduler`: runs one scheduler until TERM or INT; several may run, one leads."""

import signal
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from scheduler.daemon import Scheduler


class Command(BaseCommand):
    help = "Decide where containers go, when they are tried again and which hosts are lost. One of several leads."
    requires_system_checks = ()  # `make check` runs them; a start must be quick

    def handle(self, *args: Any, **options: Any) -> None:
        daemon = Scheduler()

        def end(signum: int, frame: FrameType | None) -> None:
            daemon.stop()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        daemon.run()
