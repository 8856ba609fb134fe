import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.utils import timezone, translation

from alliance.languages import CODES
from alliance.publishing import Published
from alliance.sitemaps import SITEMAPS
from cities.models import City
from desk import history, publishing
from desk.models import Step
from practices.models import Practice
from tests import addresses, factories
from tests.desk import form_data, url_of
from tests.pages import read

pytestmark = pytest.mark.django_db

DRAFT, REVIEW, PUBLISHED, ARCHIVED = Published.Status
ARCHIVE = {app: f"Archiv{app}" for app in addresses.CONTENT}


@pytest.fixture
def anna(client):
    """An editor, signed in."""
    anna = factories.editor(username="anna", interface_language="en")
    client.force_login(anna)
    return anna


def send(client, record, **changes):
    response = client.post(url_of(record), form_data(client.get(url_of(record)), **changes))
    return response, type(record).objects.get(pk=record.pk)


# --- Steps ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state, possible",
    [
        (DRAFT, [REVIEW, PUBLISHED]),
        (REVIEW, [PUBLISHED, DRAFT]),
        (PUBLISHED, [ARCHIVED, DRAFT]),
        (ARCHIVED, [PUBLISHED, DRAFT]),
    ],
)
def test_a_form_offers_the_steps_that_are_possible_and_no_choice_of_states(client, anna, state, possible):
    page = client.get(url_of(factories.practice(status=state)))
    assert [step for step, _label in page.context["steps"]] == possible
    assert "status" not in page.context["adminform"].form.fields


def test_a_button_saves_what_was_typed_and_takes_the_step(client, anna):
    practice = factories.practice(status="draft")
    response, saved = send(
        client, practice, title_de="Neuer Titel", _to="published", _comment="Now\x00 ready"
    )
    assert response.status_code == 302
    assert (saved.title_de, saved.status) == ("Neuer Titel", PUBLISHED)
    step = Step.objects.get()
    assert (step.entry, step.state, step.by, step.comment) == (practice, PUBLISHED, anna, "Now ready")
    assert "Now ready" in client.get(url_of(practice)).content.decode()


@pytest.mark.parametrize("nonsense", ["archived", "review", "nonsense", "", "\x00", "😀" * 10_000])
def test_a_step_that_is_not_possible_is_refused_and_what_was_typed_stays(client, anna, nonsense):
    practice = factories.practice(status="review")
    response, saved = send(client, practice, title_de="Neuer Titel", _to=nonsense)
    assert response.context["adminform"].form.non_field_errors() == [
        "This step is not possible from the present state of the entry."
    ]
    assert 'value="Neuer Titel"' in response.content.decode()
    assert (saved.status, Step.objects.count()) == (REVIEW, 0)


def test_a_new_entry_is_published_with_its_first_save(client, anna):
    city = factories.city()
    data = form_data(client.get(url_of(Practice, "add")), slug="neu", city=str(city.pk), _to="published")
    assert (
        client.post(
            url_of(Practice, "add"), data | {"original_language": "de", "title_de": "Neu"}
        ).status_code
        == 302
    )
    saved = Practice.objects.get(slug="neu")
    assert (saved.status, saved.owner, Step.objects.get().entry) == (PUBLISHED, anna, saved)


def test_a_translator_decides_on_no_state(client):
    client.force_login(factories.translator(translation_languages=["de"]))
    practice = factories.practice(status="draft")
    assert client.get(url_of(practice)).context["steps"] == []
    response, saved = send(client, practice, _to="published")
    assert (response.status_code, saved.status) == (200, DRAFT)


def test_who_sends_an_entry_back_says_why_unless_it_is_their_own(client, anna):
    practice = factories.practice(status="review", submitted_by=factories.editor())
    response, saved = send(client, practice, _to="draft")
    assert (response.status_code, saved.status) == (200, REVIEW)
    _response, saved = send(client, practice, _to="draft", _comment="The sources are missing.")
    assert (saved.status, saved.submitted_by, Step.objects.get().comment) == (
        DRAFT,
        None,
        "The sources are missing.",
    )
    own = factories.practice(status="review", submitted_by=anna)
    assert send(client, own, _to="draft")[1].status == DRAFT


def test_several_entries_take_a_step_together_and_it_is_said_why_others_cannot(client, anna):
    draft, archived = factories.practice(status="draft"), factories.practice(title="Old", status="archived")
    action = {"action": "submit", "_selected_action": [draft.pk, archived.pk]}
    page = client.post(url_of(Practice, "changelist"), action, follow=True)
    assert [str(message) for message in page.context["messages"]] == [
        "Old: This step is not possible from the present state of the entry.",
        "1 entry is in review.",
    ]
    draft.refresh_from_db()
    assert (draft.status, draft.submitted_by, Step.objects.get().by) == (REVIEW, anna, anna)


