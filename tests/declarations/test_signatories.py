"""Who signed a declaration: list, map, table and data say the same, and no more than anybody may know."""

import csv
import datetime
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from declarations.models import Declaration
from declarations.signatures import Signatories
from tests import factories
from tests.alliance.test_junk import JUNK
from tests.pages import Document, read

pytestmark = pytest.mark.django_db

HERE = "/en/declarations/appeal/signatories/"
TABLE, DATA = "/en/declarations/appeal/signatories.csv", "/en/declarations/appeal/signatories.json"


@pytest.fixture
def appeal():
    return factories.declaration(slug="appeal", title="The appeal")


@pytest.fixture
def signed(appeal):
    """Three that signed, in two countries, one that will, one that did no longer, and one whose city is a draft."""
    day = datetime.date(2017, 9, 29)
    riga = factories.city(slug="riga", name="Riga", country="LV", latitude="56.9", longitude="24.1")
    lyon = factories.city(slug="lyon", name="Lyon", country="FR", latitude="45.8", longitude="4.8")
    nice = factories.city(name="Nice", country="FR", latitude="43.7", longitude="7.3")
    forum = factories.organisation(name="Forum", country="FR", kind="network")
    gone, hidden = factories.city(name="Gone"), factories.city(name="Hidden", status="draft")
    factories.signature(declaration=appeal, city=riga, office="Mayor", signed_on=day)
    factories.signature(declaration=appeal, city=lyon)
    factories.signature(declaration=appeal, organisation=forum, office="President")
    factories.signature(declaration=appeal, city=nice, status="announced")
    factories.signature(declaration=appeal, city=gone, status="withdrawn")
    factories.signature(declaration=appeal, city=hidden)


def table(client, query=""):
    text = client.get(TABLE + query).content.decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def names(client, query=""):
    """What the page, the table and the data list, which must be the same."""
    page = [e.text for e in read(client, HERE + query).with_class("signatory-name")]
    data = client.get(DATA + query).json()
    assert [row["Signatory"] for row in table(client, query)] == page
    assert [each["name"] for each in data["signatories"]] == page
    return page


def test_the_list_the_table_and_the_data_name_by_name_who_signed_or_will_and_nobody_else(client, signed):
    assert names(client) == ["Forum", "Lyon", "Nice", "Riga"]


def test_status_office_day_country_and_kind_stand_beside_the_name(client, signed):
    lines = [e.text for e in read(client, HERE).with_class("signatory")]
    assert lines == [
        "Forum France · Network President Signed",
        "Lyon France · City Signed",
        "Nice France · City Announced",
        "Riga Latvia · City Mayor Signed, 29 September 2017",
    ]


def test_only_signatures_that_stand_are_counted(client, signed):
    assert "3 signatories · 1 more announced" in read(client, HERE).text
    assert client.get(DATA).json()["count"] == 3


def test_a_country_narrows_the_list_the_map_and_the_numbers(client, signed):
    assert names(client, "?country=FR") == ["Forum", "Lyon", "Nice"]
    page = read(client, f"{HERE}?country=FR")
    assert [e.text for e in page.with_class("chip")] == ["All countries 4", "France 3", "Latvia 1"]
    assert [e.text for e in page.with_class("chip") if "aria-current" in e.attributes] == ["France 3"]
    assert "2 signatories · 1 more announced" in page.text
    assert len(page.with_class("map-hit")) == 2
    assert f"{TABLE}?country=FR" in page.links and f"{DATA}?country=FR" in page.links
    assert "/de/declarations/appeal/signatories/?country=FR" in page.links


def test_a_country_that_does_not_occur_is_ignored(client, signed):
    for junk in [*JUNK.values(), "fr", "IT", "XX", "FR,LV"]:
        found = Signatories(Declaration.objects.get(), junk)
        assert (found.country, len(found.shown)) == ("", 4)
    for path in (HERE, TABLE, DATA):
        for junk in ("a\x00b", "x" * 10_000, "\ud800", "<script>alert(1)</script>"):
            answer = client.get(path, {"country": junk.encode("utf-8", "surrogatepass")})
            assert (answer.status_code, "alert(1)</script>" in answer.content.decode()) == (200, False)


def test_the_order_is_that_of_the_readers_language(client, appeal):
    for name in ("Çorlu", "Datça", "Cizre", "İzmir", "Iğdır"):
        factories.signature(declaration=appeal, city=factories.city(name=name, country="TR"))
    page = read(client, "/tr/declarations/appeal/signatories/")
    assert [e.text for e in page.with_class("signatory-name")] == [
        "Cizre",
        "Çorlu",
        "Datça",
        "Iğdır",
        "İzmir",
    ]


def test_who_lies_beyond_the_map_is_named_below_it(client, appeal):
    lima = factories.city(slug="lima", name="Lima", country="PE", latitude="-12", longitude="-77")
    lost = factories.city(slug="lost", name="Lost", latitude=None, longitude=None)
    for city in (factories.city(name="Riga"), lima, lost):
        factories.signature(declaration=appeal, city=city)
    page = read(client, HERE)
    assert len(page.with_class("map-hit")) == 1
    assert "Not on this map: Lima (Peru), Lost (France)" in page.text


