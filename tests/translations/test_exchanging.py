"""Texts exported and imported: every one judged by itself, and nothing of a later hand overwritten unseen."""

import dataclasses

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from alliance.languages import CODES
from practices.models import Practice
from tests import factories
from topics.models import ContentVersion
from translations import exchanging
from translations.exchanging import Check, apply, check, entries, export, key_of
from translations.xliff import Package, read, write

pytestmark = pytest.mark.django_db


def exported(*records, target="de", only="all", version="2.0", user=None):
    """The Package that comes back when nobody has touched the file."""
    found = entries([key_of(record) for record in records], user or factories.editor(username="exporter"))
    packages = [read(write(package))[0] for package in export(found, [target], version=version, only=only)]
    return packages[0] if packages else None


def translated(package, texts, **changes):
    """The package with other targets ({name of a unit: text}), each a `translated` text unless `changes` say more."""
    files = [
        dataclasses.replace(
            file,
            segments=[
                dataclasses.replace(each, **{"target": texts[each.name], "state": "unreviewed"} | changes)
                if each.name in texts
                else each
                for each in file.segments
            ],
        )
        for file in package.files
    ]
    return dataclasses.replace(package, files=files)


def practice(**fields):
    texts = {"title_fr": "Titre", "title_de": "Titel", "summary_fr": "Résumé", "summary_de": "Kurz"}
    return factories.practice(**texts | {"provenance_de": "reviewed"} | fields)


def imported(package, *, by=None, provenance="unreviewed", only_ticked=True):
    """What `apply` does with what the preview ticks (or with whatever can be ticked)."""
    by = by or factories.editor()
    checks = check([package], by)
    tickets = [one.ticket for one in checks if (one.is_ticked if only_ticked else one.is_open)]
    return apply([package], tickets, by=by, provenance=provenance, reason="Imported")


def one_check(package, name="title", user=None):
    return next(one for one in check([package], user or factories.editor()) if one.segment.name == name)


# --- Export ---------------------------------------------------------------------------------------


def test_a_selection_becomes_one_file_for_each_pair_of_languages():
    french, german = practice(), practice(original_language="de")
    found = entries([key_of(french), key_of(german)], factories.editor())
    pairs = [
        (package.source, package.target, [file.entry for file in package.files])
        for package in export(found, ["de", "en"], version="2.0", only="all")
    ]
    assert pairs == [
        ("fr", "en", [key_of(french)]),
        ("fr", "de", [key_of(french)]),
        ("de", "en", [key_of(german)]),
    ]


def test_a_text_says_what_it_is_where_it_is_seen_and_how_long_it_may_be():
    record = practice(slug="a", status="published")
    found = entries([key_of(record)], factories.editor())
    [package] = export(found, ["de"], version="2.0", only="all")
    file, segment = package.files[0], package.files[0].segments[0]
    with translation.override("de"):
        kind, label = Practice._meta.verbose_name, Practice._meta.get_field("title").verbose_name
        assert (file.title, segment.label) == (f"{kind}: Titel", label)
    assert (file.address, file.revision) == ("http://127.0.0.1:8000/de/practices/a/", 1)
    assert (segment.name, segment.max_length, segment.state) == ("title", 200, "reviewed")


def test_the_parts_of_an_entry_leave_with_it_under_names_that_stay():
    declaration = factories.declaration(clauses=1)
    section, clause = declaration.sections.get(), declaration.clauses.get()
    names = [segment.name for segment in exported(declaration).files[0].segments]
    assert names == ["title", f"section.{section.pk}.heading", f"clause.{clause.pk}.wording"]


@pytest.mark.parametrize(
    ("only", "names"),
    [("open", ["body"]), ("unreviewed", ["body"]), ("all", ["title", "summary", "body"])],
)
def test_what_is_there_and_reviewed_need_not_leave(only, names):
    record = practice(body_fr="Texte")
    assert [segment.name for segment in exported(record, only=only).files[0].segments] == names


@pytest.mark.parametrize(("only", "count"), [("open", 0), ("unreviewed", 1), ("all", 1)])
def test_what_nobody_reviewed_leaves_when_asked_for(only, count):
    record = factories.practice(title_fr="Titre", title_de="Titel", provenance_de="machine")
    package = exported(record, only=only)
    assert (len(package.files[0].segments) if package else 0) == count


