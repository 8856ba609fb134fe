"""The translator's view: the texts of an entry side by side in two languages, one by one.

Beside each text stand what changed in the source since the translation was made, the terms of the glossary, and what
like passages were translated as. What is typed is saved as a draft, which only the desk sees, or for the readers.
"""

import json

from django.contrib import admin, messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST
from reversion.models import Version

from accounts.roles import is_translator, may
from alliance.admin import comment_in
from alliance.languages import CODES, NAMES, Provenance, localized
from alliance.parts import entry_models
from alliance.publishing import Translated, editing
from alliance.templatetags.alliance import admin_url
from desk import history, unsaved
from translations import memory, reviewing
from translations.differing import difference
from translations.forms import SEEN, TextsForm, direction
from translations.glossary import Glossary, marked
from translations.models import Standing, TranslationDraft
from translations.units import save_translation, source_language, units
from translations.xliff import digest

BINDING = (Provenance.ORIGINAL, Provenance.OFFICIAL)
MOST_SUGGESTED_FOR = 60
DRAFT, HOLDS = "draft", "holds"
# In the address and in what is sent: after saving, open the next entry.
GO_ON = "go-on"
LABELS = {
    DRAFT: gettext_lazy("Save as a draft"),
    HOLDS: gettext_lazy("The translation still holds"),
    Provenance.UNREVIEWED: gettext_lazy("Save, not reviewed yet"),
    Provenance.REVIEWED: gettext_lazy("Save as reviewed"),
    Provenance.OFFICIAL: gettext_lazy("Save the official text"),
    "": pgettext_lazy("texts of a term", "Save"),
}


class Bench:
    """What lies on the workbench: an entry, the language it is translated from, the one it is translated into."""

    def __init__(self, request, content_type_id, object_id, language):
        self.user = request.user
        self.entry = entry_at(request.user, content_type_id, object_id)
        self.kind = ContentType.objects.get_for_model(self.entry)
        self.target, self.original = language, source_language(self.entry)
        if language not in CODES or not self.original:
            raise Http404
        self.units = [unit for unit in units(self.entry) if unit.text(self.original) or unit.text(language)]
        self.sources = [
            code for code in CODES if code != language and any(unit.text(code) for unit in self.units)
        ]
        # How this person goes through the entries, from one to the next.
        self.way = {name: request.GET[name] for name in ("source", "missing") if name in request.GET}
        if GO_ON in (request.POST if request.method == "POST" else request.GET):
            self.way[GO_ON] = "1"
        wanted = request.GET.get("source")
        self.source = wanted if wanted in self.sources else self.original
        self.draft = TranslationDraft.objects.filter(**self._place()).select_related("by").first()

    def _place(self):
        return {"content_type": self.kind, "object_id": self.entry.pk, "language": self.target}

    @property
    def is_translated(self):
        return isinstance(self.entry, Translated)

    @property
    def state(self):
        return self.entry.provenance(self.target) if self.is_translated else None

    @property
    def revision(self):
        return self.entry.source_revision if self.is_translated else 1

    @property
    def made_from(self):
        """The revision of the source that the texts on the bench were made from, the earliest; None where all is new."""
        made_from = [self.draft.made_from_revision] if self.draft else []
        if self.state:
            made_from.append(getattr(self.entry, localized("made_from_revision", self.target)) or 0)
        return min(made_from, default=None)

    @property
    def is_outdated(self):
        return self.is_translated and self.made_from is not None and self.made_from < self.revision

    @property
    def began(self):
        """The texts as they are now, {name of a unit: text}: the draft's where there is one."""
        drafted = self.draft.texts if self.draft else {}
        return {unit.name: drafted.get(unit.name, unit.text(self.target)) for unit in self.units}

    @property
    def refusal(self):
        """Why this person may not write here, in words; empty if they may."""
        if not may(self.user, "change", type(self.entry), self.target):
            return _("You may read these texts, but not change them in this language.")
        if self.state in BINDING and is_translator(self.user):
            return _("The text in this language is official: it binds. Only editors change it.")
        return ""

    @cached_property
    def review_refusal(self):
        """Why this person may not call the texts reviewed, in words."""
        if not self.is_translated or self.state == Provenance.OFFICIAL:
            return ""
        return reviewing.refusal(self.entry, self.target, by=self.user, draft=self.draft)

    @property
    def steps(self):
        """What can be done with the texts: (value of the button, its words), what finishes them last."""
        if not self.is_translated:
            keys = [DRAFT, ""]
        elif self.state == Provenance.OFFICIAL:
            keys = [DRAFT, Provenance.OFFICIAL]
        elif self.review_refusal:
            keys = [DRAFT, Provenance.UNREVIEWED]
        else:
            keys = [DRAFT, Provenance.UNREVIEWED, Provenance.REVIEWED]
        if self.can_hold:
            keys.insert(1, HOLDS)
        return [(key, LABELS[key]) for key in keys]

    @property
    def can_hold(self):
        """Whether what readers see lags behind its source, and nobody has begun to renew it."""
        return self.is_outdated and self.draft is None

    def form(self, data=None):
        return TextsForm(data, units=self.units, language=self.target, began=self.began, auto_id="text-%s")

    def keep_draft(self, texts, revision):
        """Keep what differs from what readers see; a draft that says nothing else is none."""
        texts = {
            unit.name: texts[unit.name] for unit in self.units if texts[unit.name] != unit.text(self.target)
        }
        if not texts:
            TranslationDraft.objects.filter(**self._place()).delete()
            return
        # What is begun anew from a later source has the texts of the first beside it: it stays behind until it is done.
        revision = min(revision, self.draft.made_from_revision) if self.draft else revision
        values = {"texts": texts, "made_from_revision": revision, "by": self.user}
        TranslationDraft.objects.update_or_create(**self._place(), defaults=values)

    def publish(self, texts, step, revision):
        provenance = self.state_that_holds(texts) if step == HOLDS else step or Provenance.UNREVIEWED
        save_translation(self.entry, self.target, texts, provenance=provenance, revision=revision)
        TranslationDraft.objects.filter(**self._place()).delete()

    def state_that_holds(self, texts):
        """The state of what still holds: as it was, unless somebody has changed it after all."""
        is_same = all(texts[unit.name] == unit.text(self.target) for unit in self.units)
        return self.state if is_same or self.state == Provenance.OFFICIAL else Provenance.UNREVIEWED


