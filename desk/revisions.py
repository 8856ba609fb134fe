"""The desk's pages of history: the revisions of an entry, what each changed, and the way back to it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.roles import is_translator
from alliance.parts import entries_of
from desk import audit, history
from desk.differences import between, meaning_of
from desk.models import AuditEntry
from desk.publishing import comment_in

PER_PAGE = 20


def _context(model_admin, request, **context):
    return {**model_admin.admin_site.each_context(request), "opts": model_admin.opts, **context}


def _may_restore(model_admin, request):
    """Facts are restored with the texts: that is for those who may change both."""
    return model_admin.has_change_permission(request) and not is_translator(request.user)


def entry_and_revisions(model_admin, pk):
    if not pk.isdecimal() or len(pk) > 18:
        raise Http404
    found = history.revisions(model_admin.model, int(pk))
    entry = model_admin.model._base_manager.filter(pk=pk).first()
    if entry is None and not found.exists():
        raise Http404
    return entry, found


def _steps(revisions):
    """(revision, its Differences from the one before, what it did to the meaning), the last first.

    `revisions` are one more than is to be shown.
    """
    held = [history.snapshot(revision) for revision in revisions]
    return [
        (revision, between(before, after), meaning_of(before, after))
        for revision, after, before in zip(revisions, held, [*held[1:], {}], strict=True)
    ]


def history_page(model_admin, request, pk):
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    if model_admin.model.part_of and pk.isdecimal():
        return _to_the_entry(model_admin, pk)
    entry, found = entry_and_revisions(model_admin, pk)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("p"))
    last = found[page.end_index() : page.end_index() + 1]
    steps = _steps([*page.object_list, *last])[: len(page.object_list)]
    first = found.last()
    return render(
        request,
        "admin/desk/history.html",
        _context(
            model_admin,
            request,
            title=_("History"),
            entry=entry,
            pk=pk,
            page=page,
            steps=[
                (revision, [] if revision == first else _fields_of(differences), meaning)
                for revision, differences, meaning in steps
            ],
            first=first,
        ),
    )


def _to_the_entry(model_admin, pk):
    """A part has no history of its own: it is revised with its entry."""
    for model, pks in entries_of(model_admin.model, {int(pk[:18])}).items():
        for entry_pk in pks:
            return redirect(f"admin:{model._meta.app_label}_{model._meta.model_name}_history", entry_pk)
    raise Http404


def _fields_of(differences):
    """What a revision changed, in a few words: each field once, with the languages."""
    found = {}
    for each in differences:
        name = f"{each.part}: {each.label}" if each.part else each.label
        found.setdefault(name, []).append(each.language.upper())
    return [
        f"{name} ({', '.join(filter(None, codes))})" if any(codes) else name for name, codes in found.items()
    ]


def revision(model_admin, request, pk, number):
    """What one revision changed, what restoring it would change, and the restoring."""
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    entry, found = entry_and_revisions(model_admin, str(pk))
    this = found.filter(pk=min(number, 2**62)).first()
    if this is None:
        raise Http404
    may_restore = _may_restore(model_admin, request)
    if request.method == "POST":
        if not may_restore:
            raise PermissionDenied
        return _restored(model_admin, request, this)
    before = found.filter(pk__lt=this.pk).first()
    snapshot, now = history.snapshot(this), history.present(model_admin.model, pk)
    needed, optional = history.missing(this)
    return render(
        request,
        "admin/desk/revision.html",
        _context(
            model_admin,
            request,
            title=_("Revision"),
            entry=entry,
            pk=pk,
            revision=this,
            name=this.version_set.order_by("pk").first().object_repr,
            is_first=before is None,
            changed=between(history.snapshot(before), snapshot) if before else [],
            meaning=meaning_of(history.snapshot(before), snapshot) if before else "",
            would_change=between(*history.comparable(now, snapshot)),
            new_address=history.new_address(this),
            may_restore=may_restore,
            needed=needed,
            optional=optional,
        ),
    )


def _restored(model_admin, request, this):
    try:
        entry = history.restore(this, by=request.user, comment=comment_in(request))
    except history.CannotRestore as error:
        messages.error(request, str(error))
        return redirect(request.path)
    audit.note(AuditEntry.Kind.RESTORATION, by=request.user, about=str(entry), request=request)
    messages.success(request, _("“%(name)s” says again what it said then.") % {"name": entry})
    return redirect(model_admin.address("change", entry.pk))


def deleted(model_admin, request):
    """The entries of a kind that were deleted, and the way to each of them."""
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    page = Paginator(history.deleted(model_admin.model), PER_PAGE).get_page(request.GET.get("p"))
    return render(
        request,
        "admin/desk/deleted.html",
        _context(model_admin, request, title=_("Deleted entries"), page=page),
    )
