"""The people of the secretariat, and where they are signed in."""

from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from alliance.languages import CODES, LANGUAGES


def validate_languages(value):
    if not isinstance(value, list) or not set(value) <= set(CODES):
        raise ValidationError(_("Choose among the six languages of the portal."))


class User(AbstractUser):
    """Somebody who signs in: an editor, a translator or an administrator."""

    interface_language = models.CharField(
        _("language of the desk"),
        max_length=2,
        choices=LANGUAGES,
        default="fr",
        help_text=_("In which the desk and its mails speak to this person. Never public."),
    )
    translation_languages = models.JSONField(
        _("translates into"),
        default=list,
        blank=True,
        validators=[validate_languages],
        help_text=_("A translator may change the texts of these languages only. Never public."),
    )

    class Meta(AbstractUser.Meta):
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    @cached_property
    def role_names(self):
        """The names of the roles given to this person. Kept with the person at hand, as Django keeps permissions."""
        return {group.name for group in self.groups.all()}

    def may_translate_into(self, language):
        """Whether this person may change texts in `language`: editors any, translators their own."""
        from accounts.roles import is_translator

        return not is_translator(self) or language in self.translation_languages


class Session(AbstractBaseSession):
    """A session of somebody's browser, with what its owner recognises it by. Deleted, it is over."""

    # Nobody, before they have signed in.
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="sessions")
    device = models.CharField(max_length=300, blank=True)
    # The network around the address, not the address: enough to see that it is not one's own.
    network = models.CharField(max_length=50, blank=True)
    seen_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"{self.device} {self.network} {self.seen_at:%Y-%m-%d %H:%M}"

    @classmethod
    def get_session_store_class(cls):
        from accounts.sessions import SessionStore

        return SessionStore
