"""What somebody has typed into a form and not saved: kept every few seconds, offered when they open the form again.

Kept are the fields as the form would send them, files and passwords excepted: of forms that take passwords nothing is
kept. Taking it up fills the form and saves nothing; if somebody has saved the entry meanwhile, saving leads to
`desk.conflicts`.
"""

import datetime
import json

from django.http import HttpResponseForbidden, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.template.defaultfilters import time
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.conflicts import SEEN, digest
from desk.models import UnsavedWork

# In characters, of one form; in forms, of one person; in days.
LONGEST, MOST, KEPT = 1_000_000, 50, 60
# Who typed within this time is still at it.
AT_IT = datetime.timedelta(minutes=30)
# In the data of a form that was filled with what had been kept, so that it is looked at before it is saved.
TAKEN_UP = "_taken_up"


def keep(model_admin, request):
    """Keep what a script sends: `object` (its primary key or nothing), `fields` (JSON); or forget it (`discard`)."""
    form = form_of(model_admin, request, request.POST.get("object", ""))
    return HttpResponseForbidden() if form is None else keep_typed(request, form)


def keep_typed(request, form):
    """The same for the form at the address `form`, which `request` may save."""
    if "discard" in request.POST:
        forget(request.user, form)
        return redirect(form)
    fields = _fields(request.POST.get("fields", ""))
    if fields is None:
        return JsonResponse({"problem": _("This is too long to be kept. Save it now.")}, status=413)
    began_from = digest(dict(fields).get(SEEN, ""))
    work, _created = UnsavedWork.objects.update_or_create(
        user=request.user, form=form, defaults={"fields": fields, "began_from": began_from}
    )
    _limit(request.user)
    return JsonResponse({"kept_at": time(timezone.localtime(work.kept_at))})


def form_of(model_admin, request, pk):
    """The address of the form of the entry `pk`, or of a new one; None where `request` may not save it."""
    if not pk:
        return model_admin.address("add") if model_admin.has_add_permission(request) else None
    entry = model_admin.get_object(request, pk)
    if entry is None or not model_admin.has_change_permission(request, entry):
        return None
    return model_admin.address("change", entry.pk)


def _fields(text):
    """The pairs (name, value) that are worth keeping; None where there are too many, or nonsense."""
    try:
        pairs = json.loads(text) if len(text) <= LONGEST else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(pairs, list):
        return None
    is_pair = lambda each: isinstance(each, list) and list(map(type, each)) == [str, str]  # noqa: E731
    return [
        [_clean(name), _clean(value)]
        for name, value in filter(is_pair, pairs)
        if name == SEEN or not name.startswith(("_", "csrf"))
    ]


def _clean(text):
    """Without what PostgreSQL cannot store."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _limit(user):
    """Forget the oldest of what one person has left behind."""
    old = (
        UnsavedWork.objects.filter(user=user).order_by("-kept_at", "-pk").values_list("pk", flat=True)[MOST:]
    )
    if old := list(old):
        UnsavedWork.objects.filter(pk__in=old).delete()


def of(user, form):
    """The UnsavedWork of `user` in `form`, or None."""
    return UnsavedWork.objects.filter(user=user, form=form).first()


def others_at(user, form):
    """The UnsavedWork of others who have typed into `form` lately."""
    lately = UnsavedWork.objects.filter(form=form, kept_at__gt=timezone.now() - AT_IT)
    return lately.exclude(user=user).select_related("user").order_by("began_at", "pk")


def forget(user, form):
    UnsavedWork.objects.filter(user=user, form=form).delete()


def take_up(request, work):
    """Make `request` look as if the form were sent with what was kept; a LocalizedForm then does not let it be saved."""
    data = QueryDict(mutable=True)
    for name, value in work.fields:
        data.appendlist(name, value)
    data[TAKEN_UP] = "1"
    data._mutable = False
    request._load_post_and_files()  # which would be asked for anew once the method is another
    request.method, request.POST = "POST", data


def forget_old():
    UnsavedWork.objects.filter(kept_at__lt=timezone.now() - datetime.timedelta(days=KEPT)).delete()
