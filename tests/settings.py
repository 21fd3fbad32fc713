"""The settings of the tests: the product's own file, with keys and a var directory that belong to no installation.

The environment is set before the product's file is read, so that processes started by a test inherit it.
"""

import os
from pathlib import Path

os.environ.setdefault("ORCHESTRA_VAR", str(Path(__file__).resolve().parent.parent / "var-test"))
os.environ["ORCHESTRA_SECRET_KEY"] = "only-for-tests-and-long-enough-to-silence-the-check"
os.environ["ORCHESTRA_VAULT_KEYS"] = "b3JjaGVzdHJhLXRlc3RzLW9ubHktdmF1bHQta2V5LTE="

from orchestra.settings import *

SIMULATED = True  # tests register fake engines
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
