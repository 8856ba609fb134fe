"""The desk's view of the mail: what waits, what was sent, what could not be sent and why. For administrators only."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from desk import audit
from exchange.models import Mail

# Of the tables of the tasks the desk shows the mails only, in words for people.
admin.site.unregister(DBTaskResult)


def moment(time):
    return date_format(timezone.localtime(time), "SHORT_DATETIME_FORMAT") if time else ""


class StateFilter(admin.SimpleListFilter):
    title = pgettext_lazy("of a mail", "state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            (TaskResultStatus.READY.value, Mail.State.QUEUED.label),
            (TaskResultStatus.FAILED.value, Mail.State.FAILED.label),
            (TaskResultStatus.SUCCESSFUL.value, Mail.State.SENT.label),
        ]

    def queryset(self, request, queryset):
        return queryset.filter(status=self.value()) if self.value() in TaskResultStatus.values else queryset


@admin.register(Mail)
class MailAdmin(admin.ModelAdmin):
    list_display = ["subject", "to", "queued", "state", "problem"]
    list_filter = [StateFilter]
    search_fields = ["args_kwargs__args__0__to", "args_kwargs__args__0__subject"]
    ordering = ["-enqueued_at", "pk"]
    actions = ["send_again"]
    fields = readonly_fields = [
        "to", "subject", "body", "queued", "state", "tries", "next_try", "sent", "problem",
    ]  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).mails()

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def log_deletions(self, request, queryset):
        audit.note_deletions(request, queryset)
        return super().log_deletions(request, queryset)

    @admin.display(description=pgettext_lazy("of a mail", "to"))
    def to(self, mail):
        return mail.letter["to"]

    @admin.display(description=pgettext_lazy("of a mail", "subject"))
    def subject(self, mail):
        return mail.subject

    @admin.display(description=pgettext_lazy("of a mail", "text"))
    def body(self, mail):
        return mail.letter["body"]

    @admin.display(description=_("written on"), ordering="enqueued_at")
    def queued(self, mail):
        return moment(mail.enqueued_at)

    @admin.display(description=pgettext_lazy("of a mail", "state"), ordering="status")
    def state(self, mail):
        return mail.state.label

    @admin.display(description=pgettext_lazy("of a mail", "tries"))
    def tries(self, mail):
        return len(mail.worker_ids)

    @admin.display(description=_("next try"))
    def next_try(self, mail):
        return moment(mail.next_try)

    @admin.display(description=_("sent on"))
    def sent(self, mail):
        return moment(mail.finished_at if mail.state == Mail.State.SENT else None)

    @admin.display(description=_("what went wrong"))
    def problem(self, mail):
        return mail.problem

    @admin.action(description=_("Send again those that were not sent"), permissions=["view"])
    def send_again(self, request, queryset):
        number = queryset.send_again()
        words = ngettext("%(number)s mail is sent again.", "%(number)s mails are sent again.", number)
        messages.info(request, words % {"number": number})
