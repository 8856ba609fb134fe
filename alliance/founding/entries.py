"""Turns the files of content/ into unsaved records: one function for each kind of file, which is its format."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db.models import Model, UniqueConstraint
from modeltranslation.translator import translator

from alliance.founding.sheets import Mistakes, Sheet, is_slug, read_yaml
from alliance.languages import CODES, Provenance, localized
from alliance.publishing import Published
from cities.models import Accompaniment, City, Membership
from declarations.models import Clause, Declaration, Figure, Section
from events.models import Event, Organiser
from practices.models import Practice, Theme
from projects.models import Organisation, Participation, Partner, Phase, Project, Service
from resources.models import Author, Resource
from topics.models import Audience, Language, PreventionLevel

# Where a key of the files has another name than the column.
KEYS = {
    Clause: {"wording": "text"},
    Figure: {"is_rounded": "rounded"},
    Participation: {"start_year": "sheet.start_year", "end_year": "sheet.end_year"},
}
SUMMARY_LENGTH = 300


@dataclass
class Entry:
    """A record to be, where its file speaks of it, and what hangs on it.

    `many` are its relations to records of other files. `parts` are the records that exist only with it, by the name
    of the relation, in the order in which they can be saved: a later one may refer to an earlier one.
    """

    record: Model
    sheet: Sheet
    many: dict[str, list[Model]] = field(default_factory=dict)
    parts: dict[str, list["Entry"]] = field(default_factory=dict)

    def walk(self):
        """The entry and its parts."""
        yield self
        for parts in self.parts.values():
            yield from parts

    def fill(self, *texts, **values):
        """Set translated texts (mappings of columns) and other values on the record."""
        for name, value in [pair for text in texts for pair in text.items()] + list(values.items()):
            setattr(self.record, name, value)

    def key(self, column):
        """The key of the file from which `column` was filled: `title.fr` for `title_fr`."""
        name, _, code = column.rpartition("_")
        suffix = f".{code}" if name and code in CODES else ""
        name = name if suffix else column
        return KEYS.get(type(self.record), {}).get(name, name) + suffix

    def complain(self, error):
        """Note what a ValidationError says of the record, under the keys of its file."""
        for column, errors in error.error_dict.items():
            reason = " ".join(message for each in errors for message in each.messages)
            self.sheet.complain("" if column == "__all__" else self.key(column), reason)


class Library:
    """All records of all files, by model and slug, so that files can refer to each other in any order."""

    def __init__(self, folder, mistakes):
        self.mistakes = mistakes
        self.records = {model: {} for model in FORMATS}
        self.entries = []
        for model, (source, _read) in FORMATS.items():
            path = folder / source
            if not path.exists():
                mistakes.add(f"{folder.name}/{source}", "", "is missing.")
            elif path.is_dir():
                self._open_folder(model, path)
            else:
                self._open_list(model, path)
        for entry in self.entries:
            _source, read = FORMATS[type(entry.record)]
            read(entry, entry.sheet, self)
            for part in entry.walk():
                part.sheet.finish()

    def __getitem__(self, model):
        return self.records[model]

    def _open_folder(self, model, folder):
        for path in sorted(folder.iterdir()):
            name = f"{folder.parent.name}/{folder.name}/{path.name}"
            if path.name.startswith("."):
                continue
            if path.suffix != ".yaml" or not is_slug(path.stem):
                self.mistakes.add(name, "", "the name of a file must be a slug and end in .yaml.")
                continue
            self._open(model, path.stem, Sheet(read_yaml(path, name, self.mistakes), name, self.mistakes))

    def _open_list(self, model, path):
        name = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
        data = read_yaml(path, name, self.mistakes)
        if not isinstance(data, list):
            self.mistakes.add(name, "", "must be a list.")
            return
        for number, item in enumerate(data, start=1):
            sheet = Sheet(item, name, self.mistakes, f"[{number}]")
            slug = sheet.string("slug", required=True)
            if slug in self[model]:
                sheet.complain("slug", f"{slug!r} is given twice.")
            elif slug:
                self._open(model, slug, sheet, position=number)

    def _open(self, model, slug, sheet, **values):
        if issubclass(model, Published):
            values["status"] = model.Status.PUBLISHED
        record = self.records[model][slug] = model(slug=slug, **values)
        self.entries.append(Entry(record, sheet))


def read_folder(folder):
    """All entries of the founding content in `folder`, in an order in which they can be saved.

    Raises FoundingContentError with every mistake in the files. Asks the database nothing about its content.
    """
    mistakes = Mistakes()
    entries = Library(folder, mistakes).entries
    _check(entries, mistakes)
    mistakes.raise_any()
    return entries


# --- The formats, in the order of content/README.md ----------------------------------------------


def read_term(entry, sheet, library):
    entry.fill(sheet.text("name", required=True))


def read_described_term(entry, sheet, library):
    entry.fill(sheet.text("name", required=True), sheet.text("description", required=True))


def read_city(entry, sheet, library):
    entry.fill(
        sheet.text("name", required=True),
        kind=sheet.choice("kind", City.Kind.values, required=True),
        country=sheet.string("country", required=True),
        latitude=sheet.decimal("latitude"),
        longitude=sheet.decimal("longitude"),
        note=sheet.string("note"),
    )
    entry.parts["memberships"] = [
        Entry(
            Membership(
                city=entry.record,
                since=part.integer("since", required=True),
                until=part.integer("until"),
                source=part.reference("source", library[Resource]),
            ),
            part,
        )
        for part in sheet.sheets("memberships")
    ]
    entry.parts["accompaniments"] = [
        Entry(
            Accompaniment(
                city=entry.record,
                year=part.integer("year", required=True),
                source=part.reference("source", library[Resource]),
                **part.text("subject", required=True),
            ),
            part,
        )
        for part in sheet.sheets("accompaniments")
    ]


def read_organisation(entry, sheet, library):
    entry.fill(
        sheet.text("name", required=True),
        sheet.text("description"),
        acronym=sheet.string("acronym"),
        kind=sheet.choice("kind", Organisation.Kind.values, required=True),
        country=sheet.string("country"),
        city=sheet.reference("city", library[City]),
        founded=sheet.integer("founded"),
        website=sheet.string("website"),
    )
    # For those who read the file; the table has no place for them.
    sheet.choice("original", CODES)
    if sheet.has("provenance"):
        sheet.sheet("provenance")
    sheet.references("sources", library[Resource])


def read_resource(entry, sheet, library):
    _read_origin(entry, sheet, library, sources=False)
    entry.fill(
        sheet.text("title", required=True),
        sheet.text("summary", required=True),
        type=sheet.choice("type", Resource.Type.values, required=True),
        year=sheet.integer("year"),
        published_on=sheet.date("published_on"),
        reference=sheet.string("reference"),
        licence=sheet.choice("licence", Resource.Licence.values, default=""),
        url=sheet.string("url"),
    )
    sheet.references(
        "sources", library[Resource]
    )  # for those who read the file; the table has no place for them
    entry.many["languages_available"] = sheet.references("languages", library[Language])
    entry.many["publishers"] = sheet.references("publishers", library[Organisation])
    entry.many["practices"] = sheet.references("practices", library[Practice])
    entry.many["projects"] = sheet.references("projects", library[Project])
    entry.many["events"] = sheet.references("events", library[Event])
    entry.many["declarations"] = sheet.references("declarations", library[Declaration])
    entry.parts["authors"] = [
        Entry(
            Author(
                resource=entry.record,
                family_name=part.string("family_name", required=True),
                given_name=part.string("given_name"),
                position=position,
            ),
            part,
        )
        for position, part in enumerate(sheet.sheets("authors"), start=1)
    ]


def read_project(entry, sheet, library):
    project = entry.record
    _read_origin(entry, sheet, library)
    entry.fill(
        sheet.text("title", required=True),
        sheet.text("summary", required=True),
        sheet.text("body", required=True),
        name=sheet.string("name", required=True),
        start_year=sheet.integer("start_year", required=True),
        end_year=sheet.integer("end_year", required=True),
        efus_role=sheet.choice("efus_role", Project.EfusRole.values, required=True),
        associated_cities=sheet.integer("associated_cities"),
    )
    entry.parts["phases"] = [
        Entry(
            Phase(
                project=project,
                number=part.integer("number", required=True),
                name=part.string("name", required=True),
                start_year=part.integer("start_year", required=True),
                end_year=part.integer("end_year", required=True),
                **part.text("summary"),
            ),
            part,
        )
        for part in sheet.sheets("phases")
    ]
    phases = {part.record.number: part.record for part in entry.parts["phases"]}
    entry.parts["participations"] = [
        _participation(project, part, position, phases, library)
        for position, part in enumerate(sheet.sheets("participations"), start=1)
    ]
    entry.parts["partners"] = [
        Entry(
            Partner(
                project=project,
                organisation=part.reference("organisation", library[Organisation], required=True),
                role=part.choice("role", Partner.Role.values, default=Partner.Role.PARTNER),
                listing=part.choice("listing", Partner.Listing.values, required=True),
                name_in_source=part.string("name_in_source"),
                position=position,
            ),
            part,
        )
        for position, part in enumerate(sheet.sheets("partners"), start=1)
    ]


def _participation(project, sheet, position, phases, library):
    """A participation, with the years and phases of the city's own sheet, and which source states it."""
    record = Participation(
        project=project,
        city=sheet.reference("city", library[City], required=True),
        role=sheet.choice("role", Participation.Role.values, default=Participation.Role.PARTNER),
        name_in_source=sheet.string("name_in_source"),
        position=position,
    )
    listed = sheet.boolean("listed", default=False)
    own = sheet.sheet("sheet")
    if not listed and own is None:
        sheet.complain("listed", "neither the project’s list nor the city’s sheet states this.")
    elif not listed:
        record.stated_by = Participation.StatedBy.SHEET
    else:
        record.stated_by = Participation.StatedBy.BOTH if own else Participation.StatedBy.LIST
    entry = Entry(record, sheet)
    if own:
        record.start_year = own.integer("start_year", required=True)
        record.end_year = own.integer("end_year", required=True)
        entry.many["phases"] = own.references("phases", phases)
        own.finish()
    return entry


