"""What belongs to what: an entry and its parts, such as a declaration with its sections and clauses.

A part says by `part_of` which of its relations leads to what it belongs to. An entry is revised, translated, exported
and restored with all its parts.
"""

from collections import defaultdict
from functools import cache

from django.apps import apps

from alliance.publishing import Content


@cache
def part_models(model):
    """The (model, name of its relation) of what is directly a part of `model`, in the order of the models."""
    return [
        (each, each.part_of)
        for each in apps.get_models()
        if issubclass(each, Content)
        and each.part_of
        and each._meta.get_field(each.part_of).related_model is model
    ]


@cache
def entry_models():
    """The models of all entries: content with texts that is no part of anything."""
    from modeltranslation.translator import translator

    translated = translator.get_registered_models(abstract=False)
    return [
        each
        for each in apps.get_models()
        if issubclass(each, Content) and not each.part_of and each in translated
    ]


def parts(record):
    """All parts of `record` and their parts, models in order and records in theirs; a query for each model."""
    return parts_of([record])[record.pk]


def parts_of(records):
    """The `parts` of many records of one model, by primary key; a query for each model, however many they are."""
    found = {record.pk: [] for record in records}
    if records:
        _gather(type(records[0]), {record.pk: (record, record.pk) for record in records}, found)
    return found


def _gather(model, above, found):
    for each, relation in part_models(model):
        below = {}
        records = each._base_manager.filter(**{f"{relation}__in": list(above)})
        for record in records.order_by(*each._meta.ordering, "pk"):
            parent, entry = above[getattr(record, each._meta.get_field(relation).attname)]
            setattr(record, relation, parent)  # which it would ask the database for
            found[entry].append(record)
            below[record.pk] = record, entry
        if below:
            _gather(each, below, found)


def entries_of(model, pks):
    """The entries to which records of `model` belong, or which they are: {model: set of primary keys}."""
    found = defaultdict(set)
    if not issubclass(model, Content):
        return found
    while model.part_of:
        field = model._meta.get_field(model.part_of)
        pks = set(model._base_manager.filter(pk__in=pks).values_list(field.attname, flat=True))
        model = field.related_model
    if model in entry_models():
        found[model] |= set(pks)
    return found
