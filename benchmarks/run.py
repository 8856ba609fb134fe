"""Serves generated practices as `make run` serves real ones, and loads each kind of page in turns."""

import os
import re
import socket
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tqdm import tqdm

from benchmarks.load import get, load

ROOT = Path(__file__).parent.parent
VAR = ROOT / "var" / "bench"
# Requests for each page before any is counted, so that every worker has made its indexes.
WARM_UP = 24
PAGES = {
    "bare view": "/bare/",
    "home": "/fr/",
    "list": "/fr/practices/",
    "filtered list": "/fr/practices/?theme=family&country=FR",
    "detail": None,  # the first of the list
}


@dataclass
class Database:
    """A kind of database, and for PostgreSQL the address of one on the server."""

    name: str
    url: str = ""

    def of_size(self, size):
        """DATABASE_URL of the database that holds `size` practices, made if need be."""
        if not self.url:
            VAR.mkdir(parents=True, exist_ok=True)
            return f"sqlite:///{VAR / f'{size}.sqlite3'}"
        name = f"alliance_bench_{size}"
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as server:
            if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                server.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()


@dataclass
class Results:
    """What one database gave: size → page → the Loads of all rounds; size → page → kilobytes."""

    database: str
    loads: dict
    kilobytes: dict

    def median(self, size, page, name):
        return statistics.median(getattr(turn, name) for turn in self.loads[size][page])

    def to_bare(self, size, page):
        """The rate of `page` as a share of that of the bare view in the same round."""
        turns = zip(self.loads[size][page], self.loads[size]["bare view"], strict=True)
        return statistics.median(one.rate / bare.rate for one, bare in turns)

    def growth(self, page):
        """How many times longer `page` takes at the largest size than at the smallest, in the same round."""
        first, *_between, last = self.loads
        turns = zip(self.loads[first][page], self.loads[last][page], strict=True)
        return statistics.median(small.rate / large.rate for small, large in turns)


def measure(database, sizes, *, rounds, seconds):
    """The Results of all pages at all sizes. Turns are interleaved, so that a drift of the machine meets all alike."""
    with ExitStack() as servers:
        paths = {}
        for size in sizes:
            environment = prepare(database, size)
            port = servers.enter_context(serving(environment))
            _status, html = get(port, PAGES["list"])
            detail = re.search(r'href="(/fr/practices/sample-[^"]+/)"', html)[1]
            paths[size] = port, {page: path or detail for page, path in PAGES.items()}
        results = Results(
            database.name,
            {size: {page: [] for page in PAGES} for size in sizes},
            {
                size: {page: warm(port, path) for page, path in pages.items()}
                for size, (port, pages) in paths.items()
            },
        )
        with tqdm(
            total=rounds * len(sizes) * len(PAGES), desc=database.name, unit="turn", disable=None
        ) as bar:
            for _round in range(rounds):
                for page in PAGES:
                    for size, (port, pages) in paths.items():
                        results.loads[size][page].append(load(port, pages[page], seconds))
                        bar.update()
    return results


def warm(port, path):
    """Ask for a page until every worker knows it; returns its size in kilobytes."""
    for _turn in range(WARM_UP):
        status, html = get(port, path)
        if status != 200:
            raise RuntimeError(f"{path} answered with {status}.")
    return len(html.encode()) / 1024


def prepare(database, size):
    """Make and fill the database; returns the environment of a server on it."""
    environment = {
        **os.environ,
        "ALLIANCE_VAR": str(VAR),
        "ALLIANCE_TLS": "0",
        "DATABASE_URL": database.of_size(size),
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
    }
    print(f"{database.name} with {size:,} practices", flush=True)
    prepared = python("manage.py", "prepare", env=environment, capture_output=True, text=True)
    if prepared.returncode:
        sys.exit(prepared.stdout + prepared.stderr)
    if python("-m", "benchmarks.generate", str(size), env=environment).returncode:
        sys.exit(1)
    return environment


def python(*arguments, **options):
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False, **options)  # noqa: S603 - our own


@contextmanager
def serving(environment):
    """The application server of `make run` on a free port, which it yields."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "alliance.serve"], cwd=ROOT, env={**environment, "PORT": str(port)}
    )
    try:
        for _try in range(300):
            if server.poll() is not None:
                sys.exit("The application server did not start.")
            try:
                get(port, "/bare/")
                break
            except OSError:
                time.sleep(0.2)
        else:
            sys.exit("The application server does not answer.")
        yield port
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(20)
