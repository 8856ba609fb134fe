"""The board: every entry of every kind in six languages, what matters most first; and what is to be done beside it."""

import csv
import datetime
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

import polib
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import capfirst
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django_countries import countries

from accounts.roles import may, may_somehow
from alliance.catalogues import catalogues
from alliance.languages import CODES, NAMES, Provenance, active_language, fold, localized, sort_key
from alliance.parts import entry_models
from alliance.publishing import Published, Translated, editing
from desk import audit, contradictions, publishing
from desk.models import AuditEntry, Link
from projects.models import Project
from search.feeds import cell
from translations.models import Standing

PER_PAGE = 50
LONGEST_ADDRESS = 1000
# How many entries are named in a message.
NAMED = 10
MARKS = {
    "is_outdated": pgettext_lazy("state of the texts in a language", "outdated"),
    "is_misleading": pgettext_lazy("state of the texts in a language", "misleading"),
    "is_incomplete": pgettext_lazy("state of the texts in a language", "incomplete"),
}
# Beside the words, so that a column is taken in at a glance, without colours too.
SIGNS = {
    Standing.State.ORIGINAL: "●",
    Standing.State.OFFICIAL: "◆",
    Standing.State.REVIEWED: "✓",
    Standing.State.UNREVIEWED: "○",
    Standing.State.MACHINE: "≈",
    Standing.State.MISSING: "–",
}
VALIDITIES = {
    "never": gettext_lazy("never confirmed"),
    "advised": gettext_lazy("should be confirmed"),
    "required": gettext_lazy("must be confirmed"),
}
# By how many months ago an entry was edited last, at least.
AGES = {
    "3": gettext_lazy("over three months"),
    "12": gettext_lazy("over a year"),
    "24": gettext_lazy("over two years"),
}
ORDERS = {
    "visits": (gettext_lazy("most visited first"), Standing._meta.ordering),
    "oldest": (gettext_lazy("oldest first"), ["edited_at", "pk"]),
    "newest": (gettext_lazy("newest first"), ["-edited_at", "-pk"]),
}


def models_of(user):
    """The kinds of entries that `user` may see at the desk."""
    return [model for model in entry_models() if may(user, "view", model)]


def before(months):
    """The day so many months ago."""
    return timezone.localdate() - datetime.timedelta(days=round(months * 30.44))


