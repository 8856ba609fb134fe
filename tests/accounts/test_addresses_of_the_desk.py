"""Who gets in where: every address of the desk, for reading and for writing, by everybody who might try.

A line says who is let in; everybody else is refused: visitors are asked to sign in, administrators without a second
factor are led to its set-up, and others are told that this is not for them. A new page needs a line here.
"""

import re
from functools import cache

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver

from accounts.models import User
from alliance import mail
from alliance.admin import LocalizedAdmin
from cities.models import City
from declarations.models import Application, Clause
from desk import audit, history
from desk.models import Link
from exchange.models import Mail
from practices.models import Practice, Theme
from tests import factories
from tests.accounts.signing_in import with_app
from tests.uploads import PDF
from translations.models import GlossaryTerm, MachineUse

pytestmark = pytest.mark.django_db

PEOPLE = {
    "visitor": lambda: None,
    # Has an account and the desk, and no role.
    "nobody": lambda: with_app(factories.user(username="nobody")),
    "translator": lambda: with_app(factories.translator("de")),
    "editor": lambda: with_app(factories.editor()),
    "administrator": lambda: with_app(factories.administrator()),
    "bare": lambda: factories.administrator(username="bare"),
}

NONE = ""
A, EA, TEA = "administrator", "editor administrator", "translator editor administrator"
DESK = f"nobody {TEA}"
# Before somebody is signed in; whoever is, finds these pages too.
ALL = f"visitor {DESK}"

# What follows admin/: who reads, who writes.
PAGES = {
    "": (DESK, DESK),
    "login/": (ALL, ALL),
    "logout/": ("visitor", f"{ALL} bare"),
    "login/code/": (DESK, DESK),  # leads on; asks those only who have just given their password
    "password/": (ALL, ALL),
    "password/sent/": (ALL, NONE),
    "password/<uidb64>/<token>/": (ALL, ALL),
    "password/set/": (ALL, NONE),
    "password_change/": (DESK, DESK),
    "password_change/done/": (DESK, NONE),
    "jsi18n/": (f"{DESK} bare", NONE),
    "account/": (DESK, DESK),
    "account/<int:pk>/": (A, A),
    "account/confirm/": (f"{DESK} bare", f"{DESK} bare"),
    "account/confirm/code/": (DESK, DESK),
    "account/second-factor/": (f"{DESK} bare", f"{DESK} bare"),
    "account/second-factor/remove/": (DESK, DESK),
    "account/codes/": (DESK, NONE),
    "account/codes/new/": (DESK, DESK),
    "account/codes/download/": (DESK, NONE),
    "board/": (TEA, TEA),
    "contradictions/": (TEA, TEA),
    "translate/<int:content_type_id>/<int:object_id>/<slug:language>/": (TEA, TEA),
    "translate/<int:content_type_id>/<int:object_id>/<slug:language>/unsaved/": (NONE, TEA),
    "exchange/texts/export/": (TEA, TEA),
    "exchange/texts/import/": (TEA, TEA),
    "exchange/texts/import/preview/": (TEA, TEA),
    "exchange/table/export/": (TEA, TEA),
    "exchange/table/import/": (TEA, TEA),
    "exchange/table/import/preview/": (TEA, TEA),
    "autocomplete/": (TEA, NONE),
    # Django's own way to anything with a number is closed.
    "r/<path:url>": (NONE, NONE),
    "r/<path:content_type_id>/<path:object_id>/": (NONE, NONE),
    "<app_label>/": (TEA, TEA),
    "<url>": (NONE, NONE),
}

# Of the pages that every kind of record has, by what is special about some kinds.
READ_ONLY = {
    "changelist": (A, A),
    "add": (NONE, NONE),
    "change": (A, NONE),
    "delete": (NONE, NONE),
    "history": (A, A),
}
TEXTS = {
    "changelist": (TEA, TEA),
    "add": (EA, EA),
    "change": (TEA, TEA),
    "delete": (EA, EA),
    "history": (TEA, TEA),
    "revision": (TEA, EA),
    "deleted": (TEA, TEA),
    "unsaved": (NONE, TEA),
    "previews": (EA, EA),
}
PARTS = {"add": (NONE, NONE), "delete": (NONE, NONE)}
PERSONAL = READ_ONLY | {
    "changelist": (EA, EA),
    "change": (EA, NONE),
    "delete": (EA, EA),
    "history": (EA, EA),
}
KINDS = {
    "declarations.clause": TEXTS | PARTS,
    "declarations.application": PERSONAL | {"change": (EA, EA), "document": (EA, EA)},
    "events.registration": PERSONAL,
    "exchange.mail": READ_ONLY | {"delete": (A, A)},
    "translations.machineuse": READ_ONLY | {"translate": (TEA, TEA)},
    "translations.glossaryterm": TEXTS | {"change": (TEA, EA)},
    "desk.link": READ_ONLY | {"changelist": (EA, EA), "change": (EA, NONE), "history": (EA, EA)},
    "desk.auditentry": READ_ONLY | {"csv": (A, A)},
    "accounts.user": dict.fromkeys(("changelist", "add", "change", "delete", "history", "password"), (A, A)),
}

# How those are turned away who are not told that it is forbidden.
LED_TO = {"visitor": "/admin/login/", "bare": "/admin/account/second-factor/"}
# Without these a page would only say that something is missing.
QUERIES = {
    "autocomplete/": {"app_label": "practices", "model_name": "practice", "field_name": "city"},
    "translations/machineuse/translate/": {"model": "practices.practice", "pks": "1"},
}


