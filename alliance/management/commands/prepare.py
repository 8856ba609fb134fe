"""`manage.py prepare`: all that lies between installed packages and a portal that can be served."""

import fcntl
import hashlib
import os
import secrets
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.management.commands import collectstatic
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.core.management.commands import migrate
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q
from tqdm import tqdm

# Seconds that a database server which is just starting gets.
PATIENCE = 10
NO_ANSWER = "does not answer: start it, or correct DATABASE_URL"
OLDEST_POSTGRESQL = 15
ACCOUNT = "secretariat"
# Easy to read out and to copy by hand: no 0 and o, no 1 and l.
PASSWORD_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # noqa: S105 - no password, what one is made of


class Command(BaseCommand):
    help = "Prepares database, catalogues, static files and founding content; does only what is needed."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--tests",
            action="store_true",
            help="Only what the tests need: a database that answers, and compiled catalogues.",
        )

    def handle(self, *, tests, **options):
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        with alone(settings.VAR_DIR / "prepare.lock", self.say):
            self.reach_database()
            call_command("compilemessages", verbosity=0)
            if tests:
                return
            self.collect_static()
            self.migrate()
            self.load_content()
            self.make_search_index()
            self.make_board()
            self.make_memory()
            self.make_account()

    def say(self, sentence):
        self.stdout.write(sentence)
        self.stdout.flush()

    def reach_database(self):
        """Make sure that the database answers; a server gets some time to come up."""
        deadline = time.monotonic() + PATIENCE
        problem = database_problem()
        if problem == NO_ANSWER:
            self.say(f"Waiting for the {database_place()}")
        while problem == NO_ANSWER and time.monotonic() < deadline:
            time.sleep(0.5)
            problem = database_problem()
        if problem:
            sys.exit(f"The {database_place()} {problem}, then try again.")

    def collect_static(self):
        """Gather, hash and compress the static files if any of them has changed."""
        if settings.DEBUG:
            return  # Django's development server reads them where they are.
        sources = sorted(static_sources())
        digest = hashlib.sha256(repr((settings.STORAGES["staticfiles"], sources)).encode()).hexdigest()
        stamp = settings.VAR_DIR / "static.digest"
        manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
        if manifest.exists() and stamp.exists() and stamp.read_text() == digest:
            return
        self.say(f"Compressing {len(sources)} static files")
        stamp.unlink(missing_ok=True)
        # Each file is copied, hashed and, in about as many cases, compressed.
        with progress("Static files", total=3 * len(sources), unit="step") as bar:
            call_command(CollectStatic(bar), interactive=False, verbosity=0)
            bar.update(bar.total - bar.n)
        stamp.write_text(digest)

    def migrate(self):
        """Bring the tables up to date."""
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        # Permissions and roles follow the last migration: until they are there too, the work is unfinished.
        unfinished = settings.VAR_DIR / "migrating"
        if not plan and not unfinished.exists():
            return
        self.say(f"Bringing the database up to date ({len(plan)} migrations)")
        unfinished.touch()
        try:
            with progress("Migrations", total=len(plan), unit="migration") as bar:
                call_command(Migrate(bar), interactive=False, verbosity=0)
        except DatabaseError as error:
            reason = str(error).strip().splitlines()[0]
            sys.exit(
                f"The {database_place()} refused a change of its tables ({reason}): mend this, then try again."
            )
        unfinished.unlink()

    def load_content(self):
        """Give a new portal the founding content. It comes whole or not at all, so one city means that it is there."""
        if apps.get_model("cities", "City").objects.exists():
            return
        self.say("Loading the founding content")
        call_command("load_content", verbosity=0)

    def make_search_index(self):
        """Index what is there where nothing is indexed yet: the content of a portal from before there was search."""
        if apps.get_model("search", "Entry").objects.exists():
            return
        self.say("Making the search index")
        call_command("rebuild_search", verbosity=0)

    def make_board(self):
        """Write the lines of the board where there are none: the content of a portal from before there was one."""
        if apps.get_model("translations", "Standing").objects.exists():
            return
        self.say("Making the board of translations")
        call_command("rebuild_board", verbosity=0)

    def make_memory(self):
        """Remember translations where none is remembered: those of a portal from before there was a memory."""
        if apps.get_model("translations", "Passage").objects.exists():
            return
        self.say("Making the translation memory")
        call_command("rebuild_memory", verbosity=0)

    def make_account(self):
        """Make the first account and show its password, once."""
        users = get_user_model().objects
        if users.filter(Q(is_superuser=True) | Q(username=ACCOUNT)).exists():
            return
        groups = ["".join(secrets.choice(PASSWORD_LETTERS) for _ in range(4)) for _ in range(4)]
        password = "-".join(groups)
        # Shown before it counts: whoever interrupts in between gets another one the next time.
        with transaction.atomic():
            users.create_superuser(username=ACCOUNT, password=password)
            self.say(
                "\nAn account for the secretariat was made. Its password is shown this once:\n\n"
                f"    address   http://127.0.0.1:{os.environ.get('PORT') or 8000}/admin/\n"
                f"    username  {ACCOUNT}\n"
                f"    password  {password}\n"
            )


