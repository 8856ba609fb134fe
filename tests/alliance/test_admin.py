import datetime

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import translation
from taggit.models import Tag

from alliance.admin import TextState, record_changes, text_state
from alliance.languages import CODES, Provenance, sort_key
from alliance.publishing import editing
from practices.models import Practice, Theme
from tests import factories
from tests.desk import form_data, url_of
from topics.models import ContentVersion

pytestmark = pytest.mark.django_db

MAKERS = {
    "accounts_user": factories.editor,
    "cities_city": factories.city,
    "declarations_application": factories.application,
    "declarations_clause": factories.clause,
    "declarations_declaration": factories.declaration,
    "events_event": factories.event,
    "events_registration": factories.registration,
    "practices_practice": factories.practice,
    "practices_theme": factories.theme,
    "projects_organisation": factories.organisation,
    "projects_project": factories.project,
    "projects_service": factories.service,
    "resources_resource": factories.resource,
    "topics_audience": factories.audience,
    "topics_language": factories.language,
    "topics_preventionlevel": factories.prevention_level,
}
# Accounts and what people sent in have tests of their own.
OTHERS = ["accounts_user", "declarations_application", "events_registration"]
CONTENT = [name for name in MAKERS if name not in OTHERS]


@pytest.fixture
def desk(client):
    client.force_login(factories.editor())
    return client


# Translations of a source that has moved on to its second revision.
BEHIND = {"source_revision": 2, **{f"made_from_revision_{code}": 1 for code in CODES}}


def names_of(response):
    return [str(record) for record in response.context["cl"].queryset]


def test_the_desk_holds_these_kinds_of_records_and_no_others():
    held = {f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry}
    kept_by_the_portal = {"desk_auditentry", "desk_link", "exchange_mail", "translations_machineuse"}
    assert held == {*MAKERS, *kept_by_the_portal, "translations_glossaryterm"}
    assert not admin.site.is_registered(Tag)
    assert not admin.site.is_registered(ContentVersion)


@pytest.mark.parametrize("name", CONTENT)
def test_an_editor_opens_every_list_and_every_form(desk, name):
    record = MAKERS[name]()
    # Clauses come and go on the page of their declaration, which also has their history.
    others = {"add": 403, "delete": 403, "history": 302} if name == "declarations_clause" else {}
    for page in ("changelist", "add", "change", "delete", "history"):
        assert desk.get(url_of(record, page)).status_code == others.get(page, 200), page


def columns(record):
    """What the database holds of `record`; an empty text may be stored as NULL or as ""."""
    stored = type(record).objects.get(pk=record.pk)
    names = [field.attname for field in record._meta.concrete_fields if field.name != "edited_at"]
    return {name: getattr(stored, name) or None for name in names}


@pytest.mark.parametrize("name", CONTENT)
def test_a_form_that_is_sent_back_unchanged_is_accepted_and_changes_no_text(desk, name):
    record = MAKERS[name]()
    before = columns(record)
    response = desk.post(url_of(record), form_data(desk.get(url_of(record))))
    assert response.status_code == 302, response.context["errors"]
    assert columns(record) == before


@pytest.mark.parametrize("name", CONTENT)
def test_a_list_needs_as_many_queries_for_thirty_rows_as_for_one(
    desk, name, django_assert_num_queries, django_assert_max_num_queries
):
    if name == "topics_language":
        made = [factories.language(slug="aa")]
        more = [{"slug": f"a{chr(97 + number)}"} for number in range(1, 26)]
    else:
        made, more = [MAKERS[name]()], [{}] * 29
    with django_assert_max_num_queries(25) as one:
        desk.get(url_of(made[0], "changelist"))
    with editing():
        for fields in more:
            MAKERS[name](**fields)
    with django_assert_num_queries(len(one)):
        desk.get(url_of(made[0], "changelist"))


@pytest.mark.parametrize("name", CONTENT)
def test_a_list_can_be_searched_and_filtered_in_every_way_it_offers(desk, name):
    record = MAKERS[name]()
    model_admin = admin.site.get_model_admin(type(record))
    assert model_admin.search_fields
    response = desk.get(url_of(record, "changelist"), {"q": "strasse"})
    assert names_of(response) == []
    for spec in response.context["cl"].filter_specs:
        for choice in spec.choices(response.context["cl"]):
            assert desk.get(url_of(record, "changelist") + choice["query_string"]).status_code == 200


