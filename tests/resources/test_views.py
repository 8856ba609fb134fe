import pytest
from django.utils import translation

from alliance.languages import CODES
from tests import factories
from tests.pages import Document, read
from tests.uploads import PDF, picture, sent

pytestmark = pytest.mark.django_db


def test_a_translated_title_stands_beside_the_real_one(client):
    factories.resource(
        slug="guide", original_language="fr", title="Guide for cities", title_fr="Guide pour les villes"
    )
    page = read(client, "/en/resources/guide/")
    assert page.one("h1").text == "Guide for cities"
    assert [e.text for e in page.all("p", lang="fr")] == ["Guide pour les villes"]


def test_the_real_title_is_not_repeated(client):
    factories.resource(slug="guide", original_language="fr", title="", title_fr="Guide pour les villes")
    for language in ("fr", "tr"):
        page = read(client, f"/{language}/resources/guide/")
        assert (page.one("h1").text, page.all("p", lang="fr")) == ("Guide pour les villes", [])


def test_a_resource_leads_to_what_it_speaks_of_and_to_its_publisher(client):
    factories.resource(
        slug="guide", url="https://example.org/guide.pdf", practices=[factories.practice(slug="mediation")], projects=[factories.project(slug="bounce")],
        events=[factories.event(slug="summit")], declarations=[factories.declaration(slug="appeal")],
        publishers=[factories.organisation(name="Forum")], languages_available=[factories.language(name="Greek", slug="el")],
    )  # fmt: skip
    page = read(client, "/en/resources/guide/")
    links = {
        "/en/practices/mediation/",
        "/en/projects/bounce/",
        "/en/events/summit/",
        "/en/declarations/appeal/",
        "https://example.org/guide.pdf",
    }
    assert links <= set(page.links)
    assert "Forum" in page.text and "Greek" in page.text


@pytest.mark.parametrize(
    ("query", "slugs"),
    [("", ["a", "b", "c"]), ("sort=recent", ["b", "a", "c"]), ("type=guide", ["a"]), ("language=tr", ["b"]), ("year=2015&year=2016", ["a", "b"]),
     ("type=guide&language=tr", [])],
)  # fmt: skip
def test_resources_are_narrowed_and_ordered(client, query, slugs):
    turkish = factories.language(slug="tr")
    factories.resource(slug="a", title="A", type="guide", year=2015)
    factories.resource(slug="b", title="B", type="report", year=2016, languages_available=[turkish])
    factories.resource(slug="c", title="C", type="letter", year=None)
    page = client.get(f"/en/resources/?{query}").context["page"]
    assert [r.slug for r in page] == slugs


def test_practices_and_projects_lead_to_what_came_of_them(client):
    guide, source = factories.resource(slug="guide"), factories.resource(slug="source")
    draft = factories.resource(slug="draft", status="draft")
    practice = factories.practice(slug="mediation", resources=[guide, source, draft], sources=[source])
    factories.project(slug="bounce", resources=[guide, draft])
    assert practice.resources.count() == 3
    for path in ("/en/practices/mediation/", "/en/projects/bounce/"):
        links = [element["href"] for element in read(client, path).all("a", href=True)]
        assert links.count("/en/resources/guide/") == 1
        assert "/en/resources/draft/" not in links
        assert links.count("/en/resources/source/") == (1 if "practices" in path else 0)


def test_drafts_are_not_named_beside_a_document(client):
    city = factories.city(status="draft")
    practices = [
        factories.practice(slug="of-a-draft", city=city),
        factories.practice(slug="draft", status="draft"),
    ]
    factories.resource(slug="guide", practices=practices)
    links = {link for link in read(client, "/en/resources/guide/").links if "draft" in link}
    assert links == set()
    client.force_login(factories.editor())
    assert "/en/practices/draft/" in read(client, "/en/resources/guide/").links


def test_authors_licence_and_file_stand_on_the_page_in_the_words_of_the_reader(client):
    french = factories.language(slug="fr", name_fr="français", name_de="Französisch")
    resource = factories.resource(
        slug="guide", licence="CC-BY-SA-4.0", file=sent(PDF.ljust(1_300_000, b" ")), languages_available=[french]
    )  # fmt: skip
    factories.author(resource=resource, family_name="Byron", given_name="Ada", position=1)
    factories.author(resource=resource, family_name="Efus", position=2)
    for language, size in (("fr", "1,2\xa0Mio"), ("de", "1,2\xa0MB")):
        page = read(client, f"/{language}/resources/guide/")
        [button] = page.all("a", type="application/pdf")
        assert (button["href"], button["hreflang"]) == (resource.file.url, "fr")
        name = {"fr": "français", "de": "Französisch"}[language]
        assert "".join(button.words).strip().endswith(f"(PDF, {size}, {name})")
        licence = page.one("a", rel="license noopener")
        assert (licence["href"], licence.text) == (
            f"https://creativecommons.org/licenses/by-sa/4.0/deed.{language}", "CC BY-SA 4.0",
        )  # fmt: skip
        assert "Ada Byron" in page.text and "Efus" in page.text
    entry = read(client, "/fr/resources/").with_class("entry-facts")[0]
    assert entry.text == "Ada Byron, Efus français"


def test_what_has_neither_file_nor_licence_nor_image_says_nothing_of_them(client):
    factories.resource(slug="guide")
    page = read(client, "/en/resources/guide/")
    assert (page.all("picture"), page.all("a", rel="license noopener")) == ([], [])
    assert page.with_class("button-note") == []