# --- A second person ------------------------------------------------------------------------------


@pytest.fixture
def reviewed(settings):
    settings.REVIEW_REQUIRED = ["practices.Practice"]


def test_where_review_is_required_a_second_person_publishes(client, anna, reviewed):
    practice = factories.practice(status="draft")
    assert [step for step, _label in client.get(url_of(practice)).context["steps"]] == [REVIEW]
    assert send(client, practice, _to="published")[1].status == DRAFT
    assert send(client, practice, _to="review")[1].submitted_by == anna
    assert [step for step, _label in client.get(url_of(practice)).context["steps"]] == [DRAFT]
    assert send(client, practice, _to="published")[1].status == REVIEW
    client.force_login(factories.editor(username="bela"))
    _response, saved = send(client, practice, _to="published")
    assert (saved.status, saved.submitted_by) == (PUBLISHED, None)


def test_where_review_is_required_the_list_publishes_nothing_past_it(client, anna, reviewed):
    draft = factories.practice(status="draft")
    mine = factories.practice(status="review", submitted_by=anna)
    others = factories.practice(status="review", submitted_by=factories.editor())
    archived = factories.practice(status="archived")
    everything = [draft.pk, mine.pk, others.pk, archived.pk]
    client.post(url_of(Practice, "changelist"), {"action": "publish", "_selected_action": everything})
    states = dict(Practice.objects.values_list("pk", "status"))
    assert [states[pk] for pk in everything] == [DRAFT, REVIEW, PUBLISHED, ARCHIVED]


@pytest.mark.parametrize("required, is_asked", [([], False), (["all"], True), (["cities.City"], False)])
def test_a_setting_names_the_kinds_that_are_reviewed(settings, required, is_asked):
    settings.REVIEW_REQUIRED = required
    assert publishing.needs_review(Practice) == is_asked


@pytest.mark.parametrize("label", ["practices.Practise", "topics.Audience"])
def test_a_setting_that_names_nothing_to_review_stops_the_portal(settings, label):
    settings.REVIEW_REQUIRED = [label]
    with pytest.raises(LookupError, match=label.partition(".")[2]):
        publishing.check_settings()


def test_where_review_is_required_only_the_second_person_says_when(client, anna, reviewed):
    when = {"publish_at_0": "2031-01-02", "publish_at_1": "08:00"}
    practice = factories.practice(status="review", submitted_by=anna)
    assert send(client, practice, **when)[1].publish_at is None
    client.force_login(factories.editor(username="bela"))
    saved = send(client, practice, **when)[1]
    assert timezone.localtime(saved.publish_at).isoformat() == "2031-01-02T08:00:00+01:00"
    # Taken back and sent again, it is somebody else's decision again.
    publishing.move(saved, DRAFT, by=anna)
    assert saved.publish_at is None


# --- In time --------------------------------------------------------------------------------------


def planned(**fields):
    return factories.practice(publish_at=timezone.now() - datetime.timedelta(minutes=1), **fields)


def states():
    return list(Practice.objects.order_by("pk").values_list("status", flat=True))


def test_the_worker_publishes_what_is_due_and_nothing_else():
    planned(status="draft")
    planned(status="review")
    planned(status="archived")
    factories.practice(status="draft", publish_at=timezone.now() + datetime.timedelta(hours=1))
    factories.practice(status="draft")
    call_command("work", once=True)
    assert states() == [PUBLISHED, PUBLISHED, ARCHIVED, DRAFT, DRAFT]
    assert Practice.objects.filter(publish_at__isnull=False, status="published").count() == 0
    assert list(Step.objects.values_list("state", "by")) == [("published", None)] * 2


def test_what_was_published_as_planned_is_found_by_visitors_and_not_published_again(client):
    practice = planned(status="draft")
    assert publishing.publish_due() == 1
    assert read(client, practice.get_absolute_url())
    Practice.objects.update(status="draft")
    assert publishing.publish_due() == 0


@pytest.mark.parametrize(
    "make", ["city", "service", "project", "practice", "declaration", "event", "resource"]
)
def test_every_kind_is_published_as_planned_and_its_history_says_so(make):
    entry = getattr(factories, make)(status="draft", publish_at=timezone.now())
    assert publishing.publish_due() == 1
    entry = type(entry).objects.get(pk=entry.pk)
    revision = history.revisions(type(entry), entry.pk).first()
    assert (entry.status, entry.publish_at) == (PUBLISHED, None)
    assert (revision.user, revision.comment) == (None, "Published as planned")


