"""`manage.py engine stop|status`: the Docker engine that `up` started on this machine, which outlives `up`."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from orchestra.supervisor.own_engine import OwnEngine
from orchestra.supervisor.preflight import Seat
from orchestra.supervisor.refusal import Refusal


class Command(BaseCommand):
    help = "Stop the Docker engine that `up` started (and the containers on it), or say whether it runs."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["stop", "status"])

    def handle(self, *args: Any, **options: Any) -> None:
        own = OwnEngine(Path(settings.VAR))
        if options["verb"] == "status":
            pid = own.pid()
            self.stdout.write(f"{own.url}, pid {pid}" if pid else "no engine of our own runs")
            return
        if pid := Seat(Path(settings.VAR)).holder().get("pid"):
            raise CommandError(f"Orchestra runs (pid {pid}) and would start the engine again: stop it first (Ctrl-C).")
        try:
            self.stdout.write("stopped" if own.stop() else "no engine of our own runs")
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