def read_event(entry, sheet, library):
    _read_origin(entry, sheet, library)
    entry.fill(
        sheet.text("title", required=True),
        sheet.text("summary", required=True),
        sheet.text("body", required=True),
        sheet.text("study_visits"),
        kind=sheet.choice("kind", Event.Kind.values, required=True),
        starts_on=sheet.date("starts_on", required=True),
        ends_on=sheet.date("ends_on", required=True),
        time_zone=sheet.string("time_zone", required=True),
        city=sheet.reference("city", library[City]),
        annual_by_intention=sheet.boolean("annual_by_intention", default=False),
    )
    entry.many["interpretation_languages"] = sheet.references("interpretation_languages", library[Language])
    entry.parts["organisers"] = []
    for position, part in enumerate(sheet.sheets("organisers"), start=1):
        if part.has("organisation") == part.has("city"):
            part.complain("", "name an organisation or a city, not both.")
        organiser = Organiser(
            event=entry.record,
            organisation=part.reference("organisation", library[Organisation]),
            city=part.reference("city", library[City]),
            position=position,
        )
        entry.parts["organisers"].append(Entry(organiser, part))


def read_declaration(entry, sheet, library):
    declaration = entry.record
    provenance = sheet.sheet("provenance", required=True)
    if provenance:
        given = {code: provenance.choice(code, Provenance.values, required=True) for code in CODES}
        provenance.finish()
        originals = [code for code, word in given.items() if word == Provenance.ORIGINAL]
        if len(originals) != 1:
            sheet.complain("provenance", "one language, and one only, is the original.")
        declaration.original_language = originals[0] if originals else CODES[0]
        if sheet.choice("original", CODES, default=originals[0] if originals else None) not in originals:
            sheet.complain("original", "is not the language that `provenance` marks as the original.")
        _set_provenance(declaration, given)
    entry.many["sources"] = sheet.references("sources", library[Resource])
    adopted_on, exact = sheet.day_or_month("adopted_on")
    entry.fill(
        sheet.text("title", required=True),
        sheet.text("summary", required=True),
        sheet.text("closing"),
        adopted_on=adopted_on,
        adopted_precision=Declaration.Precision.DAY if exact else Declaration.Precision.MONTH,
        city=sheet.reference("city", library[City]),
        event=sheet.reference("event", library[Event]),
    )
    entry.parts["sections"] = []
    entry.parts["clauses"] = []
    for part in sheet.sheets("sections", required=True):
        section = Section(
            declaration=declaration,
            number=part.integer("number", required=True),
            **part.text("heading", required=True),
            **part.text("opening"),
        )
        entry.parts["sections"].append(Entry(section, part))
        entry.parts["clauses"] += [
            Entry(
                Clause(
                    declaration=declaration,
                    section=section,
                    number=clause.integer("number", required=True),
                    kind=clause.choice("kind", Clause.Kind.values, required=True),
                    **clause.text("text", required=True, column="wording"),
                ),
                clause,
            )
            for clause in part.sheets("clauses", required=True)
        ]
    entry.parts["figures"] = [
        Entry(
            Figure(
                declaration=declaration,
                what=part.choice("what", Figure.What.values, required=True),
                number=part.integer("number", required=True),
                is_rounded=part.boolean("rounded", default=False),
                source=part.reference("source", library[Resource], required=True),
            ),
            part,
        )
        for part in sheet.sheets("figures")
    ]
    for slip in sheet.sheets("corrections"):
        slip.choice("language", CODES, required=True)
        slip.string("printed", required=True)
        slip.string("corrected", required=True)
        slip.finish()