def entry_at(user, content_type_id, object_id):
    """The entry of the address, for those who may see it at the desk; locked until the end of a transaction."""
    kind = ContentType.objects.filter(pk=min(content_type_id, 2**31 - 1)).first()
    model = kind and kind.model_class()
    if model not in entry_models():
        raise Http404
    if not may(user, "view", model):
        raise PermissionDenied
    entry = model._base_manager.filter(pk=min(object_id, 2**63 - 1)).first()
    if entry is None:
        raise Http404
    return entry


def workbench(request, content_type_id, object_id, language):
    """The texts of an entry in `language` beside their source, to be translated."""
    place = request, content_type_id, object_id, language
    if request.method == "POST":
        with editing(by=request.user, reason=comment_in(request)) as edit:
            lock(content_type_id, object_id)
            bench = Bench(*place)
            return save(request, bench, edit)
    bench = Bench(*place)
    if bench.original == language:
        return redirect(admin_url(bench.entry))
    work = unsaved.of(request.user, request.path)
    is_taken_up = work is not None and "take-up" in request.GET
    form = bench.form(dict(work.fields)) if is_taken_up else bench.form()
    return page(request, bench, form, work=work, is_taken_up=is_taken_up)


@require_POST
def keep_unsaved(request, content_type_id, object_id, language):
    """Keep what somebody is typing at the workbench: see `desk.unsaved`."""
    bench = Bench(request, content_type_id, object_id, language)
    if bench.refusal or bench.original == language:
        raise PermissionDenied
    place = bench.kind.pk, bench.entry.pk, language
    return unsaved.keep_typed(request, reverse("admin:translations_workbench", args=place))


def lock(content_type_id, object_id):
    """Make others who save this entry wait until the end of the transaction."""
    kind = ContentType.objects.filter(pk=min(content_type_id, 2**31 - 1)).first()
    if kind and kind.model_class() in entry_models():
        entries = kind.model_class()._base_manager.select_for_update()
        list(entries.filter(pk=min(object_id, 2**63 - 1)).values_list("pk"))


