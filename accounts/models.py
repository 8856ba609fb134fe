"""The people of the secretariat."""

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.languages import CODES, LANGUAGES


def validate_languages(value):
    if not isinstance(value, list) or not set(value) <= set(CODES):
        raise ValidationError(_("Choose among the six languages of the portal."))


class User(AbstractUser):
    """Somebody who signs in: an editor, a translator or an administrator."""

    interface_language = models.CharField(
        _("language of the desk"), max_length=2, choices=LANGUAGES, default="fr"
    )
    translation_languages = models.JSONField(
        _("translates into"),
        default=list,
        blank=True,
        validators=[validate_languages],
        help_text=_("A translator may change the texts of these languages only."),
    )

    class Meta(AbstractUser.Meta):
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def may_translate_into(self, language):
        """Whether this person may change texts in `language`: editors any, translators their own."""
        from accounts.roles import is_translator

        return not is_translator(self) or language in self.translation_languages