def read_practice(entry, sheet, library):
    _read_origin(entry, sheet, library)
    summary = sheet.text("summary", required=True)
    for code in CODES:
        if len(summary.get(localized("summary", code), "")) > SUMMARY_LENGTH:
            sheet.complain(f"summary.{code}", f"has more than {SUMMARY_LENGTH} characters.")
    entry.fill(
        sheet.text("title", required=True),
        summary,
        sheet.text("body", required=True),
        *(sheet.text(name) for name in Practice.lesson_fields),
        city=sheet.reference("city", library[City], required=True),
        start_year=sheet.integer("start_year"),
        end_year=sheet.integer("end_year"),
    )
    entry.many["themes"] = sheet.references("themes", library[Theme], required=True)
    entry.many["audiences"] = sheet.references("audiences", library[Audience])
    entry.many["prevention_levels"] = sheet.references("prevention_levels", library[PreventionLevel])
    entry.many["partners"] = sheet.references("partners", library[Organisation])


def read_service(entry, sheet, library):
    _read_origin(entry, sheet, library)
    entry.fill(
        sheet.text("title", required=True),
        sheet.text("summary", required=True),
        sheet.text("body", required=True),
        position=sheet.integer("position", required=True),
        organisation=sheet.reference("organisation", library[Organisation], required=True),
    )