def test_all_texts_of_an_outdated_translation_are_open():
    record = practice(source_revision=2, made_from_revision_de=1)
    assert [(each.name, each.state) for each in exported(record, only="open").files[0].segments] == [
        ("title", ""),
        ("summary", ""),
    ]


def test_a_translator_exports_what_they_see_in_any_language_and_a_visitor_nothing():
    record = practice(status="draft")
    assert list(entries([key_of(record)], factories.translator("it"))) == [key_of(record)]
    assert entries([key_of(record)], factories.user(username="stranger")) == {}


@pytest.mark.parametrize("key", ["", "practices.practice", "practices.practice.x", "practices.practice.²",
                                 f"practices.practice.{'9' * 30}", "accounts.user.1", "declarations.clause.1"])  # fmt: skip
def test_keys_that_lead_nowhere_are_ignored(key):
    factories.declaration()
    assert entries([key], factories.administrator()) == {}


def test_the_queries_of_export_and_check_do_not_grow_with_the_entries():
    user = factories.administrator()

    def queries(records):
        keys = [key_of(record) for record in records]
        with CaptureQueriesContext(connection) as captured:
            packages = export(entries(keys, user), ["de"], version="2.0", only="all")
            check(packages, user)
        return len(captured)

    few = [factories.declaration()]
    assert queries(few) == queries([*few, factories.declaration(), factories.declaration(clauses=5)])


# --- Check ----------------------------------------------------------------------------------------


def test_a_file_that_nobody_touched_changes_nothing():
    assert {one.kind for one in check([exported(practice())], factories.editor())} == {Check.Kind.SAME}


def test_a_translated_text_is_ticked():
    one = one_check(translated(exported(practice()), {"title": "Neu"}))
    assert (one.kind, one.is_ticked, one.doubts, one.present, one.text) == (
        "change",
        True,
        [],
        "Titel",
        "Neu",
    )


def refusal(package, name="title", user=None):
    one = one_check(package, name, user)
    assert not one.is_open or not one.problem
    return one.problem


def test_what_leads_nowhere_is_refused_and_the_rest_is_not():
    record = practice()
    package = translated(exported(record), {"title": "Neu", "summary": "Auch neu"})
    gone = dataclasses.replace(package.files[0], entry="practices.practice.999999")
    none = dataclasses.replace(package.files[0].segments[0], name="nothing")
    whole = dataclasses.replace(package.files[0], segments=[none, *package.files[0].segments])
    checks = check([dataclasses.replace(package, files=[gone, whole])], factories.editor())
    assert [one.problem for one in checks] == [
        "This entry does not exist, or you may not see it.",
        "This entry does not exist, or you may not see it.",
        "The entry no longer has this text.",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ({"source": "en"}, "This entry is translated from Français; the file says otherwise."),
        ({"target": "fr"}, "This entry is translated from Français; the file says otherwise."),
        ({"target": "xx"}, "The portal does not have these languages: fr → xx."),
        ({"source": ""}, "The portal does not have these languages: ? → de."),
    ],
)
def test_a_wrong_pair_of_languages_is_refused(pair, words):
    assert refusal(dataclasses.replace(exported(practice()), **pair)) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x" * 201, "The text has 201 characters; there is room for 200."),
        ("😀" * 200, ""),
        ("", "The file has no text here. An import does not empty what is there."),
        (" \n", "The file has no text here. An import does not empty what is there."),
        ("a\x0bb\x00", "The text holds characters that cannot be shown: U+0000, U+000B."),
        ("<b>A & B</b>", ""),
    ],
)
def test_a_text_that_does_not_fit_is_refused(text, words):
    assert refusal(translated(exported(practice()), {"title": text})) == words


def test_a_text_that_was_never_translated_is_no_mistake():
    one = one_check(exported(practice(body_fr="Texte")), "body")
    assert (one.kind, one.problem, one.is_open) == (Check.Kind.EMPTY, "", False)


def test_the_second_of_two_equal_units_is_refused():
    package = translated(exported(practice()), {"title": "Neu"})
    twice = dataclasses.replace(package, files=[*package.files, *package.files])
    problems = [one.problem for one in check([twice], factories.editor()) if one.segment.name == "title"]
    assert problems == ["", "The file holds this text twice; the first one counts."]


@pytest.mark.parametrize("language", CODES[1:])
def test_a_translator_imports_texts_of_their_languages_only(language):
    package = translated(exported(practice(), target=language), {"title": "X"})
    words = "You may not change the texts of this entry in this language."
    assert refusal(package, user=factories.translator("de")) == ("" if language == "de" else words)


