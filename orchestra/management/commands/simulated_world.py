"""`manage.py simulated_world`: the fake hosts of a simulation, their engines and what befalls them.

A child of `manage.py simulate`, which hands on its own words. It has no door to the database.
"""

import logging
import os
import signal
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hosts.engine.fake.wire import SOCKET_VARIABLE
from orchestra.simulation.words import add_words, made_up_by, trials_by
from orchestra.simulation.world import World

log = logging.getLogger("simulation")

LAST_S = 10.0  # for the others to end first


class Command(BaseCommand):
    help = "Serve the fake engines of a simulation (started by `manage.py simulate`)."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        add_words(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        socket = os.environ.get(SOCKET_VARIABLE)
        if not settings.SIMULATED or not socket:
            raise CommandError("this is a part of a simulation: start that with `manage.py simulate`")
        ending = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ending.set())
        hosts = made_up_by(options).hosts
        world = World(hosts, trials_by(options), say=log.info)
        server = world.open(Path(socket))
        log.info("%s fake hosts", len(hosts))
        world.run(ending)
        server.stop(patience_s=LAST_S)
