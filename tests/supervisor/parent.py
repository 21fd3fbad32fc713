"""A parent for the tests: supervises two idle children and prints what a test must know. Run as a script."""

import os
import sys

from orchestra.supervisor.children import Command
from orchestra.supervisor.console import Console
from orchestra.supervisor.supervisor import Supervisor

IDLE = "import os, time; print('alive', os.getpid(), flush=True); time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + IDLE
FLOOD = (
    "from pathlib import Path; print(('x' * 99 + chr(10)) * 80_000, flush=True);"
    "Path('/proc/self/comm').write_text('done'); " + IDLE
)
NOISY = "import sys; sys.stdout.write('no newline at the end'); sys.exit(3)"

if __name__ == "__main__":
    console = Console()
    programs = {"idle": IDLE, "stubborn": STUBBORN, "noisy": NOISY, "flood": FLOOD}
    commands = [
        Command(f"{name}{number}", [sys.executable, "-c", programs[name]]) for number, name in enumerate(sys.argv[1:])
    ]
    console.say(f"parent {os.getpid()}")
    Supervisor(commands, console=console).run()
    console.say("everything ended")
    console.close()