def test_who_may_not_change_practices_imports_none():
    user = factories.user(username="stranger")
    user.user_permissions.add(Permission.objects.get(codename="view_practice"))
    words = "You may not change the texts of this entry in this language."
    assert refusal(translated(exported(practice()), {"title": "X"}), user=user) == words


def test_a_source_that_has_moved_on_is_flagged_and_not_ticked():
    record = practice()
    package = translated(exported(record), {"title": "Neu", "summary": "Auch neu"})
    record.title_fr = "Autre titre"
    record.save()
    one, other = check([package], factories.editor())
    assert (one.is_open, one.is_ticked, one.doubts) == (
        True, False, ["The source text has changed since the export."],
    )  # fmt: skip
    assert other.is_ticked


def test_a_later_edit_of_the_translation_is_flagged_and_not_ticked():
    record = practice()
    package = translated(exported(record), {"title": "Neu"})
    record.title_de = "Von Hand"
    record.save()
    one = one_check(package)
    assert (one.is_ticked, one.doubts) == (False, ["The translation has been edited here since the export."])


def test_a_translation_that_came_since_the_export_is_flagged():
    record = practice(body_fr="Texte")
    package = translated(exported(record), {"body": "Aus der Datei"})
    record.body_de = "Von Hand"
    record.save()
    assert one_check(package, "body").doubts == ["The translation has been edited here since the export."]


def test_a_file_that_lost_our_marks_is_flagged_where_it_would_overwrite():
    record = practice(body_fr="Texte")
    package = translated(exported(record), {"title": "Neu", "body": "Neu"}, seen="")
    assert one_check(package).doubts == [
        "The file does not tell which translation it was made from; there is one already."
    ]
    assert one_check(package, "body", factories.administrator()).doubts == []


@pytest.mark.parametrize("provenance", ["official", "original"])
def test_a_text_that_binds_is_flagged_and_stays_what_it_is(provenance):
    record = practice(provenance_de=provenance)
    package = translated(exported(record), {"title": "Neu"})
    assert one_check(package).doubts == ["The text in this language is official: it binds."]
    imported(package, by=factories.administrator(), only_ticked=False)
    record.refresh_from_db()
    assert (record.title_de, record.provenance_de) == ("Neu", provenance)


# --- Import ---------------------------------------------------------------------------------------


def test_what_fits_is_written_beside_what_does_not():
    record = practice()
    outcome = imported(translated(exported(record), {"title": "x" * 300, "summary": "Neu"}))
    record.refresh_from_db()
    assert (record.title_de, record.summary_de) == ("Titel", "Neu")
    assert [one.segment.name for one in outcome.written] == ["summary"]
    assert [one.segment.name for one in outcome.refused] == ["title"]


def test_what_is_not_ticked_is_not_written():
    record = practice()
    package = translated(exported(record), {"title": "Neu"})
    outcome = apply([package], [], by=factories.editor(), provenance="unreviewed", reason="")
    record.refresh_from_db()
    assert (record.title_de, [one.segment.name for one in outcome.left_out]) == ("Titel", ["title"])


def test_what_changes_between_preview_and_import_is_not_overwritten():
    record, user = practice(), factories.editor()
    package = translated(exported(record), {"title": "Neu", "summary": "Auch neu"})
    tickets = [one.ticket for one in check([package], user)]
    record.title_de = "Von Hand"
    record.save()
    outcome = apply([package], tickets, by=user, provenance="unreviewed", reason="")
    record.refresh_from_db()
    assert (record.title_de, record.summary_de) == ("Von Hand", "Auch neu")
    assert [one.segment.name for one in outcome.changed_since] == ["title"]


def test_entries_are_written_a_few_at_a_time_and_counted_as_in_the_file(monkeypatch):
    monkeypatch.setattr(exchanging, "BATCH", 2)
    records = [practice() for _number in range(5)]
    package = translated(exported(*records), {"title": "Neu"})
    user = factories.editor()
    ticked = [one for one in check([package], user) if one.is_ticked and one.entry != records[3]]
    versions = ContentVersion.objects.current()
    outcome = apply([package], [one.ticket for one in ticked], by=user, provenance="unreviewed", reason="")
    titles = list(Practice.objects.order_by("pk").values_list("title_de", flat=True))
    assert titles == ["Neu", "Neu", "Neu", "Titel", "Neu"]
    assert [one.number for one in outcome.written] == [one.number for one in ticked]
    assert ContentVersion.objects.current() == versions + 3


