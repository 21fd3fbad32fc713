"""`manage.py rules`: writes the tables of verbs for the console.

Before: `make generate`. After: orchestra.rules_file.
"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from orchestra.rules_file import typescript


class Command(BaseCommand):
    help = "Write which verb is allowed when, from the tables that refuse, as TypeScript for the console."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, required=True, help="where to write")

    def handle(self, *args: Any, **options: Any) -> None:
        options["file"].write_text(typescript())