def test_a_search_finds_a_title_in_any_language_whatever_its_case_and_accents(desk):
    factories.practice(title="", title_fr="Équipe de quartier", title_tr="MAHALLE İÇİN", title_ru="Город")
    for words in ("equipe", "mahalle icin", "ГОРОД"):
        assert len(names_of(desk.get(url_of(Practice, "changelist"), {"q": words}))) == 1


def test_a_list_is_in_the_alphabetical_order_of_the_editors_language(client):
    client.force_login(factories.editor(interface_language="tr"))
    for title in ("Zeytin", "Çocuk", "Dayanışma", "Cami"):
        factories.practice(title=title)
    assert names_of(client.get(url_of(Practice, "changelist"))) == ["Cami", "Çocuk", "Dayanışma", "Zeytin"]


def test_the_desk_speaks_the_language_of_the_editor(client):
    client.force_login(factories.editor(interface_language="ru"))
    page = client.get(reverse("admin:index")).content.decode()
    assert '<html lang="ru"' in page
    assert "Выйти" in page


def test_the_page_to_sign_in_speaks_the_language_of_the_browser(client):
    page = client.get(reverse("admin:login"), headers={"accept-language": "de-CH,fr;q=0.5"})
    assert '<html lang="de"' in page.content.decode()


# --- The languages of a form --------------------------------------------------------------------


def test_the_six_languages_stand_in_the_order_of_the_portal(desk):
    record = factories.practice()
    page = desk.get(url_of(record))
    names = [
        name
        for name, options in page.context["adminform"].fieldsets
        if "language" in options.get("classes", [])
    ]
    assert names == ["Français", "English", "Deutsch", "Italiano", "Русский", "Türkçe"]


def test_each_language_says_how_its_texts_stand(desk):
    record = factories.practice(
        source_revision=2,
        summary_fr="Un résumé",
        summary_en="A summary",
        made_from_revision_en=2,
        summary_it="Un riassunto",
        made_from_revision_it=1,
        made_from_revision_de=2,
        provenance_en=Provenance.REVIEWED,
        in_step_on_en=datetime.date(2026, 3, 4),
        title_ru="",
    )
    fieldsets = desk.get(url_of(record)).context["adminform"].fieldsets
    said = {name: options.get("description") for name, options in fieldsets}
    assert "Original text." in said["Français"]
    assert "Reviewed translation: in step with the source since 4 March 2026." in said["English"]
    assert "Still missing: summary." in said["Deutsch"]
    assert "Unreviewed translation: outdated" in said["Italiano"]
    assert "Missing: there is no text in this language yet." in said["Русский"]


def test_a_language_is_original_complete_incomplete_outdated_or_missing():
    record = factories.practice(
        summary_fr="Un résumé",
        summary_en="A summary",
        summary_it="Un riassunto",
        made_from_revision_it=0,
        title_ru="",
    )
    assert [text_state(record, code) for code in CODES] == [
        TextState.ORIGINAL,
        TextState.COMPLETE,
        TextState.INCOMPLETE,
        TextState.OUTDATED,
        TextState.MISSING,
        TextState.INCOMPLETE,
    ]


def test_a_list_tells_the_state_of_each_language_in_words(desk):
    factories.practice(title_ru="")
    page = desk.get(url_of(Practice, "changelist")).content.decode()
    assert "Русский: missing" in page
    assert "Français: original" in page


def test_a_form_leads_to_the_real_page_in_six_languages(desk):
    record = factories.practice(slug="une-pratique", status="draft")
    page = desk.get(url_of(record))
    assert [url for _code, _name, url in page.context["previews"]] == [
        f"/{code}/practices/une-pratique/" for code in CODES
    ]


def test_nothing_on_a_form_comes_from_elsewhere_or_stands_inline(desk):
    page = desk.get(url_of(factories.declaration())).content.decode()
    assert "https://" not in page.replace("https://www.w3.org", "")
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    assert "<script>" not in page


# --- Saving source texts and translations -------------------------------------------------------


def save(desk, record, **changes):
    response = desk.post(url_of(record), form_data(desk.get(url_of(record)), **changes))
    return response, type(record).objects.get(pk=record.pk)