@pytest.mark.parametrize("ticket", ["1", "x.y", "1.0000000000000000", "", "999.a", "²."])
def test_a_made_up_ticket_writes_nothing(ticket):
    record = practice()
    package = translated(exported(record), {"title": "Neu"})
    apply([package], [ticket], by=factories.editor(), provenance="unreviewed", reason="")
    record.refresh_from_db()
    assert record.title_de == "Titel"


def test_texts_of_parts_and_of_what_has_no_revision_are_written():
    declaration, city = factories.declaration(clauses=1), factories.city(name_fr="Liège", name_de="")
    clause = declaration.clauses.get()
    imported(translated(exported(declaration), {f"clause.{clause.pk}.wording": "Wir\nalle"}))
    imported(
        translated(exported(city, user=factories.administrator()), {"name": "Lüttich"}),
        by=factories.editor(username="b"),
    )
    clause.refresh_from_db()
    city.refresh_from_db()
    assert (clause.wording_de, city.name_de) == ("Wir\nalle", "Lüttich")


@pytest.mark.parametrize(
    ("before", "chosen", "in_file", "after"),
    [
        ("machine", "unreviewed", "unreviewed", "unreviewed"),
        ("machine", "unreviewed", "machine", "unreviewed"),  # left over by the tool: the words are others
        ("", "unreviewed", "machine", "machine"),
        ("reviewed", "unreviewed", "unreviewed", "unreviewed"),
        ("unreviewed", "unreviewed", "reviewed", "reviewed"),
        ("unreviewed", "reviewed", "unreviewed", "reviewed"),
        ("", "reviewed", "", "reviewed"),
    ],
)
def test_provenance_is_what_was_chosen_or_what_the_file_says(before, chosen, in_file, after):
    record = factories.practice(title_fr="Titre", title_de="Titel", provenance_de=before)
    imported(translated(exported(record), {"title": "Neu"}, state=in_file), provenance=chosen)
    record.refresh_from_db()
    assert record.provenance_de == after


def test_a_translation_is_reviewed_only_when_all_its_texts_are():
    record = practice(provenance_de="machine")
    imported(translated(exported(record), {"title": "Neu"}, state="reviewed"))
    record.refresh_from_db()
    assert (record.title_de, record.provenance_de) == ("Neu", "machine")


def test_a_file_may_confirm_texts_without_changing_them():
    record = practice(provenance_de="machine")
    package = translated(exported(record), {"title": "Titel", "summary": "Kurz"}, state="reviewed")
    assert [one.kind for one in check([package], factories.administrator())] == [Check.Kind.CONFIRM] * 2
    imported(package)
    record.refresh_from_db()
    assert (record.title_de, record.provenance_de) == ("Titel", "reviewed")


def test_confirming_an_outdated_translation_brings_it_in_step():
    record = practice(source_revision=2, made_from_revision_de=1)
    imported(translated(exported(record), {"title": "Titel", "summary": "Neu"}))
    record.refresh_from_db()
    assert (record.is_outdated("de"), record.made_from_revision_de) == (False, 2)


def test_one_text_does_not_bring_an_outdated_translation_in_step():
    record = practice(source_revision=2, made_from_revision_de=1)
    imported(translated(exported(record), {"title": "Neu"}))
    record.refresh_from_db()
    assert (record.title_de, record.made_from_revision_de) == ("Neu", 1)


def test_texts_made_from_an_earlier_revision_leave_the_translation_outdated():
    record = practice()
    package = translated(exported(record), {"title": "Neu", "summary": "Auch neu"})
    Practice.objects.filter(pk=record.pk).update(source_revision=2, summary_fr="Autre")
    imported(package, only_ticked=False)
    record.refresh_from_db()
    assert (record.title_de, record.summary_de, record.made_from_revision_de) == ("Neu", "Auch neu", 1)


@pytest.mark.parametrize("version", ["2.0", "1.2"])
def test_ten_thousand_texts_are_checked_quickly(version, django_assert_max_num_queries):
    record = practice()
    package = translated(exported(record, version=version), {"title": "Neu"})
    many = dataclasses.replace(package.files[0], segments=package.files[0].segments * 5_000)
    with django_assert_max_num_queries(12):
        checks = check(read(write(Package("fr", "de", [many], version))), factories.editor())
    assert len(checks) == 10_000