def _read_origin(entry, sheet, library, sources=True):
    """The language a text was written in, where its translations come from, and which resources state the facts."""
    original = sheet.choice("original", CODES, required=True, default=CODES[0])
    entry.record.original_language = original
    words = [word for word in Provenance.values if word != Provenance.ORIGINAL]
    provenance = sheet.sheet("provenance", required=True)
    if provenance:
        given = {code: provenance.choice(code, words, required=True) for code in CODES if code != original}
        provenance.finish()
        _set_provenance(entry.record, given)
    if sources:
        entry.many["sources"] = sheet.references("sources", library[Resource])


def _set_provenance(record, given):
    # Not `record_translation`: on which day somebody compared a translation with its source the files do not say.
    for code, provenance in given.items():
        if provenance and code != record.original_language:
            setattr(record, localized("provenance", code), provenance)
            setattr(record, localized("made_from_revision", code), record.source_revision)


# In the order in which records can be saved: each refers to those above it only. Relations to many are set last.
FORMATS = {
    Language: ("vocabulary/languages.yaml", read_term),
    Audience: ("vocabulary/audiences.yaml", read_term),
    PreventionLevel: ("vocabulary/prevention-levels.yaml", read_described_term),
    Theme: ("vocabulary/themes.yaml", read_described_term),
    City: ("cities", read_city),
    Organisation: ("organisations", read_organisation),
    Resource: ("resources", read_resource),
    Project: ("projects", read_project),
    Event: ("events", read_event),
    Declaration: ("declarations", read_declaration),
    Practice: ("practices", read_practice),
    Service: ("services", read_service),
}


# --- What the models ask of a record, before any is saved ----------------------------------------


def _check(entries, mistakes):
    for entry in entries:
        for part in entry.walk():
            _check_record(part)
        for parts in entry.parts.values():
            _check_unique_among(parts)
    _check_unique_fields(entries)


def _check_record(entry):
    """Validate the record but for its relations, which need saved records to be looked up."""
    model = type(entry.record)
    exclude = {f.name for f in model._meta.fields if f.is_relation}
    # The column without a language holds a copy of one of the texts.
    if model in translator.get_registered_models():
        exclude |= set(translator.get_options_for_model(model).all_fields)
    try:
        entry.record.full_clean(exclude=exclude, validate_unique=False)
    except ValidationError as error:
        entry.complain(error)


def _check_unique_among(parts):
    """The unique constraints of the parts of one record, whose other records are all in the same file."""
    seen = set()
    for part in parts:
        for constraint in part.record._meta.constraints:
            if not isinstance(constraint, UniqueConstraint):
                continue
            values = [getattr(part.record, name, None) for name in constraint.fields]
            if None in values:
                continue
            key = (constraint.name, *(id(v) if isinstance(v, Model) else v for v in values))
            if key in seen:
                column = constraint.fields[-1]
                part.sheet.complain(part.key(column), str(constraint.violation_error_message))
            seen.add(key)


def _check_unique_fields(entries):
    """Two terms of a vocabulary may not have the same name."""
    seen = set()
    for entry in entries:
        model = type(entry.record)
        for column in model._meta.fields:
            value = getattr(entry.record, column.attname)
            if not column.unique or column.primary_key or not value:
                continue
            if (model, column.name, value) in seen:
                entry.sheet.complain(entry.key(column.name), f"{value!r} is given twice.")
            seen.add((model, column.name, value))