def test_a_changed_source_text_asks_whether_its_meaning_changed_and_keeps_what_was_typed(desk):
    record = factories.practice(title_fr="Ancien titre")
    response, saved = save(desk, record, title_fr="Nouveau titre", end_year="1984", start_year="1983")
    assert list(response.context["adminform"].form.errors) == ["meaning"]
    assert saved.title_fr == "Ancien titre"
    assert 'value="Nouveau titre"' in response.content.decode()
    assert 'value="1984"' in response.content.decode()


def test_line_ends_as_browsers_send_them_change_nothing(desk):
    body = "Premier alinéa.\n\nDeuxième alinéa."
    record = factories.practice(body_fr=body)
    sent = {"body_fr": body.replace("\n", "\r\n"), "title_de": "Nur der deutsche Titel"}
    response, saved = save(desk, record, **sent)
    assert response.status_code == 302
    assert (saved.title_de, saved.body_fr) == ("Nur der deutsche Titel", body)


def test_a_change_of_wording_leaves_the_translations_in_step(desk):
    record = factories.practice()
    response, saved = save(desk, record, title_fr="Un autre mot", meaning="wording")
    assert response.status_code == 302
    assert (saved.title_fr, saved.source_revision) == ("Un autre mot", 1)
    assert not any(saved.is_outdated(code) for code in CODES)


def test_a_change_of_meaning_makes_the_translations_outdated(desk):
    record = factories.practice()
    response, saved = save(desk, record, title_fr="Autre chose", meaning="content")
    assert response.status_code == 302
    assert saved.source_revision == 2
    assert [code for code in CODES if saved.is_outdated(code)] == ["en", "de", "it", "ru", "tr"]


def test_only_where_old_translations_mislead_readers_are_warned(desk):
    record = factories.practice()
    warning = "Caution: the original has changed since"
    for meaning, is_warned in [("wording", False), ("content", False), ("misleading", True)]:
        _response, saved = save(desk, record, title_fr=f"Autre chose: {meaning}", meaning=meaning)
        assert saved.is_misleading("en") == is_warned
        assert (warning in desk.get(f"/en/practices/{record.slug}/").content.decode()) == is_warned
        assert warning not in desk.get(f"/fr/practices/{record.slug}/").content.decode()
    _response, saved = save(desk, record, in_step_en="on")
    assert not saved.is_misleading("en") and saved.is_misleading("de")


def test_a_change_of_meaning_spares_the_translations_changed_or_confirmed_with_it(desk):
    record = factories.practice()
    _response, saved = save(
        desk, record, title_fr="Autre chose", title_de="Etwas anderes", in_step_it="on", meaning="content"
    )
    assert [code for code in CODES if saved.is_outdated(code)] == ["en", "ru", "tr"]


def test_the_answer_about_meaning_counts_only_where_the_source_changed(desk):
    record = factories.practice()
    _response, saved = save(desk, record, title_de="Neuer Titel", meaning="content")
    assert saved.source_revision == 1


def test_a_changed_translation_is_recorded_with_the_provenance_chosen(desk):
    record = factories.practice(**BEHIND)
    _response, saved = save(desk, record, title_de="Neuer Titel", provenance_de="reviewed")
    assert (saved.provenance("de"), saved.made_from_revision_de) == (Provenance.REVIEWED, 2)
    assert saved.in_step_on_de == datetime.date.today()
    assert saved.made_from_revision_en == 1


def test_a_first_translation_without_a_chosen_provenance_is_unreviewed(desk):
    record = factories.practice(title_de="", provenance_de="", made_from_revision_de=None)
    _response, saved = save(desk, record, title_de="Ein Titel")
    assert saved.provenance_de == Provenance.UNREVIEWED
    assert not saved.is_outdated("de")


def test_an_outdated_translation_can_be_confirmed_without_changing_it(desk):
    record = factories.practice(**BEHIND)
    _response, saved = save(desk, record, in_step_ru="on")
    assert [code for code in CODES if saved.is_outdated(code)] == ["en", "de", "it", "tr"]


def test_a_missing_translation_cannot_be_confirmed(desk):
    record = factories.practice(title_de="")
    response, _saved = save(desk, record, in_step_de="on")
    assert list(response.context["adminform"].form.errors) == ["in_step_de"]