def midnight(day):
    """The moment at which `day` begins in Paris."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


# --- What is looked for ---------------------------------------------------------------------------


class Wanted:
    """What the address asks for; what it cannot mean is left out of it, and named in `misunderstood`."""

    def __init__(self, user, data):
        self.misunderstood = set()
        self.owners = owners()
        self.models = {model._meta.label_lower: model for model in models_of(user)}
        self.type = self._one(data, "type", self.models)
        self.language = self._one(data, "language", CODES)
        self.state = self._one(data, "state", [*Standing.State.values, *MARKS])
        self.status = self._one(data, "status", Published.Status.values)
        self.owner = self._one(data, "owner", self.owners)
        self.country = self._one(data, "country", dict(countries))
        self.validity = self._one(data, "validity", VALIDITIES)
        self.age = self._one(data, "age", AGES)
        self.order = self._one(data, "order", ORDERS) or "visits"
        self.words = data.get("q", "")[:100].replace("\0", "")
        self.query = fold(self.words)

    def _one(self, data, name, allowed):
        value = data.get(name, "")
        if value and value not in allowed:
            self.misunderstood.add(name)
        return value if value in allowed else ""

    def lines(self):
        """The Standings that are wanted, what matters most first."""
        models = [self.models[self.type]] if self.type else self.models.values()
        kinds = ContentType.objects.get_for_models(*models).values()
        lines = Standing.objects.filter(content_type__in=kinds)
        if not self.status:
            lines = lines.exclude(status=Published.Status.ARCHIVED)
        if self.state or self.language:
            lines = lines.filter(self._stands())
        exact = {"status": self.status, "country": self.country}
        lines = lines.filter(**{name: value for name, value in exact.items() if value})
        if self.owner:
            lines = lines.filter(owner=None if self.owner == "none" else self.owner)
        if self.validity:
            lines = lines.filter(_is_due(self.validity), status=Published.Status.PUBLISHED)
        if self.age:
            lines = lines.filter(edited_at__lt=midnight(before(int(self.age))))
        for word in self.query.split():
            lines = lines.filter(folded__contains=word)
        return lines.order_by(*ORDERS[self.order][1])

    def _stands(self):
        """In the language, or in any, the texts stand as is wanted; with a language alone: there is something to do."""
        found = Q()
        for code in [self.language] if self.language else CODES:
            if self.state in MARKS:
                found |= Q(**{localized(self.state, code): True})
            elif self.state:
                found |= Q(**{localized("state", code): self.state})
            else:
                todo = [Standing.State.MISSING, Standing.State.MACHINE, Standing.State.UNREVIEWED]
                found |= Q(**{f"{localized('state', code)}__in": todo})
                for mark in MARKS:
                    found |= Q(**{localized(mark, code): True})
        return found


def owners():
    """By whom entries can be looked after: {value in the address: words}."""
    users = get_user_model().objects
    there = Standing.objects.order_by().exclude(owner=None).values("owner").distinct()
    found = (people() | users.filter(pk__in=there)).order_by("username")
    return {"none": _("nobody"), **{str(user.pk): name_of(user) for user in found}}


def is_key(text):
    """Whether `text` can be the number of a record."""
    return text.isascii() and text.isdigit() and len(text) < 10


def _is_due(validity):
    if validity == "never":
        return Q(confirmed_on=None)
    months = {
        "advised": settings.VALIDITY_ADVISED_MONTHS,
        "required": settings.VALIDITY_REQUIRED_MONTHS,
    }[validity]
    # What nobody has confirmed yet is as old as its last edit.
    day = before(months)
    return Q(confirmed_on__lt=day) | Q(confirmed_on=None, edited_at__lt=midnight(day))


def asks_for_confirmation(line):
    """Whether it is advised to make sure that the entry of `line` still holds: `_is_due` of one that is at hand."""
    last = line.confirmed_on or timezone.localdate(line.edited_at)
    return line.status == Published.Status.PUBLISHED and last < before(settings.VALIDITY_ADVISED_MONTHS)


# --- The page -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """How one entry stands in one language, and where to act."""

    language: str
    state: str
    label: str
    marks: list
    url: str

    @property
    def name(self):
        return NAMES[self.language]

    @property
    def sign(self):
        return SIGNS[self.state]

    @property
    def words(self):
        return ", ".join([self.label, *map(str, self.marks)])


def row(line):
    """What the board shows of a line; asks the database for nothing."""
    model = ContentType.objects.get_for_id(line.content_type_id).model_class()
    opts = model._meta
    change = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[line.object_id])
    states = [getattr(line, localized("state", code)) for code in CODES]
    # Where nothing is written yet, there is nothing to translate.
    is_empty = set(states) == {Standing.State.MISSING}
    return {
        "line": line,
        "kind": capfirst(opts.verbose_name),
        "title": getattr(line, localized("title")) or str(line) or f"{opts.verbose_name} {line.object_id}",
        "change": change,
        "status": dict(Published.Status.choices).get(line.status, ""),
        "cells": [_cell(line, code, change, is_empty=is_empty) for code in CODES],
    }


def _cell(line, code, change, *, is_empty):
    state = getattr(line, localized("state", code))
    marks = [label for name, label in MARKS.items() if getattr(line, localized(name, code))]
    url = change
    if state != Standing.State.ORIGINAL and not is_empty:
        url = reverse("admin:translations_workbench", args=[line.content_type_id, line.object_id, code])
    return Cell(code, state, str(Standing.State(state).label), marks, url)


def board(request):
    """The board, what is done with ticked lines of it, and the same as a table."""
    wanted = Wanted(request.user, request.GET)
    if request.method == "POST":
        return act(request, wanted)
    lines = wanted.lines().select_related("owner")
    if request.GET.get("format") == "csv":
        audit.note(
            AuditEntry.Kind.EXPORT, by=request.user, about=f"board (CSV): {lines.count()}", request=request
        )
        return as_csv(lines)
    remember(request)
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("p"))
    choices = filters(wanted)
    context = {
        **admin.site.each_context(request),
        "title": _("Board"),
        "wanted": wanted,
        "rows": [row(line) | {"asks": _may_confirm(request.user, line)} for line in page],
        "page": page,
        "languages": NAMES.items(),
        "filters": choices,
        "misunderstood": [label for name, label, *_rest in choices if name in wanted.misunderstood],
        "actions": actions(request.user),
        "people": people(),
    }
    return render(request, "admin/desk/board.html", context)


def remember(request):
    """So that the way back from an entry leads to the board as it was filtered: see templates/admin/base_site.html."""
    address = request.GET.urlencode()
    if request.session.get("board", "") != address and len(address) < LONGEST_ADDRESS:
        request.session["board"] = address


def _may_confirm(user, line):
    return asks_for_confirmation(line) and may(user, "change", _model_of(line))


def filters(wanted):
    """(name of the parameter, label, chosen value, [(value, label)])"""
    there = {*Standing.objects.order_by().values_list("country", flat=True).distinct(), wanted.country}
    names = {code: countries.name(code) for code in there if code}
    ordered = sorted(names.items(), key=lambda pair: sort_key(pair[1], active_language()))
    states = [*Standing.State.choices, *MARKS.items()]
    kinds = [(label, capfirst(model._meta.verbose_name_plural)) for label, model in wanted.models.items()]
    return [
        ("type", _("Kind"), wanted.type, kinds),
        ("language", _("Language"), wanted.language, NAMES.items()),
        ("state", _("State"), wanted.state, states),
        ("status", _("Publication"), wanted.status, Published.Status.choices),
        ("owner", _("Looked after by"), wanted.owner, wanted.owners.items()),
        ("country", _("Country"), wanted.country, ordered),
        ("validity", _("Validity"), wanted.validity, VALIDITIES.items()),
        ("age", _("Last edited"), wanted.age, AGES.items()),
        ("order", _("Order"), wanted.order, [(name, words) for name, (words, _columns) in ORDERS.items()]),
    ]


def people():
    return get_user_model().objects.filter(is_staff=True, is_active=True).order_by("username")


def name_of(user):
    return user.get_full_name() or user.username


def as_csv(lines):
    """The lines as UTF-8 with a byte order mark, for spreadsheets."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="board-{timezone.localdate()}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    head = [_("Kind"), _("Title"), _("Publication"), _("Looked after by"), _("Country"), _("Visits")]
    writer.writerow([*head, _("Confirmed"), *NAMES.values()])
    for line in lines:
        shown = row(line)
        owner = name_of(line.owner) if line.owner else ""
        facts = [shown["kind"], shown["title"], shown["status"], owner, line.country.name, line.visits]
        texts = [line.confirmed_on or "", *(each.words for each in shown["cells"])]
        writer.writerow([cell(str(value)) for value in [*facts, *texts]])
    return response