def save(request, bench, edit):
    """Save what was typed as the button says, or show it again with what stands against it."""
    if bench.refusal or bench.original == bench.target:
        raise PermissionDenied
    if "take" in request.POST:
        return page(request, bench, taken(request, bench))
    form = bench.form(request.POST)
    if not form.is_valid():
        return page(request, bench, form, status=422)
    if form.conflicts():
        return page(request, bench, form, status=409)
    # Before it is saved: afterwards it may stand elsewhere on the board.
    _before, after = neighbours(bench)
    revision = revision_in(request.POST, bench)
    write(request, bench, edit, form.cleaned_data, revision)
    unsaved.forget(request.user, request.path)
    if revision < bench.revision:
        words = _("The source changed while you were typing: look at what changed, then save again.")
        messages.warning(request, words)
    elif after and GO_ON in bench.way:
        return redirect(after)
    return redirect(f"{request.path}?{urlencode(bench.way)}" if bench.way else request.path)


def write(request, bench, edit, texts, revision):
    """Keep or publish the texts, as the button says that was pressed; without one, they are a draft."""
    step = request.POST.get("save")
    if step not in dict(bench.steps) or step == DRAFT:
        bench.keep_draft(texts, revision)
        messages.success(request, _("The draft is kept. Only the desk sees it."))
        return
    bench.publish(texts, step, revision)
    messages.success(request, _("The translation is saved."))
    if edit.removed:
        words = _("Texts are plain: %(names)s was taken out of what you typed.")
        messages.warning(request, words % {"names": ", ".join(sorted(edit.removed))})


def revision_in(data, bench):
    """The revision of the source that the page showed, never a later one than there is."""
    sent = data.get("revision", "")
    return (
        min(int(sent), bench.revision)
        if sent.isascii() and sent.isdigit() and len(sent) < 9
        else bench.revision
    )


def taken(request, bench):
    """The form with the suggestion put in that a button without JavaScript asks for (`name of the unit|passage`)."""
    name, _bar, pk = request.POST["take"].rpartition("|")
    data = request.POST.copy()
    unit = next((unit for unit in bench.units if unit.name == name), None)
    if unit and pk.isascii() and pk.isdigit():
        found = memory.suggestions({name: unit.text(bench.source)}, bench.source, bench.target)[name]
        for one in found:
            if str(one.passage.pk) == pk:
                typed = data.get(name, "").rstrip()
                data[name] = f"{typed}\n{one.passage.target}".strip() if one.part else one.passage.target
    return bench.form(data)


# --- The page -------------------------------------------------------------------------------------


def page(request, bench, form, *, work=None, is_taken_up=False, status=200):
    """The page with what `form` holds; `work` is the UnsavedWork of this person, which it offers or has taken up."""
    conflicts = form.conflicts() if form.is_bound else {}
    then = source_then(bench) if bench.is_outdated else None
    before, after = neighbours(bench)
    listed = rows(request, bench, form, then, conflicts)
    place = bench.kind.pk, bench.entry.pk, bench.target
    context = {
        **admin.site.each_context(request),
        "title": _("Translate into %(language)s") % {"language": NAMES[bench.target]},
        "bench": bench,
        "form": form,
        "rows": listed,
        "missing": sum(row["is_missing"] for row in listed),
        "conflicts": conflicts,
        "revision": revision_in(form.data, bench),
        "sources": [(code, NAMES[code], code == bench.source) for code in bench.sources],
        "source_name": NAMES[bench.source],
        "target_name": NAMES[bench.target],
        "source_direction": direction(bench.source),
        "target_direction": direction(bench.target),
        "is_unknown": bench.is_outdated and then is None,
        "missing_first": "missing" in request.GET,
        "goes_on": GO_ON in bench.way or GO_ON in form.data,
        "finishes": bench.steps[-1][1],
        "previous": before,
        "next": after,
        "change_url": admin_url(bench.entry),
        "comment": comment_in(request),
        "opts": bench.entry._meta,
        "unsaved": None if form.is_bound else work,
        "taken_up": work if is_taken_up else None,
        "unsaved_url": reverse("admin:translations_workbench_unsaved", args=place),
        "others_at_it": unsaved.others_at(request.user, request.path),
    }
    return render(request, "admin/desk/workbench.html", context, status=status)


