"""`manage.py load_content`: adds what is missing, spares what exists, refuses bad files whole."""

import datetime
import io
import shutil

import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from alliance.founding.entries import FORMATS
from alliance.founding.loading import load
from alliance.languages import CODES
from cities.models import City, Membership
from declarations.models import Clause, Declaration, Figure, Section, Signature
from desk import history
from events.models import Event
from practices.models import Practice, Theme
from projects.models import Participation, Partner, Phase
from resources.models import Resource
from tests import factories
from tests.uploads import PDF, picture, sent
from topics.models import Audience

FOLDER = settings.BASE_DIR / "content"
TRANSLATED = {
    "name", "title", "summary", "body", "description", "subject", "heading", "opening", "text", "closing",
    "study_visits", "what_it_took", "what_worked", "what_did_not", "evidence",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """A copy of the founding content that a test may spoil."""
    return shutil.copytree(FOLDER, tmp_path / "content")


def run(*arguments, **options):
    """What the command prints."""
    out = io.StringIO()
    call_command("load_content", *arguments, stdout=out, no_color=True, **options)
    return out.getvalue()


def change(path, old, new):
    """Replace `old`, which must be there, once."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def complaints(folder):
    """The lines with which the command refuses the files, having written nothing."""
    with pytest.raises(CommandError) as refused:
        run(folder=folder)
    assert not City.objects.exists()
    assert not Theme.objects.exists()
    first, *lines = str(refused.value).splitlines()
    assert first.startswith("Nothing was loaded: ")
    return lines


def all_rows():
    """Every row of every founding model, but for the moment of saving."""
    return {
        model: [
            {name: value for name, value in row.items() if name != "edited_at"}
            for row in model.objects.order_by("pk").values()
        ]
        for model in (*FORMATS, Membership, Phase, Participation, Partner, Section, Clause, Figure)
    }


# --- Adding and replacing -------------------------------------------------------------------------


def test_the_database_is_empty_for_a_test_that_does_not_ask_for_the_content(db):
    assert not City.objects.exists()


def test_the_command_says_what_it_added(db):
    out = run()
    assert out.startswith("languages: 7 added; audiences: 12 added; ")
    assert "cities: 61 added; organisations: 32 added; resources: 5 added; projects: 9 added" in out
    assert out.endswith("practices: 15 added; services: 5 added.\n")


def test_loading_again_changes_nothing(founding_content):
    before = all_rows()
    out = run()
    assert "cities: 0 added, 61 already there" in out
    assert all_rows() == before


def test_replacing_with_the_same_files_gives_the_same_content(founding_content):
    before = all_rows()
    load(FOLDER, overwrite=True)
    after = all_rows()
    for model in FORMATS:
        assert after[model] == before[model], model
    assert {model: len(rows) for model, rows in after.items()} == {
        model: len(rows) for model, rows in before.items()
    }


def test_overwriting_leaves_the_state_and_who_looks_after_it_alone_and_the_history_says_why(founding_content):
    practice = Practice.objects.get(slug="malmo-mammakraft")
    practice.title_en, practice.status, practice.owner = "Another", "archived", factories.editor()
    practice.succeeded_by = Practice.objects.exclude(pk=practice.pk).first()
    practice.save()
    load(FOLDER, overwrite=True)
    after = Practice.objects.get(pk=practice.pk)
    assert after.title_en != "Another"
    names = ("status", "owner", "succeeded_by")
    assert [getattr(after, name) for name in names] == [getattr(practice, name) for name in names]
    last = history.revisions(Practice, practice.pk).first()
    assert (last.user, last.comment) == (None, "Loaded from the files of the founding content.")


def test_overwriting_an_event_leaves_its_registration_and_its_key_in_calendars_alone(founding_content):
    until = timezone.now() + datetime.timedelta(days=3)
    opened = {"takes_registrations": True, "registration_until": until, "places": 7}
    Event.objects.filter(slug="rotterdam-2016").update(title_en="Another", **opened)
    names = ["calendar_key", *opened]
    before = Event.objects.filter(slug="rotterdam-2016").values(*names).get()
    load(FOLDER, overwrite=True)
    after = Event.objects.get(slug="rotterdam-2016")
    assert after.title_en != "Another"
    assert {name: getattr(after, name) for name in names} == before


def test_overwriting_a_document_leaves_its_file_and_its_image_alone(
    founding_content, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    brochure = Resource.objects.get(slug="efus-brochure")
    brochure.file, brochure.cover = sent(PDF), sent(picture(), "image.webp")
    brochure.cover_alt_fr, brochure.title_en = "Page de titre", "Another"
    brochure.save()
    names = ["file", "file_size", "cover", "cover_width", "cover_height", "cover_alt_fr"]
    before = Resource.objects.filter(slug="efus-brochure").values(*names).get()
    with django_capture_on_commit_callbacks(execute=True):
        load(FOLDER, overwrite=True)
    after = Resource.objects.get(slug="efus-brochure")
    assert after.title_en != "Another"
    assert Resource.objects.filter(slug="efus-brochure").values(*names).get() == before
    assert all((tmp_path / name).exists() for name in (after.file.name, *after.cover.names))


def test_an_editors_change_outlives_loading(founding_content):
    practice = Practice.objects.get(slug="malmo-mammakraft")
    practice.title_en = "Mothers help each other"
    practice.status = Practice.Status.DRAFT
    practice.save()
    practice.audiences.clear()
    load(FOLDER)
    practice = Practice.objects.get(slug="malmo-mammakraft")
    assert practice.title_en == "Mothers help each other"
    assert practice.is_draft
    assert not practice.audiences.exists()


def test_overwriting_brings_back_what_the_file_says(founding_content):
    before = Practice.objects.get(slug="malmo-mammakraft")
    Practice.objects.filter(pk=before.pk).update(title_en="Mothers", what_did_not_en="Nobody came")
    before.audiences.set(Audience.objects.all())
    Participation.objects.filter(city=before.city).delete()
    counts = load(FOLDER, overwrite=True)
    after = Practice.objects.get(slug="malmo-mammakraft")
    assert counts[Practice] == {"added": 0, "replaced": 15, "there": 0}
    for name in ("pk", "title_en", "what_did_not_en", "created_at"):
        assert getattr(after, name) == getattr(before, name), name
    assert {audience.slug for audience in after.audiences.all()} == {
        "families",
        "associations-volunteers",
    }
    assert Participation.objects.filter(city=after.city).count() == 2


def test_overwriting_spares_what_others_attached(founding_content):
    declaration = Declaration.objects.get(slug="nice-2017")
    Signature.objects.create(declaration=declaration, city=City.objects.get(slug="nice"))
    load(FOLDER, overwrite=True)
    assert Signature.objects.get().declaration == declaration


def test_what_is_missing_is_added_with_its_relations(founding_content):
    Practice.objects.get(slug="riga-prevention-strategy").delete()
    counts = load(FOLDER)
    assert counts[Practice] == {"added": 1, "replaced": 0, "there": 14}
    practice = Practice.objects.get(slug="riga-prevention-strategy")
    assert practice.city.slug == "riga"
    assert [partner.slug for partner in practice.partners.all()] == ["safe-house"]
    assert [source.slug for source in practice.sources.all()] == ["efus-brochure"]


def test_authors_licence_and_practices_of_a_document_come_from_its_file(db, folder):
    change(
        folder / "resources/guide-local-level-2016.yaml",
        "publishers: [efus]",
        "publishers: [efus]\nlicence: CC-BY-4.0\npractices: [malmo-mammakraft]\n"
        "authors: [{family_name: Efus}, {given_name: Ada, family_name: Byron}]",
    )
    run(folder=folder)
    guide = Resource.objects.get(slug="guide-local-level-2016")
    assert ([str(author) for author in guide.authors.all()], guide.licence) == (
        ["Efus", "Ada Byron"],
        "CC-BY-4.0",
    )
    assert [practice.slug for practice in guide.practices.all()] == ["malmo-mammakraft"]


def test_a_theme_keeps_the_slug_and_the_place_of_the_file(founding_content):
    themes = yaml.safe_load((FOLDER / "vocabulary/themes.yaml").read_text(encoding="utf-8"))
    loaded = Theme.objects.values_list("slug", "position", "name_tr")
    assert list(loaded) == [
        (theme["slug"], position, theme["name"]["tr"]) for position, theme in enumerate(themes, start=1)
    ]


def test_a_translation_follows_the_first_revision_and_nobody_compared_it_on_a_day(founding_content):
    practice = Practice.objects.get(slug="malmo-mammakraft")
    assert practice.original_language == "fr"
    assert (practice.provenance_de, practice.made_from_revision_de, practice.in_step_on_de) == (
        "unreviewed",
        1,
        None,
    )
    assert (practice.provenance_fr, practice.made_from_revision_fr) == ("", None)


def test_a_month_is_kept_as_a_month(founding_content):
    manifesto = Declaration.objects.get(slug="manifesto-2017")
    assert (manifesto.adopted_on, manifesto.adopted_precision) == (
        datetime.date(2017, 11, 1),
        "month",
    )


# --- Refusing -------------------------------------------------------------------------------------

PRACTICE = "practices/malmo-mammakraft.yaml"
NICE = "declarations/nice-2017.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        (PRACTICE, "city: malmo", "city: malmoe", "city: 'malmoe' is unknown."),
        (PRACTICE, "city: malmo", "city: [malmo]", "city: must be a slug, not ['malmo']."),
        (PRACTICE, "city: malmo", "city: malmo\ncolour: red", "colour: is not a key of this kind of file."),
        (PRACTICE, "\ntitle:\n  fr: ", "\ntitle:\n  fa: ", "title.fr: is missing."),
        (PRACTICE, "\ntitle:\n", "\ntitle:\n  el: …\n", "title.el: is not a key of this kind of file."),
        (PRACTICE, "themes: [family", "themes: [famille", "themes[1]: 'famille' is unknown."),
        (PRACTICE, "themes: [family", "themes: [family, family", "themes[2]: 'family' is given twice."),
        (PRACTICE, "city: malmo", "city: malmo\nstart_year: 2O16", "start_year: must be a whole number, not '2O16'."),
        (PRACTICE, "city: malmo", "city: malmo\nstart_year: 1016",
         "start_year: Ensure this value is greater than or equal to 1900."),
        (PRACTICE, "city: malmo", "city: malmo\nstart_year: 2016\nend_year: 2015",
         "The last year cannot come before the first."),
        (PRACTICE, "city: malmo", "city: malmo\ncity: riga",
         "is not readable YAML in line 2: the key “city” is given twice."),
        ("cities/malmo.yaml", "country: SE", "country: ZZ", "country: Value 'ZZ' is not a valid choice."),
        ("cities/malmo.yaml", "country: SE", "country: NO", "country: must be a text, not False."),
        ("cities/malmo.yaml", "kind: city", "kind: town",
         "kind: must be one of city, district, metropolitan, county, region, state, not 'town'."),
        ("cities/malmo.yaml", "since: 2014", "since: 3014",
         "memberships[1].since: Ensure this value is less than or equal to 2100."),
        (NICE, "number: 2\n        kind", "number: 1\n        kind",
         "This declaration already has a clause with that number."),
        (NICE, "{fr: original, en: official", "{fr: official, en: official",
         "provenance: one language, and one only, is the original."),
        ("projects/liaise.yaml", "phases: [2]}", "phases: [3]}", "participations[1].sheet.phases[1]: 3 is unknown."),
        ("projects/liaise.yaml", "city: augsburg", "city: alexandroupolis",
         "participations[2].city: This city already takes part in this project."),
        ("projects/liaise.yaml", "city: barcelona\n    listed: true", "city: barcelona",
         "participations[4].listed: neither the project’s list nor the city’s sheet states this."),
        ("events/aarhus-2015.yaml", "Europe/Copenhagen", "Europe/Aarhus",
         "time_zone: “Europe/Aarhus” is not a time zone. Write it like Europe/Paris."),
        ("events/aarhus-2015.yaml", "ends_on: 2015-11-18", "ends_on: 2015-11-31",
         "ends_on: must be a day like 2015-11-18, not '2015-11-31'."),
        ("vocabulary/themes.yaml", "slug: local-strategy", "slug: awareness-training",
         "[2].slug: 'awareness-training' is given twice."),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_file_and_key(db, folder, file, old, new, complaint):
    change(folder / file, old, new)
    lines = complaints(folder)
    assert lines[0].startswith(f"content/{file}: ")
    assert lines[0].endswith(complaint)


def test_all_mistakes_are_named_at_once(db, folder):
    change(folder / PRACTICE, "city: malmo", "city: malmoe\nstart_year: 1016")
    change(folder / "cities/riga.yaml", "country: LV", "country: Latvia")
    (folder / "events/nice-2017.yaml").write_text("title: [", encoding="utf-8")
    (folder / "cities/Zürich.yaml").write_text("name: Zürich", encoding="utf-8")
    named = {line.split(": ")[0] for line in complaints(folder)}
    assert named == {
        f"content/{PRACTICE}",
        "content/cities/riga.yaml",
        "content/cities/Zürich.yaml",
        "content/events/nice-2017.yaml",
    }


def test_a_theme_under_a_name_that_an_editor_gave_to_another_is_refused(db):
    Theme.objects.create(slug="training", name_en="Awareness and training")
    with pytest.raises(CommandError) as refused:
        run()
    assert "content/vocabulary/themes.yaml: [1].name.en: Theme with this" in str(refused.value)
    assert not City.objects.exists()


def test_checking_writes_nothing(db):
    assert "are in order" in run("--check")
    assert not City.objects.exists()


def test_checking_finds_mistakes_too(db, folder):
    (folder / "cities/riga.yaml").unlink()
    with pytest.raises(
        CommandError,
        match="content/practices/riga-prevention-strategy.yaml: city: 'riga' is unknown.",
    ):
        run("--check", folder=folder)


# --- The files themselves -------------------------------------------------------------------------


def test_every_translated_text_of_every_file_stands_in_six_languages():
    for path in sorted(FOLDER.glob("*/*.yaml")):
        for key, texts in translated_texts(yaml.safe_load(path.read_text(encoding="utf-8"))):
            assert list(texts) == CODES, (path.name, key)
            assert all(text.strip() for text in texts.values()), (path.name, key)


def translated_texts(data, place=""):
    """All mappings of languages to texts below `data`, with the key under which each stands."""
    if isinstance(data, list):
        for item in data:
            yield from translated_texts(item, place)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key in TRANSLATED and isinstance(value, dict):
                yield f"{place}{key}", value
            else:
                yield from translated_texts(value, f"{place}{key}.")


def test_the_brochure_is_the_source_of_all_practices(founding_content):
    brochure = Resource.objects.get(slug="efus-brochure")
    assert Practice.objects.filter(sources=brochure).count() == 15
