"""The settings of a web process that a test starts: the test's own database, named in TEST_DATABASE_NAME."""

import os

from tests.settings import *  # noqa: F403

DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE_NAME"]  # noqa: F405
