"""Becomes a PostgreSQL program, which refuses to run as root, without needing an account of its own.

Run as a script: `launch.py DIRECTORY... -- PROGRAM ARGUMENT...`. Root enters a user namespace in which it is
user 1: outside, the files still belong to root and no mode changes. Where such namespaces are forbidden, root
gives the directories to `nobody` and becomes it. Anybody else just runs the program.
"""

import ctypes
import os
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
INSIDE_ID = 1
NOBODY = 65534


def main(arguments: list[str]) -> None:
    split = arguments.index("--")
    directories, command = arguments[:split], arguments[split + 1 :]
    if os.geteuid() == 0 and not _enter_namespace():
        _become_nobody(directories)
    os.execv(command[0], command)


def _enter_namespace() -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    group = os.getegid()
    if libc.unshare(CLONE_NEWUSER) != 0:
        return False
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{INSIDE_ID} 0 1")
        Path("/proc/self/gid_map").write_text(f"{INSIDE_ID} {group} 1")
    except OSError as error:
        sys.exit(f"cannot run PostgreSQL as root in a user namespace ({error}); run Orchestra as a normal user")
    return True


def _become_nobody(directories: list[str]) -> None:
    for directory in directories:
        for folder, _, files in os.walk(directory):
            for path in (folder, *(os.path.join(folder, file) for file in files)):  # noqa: PTH118 - no pathlib at hand is as quick
                os.lchown(path, NOBODY, NOBODY)
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


if __name__ == "__main__":
    main(sys.argv[1:])
