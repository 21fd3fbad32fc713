"""`manage.py up`: Orchestra on one machine. Looks, makes each step with one line, then supervises until Ctrl-C.

It owns the embedded PostgreSQL; web, scheduler and agent are its children and die with it. Containers and the
Docker engine go on running when it ends. The parts stand in orchestra/supervisor/.
"""

import os
import signal
import threading
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from core.accounts import first_admin
from core.lib.clock import monotonic_s
from orchestra.database import users
from orchestra.database.base import OWNER_VARIABLE
from orchestra.database.binaries import NoBinaries
from orchestra.database.server import Server, ServerFailed
from orchestra.supervisor import engine, local_host
from orchestra.supervisor.children import ROOT, manage
from orchestra.supervisor.children import Command as Process
from orchestra.supervisor.console import BOLD, RED, Console
from orchestra.supervisor.keeper import Keeper
from orchestra.supervisor.own_engine import OwnEngine
from orchestra.supervisor.preflight import Seat, listen
from orchestra.supervisor.refusal import Refusal
from orchestra.supervisor.supervisor import CONTAINERS_GO_ON, STOP_SIGNALS, Supervisor

READY_WITHIN_S = 60.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}
VITE_URL = "http://127.0.0.1:5173"


class Command(BaseCommand):
    help = "Start Orchestra on this machine: database, web, scheduler, agent, and a Docker engine where there is none."
    requires_system_checks = ()  # they would open the database before it is started

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.HOST, help="address to listen on (default 127.0.0.1)")
        parser.add_argument("--port", type=int, default=settings.PORT, help=f"port (default {settings.PORT})")
        parser.add_argument("--no-engine", action="store_true", help="do not look for a Docker engine on this machine")
        parser.add_argument("--vite", action="store_true", help="serve the console by Vite, for those who work on it")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        status = 0
        for number in STOP_SIGNALS:
            signal.signal(number, signal.default_int_handler)  # before the supervisor listens: the same as Ctrl-C
        try:
            self.run_of(console, options).run()
        except Refusal as refusal:
            console.say(f"\n{refusal.problem}", colour=RED)
            console.say(f"  Way out: {refusal.way_out}\n")
            status = 1
        except KeyboardInterrupt:
            console.say("Stopped before everything was up.")
            status = 130
        finally:
            console.close()
        if status:
            raise SystemExit(status)

    def run_of(self, console: Console, options: dict[str, Any]) -> "Up":
        return Up(console, options)


