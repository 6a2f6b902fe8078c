"""The product's settings, kept away from the data of whoever runs the tests, and on the database under test.

TEST_DATABASE_URL names a PostgreSQL server; without it, the tests run on SQLite, in files as people have them.
"""

import atexit
import os
import tempfile

# Whatever this shell is set up for, tests must not find: not its data, its mail server nor its tokens.
for name in [name for name in os.environ if name.startswith("FAILONCE_") or name == "DATABASE_URL"]:
    del os.environ[name]

_home = tempfile.TemporaryDirectory(prefix="failonce-tests-")
atexit.register(_home.cleanup)
os.environ["FAILONCE_HOME"] = _home.name
TEST_DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "")
if TEST_DATABASE_URL:
    os.environ["DATABASE_URL"] = TEST_DATABASE_URL

from failonce.config.settings import *  # noqa: E402,F403  the environment has to be ready before they read it
from failonce.config.settings import DATABASES  # noqa: E402

# Commands that tests start must choose their own database, or they would write into the server's first one.
os.environ.pop("DATABASE_URL", None)

if not TEST_DATABASE_URL:
    # Django would test SQLite in memory, where one connection is shared and no lock is ever waited for.
    DATABASES["default"]["TEST"] = {"NAME": f"{_home.name}/test.sqlite3"}

# argon2 is slow on purpose; the tests of passwords themselves choose it again.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
]
