"""Runs a program that dies with its parent, also when the parent is killed: `tied.py PARENT_PID PROGRAM ARGUMENT...`.

The kernel sends the signal (PR_SET_PDEATHSIG outlives exec), so nothing has to be alive to clean up.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)  # the parent died before we were tied to it
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