class Up:
    """One run of the command: its steps in order, then the supervisor, then the way down."""

    after = CONTAINERS_GO_ON

    def __init__(self, console: Console, options: dict[str, Any]) -> None:
        self._console = console
        self._host: str = options["host"]
        self._port: int = options["port"]
        self._with_engine = not options["no_engine"]
        self._with_vite: bool = options["vite"]
        self._seat = Seat(Path(settings.VAR))
        self._database = None if settings.DATABASE_URL else Server(Path(settings.VAR))
        self._own_engine: OwnEngine | None = None

    def run(self) -> None:
        self._seat.take()
        listener = listen(self._host, self._port)
        try:
            self._start_database()
            try:
                self._migrate()
                if self._with_engine:
                    self._take_engine()
                self._supervise(listener.fileno())
            finally:
                self._stop_database()
        finally:
            listener.close()
        self._console.say("Stopped.", colour=BOLD)

    # --- steps -------------------------------------------------------------------------------------------------

    def _start_database(self) -> None:
        with self._console.step("database") as step:
            if self._database is None:
                step.result = f"at {settings.DATABASES['default'].get('HOST') or 'the local socket'} (DATABASE_URL)"
                return
            adopted = self._database.pid() is not None
            try:
                users.register(self._database)
                self._database.ensure()
            except (ServerFailed, NoBinaries) as error:
                raise Refusal(
                    str(error), way_out=f"read {self._database.log}; or set DATABASE_URL to a PostgreSQL of yours"
                ) from error
            os.environ[OWNER_VARIABLE] = str(os.getpid())
            step.result = f"PostgreSQL under {self._database.home}" + (", found running" if adopted else "")

    def _migrate(self) -> None:
        with self._console.step("tables") as step:
            try:
                executor = MigrationExecutor(connection)
                missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
                if missing:
                    call_command("migrate", verbosity=0, interactive=False)
            except DatabaseError as error:
                raise Refusal(
                    f"The database cannot be used: {error}", way_out="see that it runs and that DATABASE_URL is right"
                ) from error
            step.result = f"{missing} migrations applied" if missing else "up to date"

    def _take_engine(self) -> None:
        with self._console.step("engine") as step:
            found = engine.find(Path(settings.VAR), os.environ)
            self._own_engine = found.own
            step.result = f"{found.words}; {local_host.adopt(found)}"

    def _supervise(self, descriptor: int) -> None:
        connection.close()
        keeper = Keeper(console=self._console, database=self._database, engine=self._own_engine)
        supervisor = Supervisor(self._processes(descriptor), console=self._console, after=self.after)
        threading.Thread(target=self._announce, name="announce", daemon=True).start()
        keeper.start()
        try:
            supervisor.run()
        finally:
            keeper.stop()

    def _processes(self, descriptor: int) -> list[Process]:
        # At a terminal a person reads: lines for people. Elsewhere a program may: JSON.
        environment = {"PYTHONUNBUFFERED": "1", "ORCHESTRA_LOG_JSON": "0" if self._console.is_terminal else "1"}
        environment |= {"ORCHESTRA_HOST": self._host, "ORCHESTRA_PORT": str(self._port)}
        found = [
            Process("web", manage("web", "--fd", str(descriptor)), descriptors=(descriptor,), environment=environment),
            Process("scheduler", manage("scheduler"), environment=environment),
            Process("agent", manage("agent"), environment=environment),
        ]
        if self._with_vite:
            vite = {**environment, "ORCHESTRA_URL": self._url()}
            command = ["npm", "run", "--silent", "dev", "--", "--host", "127.0.0.1", "--port", "5173", "--strictPort"]
            found.append(Process("vite", command, environment=vite, folder=ROOT / "frontend"))
        return found

    # --- the end of the beginning ------------------------------------------------------------------------------

    def _announce(self) -> None:
        """Once the web process answers: the one line that everybody waits for."""
        began_s = monotonic_s()
        while not self._web_answers():
            if monotonic_s() - began_s > READY_WITHIN_S:
                self._console.say("The web process does not answer yet; its lines above say why.", colour=RED)
                return
            time.sleep(0.1)
        url = VITE_URL if self._with_vite else self._url()
        self._seat.tell(url=url)
        try:
            link = f"{url}/first-admin#token={first_admin.make_link()}" if first_admin.needed() else None
        except DatabaseError as error:
            self._console.say(f"The link for the first admin could not be made: {error}", colour=RED)
            link = None
        finally:
            connection.close()
        if link:
            self._console.say(
                f"\nOrchestra is up. Make the first admin (once, within an hour):\n\n  {link}\n", colour=BOLD
            )
        else:
            self._console.say(f"\nOrchestra is up:\n\n  {url}\n", colour=BOLD)

    def _web_answers(self) -> bool:
        """Asked directly: a proxy of the environment does not lead to this machine."""
        asked = HTTPConnection(EVERYWHERE.get(self._host, self._host).strip("[]"), self._port, timeout=2.0)
        try:
            asked.request("GET", "/readyz")
            return asked.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            asked.close()

    def _url(self) -> str:
        host = EVERYWHERE.get(self._host, f"[{self._host}]" if ":" in self._host else self._host)
        return f"http://{host}:{self._port}"

    def _stop_database(self) -> None:
        connection.close()
        if self._database is None:
            return
        try:
            self._database.stop()
        except ServerFailed as error:
            self._console.say(str(error), colour=RED)