def test_an_emptied_translation_is_forgotten():
    record = factories.practice()
    record.title_de = ""
    record_changes(record, changed={"de"}, confirmed=set(), meaning="")
    assert (record.provenance_de, record.made_from_revision_de, record.in_step_on_de) == ("", None, None)


def test_a_new_entry_needs_its_title_in_the_language_it_is_written_in(desk):
    city = factories.city()
    data = form_data(desk.get(url_of(Practice, "add")), slug="neu", city=str(city.pk), title_de="Neu")
    response = desk.post(url_of(Practice, "add"), data | {"original_language": "fr"})
    assert list(response.context["adminform"].form.errors) == ["title_fr"]
    response = desk.post(url_of(Practice, "add"), data | {"original_language": "de", "title_fr": "Nouveau"})
    saved = Practice.objects.get(slug="neu")
    assert (saved.original_language, saved.status) == ("de", "draft")
    assert (saved.provenance("fr"), saved.made_from_revision_fr) == (Provenance.UNREVIEWED, 1)


def test_a_term_needs_a_name_in_some_language(desk):
    data = form_data(desk.get(url_of(Theme, "add")), slug="new")
    response = desk.post(url_of(Theme, "add"), data)
    assert list(response.context["adminform"].form.errors) == ["name_fr"]
    assert desk.post(url_of(Theme, "add"), data | {"name_tr": "Yeni"}).status_code == 302


# --- Actions and filters ------------------------------------------------------------------------


def test_entries_are_published_and_withdrawn_together_and_their_history_says_so(desk):
    draft, public = factories.practice(status="draft"), factories.practice()
    selected = {"_selected_action": [draft.pk, public.pk]}
    response = desk.post(url_of(Practice, "changelist"), {"action": "publish", **selected}, follow=True)
    assert "1 entry was published." in response.content.decode()
    assert Practice.objects.filter(status="published").count() == 2
    assert list(LogEntry.objects.values_list("object_id", flat=True)) == [str(draft.pk)]
    response = desk.post(url_of(Practice, "changelist"), {"action": "withdraw", **selected}, follow=True)
    assert "2 entries are drafts again." in response.content.decode()
    assert Practice.objects.filter(status="draft").count() == 2


@pytest.mark.parametrize(
    "query, found",
    [
        ({"missing": "de"}, ["No German"]),
        ({"outdated": "it"}, ["Old Italian"]),
        ({"provenance": "ru-reviewed"}, ["Reviewed Russian"]),
        ({"provenance": "fr-unreviewed"}, []),
        ({"provenance": "nonsense"}, ["No German", "Old Italian", "Reviewed Russian"]),
        ({"country": "DK"}, ["Reviewed Russian"]),
        ({"confirmed": "never"}, ["No German", "Old Italian"]),
        ({"confirmed": "old"}, ["Reviewed Russian"]),
        ({"status__exact": "draft"}, ["Old Italian"]),
    ],
)
def test_a_list_filters_by_the_state_of_texts_and_entries(desk, query, found):
    factories.practice(title="No German", title_de="")
    factories.practice(title="Old Italian", made_from_revision_it=0, status="draft")
    factories.practice(
        title="Reviewed Russian",
        provenance_ru="reviewed",
        city=factories.city(country="DK"),
        confirmed_on=datetime.date(2019, 1, 1),
    )
    assert names_of(desk.get(url_of(Practice, "changelist"), query)) == found


def test_cities_and_projects_are_offered_as_one_types_their_name_in_any_language(desk):
    factories.city(name_de="Straßburg", slug="strasbourg")
    factories.city(slug="other", name="Other")
    response = desk.get(
        reverse("admin:autocomplete"),
        {"term": "strassb", "app_label": "practices", "model_name": "practice", "field_name": "city"},
    )
    assert len(response.json()["results"]) == 1


def test_what_there_is_stands_in_the_order_of_the_editors_alphabet(client):
    client.force_login(factories.editor(interface_language="fr"))
    apps = client.get("/admin/").context["app_list"]
    with translation.override("fr"):
        names = [str(app["name"]) for app in apps]
        events = next(app for app in apps if app["app_label"] == "events")
        kinds = [str(model["name"]) for model in events["models"]]
    assert names == sorted(names, key=lambda name: sort_key(name, "fr"))
    assert names.index("Événements") < names.index("Pratiques")
    assert kinds == ["Événements", "Inscriptions"]
