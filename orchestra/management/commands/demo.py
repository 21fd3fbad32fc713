"""`manage.py demo`: run a small web page as the container `demo` and say where it is. Again says it again.

Before: an installation that is up. After: containers.demo asks, scheduler and agent do.
"""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from containers import demo
from containers.models import Container
from containers.states import FINAL, Status
from core.accounts.models import default_project
from core.lib.clock import monotonic_s
from core.lib.problems import Problem

ACTOR = "demo"
LOOK_S = 0.2


class Command(BaseCommand):
    help = "Run a small web page as the container `demo` of the project `default`, and print its address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--wait", type=float, default=60.0, metavar="SECONDS", help="how long it may take to run")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            asked = demo.start(default_project(), actor=ACTOR)
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        self.stdout.write(demo.url(_running(asked, wait_s=options["wait"])) or "it runs")


def _running(asked: Container, *, wait_s: float) -> Container:
    """The slot's current attempt, once it runs; CommandError says what it waits for."""
    end_s = monotonic_s() + wait_s
    while True:
        found = Container.objects.filter(slot_id=asked.slot_id, superseded=False).select_related("host").get()
        if found.status == Status.RUNNING and (found.host is None or found.host.reachable == "ok"):
            return found
        if monotonic_s() >= end_s:
            words = f"{found.name} is {found.status}: {found.message or 'no reason was given'}"
            hint = "" if found.status in FINAL else "; is Orchestra up (make up)?"
            raise CommandError(f"{words}{hint}")
        time.sleep(LOOK_S)
