"""Who may do what with what, in which language: every role, every model of the desk, every action, every language."""

import pytest
import tablib
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType

from accounts.roles import NEEDS, languages_of, may, may_somehow
from alliance.admin import LocalizedAdmin
from alliance.languages import CODES
from declarations.models import Clause
from tests import factories
from translations.exchanging import check, entries, export, key_of
from translations.files import importable
from translations.tables import import_table, table_of
from translations.workbench import Bench

pytestmark = pytest.mark.django_db

PEOPLE = {
    "administrator": factories.administrator,
    "editor": factories.editor,
    "translator": lambda: factories.translator("de", "tr"),
    "translator without a language": lambda: factories.user("translator", username="mute"),
    "editor and translator": lambda: factories.user(
        "editor", "translator", username="both", translation_languages=["de"]
    ),
    "no role": lambda: factories.user(username="nobody"),
    "editor without the desk": lambda: factories.editor(username="outside", is_staff=False),
    "former administrator": lambda: factories.administrator(username="former", is_active=False),
    "visitor": AnonymousUser,
}
EVERYTHING = {(action, language) for action in NEEDS for language in [None, *CODES]}
READING = {(action, language) for action in ("view", "export") for language in [None, *CODES]}
TEXTS = {(action, language) for action in ("change", "import") for language in ("de", "tr")}
MAY = {
    "administrator": EVERYTHING,
    "editor": EVERYTHING,
    "translator": READING | TEXTS,
    "translator without a language": READING,
    "editor and translator": EVERYTHING,
    "no role": set(),
    "editor without the desk": set(),
    "former administrator": set(),
    "visitor": set(),
}
MODELS = [model for model, desk in admin.site._registry.items() if isinstance(desk, LocalizedAdmin)]
# Clauses are changed with their declaration.
WITH_A_FORM = [model for model in MODELS if model._meta.label != "declarations.Clause"]


@pytest.mark.parametrize("role", PEOPLE)
def test_every_role_may_do_with_every_model_in_every_language_what_is_written_here(role):
    person = PEOPLE[role]()
    found = {
        model._meta.label: {
            (action, language) for action, language in EVERYTHING if may(person, action, model, language)
        }
        for model in MODELS
    }
    assert found == {model._meta.label: MAY[role] for model in MODELS}


@pytest.mark.parametrize("role", [role for role in PEOPLE if role != "visitor"])
def test_the_desk_gives_the_same_answers(role, rf):
    request = rf.get("/")
    request.user = PEOPLE[role]()
    asked = {"view", "add", "change", "delete"}
    found = {
        model._meta.label: {
            action
            for action in asked
            if getattr(admin.site._registry[model], f"has_{action}_permission")(request)
        }
        for model in WITH_A_FORM
    }
    expected = {action for action, _language in MAY[role] if action in asked}
    assert found == {model._meta.label: expected for model in WITH_A_FORM}


@pytest.mark.parametrize("role", [role for role in PEOPLE if role != "visitor"])
@pytest.mark.parametrize("model", WITH_A_FORM, ids=lambda model: model._meta.label)
def test_a_form_of_the_desk_has_the_texts_of_the_languages_that_may_be_changed(role, model, rf):
    request = rf.get("/")
    request.user = PEOPLE[role]()
    desk = admin.site._registry[model]
    if not desk.has_view_permission(request):
        return
    readonly = set(desk.get_readonly_fields(request))
    open_to_typing = {
        language
        for language in CODES
        if desk.has_change_permission(request)
        and not set(desk.language_fields(request, language)) <= readonly
    }
    assert open_to_typing == {language for language in CODES if may(request.user, "change", model, language)}


@pytest.mark.parametrize("role", [role for role in PEOPLE if role != "visitor"])
def test_tables_give_the_same_answers(role):
    person = PEOPLE[role]()
    for model in WITH_A_FORM:
        if not may_somehow(person, "import", model):
            assert model not in importable(person)
            continue
        table = table_of(model, person)
        open_to_writing = {code for name, code in table.texts.items() if table.fields[name].is_allowed}
        assert open_to_writing == set(languages_of(person, "import", model)), model
        facts = {
            name for name in table.fields if name not in table.texts and not name.startswith("provenance_")
        }
        assert any(table.fields[name].is_allowed for name in facts) == may(person, "import", model), model


@pytest.mark.parametrize("role", [role for role in PEOPLE if role != "visitor"])
def test_files_of_translators_give_the_same_answers(role):
    person = PEOPLE[role]()
    entry = factories.declaration()
    packages = export({key_of(entry): entry}, CODES, version="2.0", only="all")
    assert {package.target for package in packages} == set(CODES) - {"fr"}
    accepted = {one.language for one in check(packages, person) if not one.problem}
    assert accepted == set(languages_of(person, "import", type(entry))) - {"fr"}
    assert set(entries([key_of(entry)], person)) == (
        {key_of(entry)} if may(person, "export", type(entry)) else set()
    )


OFFICIAL = "The text in this language is official: it binds. Only editors change it."


@pytest.mark.parametrize("role", ["administrator", "editor", "translator"])
def test_an_official_text_is_changed_by_editors_only_whatever_the_way(role, rf):
    person = PEOPLE[role]()
    entry = factories.declaration(provenance_de="official")
    changes = {"form": False, "part": False, "workbench": False, "file": False, "table": False}
    request = rf.get("/")
    request.user = person
    desk = admin.site._registry[type(entry)]
    changes["form"] = "title_de" not in desk.get_readonly_fields(request, entry)
    [inline] = [each for each in desk.get_inline_instances(request, entry) if each.model is Clause]
    changes["part"] = "wording_de" not in inline.get_readonly_fields(request, entry)
    kind = ContentType.objects.get_for_model(entry)
    changes["workbench"] = not Bench(request, kind.pk, entry.pk, "de").refusal
    packages = export({key_of(entry): entry}, ["de"], version="2.0", only="all")
    changes["file"] = {one.problem for one in check(packages, person)} == {""}
    clause = entry.clauses.first()
    table = tablib.Dataset([str(clause.pk), "Anders"], headers=["id", "wording_de"])
    report = import_table(Clause, table, [2], by=person, reason="")
    changes["table"] = not report.errors
    assert set(changes.values()) == {role != "translator"}, changes
    if role == "translator":
        assert {one.problem for one in check(packages, person)} == {OFFICIAL}
        assert report.errors == [(2, "wording_de", OFFICIAL)]
