"""Plain factories: each makes one complete, valid record, the same every time, and takes any field by keyword.

A text given under its bare name (`title="A strategy"`) holds in all six languages, one given under the name of a
column (`title_fr="Une stratégie"`) in that language only; `title_de=""` makes it missing there. Relations to many are
given as lists (`themes=[theme()]`). What is published by default becomes a draft with `status="draft"`.
"""

import datetime

from django.contrib.auth.models import Group
from modeltranslation.translator import translator as translation

from accounts.models import User
from accounts.roles import EDITOR, TRANSLATOR
from alliance.languages import CODES, Provenance, localized
from alliance.publishing import Published, Translated, editing
from cities.models import Accompaniment, City, Membership
from declarations.models import Answer, Application, Clause, Declaration, Figure, Section, Signature
from events.models import Event, Organiser, Registration, Session, StudyVisit
from practices.models import Practice, Theme
from projects.models import Organisation, Participation, Partner, Phase, Project, Service
from resources.models import Author, Resource
from topics.models import Audience, Language, PreventionLevel

PASSWORD = "a password for the desk"


def make(model, **fields):
    """A saved record of `model`, named after its kind and how many there were before it."""
    noun = model._meta.model_name
    count = model.objects.count() + 1
    if issubclass(model, Published):
        fields.setdefault("status", model.Status.PUBLISHED)
    if "slug" in {field.name for field in model._meta.fields}:
        fields.setdefault("slug", f"{noun}-{count}")
    if model in translation.get_registered_models():
        title = {
            localized(model.title_field, code): f"{noun.capitalize()} {count} ({code})" for code in CODES
        }
        if model.title_field not in fields:
            fields = title | fields
        for name in translation.get_options_for_model(model).all_fields:
            if name in fields:
                text = fields.pop(name)
                fields = {localized(name, code): text for code in CODES} | fields
    related = {name: fields.pop(name) for name in list(fields) if isinstance(fields[name], list)}
    record = model(**fields)
    if issubclass(model, Translated):
        for code in CODES:
            if record.provenance(code) not in (None, Provenance.ORIGINAL):
                record.record_translation(code, Provenance.UNREVIEWED, on=datetime.date(2026, 1, 15))
        for name, value in fields.items():  # what the caller says about a translation holds
            setattr(record, name, value)
    with editing():
        record.save()
        for name, values in related.items():
            getattr(record, name).set(values)
    return record


def city(**fields):
    return make(City, **{"country": "FR", "latitude": "48.8500", "longitude": "2.3500"} | fields)


def membership(**fields):
    fields["city"] = fields.get("city") or city()
    return make(Membership, **{"since": 2014} | fields)


def accompaniment(**fields):
    fields["city"] = fields.get("city") or city()
    return make(Accompaniment, **{"year": 2017} | fields)


def organisation(**fields):
    return make(Organisation, **{"kind": "association"} | fields)


def service(**fields):
    fields["organisation"] = fields.get("organisation") or organisation()
    return make(Service, **fields)


def project(**fields):
    number = Project.objects.count() + 1
    defaults = {"name": f"Project {number}", "start_year": 2017, "end_year": 2019, "efus_role": "leader"}
    return make(Project, **defaults | fields)


def phase(**fields):
    fields["project"] = fields.get("project") or project()
    defaults = {"number": 1, "name": "Phase 1", "start_year": 2017, "end_year": 2018}
    return make(Phase, **defaults | fields)


def participation(**fields):
    fields["project"] = fields.get("project") or project()
    fields["city"] = fields.get("city") or city()
    return make(Participation, **fields)


def partner(**fields):
    fields["project"] = fields.get("project") or project()
    fields["organisation"] = fields.get("organisation") or organisation()
    return make(Partner, **fields)


def theme(**fields):
    return make(Theme, **fields)


def audience(**fields):
    return make(Audience, **fields)


def prevention_level(**fields):
    return make(PreventionLevel, **fields)


def language(**fields):
    return make(Language, **{"slug": "fr"} | fields)