# --- What is done with ticked lines ---------------------------------------------------------------


def actions(user):
    """(value, label) of what `user` may do with ticked lines."""
    found = [("export", _("Export for translation (XLIFF)"))]
    found += [
        (f"reviewed-{code}", _("Mark as reviewed: %(language)s") % {"language": NAMES[code]})
        for code in CODES
        if any(may(user, "change", model, code) for model in entry_models())
    ]
    if any(may(user, "change", model) for model in entry_models()):
        found += [
            ("confirm", _("Confirm that they still hold today")),
            ("owner", _("Give them to somebody to look after")),
            ("review", _("Send for review")),
            ("published", _("Publish")),
        ]
    return found


def act(request, wanted):
    """Do with the ticked lines what the form says, and say what came of it."""
    action, ticked = _asked(request)
    offered = dict(actions(request.user))
    lines = list(wanted.lines().filter(pk__in=[pk for pk in ticked if is_key(pk)][:1000]))
    if not lines or action not in offered:
        messages.warning(request, _("Tick entries, and choose what is to be done with them."))
    elif action == "export":
        request.session["selection"] = [
            f"{_model_of(line)._meta.label_lower}.{line.object_id}" for line in lines
        ]
        return redirect("files:export-texts")
    elif action == "owner" and not _new_owner(request):
        messages.warning(request, _("Choose who is to look after them."))
    else:
        _change(request, lines, action, reason=offered[action])
    return redirect(request.get_full_path())


def _asked(request):
    """(what is to be done, with which lines): the button of one line, or what was chosen for all that are ticked."""
    if "confirm" in request.POST:
        return "confirm", [request.POST["confirm"]]
    return request.POST.get("action", ""), request.POST.getlist("line")


def _change(request, lines, action, *, reason):
    """Do it with all that it can be done with, in one edit, and say which were left as they were, and why."""
    done, left = [], defaultdict(list)
    with editing(by=request.user, reason=reason):
        for entry in _entries(lines):
            if words := _one(request, entry, action):
                left[words].append(str(entry))
            else:
                done.append(entry)
        LogEntry.objects.log_actions(request.user.pk, done, CHANGE, change_message=reason)
    if done:
        words = ngettext("%(number)s entry was changed.", "%(number)s entries were changed.", len(done))
        messages.success(request, words % {"number": len(done)})
    for words, names in left.items():
        messages.warning(request, _named(names, words))


def _named(names, words):
    """The words of several entries; of so many that nobody would read all their names, those of the first."""
    shown, more = ", ".join(names[:NAMED]), len(names) - NAMED
    if more > 0:
        others = ngettext("and %(number)s other", "and %(number)s others", more) % {"number": more}
        shown = f"{shown} {others}"
    return _("%(names)s: %(words)s") % {"names": shown, "words": words}


