"""How a city or an organisation comes to sign: it applies, and the secretariat accepts or declines, each once only.

What an application says is seen by the secretariat and by who has its link. In public there is nothing of it but the
signature that it becomes when it is accepted.
"""

import uuid

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from alliance.languages import CODES, fold, localized
from alliance.mail import absolute, send
from alliance.publishing import editing
from alliance.storage import discard
from declarations.models import Application, Declaration, Signature

State = Application.State
_signer = signing.Signer(sep=".", salt="declarations.application")


def apply(*, declaration, language, signatory, country, contact_email, document=None, **answers):
    """A signatory asks to sign: the secretariat is told, and the address given gets the link to the application.

    Who asks again from the same address while the first application is open gets that link again, and nothing
    changes: who sends the form, perhaps a stranger, cannot tell one from the other.
    """
    with transaction.atomic():
        # Two clicks on the button come one after the other.
        declaration = Declaration.objects.select_for_update(no_key=True).get(pk=declaration.pk)
        waiting = declaration.applications.filter(
            state=State.RECEIVED, country=country, contact_email__iexact=contact_email
        )
        known = [each for each in waiting if fold(each.signatory) == fold(signatory)]
        if known:
            _tell(known[0], "signing_known")
            return
        application = Application.objects.create(
            declaration=declaration,
            language=language,
            signatory=signatory,
            country=country,
            contact_email=contact_email,
            document=document or "",
            **answers,
        )
        _tell(application, "signing_received")
        _tell_the_secretariat(application)


def accept(*, application, by, office, signed_on, city=None, organisation=None):
    """The secretariat takes an application: this city or organisation has signed, and the applicant is told.

    Where its signature was announced or withdrawn, it now stands. Raises ValidationError where it stands already, and
    where somebody has decided in the meantime.
    """
    with editing(by=by, reason=_("An application to sign was accepted.")):
        application = _undecided(application)
        signature = _signature(application.declaration, city, organisation)
        signature.status = Signature.Status.SIGNED
        signature.office, signature.signed_on = office, signed_on
        signature.save()
        # One application at a time is that from which a signature came.
        Application.objects.filter(signature=signature).update(signature=None)
        application.signature = signature
        _decide(application, State.ACCEPTED, by)
        _tell(application, "signing_accepted", is_public=not (city and city.is_draft))


def decline(*, application, by, reason):
    """The secretariat does not take an application, and the applicant is told why, in the words of `reason`.

    Raises ValidationError where somebody has decided in the meantime.
    """
    with transaction.atomic():
        application = _undecided(application)
        application.reason = reason
        _decide(application, State.DECLINED, by)
        _tell(application, "signing_declined", reason=reason)


def withdraw(*, application):
    """The applicant does not want to sign after all. Once it is decided, this does nothing."""
    with transaction.atomic():
        application = Application.objects.select_for_update().get(pk=application.pk)
        if application.is_open:
            _decide(application, State.WITHDRAWN, None)


def forget(*, applications):
    """Blank who applied, what they wrote and what they enclosed, of applications that are decided; how many those were.

    What was decided, when and for whom stays.
    """
    with transaction.atomic():
        decided = applications.exclude(state=State.RECEIVED)
        known = list(decided.exclude(contact_email="").order_by("pk"))
        _delete_documents(known)
        return Application.objects.filter(pk__in=[each.pk for each in known]).update(
            contact_name="", contact_email="", message="", document=""
        )


def erase(*, applications):
    """Delete applications with what was enclosed. Signatures that came from them stay."""
    with transaction.atomic():
        _delete_documents(applications)
        applications.delete()


def has_signed(*, declaration, name, country):
    """Whether somebody of this name and country is among the signatories that anybody can see."""
    signatures = declaration.signatures.public().standing().select_related("city", "organisation")
    names = {
        fold(getattr(signature.signatory, localized("name", code)) or "")
        for signature in signatures
        if signature.signatory.country.code == country
        for code in CODES
    }
    return fold(name) in names - {""}


# --- What all decisions share ---------------------------------------------------------------------


def _undecided(application):
    """The application, which nobody else decides until the transaction ends."""
    locked = Application.objects.select_for_update().get(pk=application.pk)
    if not locked.is_open:
        state = locked.get_state_display()
        raise ValidationError(
            _("This application was decided in the meantime: %(state)s.") % {"state": state}
        )
    return locked


def _decide(application, state, by):
    application.state = state
    application.decided_at = timezone.now()
    application.decided_by = by
    application.save()


def _signature(declaration, city, organisation):
    """The signature of this signatory, which is there already or will be saved."""
    signatory = {"declaration": declaration, "city": city, "organisation": organisation}
    signature = Signature.objects.select_for_update().filter(**signatory).first()
    if signature and signature.is_standing:
        raise ValidationError(_("%(name)s has already signed this declaration.") % {"name": signature})
    return signature or Signature(**signatory)


def _delete_documents(applications):
    for application in applications:
        if application.document:
            discard(application.document.storage, [application.document.name])


# --- Mail -----------------------------------------------------------------------------------------


def _tell(application, name, **context):
    """Send the mail `name` to the applicant, in their language.

    Before the secretariat has looked, there is nothing in it that was typed into the form: otherwise a stranger could
    write to any address through it.
    """
    with translation.override(application.language):
        context |= {
            "title": application.declaration.text("title"),
            "signatory": application.signatory,
            "page": absolute(address_of(application)),
            "list": absolute(reverse("declarations:signatories", args=[application.declaration.slug])),
        }
    send(name, to=application.contact_email, language=application.language, context=context)


def _tell_the_secretariat(application):
    if not settings.SECRETARIAT_EMAIL:
        return
    language = settings.LANGUAGE_CODE
    with translation.override(language):
        context = {
            "title": application.declaration.text("title"),
            "signatory": application.signatory,
            "country": application.country.name,
            "page": absolute(reverse("admin:declarations_application_change", args=[application.pk])),
        }
    send("signing_secretariat", to=settings.SECRETARIAT_EMAIL, language=language, context=context)


# --- The page of one's own application ------------------------------------------------------------


def address_of(application):
    """The path of the page of this application, known to nobody but who gets it by mail."""
    return reverse("declarations:application", args=[_signer.sign(application.key.hex)])


def application_at(token, declarations):
    """The application whose address ends in `token`, for one of `declarations`; else Http404."""
    try:
        key = uuid.UUID(_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        raise Http404
    applications = Application.objects.filter(declaration__in=declarations).select_related("declaration")
    return get_object_or_404(applications, key=key)