class CollectStatic(collectstatic.Command):
    """Django's collectstatic, which moves a progress bar instead of naming every file."""

    def __init__(self, bar):
        super().__init__()
        self.bar = bar

    def log(self, msg, level=2):
        self.bar.update()


class Migrate(migrate.Command):
    """Django's migrate, which moves a progress bar instead of naming every migration."""

    def __init__(self, bar):
        super().__init__()
        self.bar = bar

    def migration_progress_callback(self, action, migration=None, fake=False):
        if action == "apply_success":
            self.bar.update()


def progress(title, **options):
    """A progress bar on a terminal, nothing elsewhere; none for what is over within a second."""
    return tqdm(desc=title, leave=False, delay=1, disable=None, **options)


def static_sources():
    """Name, time and size of every file that collectstatic would collect."""
    ignored = apps.get_app_config("staticfiles").ignore_patterns
    for finder in get_finders():
        for name, storage in finder.list(ignored):
            facts = Path(storage.path(name)).stat()
            yield str(getattr(storage, "prefix", None) or ""), name, facts.st_mtime_ns, facts.st_size


def database_place():
    """Where the database is, in words, without its password."""
    address = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"database {address['NAME']}"
    host, port = address["HOST"] or "localhost", address["PORT"] or 5432
    return f"database {address['NAME']} at {host}, port {port} (PostgreSQL)"


def database_problem():
    """What keeps the portal from using its database, as a part of a sentence; None if nothing does."""
    try:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM sqlite_master")
            return None
        # Not through the pool, which would keep trying for half a minute.
        parameters = connection.get_connection_params()
        with connection.wrap_database_errors, connection.Database.connect(**parameters) as server:
            version, encoding = server.info.server_version, server.info.parameter_status("server_encoding")
    except DatabaseError as error:
        reason = str(error)
        if connection.vendor == "sqlite":
            return f"cannot be used ({reason}): correct DATABASE_URL"
        if "FATAL:" in reason and "starting up" not in reason:
            # The server is there and refuses: waiting would not help.
            reason = reason.rpartition("FATAL:")[2].strip().splitlines()[0]
            return f"refuses a connection ({reason}): correct DATABASE_URL or what it names"
        return NO_ANSWER
    if version < OLDEST_POSTGRESQL * 10000:
        return f"is of version {version // 10000}: upgrade it to {OLDEST_POSTGRESQL} or later"
    if encoding != "UTF8":
        return f"has the encoding {encoding}: make it again with ENCODING 'UTF8' TEMPLATE template0"
    return None


@contextmanager
def alone(path, say):
    """Let one process at a time do the work; the lock ends with the process, however that ends."""
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another start is preparing the portal; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