def test_the_image_is_there_in_modern_formats_with_its_size(client):
    resource = factories.resource(
        slug="guide", cover=sent(picture(size=(900, 600)), "image.webp"), cover_alt="A hall"
    )
    page = read(client, "/en/resources/guide/")
    image = page.one("img", loading="lazy")
    assert {name: image[name] for name in ("src", "width", "height", "alt", "decoding")} == {
        "src": resource.cover.url, "width": "900", "height": "600", "alt": "A hall", "decoding": "async",
    }  # fmt: skip
    assert [(e["type"], e["srcset"]) for e in page.all("source")] == resource.cover.sources
    assert {e["sizes"] for e in page.all("source")} == {"(min-width: 32rem) 28rem, 92vw"}


def test_the_text_alternative_is_in_the_language_of_the_reader_or_says_in_which_it_is(client):
    texts = {f"cover_alt_{code}": f"A hall ({code})" for code in CODES if code != "tr"}
    factories.resource(
        slug="guide", original_language="de", cover=sent(picture(), "image.webp"), **texts
    )  # fmt: skip
    for code in CODES:
        image = read(client, f"/{code}/resources/guide/").one("img", loading="lazy")
        shown = "de" if code == "tr" else code
        assert image["alt"] == f"A hall ({shown})"
        assert image.attributes.get("lang") == ("de" if code == "tr" else None)


def test_machines_are_told_who_wrote_it_and_where_the_file_is(client):
    greek = factories.language(slug="el")
    resource = factories.resource(
        slug="guide", licence="CC0-1.0", file=sent(PDF), languages_available=[greek]
    )
    factories.author(resource=resource, family_name="Byron", given_name="Ada")
    [data] = read(client, "/en/resources/guide/").data
    assert {name: data[name] for name in ("author", "license", "encoding")} == {
        "author": [{"@type": "Person", "name": "Ada Byron", "givenName": "Ada", "familyName": "Byron"}],
        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
        "encoding": {
            "@type": "MediaObject", "contentUrl": resource.file.url, "encodingFormat": "application/pdf",
            "contentSize": f"{len(PDF)} B", "inLanguage": "el",
        },
    }  # fmt: skip
    factories.resource(slug="bare")
    [bare] = read(client, "/en/resources/bare/").data
    assert not {"author", "license", "encoding", "image"} & set(bare)


# --- Citing ---------------------------------------------------------------------------------------


@pytest.fixture
def report():
    resource = factories.resource(
        slug="report", type="report", original_language="fr", title_fr="Prévenir à l’échelon local", title_en="Local prevention",
        published_on="2016-05-12", reference="CG 30(2016)", publishers=[factories.organisation(name_fr="Forum européen", name_en="European Forum")],
    )  # fmt: skip
    factories.author(resource=resource, family_name="Forum & Co", position=2)
    factories.author(resource=resource, family_name="Byron", given_name="Ada", position=1)
    return resource


def test_a_document_is_cited_by_its_real_title_in_the_words_of_the_reader(client, report):
    assert client.get("/en/resources/report/cite.txt").content.decode() == (
        "Ada Byron; Forum & Co. Prévenir à l’échelon local. European Forum, CG 30(2016), 12 May 2016. Language: French. "
        "http://testserver/en/resources/report/\n"
    )  # fmt: skip
    assert "Forum européen" in client.get("/fr/resources/report/cite.txt").content.decode()


def test_programs_for_references_get_the_authors_one_by_one(client, report):
    response = client.get("/en/resources/report/cite.bib")
    assert response.headers["Content-Disposition"] == 'attachment; filename="report.bib"'
    lines = response.content.decode().splitlines()
    assert lines[0] == "@techreport{report,"
    assert "  author = {{Byron}, {Ada} and {Forum \\& Co}}," in lines
    assert "  institution = {{European Forum}}," in lines and "  date = {2016-05-12}," in lines
    ris = client.get("/tr/resources/report/cite.ris").content.decode().splitlines()
    assert ris[:4] == [
        "TY  - RPRT",
        "AU  - Byron, Ada",
        "AU  - Forum & Co",
        "TI  - Prévenir à l’échelon local",
    ]
    assert "UR  - http://testserver/tr/resources/report/" in ris


@pytest.mark.parametrize(
    ("kind", "bibtex"),
    [("study", "techreport"), ("guide", "book"), ("press_release", "misc"), ("press_article", "article"), ("brochure", "booklet"),
     ("letter", "misc")],
)  # fmt: skip
def test_every_kind_of_document_can_be_cited(client, kind, bibtex):
    factories.resource(slug="thing", type=kind, year=None)
    assert client.get("/en/resources/thing/cite.bib").content.decode().startswith(f"@{bibtex}{{thing,")


def test_only_what_can_be_seen_and_only_in_known_forms_is_cited(client, report):
    factories.resource(slug="draft", status="draft")
    for path in ("draft/cite.txt", "report/cite.pdf", "nowhere/cite.txt", "report/cite.x%00"):
        assert client.get(f"/en/resources/{path}").status_code == 404


def test_the_page_offers_its_citation(client, report):
    with translation.override("ru"):
        links = read(client, "/ru/resources/report/").links
    assert [link for link in links if "cite" in link] == [
        f"/ru/resources/report/cite.{form}?text=fr" for form in ("txt", "bib", "ris")
    ]


# --- Search ---------------------------------------------------------------------------------------


def test_a_document_is_found_by_its_authors_in_every_language_and_no_longer_when_they_go(client, report):
    def found(path):
        return [
            hit for hit in Document(client.get(path).content.decode()).links if "/resources/report/" in hit
        ]

    author = report.authors.get(family_name="Byron")
    assert found("/de/resources/?q=byron") and found("/tr/search/?q=Ada+Byron")
    author.family_name = "Lovelace"
    author.save()
    assert found("/de/resources/?q=lovelace") and not found("/de/resources/?q=byron")
    author.delete()
    assert not found("/de/resources/?q=lovelace")