@pytest.mark.parametrize(
    "make", ["city", "service", "project", "practice", "declaration", "event", "resource"]
)
def test_every_kind_goes_through_all_states_at_the_desk(client, anna, make):
    entry = getattr(factories, make)(status="draft")
    for to in (REVIEW, PUBLISHED, ARCHIVED, DRAFT):
        response, entry = send(client, entry, _to=to)
        assert (response.status_code, entry.status) == (302, to)


def test_a_service_of_the_archive_is_not_said_to_be_readable(client, anna):
    page = client.get(url_of(factories.service(status="archived")))
    assert page.context["meaning_of_state"] == "Nobody sees it any more but the secretariat."
    assert "succeeded_by" not in page.context["adminform"].form.fields


def test_where_review_is_required_a_plan_holds_only_for_what_is_in_review(reviewed):
    planned(status="draft")
    planned(status="review")
    assert publishing.publish_due() == 1
    assert states() == [DRAFT, PUBLISHED]


def test_a_form_says_in_words_when_it_will_be_published(client, anna):
    when = datetime.datetime(2031, 7, 1, 6, 0, tzinfo=datetime.UTC)
    page = client.get(url_of(factories.practice(status="draft", publish_at=when))).content.decode()
    assert "It will be published by itself on 1 July 2031, 08:00 (Paris time)." in page


# --- What readers see -----------------------------------------------------------------------------


@pytest.fixture
def archive():
    """One archived entry of each kind, beside a published one that names it."""
    found = {}
    for app in addresses.CONTENT:
        word = ARCHIVE[app]
        name = {"name": word} if app in ("cities", "projects") else {}
        title = {} if app == "cities" else {"title": word}
        model = SITEMAPS[app].model
        found[app] = getattr(factories, model._meta.model_name)(
            slug=word.lower(), status="archived", **title, **name
        )
    return found


def test_what_is_archived_is_in_no_list_no_search_no_feed_no_calendar_and_no_sitemap(
    client, archive, language
):
    paths = [*addresses.public(language), *addresses.outside()]
    own = {path for path in paths for word in ARCHIVE.values() if word.lower() in path}
    leaks = {
        (path, app)
        for path in paths
        if path not in own
        for html in [client.get(path).getvalue().decode().lower()]
        for app, word in ARCHIVE.items()
        if word.lower() in html
    }
    assert leaks == set()


@pytest.mark.parametrize("app", addresses.CONTENT)
def test_an_archived_page_says_so_leads_on_and_is_not_for_search_engines(client, archive, app):
    model = SITEMAPS[app].model
    old, new = archive[app], getattr(factories, model._meta.model_name)(slug="successor")
    model.objects.filter(pk=old.pk).update(succeeded_by=new)
    response = client.get(old.get_absolute_url())
    assert (response.status_code, response.headers["X-Robots-Tag"]) == (200, "noindex")
    page = read(client, old.get_absolute_url())
    [note] = page.with_class("notice")
    assert "Archivée." in note.text or "Archived." in note.text
    assert f'href="{new.get_absolute_url()}"' in response.content.decode()


def test_an_archived_page_does_not_lead_to_a_draft(client):
    draft = factories.practice(title="Geheim", status="draft")
    old = factories.practice(status="archived", succeeded_by=draft)
    assert "Geheim" not in client.get(old.get_absolute_url()).content.decode()


def test_what_hangs_on_an_archived_city_stays(client):
    city = factories.city(name="Alt", status="archived")
    practice = factories.practice(city=city)
    declaration = factories.declaration()
    factories.signature(declaration=declaration, city=city)
    assert list(Practice.objects.visible_to(AnonymousUser())) == [practice]
    assert client.get(practice.get_absolute_url()).status_code == 200
    assert "Alt" in client.get(declaration.get_absolute_url()).content.decode()
    assert list(City.objects.visible_to(AnonymousUser())) == []


def test_what_is_in_review_is_seen_by_the_desk_only(client):
    practice = factories.practice(status="review")
    for code in CODES:
        with translation.override(code):
            assert client.get(practice.get_absolute_url()).status_code == 404
    client.force_login(factories.editor())
    with translation.override("en"):
        page = read(client, practice.get_absolute_url())
    assert any("In review." in note.text for note in page.with_class("notice"))


def test_an_entry_is_not_succeeded_by_itself(client, anna):
    practice = factories.practice()
    response, _saved = send(client, practice, succeeded_by=str(practice.pk))
    assert list(response.context["adminform"].form.errors) == ["succeeded_by"]


def test_an_event_of_the_archive_takes_no_registrations():
    event = factories.event(
        status="archived",
        takes_registrations=True,
        starts_on=datetime.date(2090, 1, 1),
        ends_on=datetime.date(2090, 1, 2),
    )
    assert event.registration_state == "none"