def test_where_nobody_is_named_the_page_says_so_and_invites_to_sign(client, appeal):
    page = read(client, HERE)
    assert "The sources do not name them." in page.text
    assert "/en/declarations/appeal/sign/" in page.links
    assert (table(client), client.get(DATA).json()["signatories"]) == ([], [])


def test_figures_that_differ_stand_side_by_side_each_with_its_source(client, appeal):
    first, second = factories.resource(title="A report"), factories.resource(title="A release")
    hidden = factories.resource(title="Secret", status="draft")
    factories.figure(declaration=appeal, what="cities", number=60, source=first)
    factories.figure(declaration=appeal, what="cities", number=80, is_rounded=True, source=second)
    factories.figure(declaration=appeal, what="cities", number=99, source=hidden)
    factories.figure(declaration=appeal, what="countries", number=22, source=first)
    for path in (HERE, "/en/declarations/appeal/"):
        page = read(client, path)
        [told] = page.with_class("figures-told")
        assert told.text == "Cities 60 A report about 80 A release Countries 22 A report"
        assert {f"/en/resources/{source.slug}/" for source in (first, second)} <= set(page.links)
    figures = client.get(DATA).json()["figures"]
    assert [(each["what"], each["number"], each["is_rounded"]) for each in figures] == [
        ("cities", 60, False), ("cities", 80, True), ("countries", 22, False)
    ]  # fmt: skip


def test_the_data_hold_all_that_is_public(client, signed):
    data = client.get("/fr/declarations/appeal/signatories.json?country=LV").json()
    [riga] = data["signatories"]
    assert riga == {
        "name": "Riga", "kind": "Ville", "country": "LV", "country_name": "Lettonie", "office": "Mayor",
        "signed_on": "2017-09-29", "status": "signed", "status_name": riga["status_name"], "latitude": 56.9,
        "longitude": 24.1, "source": None, "url": "http://testserver/fr/cities/riga/",
    }  # fmt: skip
    assert (data["language"], data["country"], data["count"]) == ("fr", "LV", 1)
    assert data["declaration"] == {
        "title": "The appeal", "adopted_on": "2015-11-18", "url": "http://testserver/fr/declarations/appeal/",
    }  # fmt: skip


def test_the_source_of_a_signature_is_named_unless_it_is_a_draft(client, appeal):
    known, hidden = factories.resource(title="Known"), factories.resource(title="Secret", status="draft")
    factories.signature(declaration=appeal, city=factories.city(name="A"), source=known)
    factories.signature(declaration=appeal, city=factories.city(name="B"), source=hidden)
    assert [row["Source"] for row in table(client)] == ["Known", ""]


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@A1", "\t=1"])
def test_no_cell_of_the_table_is_a_formula(client, appeal, formula):
    factories.signature(declaration=appeal, office=formula)
    assert table(client)[0]["Office"] == f"'{formula}"


def test_the_table_and_the_data_are_files_with_a_type_and_a_name(client, signed):
    response = client.get(TABLE)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="appeal-signatories-en.csv"'
    assert client.get(DATA).headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "path", [HERE, TABLE, DATA, "/en/declarations/appeal/sign/", "/en/declarations/appeal/sign/sent/"]
)
def test_of_a_draft_nobody_sees_anything_but_the_secretariat(client, signed, path):
    Declaration.objects.update(status="draft")
    assert client.get(path).status_code == 404
    client.force_login(factories.editor())
    assert client.get(path).status_code == 200


def test_a_filtered_list_is_not_indexed(client, signed):
    robots = [bool(read(client, HERE + query).all("meta", name="robots")) for query in ("", "?country=FR")]
    assert robots == [False, True]


def test_a_withdrawn_signature_is_not_on_the_page_of_the_city_either(client, appeal):
    city = factories.city(slug="lyon")
    signature = factories.signature(declaration=appeal, city=city)
    assert "/en/declarations/appeal/" in read(client, "/en/cities/lyon/").links
    signature.status = "withdrawn"
    signature.save()
    assert "/en/declarations/appeal/" not in read(client, "/en/cities/lyon/").links


@pytest.mark.parametrize("size", [2, 12])
def test_the_number_of_queries_does_not_grow_with_the_signatories(client, appeal, size):
    source = factories.resource()
    for number in range(size):
        city = factories.city(latitude=str(40 + number / 2))
        factories.signature(declaration=appeal, city=city, source=source)
        factories.figure(declaration=appeal, number=number + 1, source=factories.resource())
    counted = []
    for path in (HERE, TABLE, DATA):
        with CaptureQueriesContext(connection) as queries:
            Document(client.get(path).content.decode()) if path is HERE else client.get(path)
        counted.append(len(queries))
    assert counted == [3, 2, 3]
