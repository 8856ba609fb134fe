"""`python -m benchmarks.memory`: how long the translation memory looks for a text among a hundred thousand passages.

Generated practices, whose texts are put together from the same sentences and words, so that there is more that is
nearly alike than in real ones. SQLite, and PostgreSQL where --postgresql names a server on which databases may be made.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

from benchmarks.report import machine
from benchmarks.run import ROOT, Database, prepare

PAGE = ROOT / "docs" / "benchmarks-memory.md"
SIZE, PASSAGES, ASKED_FOR = 10_000, 100_000, 60
# Milliseconds for all texts of an entry, as it was planned.
ASKED = 200
TEXT = """\
# How fast the translation memory answers

Milliseconds within one process for all suggestions of one entry: its title, summary and text with their paragraphs and sentences, from French
into German. {count} generated practices, one after the other, none of which stands in the memory with its own words (*near*), and as many that do
(*exact*). *Page*: the whole request for the translator's view of one of them.

Measured on {day} on {machine}.

| database | passages | near, median | p95 | exact, median | p95 | page, median | p95 | taking in one entry |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{rows}

Planned: within {asked} ms.

Again: `python -m benchmarks.memory --write --postgresql postgres://…`.
"""


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--postgresql", metavar="URL", help="A server, with a user who may make databases.")
    parser.add_argument("--write", action="store_true", help=f"Write docs/{PAGE.name}.")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        inside()
        return
    databases = [Database("SQLite")]
    databases += [Database("PostgreSQL", options.postgresql)] if options.postgresql else []
    rows = [f"| {database.name} | {measure(database)} |" for database in databases]
    page = TEXT.format(
        count=ASKED_FOR, day=time.strftime("%Y-%m-%d"), machine=machine(), rows="\n".join(rows), asked=ASKED
    )
    print(page)
    if options.write:
        PAGE.write_text(page)


def measure(database):
    """The cells of the row of a database, as a process on it found them."""
    environment = prepare(database, SIZE)
    command = [sys.executable, "-m", "benchmarks.memory", "--inside"]
    said = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    return said.stdout.splitlines()[-1]


def inside():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings.production")
    import django

    django.setup()
    from django.contrib.contenttypes.models import ContentType
    from django.test import Client

    from accounts.models import User
    from practices.models import Practice
    from translations import memory
    from translations.models import Passage

    fill(memory, Passage, Practice)
    kind = ContentType.objects.get_for_model(Practice).pk
    known = Passage.objects.filter(content_type=kind, target_language="de")
    there = list(Practice.objects.filter(pk__in=known.values("object_id")).order_by("pk")[: 2 * ASKED_FOR])
    unknown = [there.pop() for _one in range(len(there) // 2)]
    Passage.objects.filter(object_id__in=[entry.pk for entry in unknown]).delete()
    near = [timed(lambda entry=entry: look_up(memory, entry)) for entry in unknown]
    exact = [timed(lambda entry=entry: look_up(memory, entry)) for entry in there]
    editor, _is_new = User.objects.get_or_create(
        username="benchmark", defaults={"is_staff": True, "is_superuser": True}
    )
    client = Client(SERVER_NAME="localhost")
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    addresses = [f"/admin/translate/{kind}/{entry.pk}/de/" for entry in unknown]
    assert {client.get(address).status_code for address in addresses[:1]} == {200}  # noqa: S101
    pages = [timed(lambda address=address: client.get(address)) for address in addresses]
    taken = [timed(lambda entry=entry: memory.keep(Practice, [entry.pk])) for entry in there[:20]]
    cells = [f"{Passage.objects.count():,}"]
    for times in (near, exact, pages):
        cells += [f"{statistics.median(times):.0f}", f"{statistics.quantiles(times, n=20)[-1]:.0f}"]
    print(" | ".join([*cells, f"{statistics.median(taken):.0f}"]))


def fill(memory, passages, practices):
    """Let the memory hold so many passages, of as many practices as it takes."""
    pks = list(practices.objects.order_by("-pk").values_list("pk", flat=True))
    for start in range(0, len(pks), 200):
        if passages.objects.count() >= PASSAGES:
            return
        memory.keep(practices, pks[start : start + 200])


def look_up(memory, entry):
    texts = {"title": entry.title_fr or "", "summary": entry.summary_fr or "", "body": entry.body_fr or ""}
    return memory.suggestions(texts, "fr", "de", {})


def timed(action):
    """Milliseconds."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
