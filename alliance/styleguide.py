"""The style guide: every component of the portal on one page, with samples that no database holds."""

from types import SimpleNamespace

from django import forms
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from search.filters import Chip, Group, Option

TOKENS = ["paper", "surface", "tint", "ink", "soft", "brand", "accent", "rule", "line", "mark"]


# Results of a search and suggestions for it, as a visitor with German texts sees them.
SAMPLE_HITS = [
    SimpleNamespace(
        url="#hit",
        kind="practice",
        kind_label="Praxisblatt",
        title=mark_safe("„Mammakraft“: die Kraft der <mark>Mütter</mark>"),
        passage=mark_safe(
            "In Gruppen, die das Sozialamt angestoßen hat, stärken sich <mark>Mütter</mark> gegenseitig."
        ),
        passage_lang="de",
        place="Malmö, Schweden",
        time="2014–2018",
        context="",
        note="",
        provenance="Ungeprüfte Übersetzung aus dem Französischen",
        is_draft=True,
    ),
    SimpleNamespace(
        url="#hit",
        kind="clause",
        kind_label="Artikel",
        title="Artikel 7",
        passage=mark_safe("Nous engageons à adopter des <mark>approches intégrées</mark> au niveau local"),
        passage_lang="fr",
        place="",
        time="2015",
        context="Erklärung von Aarhus",
        note="Im französischen Text gefunden",
        provenance="",
        is_draft=False,
    ),
]
SAMPLE_SUGGESTIONS = [
    SimpleNamespace(url="#malmo", label=mark_safe("<mark>Mal</mark>mö"), kind_label="Stadt", lang="sv"),
    SimpleNamespace(
        url="#mali", label=mark_safe("Kleine <mark>Mal</mark>schule"), kind_label="Praxisblatt", lang="de"
    ),
]


class SampleForm(forms.Form):
    """Questions as the public forms ask them."""

    body = forms.CharField(label="Stadt oder Organisation", help_text="So, wie sie sich selbst nennt.")
    email = forms.EmailField(label="E-Mail-Adresse")
    visit = forms.ChoiceField(
        label="Besichtigung",
        choices=[("1", "Polizei und Sozialdienst · noch 3 Plätze"), ("2", "Jugendzentrum im Hafen")],
        widget=forms.RadioSelect,
    )
    needs = forms.CharField(
        label="Was Sie zur Teilnahme brauchen", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


@require_safe
def style_guide(request):
    options = [
        Option("se", "Malmö", 12, True, "sample-se"),
        Option("de", "Augsburg", 3, False, "sample-de"),
        Option("it", "Reggio Emilia", 1, False, "sample-it"),
    ]
    filters = SimpleNamespace(
        words="",
        chosen={"city": ["se"]},
        chosen_count=1,
        is_whole=False,
        sees_drafts=[],
        addresses={"city": ["se"]},
        sort="name",
        sort_is_chosen=False,
        sorts=[("name", _("By name"), True, ""), ("recent", _("Latest first"), False, "sort=recent")],
        groups=[Group("city", _("City"), options, [])],
        chips=[Chip("Malmö", "")],
        count=12,
        total=48,
        query=lambda page=None: f"page={page}",
    )
    page = SimpleNamespace(
        number=3,
        has_previous=True,
        has_next=True,
        previous_page_number=2,
        next_page_number=4,
        paginator=SimpleNamespace(num_pages=9, get_elided_page_range=elided),
    )
    return render(
        request,
        "style_guide.html",
        {
            "filters": filters,
            "sample_page": page,
            "sample_hits": SAMPLE_HITS,
            "sample_suggestions": SAMPLE_SUGGESTIONS,
            "sample_languages": ["de", "fr"],
            "sample_picture": SimpleNamespace(
                url=static("img/icon.svg"),
                full=144,
                high=144,
                sources=[("image/svg+xml", static("img/icon.svg"))],
            ),
            "sample_form": SampleForm({"body": "Augsburg", "email": "rathaus", "visit": "2"}),
            "tokens": TOKENS,
        },
    )


def elided(number, on_each_side, on_ends):
    return [1, 2, number, 4, 5, "…", 9]