def practice(**fields):
    fields["city"] = fields.get("city") or city()
    return make(Practice, **fields)


def declaration(*, clauses=2, **fields):
    """A declaration with one section of `clauses` clauses; with `clauses=0` without a section."""
    record = make(Declaration, **{"adopted_on": datetime.date(2015, 11, 18)} | fields)
    if clauses:
        part = section(declaration=record)
        for number in range(1, clauses + 1):
            clause(section=part, number=number)
    return record


def section(**fields):
    fields["declaration"] = fields.get("declaration") or declaration(clauses=0)
    return make(Section, **{"number": 1} | fields)


def clause(**fields):
    fields["section"] = fields.get("section") or section()
    fields["declaration"] = fields["section"].declaration
    defaults = {"number": fields["declaration"].clauses.count() + 1, "kind": "recommend"}
    return make(Clause, **defaults | fields)


def answer(**fields):
    """That a practice answers a clause; with `project` that a project does."""
    fields["clause"] = fields.get("clause") or clause()
    if "project" not in fields:
        fields["practice"] = fields.get("practice") or practice()
    return make(Answer, **fields)


def signature(**fields):
    fields["declaration"] = fields.get("declaration") or declaration()
    if "organisation" not in fields:
        fields["city"] = fields.get("city") or city()
    return make(Signature, **fields)


def figure(**fields):
    fields["declaration"] = fields.get("declaration") or declaration()
    fields["source"] = fields.get("source") or resource()
    return make(Figure, **{"what": "cities", "number": 22} | fields)


def application(**fields):
    """Somebody asks, in English, to sign, from an address that is a new one each time."""
    fields["declaration"] = fields.get("declaration") or declaration()
    number = Application.objects.count() + 1
    defaults = {"language": "en", "signatory": f"Town {number}", "country": "FR", "office": "Mayor"}
    contact = {"contact_name": f"Contact {number}", "contact_email": f"contact-{number}@example.org"}
    return make(Application, **defaults | contact | fields)


def event(**fields):
    day = datetime.date(2015, 11, 18)
    return make(Event, **{"starts_on": day, "ends_on": day} | fields)


def organiser(**fields):
    fields["event"] = fields.get("event") or event()
    if "city" not in fields:
        fields["organisation"] = fields.get("organisation") or organisation()
    return make(Organiser, **fields)


def session(**fields):
    fields["event"] = fields.get("event") or event()
    return make(Session, **{"day": fields["event"].starts_on, "starts_at": datetime.time(9)} | fields)


def study_visit(**fields):
    fields["event"] = fields.get("event") or event()
    return make(StudyVisit, **fields)


def registration(**fields):
    """Somebody with a place at an event, whose address is a new one each time."""
    fields["event"] = fields.get("event") or event(takes_registrations=True)
    number = Registration.objects.count() + 1
    defaults = {"state": "confirmed", "language": "en", "name": f"Person {number}", "body": "A city"}
    return make(Registration, **defaults | {"email": f"person-{number}@example.org"} | fields)


def resource(**fields):
    return make(Resource, **{"type": "guide", "year": 2016} | fields)


def author(**fields):
    fields["resource"] = fields.get("resource") or resource()
    return make(Author, **{"family_name": f"Author {Author.objects.count() + 1}"} | fields)


def editor(**fields):
    return user(EDITOR, **{"username": "editor"} | fields)


def translator(*languages, **fields):
    """A translator into `languages`, into German where none is named."""
    return user(
        TRANSLATOR,
        **{"username": "translator", "translation_languages": list(languages) or ["de"]} | fields,
    )


def administrator(**fields):
    return user(**{"username": "administrator", "is_superuser": True} | fields)


def user(*roles, **fields):
    """Somebody who can sign in to the desk with PASSWORD, in English."""
    defaults = {"is_staff": True, "interface_language": "en", "password": PASSWORD}
    person = User.objects.create_user(**defaults | fields)
    person.groups.set(Group.objects.filter(name__in=roles))
    return person