def rows(request, bench, form, then, conflicts):
    """What the page shows of each unit, a dict each; the number of queries does not depend on how many there are."""
    texts = {unit.name: form[unit.name].value() or "" for unit in bench.units}
    sources = {unit.name: unit.text(bench.source) for unit in bench.units}
    glossary = Glossary(bench.source, bench.target)
    # Of very many, those that are still to be written.
    wanted = sorted(sources.items(), key=lambda pair: bool(texts[pair[0]]))
    some = dict(wanted[:MOST_SUGGESTED_FOR])
    suggested = told(memory.suggestions(some, bench.source, bench.target, texts))
    found = []
    for unit in bench.units:
        source, text, public = sources[unit.name], texts[unit.name], unit.text(bench.target)
        uses = glossary.uses(source, text)
        found.append(
            {
                "unit": unit,
                "field": form[unit.name],
                "source": marked(source, uses),
                "terms": {use.term.pk: use for use in uses if use.target}.values(),
                "text": text,
                "is_missing": not text,
                "seen_name": f"{SEEN}{unit.name}",
                "seen": digest(form.began[unit.name]),
                "suggestions": suggested.get(unit.name, []),
                "changes": changes(unit, bench.original, then),
                "theirs": difference(text, conflicts[unit.name]) if unit.name in conflicts else None,
                # Of a draft that is to replace something, what readers see meanwhile.
                "public": public if bench.draft and public and public != form.began[unit.name] else "",
            }
        )
    if "missing" in request.GET:
        found.sort(key=lambda row: not row["is_missing"])
    return found


def told(suggested):
    """The suggestions ({name: [Suggestion, …]}) with where they come from, a dict each; a query for each kind of entry."""
    wanted = {}
    for one in (one for several in suggested.values() for one in several):
        wanted.setdefault(one.passage.content_type_id, set()).add(one.passage.object_id)
    origins = {}
    for kind, pks in wanted.items():
        model = ContentType.objects.get_for_id(kind).model_class()
        found = model._base_manager.in_bulk(pks) if model else {}
        origins |= {(kind, pk): entry for pk, entry in found.items()}
    labels = dict(Provenance.choices)
    return {
        name: [
            {
                "passage": one.passage,
                "part": one.part,
                "alike": one.alike,
                "is_exact": one.is_exact,
                "label": labels.get(one.passage.provenance, ""),
                "origin": origins.get((one.passage.content_type_id, one.passage.object_id)),
            }
            for one in several
        ]
        for name, several in suggested.items()
    }


def changes(unit, language, then):
    """What became of the source of a unit since `then` ({name: text}), word by word; empty where nothing did."""
    if then is None or then.get(unit.name, "") == unit.text(language):
        return []
    return difference(then.get(unit.name, ""), unit.text(language))


def source_then(bench):
    """The source as it was when the translation was made, {name of a unit: text}; None where no revision holds it.

    The last one that is in step with the translation: what was changed since in its wording only has changed nothing.
    """
    made_from = bench.made_from
    versions = Version.objects.filter(content_type=bench.kind, object_id=str(bench.entry.pk)).order_by("-pk")
    for version in versions.select_related("revision").iterator(chunk_size=20):
        fields = serialized(version)
        if fields.get("source_revision") == made_from:
            return reviewing.texts_in(history.snapshot(version.revision), bench.units, bench.original)
        if (fields.get("source_revision") or made_from) < made_from:
            return None
    return None


def serialized(version):
    """The columns of a record as a revision holds them."""
    try:
        return json.loads(version.serialized_data)[0]["fields"]
    except (ValueError, LookupError, TypeError):
        return {}


# --- The next entry -------------------------------------------------------------------------------


def neighbours(bench):
    """The addresses of the entries before and after this one on the board that need work in this language, or None."""
    state = localized("state", bench.target)
    open_ = (
        Q(**{f"{state}__in": [Standing.State.MISSING, Standing.State.MACHINE]})
        | Q(**{localized("is_incomplete", bench.target): True})
        | Q(**{localized("is_outdated", bench.target): True})
    )
    models = [each for each in entry_models() if may(bench.user, "change", each, bench.target)]
    kinds = ContentType.objects.get_for_models(*models).values()
    lines = Standing.objects.filter(open_, content_type__in=kinds).exclude(status="archived")
    here = Standing.objects.filter(content_type=bench.kind, object_id=bench.entry.pk).first()
    if here is None:
        return None, address(lines.first(), bench)
    after = (
        Q(visits__lt=here.visits)
        | Q(visits=here.visits, edited_at__gt=here.edited_at)
        | Q(visits=here.visits, edited_at=here.edited_at, pk__gt=here.pk)
    )
    before = lines.exclude(after).exclude(pk=here.pk).reverse().first()
    return address(before, bench), address(lines.filter(after).first(), bench)


def address(line, bench):
    """Where the entry of a line of the board is translated, in the same way as this one."""
    if line is None:
        return None
    url = reverse("admin:translations_workbench", args=[line.content_type_id, line.object_id, bench.target])
    return f"{url}?{urlencode(bench.way)}" if bench.way else url
