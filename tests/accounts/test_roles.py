import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.urls import reverse

from accounts.models import User
from alliance.admin import LanguageFieldsets, text_names
from alliance.languages import CODES, Provenance
from cities.models import City
from declarations.models import Declaration
from practices.models import Practice
from projects.models import Organisation, Project
from tests import factories
from tests.desk import form_data, url_of
from topics.models import Audience

pytestmark = pytest.mark.django_db

CONTENT = [City, Practice, Project, Organisation, Declaration, Audience]


def may_be_translated(model):
    return isinstance(admin.site.get_model_admin(model), LanguageFieldsets)


def statuses(client, record):
    """The status of each page of the desk about `record`."""
    return {
        page: client.get(url_of(record, page)).status_code
        for page in ("changelist", "change", "add", "delete")
    }


def content():
    return [
        factories.city(),
        factories.practice(),
        factories.project(),
        factories.organisation(),
        factories.declaration(),
        factories.audience(),
    ]


def test_an_editor_adds_changes_and_deletes_all_content_but_no_account(client):
    client.force_login(factories.editor())
    for record in content():
        assert set(statuses(client, record).values()) == {200}
    assert set(statuses(client, factories.user(username="somebody")).values()) == {403}
    assert "accounts" not in {
        app["app_label"] for app in client.get(reverse("admin:index")).context["app_list"]
    }


def test_a_translator_changes_content_but_adds_and_deletes_none(client):
    client.force_login(factories.translator())
    for record in content():
        assert statuses(client, record) == {"changelist": 200, "change": 200, "add": 403, "delete": 403}
    assert set(statuses(client, factories.user(username="somebody")).values()) == {403}


def test_an_administrator_does_everything(client):
    client.force_login(factories.administrator())
    for record in [*content(), factories.user(username="somebody")]:
        assert set(statuses(client, record).values()) == {200}


def test_somebody_without_a_role_finds_an_empty_desk(client):
    client.force_login(factories.user(username="nobody"))
    assert client.get(reverse("admin:index")).context["app_list"] == []
    assert set(statuses(client, factories.practice()).values()) == {403}


def test_a_visitor_is_asked_to_sign_in(client):
    url = url_of(factories.practice())
    assert client.get(url).headers["Location"] == f"{reverse('admin:login')}?next={url}"


@pytest.mark.parametrize("model", [model for model in admin.site._registry if may_be_translated(model)])
def test_a_translator_may_type_into_the_texts_of_their_languages_only(rf, model):
    request = rf.get("/")
    request.user = factories.translator("de", "it")
    model_admin = admin.site.get_model_admin(model)
    shown = flatten_fieldsets(model_admin.get_fieldsets(request))
    form = model_admin.get_form(request, fields=shown)
    allowed = ("_de", "_it")
    assert {name for name in form.base_fields if not name.endswith(allowed)} <= {"meaning"}


def columns(record):
    """What the database holds of `record`, by column; an empty text may be stored as NULL or as \"\"."""
    record = type(record).objects.get(pk=record.pk)
    names = [
        field.attname for field in record._meta.concrete_fields if field.name not in text_names(type(record))
    ]
    return {name: getattr(record, name) or None for name in names}


def forged(record, value="forged"):
    """Every column of a practice, with other values."""
    return {
        "slug": value,
        "status": "draft",
        "city": factories.city().pk,
        "original_language": "de",
        "confirmed_on": "2020-01-01",
        "start_year": "1999",
        "themes": [factories.theme().pk],
        "sources": [factories.resource().pk],
        "meaning": "content",
        "source_revision": "9",
        **{f"title_{code}": f"{value} {code}" for code in CODES},
        **{f"summary_{code}": f"{value} {code}" for code in CODES},
        **{f"provenance_{code}": "official" for code in CODES if code != "de"},
        **{f"in_step_{code}": "on" for code in CODES},
    }


def test_a_forged_form_of_a_translator_changes_the_texts_of_their_language_and_nothing_else(client):
    record = factories.practice(source_revision=2, made_from_revision_de=1)
    before = columns(record)
    client.force_login(factories.translator("de"))
    assert client.post(url_of(record), forged(record)).status_code == 302
    after = columns(record)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {
        "title_de",
        "summary_de",
        "made_from_revision_de",
        "in_step_on_de",
        "edited_at",
        # derived from the title
        "sort_key_de",
        "folded",
    }
    assert not record.themes.exists()
    assert not record.sources.exists()


