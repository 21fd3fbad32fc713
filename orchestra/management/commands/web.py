"""`manage.py web`: REST, websockets, the built console and the admin, as one stateless process.

Any number of them may run; several may share one socket that somebody else has bound (`--fd`). Sync views run in
threads that nothing bounds but the pool of database connections (ORCHESTRA_DATABASE_POOL).
"""

import atexit
import errno
import logging
import os
import socket
import sys
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

BACKLOG = 512
EXIT_WITHIN_S = 0.7


class Command(BaseCommand):
    help = "Serve the API, the live websocket and the console."
    requires_system_checks = ()  # `make check` runs them; a start must be quick

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.HOST, help=f"address to listen on (default {settings.HOST})")
        parser.add_argument("--port", type=int, default=settings.PORT, help=f"default {settings.PORT}; 0: any")
        parser.add_argument("--fd", type=int, default=None, help="a listening socket that is open already")
        parser.add_argument("--drain", type=float, default=10.0, help="seconds for requests in flight at the stop")

    def handle(self, *args: Any, **options: Any) -> None:
        listener = _adopted(options["fd"]) if options["fd"] is not None else _bound(options["host"], options["port"])
        address = listener.getsockname()
        # Imported late: daphne installs its reactor at import, which other commands must not get.
        from channels.routing import get_default_application

        from orchestra.realtime.server import WebServer

        server = WebServer(get_default_application(), listener=listener, drain_s=options["drain"])
        self.stdout.write(f"web: listening on {_shown(address)}")
        self.stdout.flush()
        server.run()
        _end()


def _bound(host: str, port: int) -> socket.socket:
    """A listening socket, or a CommandError that says what to do."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise CommandError(_why_not(host, port, error)) from None


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} on {host} is taken: stop what listens there, or choose another port (--port, ORCHESTRA_PORT)"
        )
    if error.errno == errno.EACCES:
        return f"port {port} needs rights that this user does not have: choose one above 1023 (--port, ORCHESTRA_PORT)"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine: choose another (--host, ORCHESTRA_HOST)"
    return f"cannot listen on {host} port {port}: {os.strerror(error.errno or 0)}"


def _adopted(descriptor: int) -> socket.socket:
    try:
        listener = socket.socket(fileno=descriptor)
        listening = listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError as error:
        raise CommandError(f"--fd {descriptor} is no open socket: {error}") from None
    if not listening:
        raise CommandError(f"--fd {descriptor} does not listen")
    return listener


def _shown(address: Any) -> str:
    if isinstance(address, tuple):
        host, port = address[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    return str(address)


def _end() -> None:
    """End now: taking the interpreter apart takes a second, and a thread that waits for an engine would hold it up.

    What was registered for the exit runs (the embedded database counts its users), but not for long.
    """
    guard = threading.Timer(EXIT_WITHIN_S, os._exit, [0])
    guard.daemon = True
    guard.start()
    logging.shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    os._exit(0)