def addresses():
    """All below admin/, as (pattern, model or None, page): of a model's own pages the last part of their name."""
    models = {f"{model._meta.app_label}/{model._meta.model_name}/": model for model in admin.site._registry}
    for pattern, name in patterns(get_resolver()):
        if not pattern.startswith("admin/"):
            continue
        pattern = re.sub(r"^\^?\(\?P(<\w+>).*?\)(/?)\$?$", r"\1\2", pattern.removeprefix("admin/"))
        model = next((model for start, model in models.items() if pattern.startswith(start)), None)
        page = "password" if name == "auth_user_password_change" else (name or "").rpartition("_")[2]
        yield pattern, model, page if model else ""


def patterns(resolver, start=""):
    for each in resolver.url_patterns:
        here = start + str(each.pattern)
        if hasattr(each, "url_patterns"):
            yield from patterns(each, here)
        else:
            yield here, each.name


def line_of(pattern, model, page):
    """(who reads, who writes), as the tables above say."""
    if model is None:
        return PAGES[pattern]
    if not page:
        return DESK, DESK  # leads on to the page about the record
    lines = KINDS.get(model._meta.label_lower)
    if lines is None and isinstance(admin.site.get_model_admin(model), LocalizedAdmin):
        lines = TEXTS
    return lines[page]


def records():
    """One of each kind, drafts where there are any; the deed that made it is on record."""
    made = {
        model: getattr(factories, NAMES.get(model._meta.model_name, model._meta.model_name))
        for model, desk in admin.site._registry.items()
        if isinstance(desk, LocalizedAdmin)
    }
    found = {
        model: make(**({"status": "draft"} if hasattr(model, "status") else {}))
        for model, make in made.items()
    }
    others = [
        factories.application(document=SimpleUploadedFile("letter.pdf", PDF)),
        factories.registration(),
        GlossaryTerm.objects.create(term_en="city"),
        MachineUse.objects.create(service="deepl", month="2026-01-01"),
        Link.objects.create(url="https://example.org/"),
        audit.note(audit.Kind.FAILED, by="mallory"),
        factories.user(username="somebody"),
        letter(),
    ]
    return found | {type(record): record for record in others}


NAMES = {"preventionlevel": "prevention_level"}


def letter():
    mail.send("password_changed", to="x@example.org", language="en", context={"name": "x"})
    return Mail.objects.get()


def address_of(pattern, record, practice):
    """The address that a pattern stands for, about `record`, or about `practice` where the page is of no model."""
    about = record or practice
    values = {
        "content_type_id": ContentType.objects.get_for_model(practice).pk,
        "object_id": about.pk,
        "pk": about.pk,
        "id": about.pk,
        "number": revision_of(about) if "history" in pattern else about.pk,
        "language": "de",
        "app_label": "practices",
        "url": "nowhere/",
    }
    found = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(values.get(match[1], "x")), pattern)
    return f"/admin/{found}"


def revision_of(record):
    """The number of a revision of the record or, where it is a part, of another."""
    revision = history.revisions(type(record), record.pk).first()
    return revision.pk if revision else 0


def outcome(response):
    """`in`, or where to somebody was led instead, or the status."""
    if response.streaming:
        b"".join(response.streaming_content)  # which closes the file
    if response.status_code == 302:
        path = response.headers["Location"].partition("?")[0]
        return path if path in LED_TO.values() else "in"
    return "in" if response.status_code < 400 or response.status_code == 413 else response.status_code


def test_every_address_has_a_line():
    lacking = []
    for address in addresses():
        try:
            line_of(*address)
        except (KeyError, TypeError):
            lacking.append(address)
    assert lacking == []


@pytest.mark.parametrize("person", PEOPLE)
def test_people_get_in_where_the_tables_say_and_nowhere_else(person, client, settings, monkeypatch, tmp_path):
    settings.REQUIRE_SECOND_FACTOR = True
    settings.MACHINE_TRANSLATION = "deepl"
    monkeypatch.setattr(Application._meta.get_field("document"), "storage", FileSystemStorage(tmp_path))
    about = records()
    practice = about[Practice]
    QUERIES["translations/machineuse/translate/"]["pks"] = practice.pk
    user = PEOPLE[person]()
    if user:
        client.force_login(user)
    found = {}
    # Signing out comes last: it works.
    for pattern, model, page in sorted(addresses(), key=lambda each: each[0] == "logout/"):
        path = address_of(pattern, about.get(User if pattern == "account/<int:pk>/" else model), practice)
        query = QUERIES.get(pattern, {})
        sent = {"object": about[model].pk, "fields": "[]"} if page == "unsaved" else {}
        reading, writing = (expectation(person, allowed) for allowed in line_of(pattern, model, page))
        if reading != ["in"] or model not in alike():
            found["GET", path] = outcome(client.get(path, query)), reading
        if writing != ["in"] or model not in alike():
            found["POST", path] = outcome(client.post(path, sent, query_params=query)), writing
    assert {key: got for key, (got, expected) in found.items() if got not in expected} == {}


@cache
def alike():
    """Models whose pages are made like those of a practice, a city or a theme; that they open, test_matrix tells."""
    made_alike = {model for model, desk in admin.site._registry.items() if isinstance(desk, LocalizedAdmin)}
    return made_alike - {Practice, City, Theme, Clause}


def expectation(person, allowed):
    """The outcomes that are right on a page which those who are `allowed` get in to."""
    if person in allowed.split():
        return ["in"]
    return [*([LED_TO[person]] if person in LED_TO else [403, 404]), 405]