def _model_of(line):
    return ContentType.objects.get_for_id(line.content_type_id).model_class()


def _entries(lines):
    """The entries of the lines as they are now, locked: whoever edits one of them at this moment is waited for.

    Always in the same order, so that two who do something with many do not wait for each other.
    """
    found = defaultdict(list)
    for line in lines:
        found[_model_of(line)].append(line.object_id)
    for model in sorted(found, key=lambda each: each._meta.label):
        yield from model.objects.select_for_update().filter(pk__in=found[model]).order_by("pk")


def _new_owner(request):
    """Who is to look after entries: a one-element tuple with them, or with None for nobody; () if that makes no sense."""
    to = request.POST.get("to", "")
    if to == "none":
        return (None,)
    return tuple(people().filter(pk=to)) if is_key(to) else ()


def _one(request, entry, action):
    """Do it with one entry; why it is left as it was, in words, and "" if it is not."""
    name, _dash, code = action.partition("-")
    if name == "reviewed":
        return _review(request.user, entry, code)
    if not isinstance(entry, Published):
        return _("This cannot be done with entries of this kind.")
    if not may(request.user, "change", type(entry)):
        return _("You may not change this.")
    if name == "confirm":
        return _set(entry, "confirmed_on", timezone.localdate())
    if name == "owner":
        return _set(entry, "owner", *_new_owner(request))
    return _move(request.user, entry, name)


def _set(entry, column, value):
    if getattr(entry, column) == value:
        return _("It is so already.")
    setattr(entry, column, value)
    entry.save(update_fields=[column])
    return ""


def _move(user, entry, to):
    if entry.status == to:
        return _("It is so already.")
    if not publishing.may_publish(user, type(entry)):
        return _("You may not change this.")
    if words := publishing.refusal(entry, to, by=user):
        return words
    publishing.move(entry, to, by=user)
    return ""


def _review(user, entry, code):
    """Only what is in step can be vouched for without being looked at again."""
    if not may(user, "change", type(entry), code):
        return _("You may not change this.")
    state = isinstance(entry, Translated) and entry.provenance(code)
    if state not in (Provenance.UNREVIEWED, Provenance.MACHINE):
        return _("There is no translation that waits for a review.")
    if entry.is_outdated(code):
        return _("It is outdated: compare it with the source first.")
    column = localized("provenance", code)
    setattr(entry, column, Provenance.REVIEWED)
    entry.save(update_fields=[column])
    return ""


# --- What is to be done, on the first page of the desk --------------------------------------------


def index(request):
    """The first page of the desk: what waits, then all content."""
    covered = [(code, NAMES[code], percent) for code, percent in coverage().items()]
    return admin.site.index(request, extra_context={"panels": panels(request), "coverage": covered})


def panels(request):
    """What waits for whoever asks: (words, how many, where)."""
    user = request.user
    kinds = ContentType.objects.get_for_models(*models_of(user)).values()
    lines = Standing.objects.filter(content_type__in=kinds)
    if not kinds:
        return []
    published = Q(status=Published.Status.PUBLISHED)
    counts = lines.aggregate(
        review=Count("pk", Q(status=Published.Status.REVIEW)),
        advised=Count("pk", published & _is_due("advised")),
        required=Count("pk", published & _is_due("required")),
        outdated=Count("pk", _any("is_outdated")),
        misleading=Count("pk", _any("is_misleading")),
    )
    url = reverse("admin:translations_board")
    found = [
        (_("In review"), counts["review"], f"{url}?status=review"),
        (_("Outdated translations"), counts["outdated"], f"{url}?state=is_outdated"),
        (_("Misleading translations"), counts["misleading"], f"{url}?state=is_misleading"),
        (_("Should be confirmed"), counts["advised"], f"{url}?validity=advised"),
        (_("Must be confirmed"), counts["required"], f"{url}?validity=required"),
    ]
    if admin.site.get_model_admin(Link).has_view_permission(request):
        broken = Link.objects.filter(state=Link.State.BROKEN).count()
        url = f"{reverse('admin:desk_link_changelist')}?state__exact=broken"
        found.append((_("Broken links"), broken, url))
    if may_somehow(user, "change", Project):
        number = len(contradictions.seen_by(user))
        found.append((_("Sources that disagree"), number, reverse("admin:desk_contradictions")))
    return found


def _any(name):
    found = Q()
    for code in CODES:
        found |= Q(**{localized(name, code): True})
    return found & ~Q(status=Published.Status.ARCHIVED)


@cache
def coverage():
    """How many hundredths of the interface each catalogue says: {language: percent}. Files do not change under us."""
    return {code: polib.pofile(str(path)).percent_translated() for code, path in catalogues().items()}