def test_a_translator_cannot_declare_a_translation_official(client):
    record = factories.practice()
    client.force_login(factories.translator("de"))
    response = client.post(url_of(record), {"title_de": "Neu", "provenance_de": "official"})
    assert list(response.context["adminform"].form.errors) == ["provenance_de"]
    assert client.post(url_of(record), {"title_de": "Neu", "provenance_de": "reviewed"}).status_code == 302
    record = Practice.objects.get(pk=record.pk)
    assert (record.title_de, record.provenance("de")) == ("Neu", Provenance.REVIEWED)


def test_a_translation_that_binds_is_not_changed_by_a_translator(client):
    record = factories.practice(provenance_de="official", made_from_revision_de=0)
    client.force_login(factories.translator("de", "it"))
    sent = {"title_de": "Neu", "title_it": "Nuovo", "provenance_de": "machine", "in_step_de": "on"}
    assert client.post(url_of(record), sent).status_code == 302
    after = Practice.objects.get(pk=record.pk)
    assert (after.title_de, after.title_it) == (record.title_de, "Nuovo")
    assert after.provenance("de") == Provenance.OFFICIAL
    # That it is in step with its source changes nothing in it.
    assert not after.is_outdated("de")


def test_a_translator_changes_the_wording_of_clauses_in_their_language_and_nothing_else(client):
    record = factories.declaration()
    client.force_login(factories.translator("de"))
    data = form_data(client.get(url_of(record)))
    clause = record.clauses.first()
    data |= {
        "clauses-0-wording_de": "Wir empfehlen",
        "clauses-0-wording_fr": "forged",
        "clauses-0-number": "99",
        "clauses-0-kind": "commit",
        "clauses-0-DELETE": "on",
        "clauses-1-DELETE": "on",
        # a clause more
        "clauses-TOTAL_FORMS": "3",
        "clauses-2-number": "3",
        "clauses-2-section": clause.section_id,
        "clauses-2-kind": "commit",
        "clauses-2-wording_de": "forged",
        # a relation that translators do not see
        "signatures-TOTAL_FORMS": "1",
        "signatures-INITIAL_FORMS": "0",
        "signatures-0-city": factories.city().pk,
    }
    before = [columns(clause) for clause in record.clauses.all()]
    assert client.post(url_of(record), data).status_code == 302
    before[0]["wording_de"] = "Wir empfehlen"
    assert [columns(clause) for clause in record.clauses.all()] == before
    assert not record.signatures.exists()


def test_a_translator_cannot_publish_or_delete_from_a_list(client):
    record = factories.practice(status="draft")
    client.force_login(factories.translator("de"))
    for action in ("publish", "withdraw", "delete_selected"):
        client.post(
            url_of(Practice, "changelist"), {"action": action, "post": "yes", "_selected_action": [record.pk]}
        )
    assert Practice.objects.get().status == "draft"


def test_a_translator_of_the_source_language_says_whether_the_meaning_changed(client):
    record = factories.practice()
    client.force_login(factories.translator("fr"))
    response = client.post(url_of(record), {"title_fr": "Neuf"})
    assert list(response.context["adminform"].form.errors) == ["meaning"]
    assert client.post(url_of(record), {"title_fr": "Neuf", "meaning": "content"}).status_code == 302
    assert Practice.objects.get().source_revision == 2


def test_an_editor_who_also_translates_remains_an_editor(client):
    client.force_login(factories.user("editor", "translator", username="both", translation_languages=["de"]))
    record = factories.practice()
    assert "slug" in client.get(url_of(record)).context["adminform"].form.fields


def test_a_translator_without_a_language_changes_nothing(client):
    record = factories.practice()
    person = factories.translator()
    person.translation_languages = []
    person.save()
    client.force_login(person)
    assert client.get(url_of(record)).status_code == 200
    client.post(url_of(record), forged(record))
    assert Practice.objects.get(pk=record.pk).title_de == record.title_de


def test_an_administrator_makes_a_translator_with_languages_ticked(client):
    client.force_login(factories.administrator())
    page = client.get(url_of(User, "add"))
    role = next(
        pk
        for pk, label in page.context["adminform"].form.fields["groups"].choices
        if "Translator" in str(label)
    )
    data = {
        "username": "Ayşe",
        "password1": factories.PASSWORD,
        "password2": factories.PASSWORD,
        "usable_password": "true",
        "interface_language": "tr",
        "is_staff": "on",
        "groups": [str(role)],
    }
    response = client.post(url_of(User, "add"), data)
    assert list(response.context["adminform"].form.errors) == ["translation_languages"]
    response = client.post(url_of(User, "add"), data | {"translation_languages": ["de", "tr"]})
    person = User.objects.get(username="Ayşe")
    assert person.translation_languages == ["de", "tr"]
    assert [group.name for group in person.groups.all()] == ["translator"]
    assert not person.may_translate_into("fr")
    assert person.may_translate_into("tr")
