"""The form by which one applies to sign a declaration, and the page of one's own application."""

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.languages import active_language
from declarations import signing
from declarations.forms import SigningForm
from declarations.models import Declaration


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request, slug):
    declaration = get_object_or_404(Declaration.objects.visible_to(request.user), slug=slug)
    form = SigningForm(request.POST or None, request.FILES or None, request=request, declaration=declaration)
    if form.is_valid():
        signing.apply(declaration=declaration, language=active_language(), **form.answers)
        return redirect("declarations:applied", declaration.slug)
    return render(
        request, "declarations/sign.html", {"declaration": declaration, "form": form}, status=form.status
    )


@require_safe
def applied(request, slug):
    """After the form: the same words whether or not there was such an application before."""
    declaration = get_object_or_404(Declaration.objects.visible_to(request.user), slug=slug)
    return render(request, "declarations/applied.html", {"declaration": declaration})


@never_cache
@require_safe
def application(request, token):
    """What only who applied sees: what they sent, what became of it, and the way to withdraw it."""
    mine = signing.application_at(token, Declaration.objects.readable_by(request.user))
    return render(request, "declarations/application.html", {"application": mine, "token": token})


@require_POST
def withdraw(request, token):
    signing.withdraw(application=signing.application_at(token, Declaration.objects.readable_by(request.user)))
    return redirect("declarations:application", token)
