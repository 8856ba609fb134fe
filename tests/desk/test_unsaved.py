import datetime
import json

import pytest
from django.utils import timezone

from desk import unsaved
from desk.models import UnsavedWork
from practices.models import Practice
from tests import factories
from tests.desk import form_data, url_of

pytestmark = pytest.mark.django_db

KEEP = "/admin/practices/practice/unsaved/"


@pytest.fixture
def anna(client):
    anna = factories.editor(username="anna", interface_language="en")
    client.force_login(anna)
    return anna


def pairs(data):
    return [
        [name, one] for name, value in data.items() for one in (value if isinstance(value, list) else [value])
    ]


def type_into(client, practice=None, **typed):
    """What the script sends after somebody has typed into a form; the answer."""
    page = client.get(url_of(practice or Practice, "change" if practice else "add"))
    data = form_data(page, _seen=page.context["seen"], csrfmiddlewaretoken="secret", **typed)
    return client.post(KEEP, {"object": practice.pk if practice else "", "fields": json.dumps(pairs(data))})


def test_what_is_typed_is_kept_and_offered_and_nothing_is_saved(client, anna):
    practice = factories.practice(title_de="Alt")
    answer = type_into(client, practice, title_de="Neu")
    assert (answer.status_code, list(answer.json())) == (200, ["kept_at"])
    practice.refresh_from_db()
    assert practice.title_de == "Alt"
    page = client.get(url_of(practice))
    assert "You have typed something here that was not saved" in page.content.decode()
    assert page.context["adminform"].form["title_de"].value() == "Alt"
    assert not page.context["saved_since"]


def test_what_was_kept_is_taken_up_looked_through_and_saved(client, anna):
    one, two = factories.theme(), factories.theme()
    practice = factories.practice(title_de="Alt", themes=[one])
    type_into(client, practice, title_de="Neu", themes=[str(one.pk), str(two.pk)])
    page = client.get(url_of(practice), {"take-up": "1"})
    assert page.context["adminform"].form["title_de"].value() == "Neu"
    assert "Please correct" not in page.content.decode()
    practice.refresh_from_db()
    assert practice.title_de == "Alt"
    data = form_data(page, _seen=page.context["seen"])
    assert client.post(url_of(practice), data).status_code == 302
    practice.refresh_from_db()
    assert (practice.title_de, practice.themes.count()) == ("Neu", 2)
    assert UnsavedWork.objects.count() == 0


def test_a_new_entry_is_kept_too(client, anna):
    factories.practice()
    assert type_into(client, title_de="Neu").status_code == 200
    page = client.get(url_of(Practice, "add"), {"take-up": "1"})
    assert page.context["adminform"].form["title_de"].value() == "Neu"
    assert Practice.objects.count() == 1


def test_new_rows_of_a_table_come_back(client, anna):
    project = factories.project()
    page = client.get(url_of(project))
    new = {
        "phases-TOTAL_FORMS": "1",
        "phases-0-name": "First",
        "phases-0-id": "",
        "phases-0-project": str(project.pk),
    }
    data = form_data(page, _seen=page.context["seen"], **new)
    client.post("/admin/projects/project/unsaved/", {"object": project.pk, "fields": json.dumps(pairs(data))})
    page = client.get(url_of(project), {"take-up": "1"})
    assert page.context["inline_admin_formsets"][0].formset.forms[0]["name"].value() == "First"


def test_it_is_said_if_the_entry_was_saved_since_and_the_conflict_follows_on_saving(client, anna):
    practice = factories.practice(title_de="Alt")
    type_into(client, practice, title_de="Meiner")
    Practice.objects.filter(pk=practice.pk).update(title_de="Ihrer")
    assert client.get(url_of(practice)).context["saved_since"]
    page = client.get(url_of(practice), {"take-up": "1"})
    response = client.post(url_of(practice), form_data(page, _seen=page.context["seen"]))
    assert response.status_code == 409
    assert UnsavedWork.objects.count() == 1


def test_discarding_forgets_it_and_leads_back_to_the_form(client, anna):
    practice = factories.practice()
    type_into(client, practice, title_de="Neu")
    response = client.post(KEEP, {"object": practice.pk, "discard": "1"})
    assert (response.status_code, response.headers["Location"]) == (302, url_of(practice))
    assert UnsavedWork.objects.count() == 0


def test_the_last_that_was_typed_is_what_is_kept(client, anna):
    practice = factories.practice()
    type_into(client, practice, title_de="Eins")
    type_into(client, practice, title_de="Zwei")
    assert dict(UnsavedWork.objects.get().fields)["title_de"] == "Zwei"


