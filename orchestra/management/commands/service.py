"""`manage.py service install|remove|show`: the systemd unit that runs `up` at boot and whenever it has ended."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from orchestra.supervisor import unit
from orchestra.supervisor.preflight import Seat
from orchestra.supervisor.refusal import Refusal


class Command(BaseCommand):
    help = "Install, remove or show the systemd unit that runs Orchestra on this machine."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["install", "remove", "show"])
        parser.add_argument("--host", default=None, help="address to listen on; default: as the settings say")
        parser.add_argument("--port", type=int, default=None, help="port; default: as the settings say")
        parser.add_argument("--no-engine", action="store_true", help="do not look for a Docker engine on this machine")
        parser.add_argument("--units", type=Path, default=unit.UNITS, help=f"its folder (default {unit.UNITS})")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(self._done(options))
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal

    def _done(self, options: dict[str, Any]) -> str:
        arguments = [
            word for name in ("host", "port") if options[name] is not None for word in (f"--{name}", str(options[name]))
        ] + (["--no-engine"] if options["no_engine"] else [])
        match options["verb"]:
            case "show":
                return unit.text(arguments)
            case "remove":
                return unit.remove(units=options["units"])
        holder = Seat(Path(settings.VAR)).holder()
        if holder and not (options["units"] / unit.NAME).exists():
            raise Refusal(
                f"Orchestra runs already, from a terminal (pid {holder.get('pid', 'unknown')}).",
                way_out="stop it there (Ctrl-C; the containers go on), then say this again",
            )
        return unit.install(arguments, units=options["units"])
