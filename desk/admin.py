"""The desk's view of links outside the portal: which are broken, and where they stand."""

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.roles import is_translator
from alliance.templatetags.alliance import admin_url
from desk import audit, links
from desk.models import AuditEntry, Link


class LinksWithEntries(ChangeList):
    """Reads at once which entries name the links of a page."""

    def get_results(self, request):
        super().get_results(request)
        naming = links.entries_naming([link.url for link in self.result_list])
        for link in self.result_list:
            link.entries = naming[link.url]


@admin.register(Link)
class LinkAdmin(admin.ModelAdmin):
    # Django would take those of entries, which lie in a folder of the same name.
    change_list_template = "admin/change_list.html"
    change_form_template = "admin/change_form.html"
    list_display = ["address", "state", "what_it_said", "checked_at", "failures", "named_by"]
    list_display_links = None
    list_filter = ["state"]
    search_fields = ["url"]
    ordering = ["-failures", "url"]
    list_per_page = 50
    fields = readonly_fields = ["url", "state", "answer", "checked_at", "failures"]
    actions = ["check_again", "ignore"]

    # Whoever changes content may see to its links; a translator has no say in them.
    def has_module_permission(self, request):
        return request.user.has_perm("resources.change_resource") and not is_translator(request.user)

    def has_view_permission(self, request, obj=None):
        return self.has_module_permission(request)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_changelist(self, request, **kwargs):
        return LinksWithEntries

    @admin.display(description=_("link"), ordering="url")
    def address(self, link):
        return format_html('<a href="{0}" rel="noreferrer">{0}</a>', link.url)

    @admin.display(description=_("last answer"))
    def what_it_said(self, link):
        return gettext(link.answer) if link.answer else ""

    @admin.display(description=_("named by"))
    def named_by(self, link):
        return format_html_join(
            ", ", '<a href="{}">{}</a>', ((admin_url(entry), str(entry)) for entry in link.entries)
        )

    @admin.action(description=_("Check the selected links again"), permissions=["view"])
    def check_again(self, request, queryset):
        number = queryset.update(check_after=timezone.now(), state=Link.State.UNCHECKED)
        words = ngettext(
            "%(number)s link is checked again within a few minutes.",
            "%(number)s links are checked again within a few minutes.",
            number,
        )
        messages.info(request, words % {"number": number})

    @admin.action(
        description=pgettext_lazy("of links", "Ignore the selected links: they are right"),
        permissions=["view"],
    )
    def ignore(self, request, queryset):
        number = queryset.update(state=Link.State.IGNORED, failures=0, failed_on=[])
        words = ngettext("%(number)s link is ignored now.", "%(number)s links are ignored now.", number)
        messages.info(request, words % {"number": number})


class PersonFilter(admin.SimpleListFilter):
    """By whose name a line stands under, as it was then."""

    title = _("who")
    parameter_name = "name"

    def lookups(self, request, model_admin):
        names = AuditEntry.objects.exclude(by=None).order_by("name").values_list("name", flat=True).distinct()
        return [(name, name) for name in names]

    def queryset(self, request, queryset):
        return queryset.filter(name=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
    """The audit log, for administrators, to read and to take along."""

    change_list_template = "admin/desk/audit_log.html"
    change_form_template = "admin/change_form.html"
    list_display = ["at", "name", "kind", "in_words", "address"]
    list_display_links = None
    list_filter = ["kind", PersonFilter]
    search_fields = ["name", "about", "address"]
    date_hierarchy = "at"
    list_per_page = 100
    show_full_result_count = False
    actions = None

    def get_urls(self):
        view = self.admin_site.admin_view(self.download)
        return [path("csv/", view, name="desk_auditentry_csv"), *super().get_urls()]

    def has_module_permission(self, request):
        return request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(
            request, {"kept_days": settings.AUDIT_KEPT_DAYS} | (extra_context or {})
        )

    @admin.display(description=_("about"))
    def in_words(self, entry):
        return gettext(entry.about) if entry.about else ""

    def download(self, request):
        """The lines that the list shows, with its filters, as CSV."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            entries = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return redirect("admin:desk_auditentry_changelist")
        audit.note(audit.Kind.EXPORT, by=request.user, about="desk.auditentry", request=request)
        response = StreamingHttpResponse(
            audit.as_csv(entries.iterator()), content_type="text/csv; charset=utf-8"
        )
        response.headers["Content-Disposition"] = content_disposition_header(True, "audit-log.csv")
        return response
