#!/usr/bin/env python
"""The door to every process and tool of Orchestra: `manage.py up`, `web`, `scheduler`, `agent`, `migrate` ..."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestra.settings")
    from orchestra import secrets

    if not os.environ.get("DATABASE_URL"):
        secrets.ensure(secrets.var_directory())
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