def test_nothing_secret_and_nothing_that_would_act_is_kept(client, anna):
    practice = factories.practice()
    type_into(client, practice, _to="published", _continue="1", title_de="Neu")
    names = {name for name, _value in UnsavedWork.objects.get().fields}
    assert "csrfmiddlewaretoken" not in names
    assert {name for name in names if name.startswith("_")} == {"_seen"}
    assert client.post("/admin/accounts/user/unsaved/", {"fields": "[]"}).status_code in (302, 404, 403)


def test_everybody_has_their_own(client, anna):
    practice = factories.practice()
    type_into(client, practice, title_de="Annas Titel")
    client.force_login(factories.editor(username="bela", interface_language="en"))
    page = client.get(url_of(practice))
    assert page.context["unsaved"] is None
    assert "Annas Titel" not in page.content.decode()
    assert "anna has been working on this entry since" in page.content.decode()


def test_who_has_not_typed_for_long_is_not_said_to_be_at_it(client, anna):
    practice = factories.practice()
    type_into(client, practice, title_de="Neu")
    UnsavedWork.objects.update(kept_at=timezone.now() - datetime.timedelta(minutes=31))
    assert list(unsaved.others_at(factories.editor(), url_of(practice))) == []


def test_a_translator_keeps_what_they_type_and_others_cannot(client):
    practice = factories.practice()
    client.force_login(factories.translator(translation_languages=["de"]))
    assert type_into(client, practice, title_de="Neu").status_code == 200
    assert client.post(KEEP, {"object": "", "fields": "[]"}).status_code == 403
    client.force_login(factories.user(username="porter", is_staff=True))
    assert client.post(KEEP, {"object": practice.pk, "fields": "[]"}).status_code == 403
    client.logout()
    assert client.post(KEEP, {"object": practice.pk, "fields": "[]"}).status_code == 302
    assert UnsavedWork.objects.count() == 1


@pytest.mark.parametrize("pk", ["x", "0", "\x00", "-1", "9" * 100, "😀" * 10_000])
def test_nothing_is_kept_for_an_entry_that_does_not_exist(client, anna, pk):
    assert client.post(KEEP, {"object": pk, "fields": "[]"}).status_code == 403


@pytest.mark.parametrize(
    "fields", ["", "x", "{}", "7", '"x"', "null", "[" * 2_000, f'["{"x" * unsaved.LONGEST}"]']
)
def test_nonsense_and_what_is_too_long_is_refused_in_words(client, anna, fields):
    response = client.post(KEEP, {"object": factories.practice().pk, "fields": fields})
    assert (response.status_code, response.json()) == (
        413,
        {"problem": "This is too long to be kept. Save it now."},
    )


@pytest.mark.parametrize("value", ["\x00", "\ud800", "😀" * 10_000, "<script>", "'; --"])
def test_whatever_is_typed_is_kept_as_far_as_it_can_be_stored(client, anna, value):
    practice = factories.practice()
    fields = json.dumps([["title_de", value], ["x"], 7, [1, 2], None, ["a", "b", "c"]])
    assert client.post(KEEP, {"object": practice.pk, "fields": fields}).status_code == 200
    assert client.get(url_of(practice), {"take-up": "1"}).status_code == 200


def test_an_address_to_take_up_where_nothing_is_kept_opens_the_form(client, anna):
    practice = factories.practice()
    assert client.get(url_of(practice), {"take-up": "1"}).context["is_taken_up"] is False


def test_a_form_cannot_be_kept_by_following_a_link(client, anna):
    assert client.get(KEEP).status_code == 405


def test_one_person_leaves_behind_so_much_and_no_more(client, anna, monkeypatch):
    monkeypatch.setattr(unsaved, "MOST", 2)
    practices = [factories.practice() for _number in range(3)]
    for practice in practices:
        type_into(client, practice, title_de="Neu")
    kept = {work.form for work in UnsavedWork.objects.all()}
    assert kept == {url_of(practice) for practice in practices[1:]}


def test_what_nobody_has_come_back_to_is_forgotten(client, anna):
    type_into(client, factories.practice(), title_de="Neu")
    unsaved.forget_old()
    assert UnsavedWork.objects.count() == 1
    UnsavedWork.objects.update(kept_at=timezone.now() - datetime.timedelta(days=61))
    unsaved.forget_old()
    assert UnsavedWork.objects.count() == 0
