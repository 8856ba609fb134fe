"""Machine translation: off by default, for what nobody has translated, and marked as what it is until a person looks.

A service gets paragraphs and gives paragraphs. It never touches a language in which a person has written anything of an
entry, and never sends more characters in a month than its budget allows.
"""

import logging

import httpx
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from alliance.languages import CODES, Provenance
from alliance.mail import Refused
from alliance.publishing import Translated, editing
from translations.models import MachineUse
from translations.units import save_translation, units

logger = logging.getLogger(__name__)

# In seconds, for each answer.
PATIENCE = 30


class Unavailable(Exception):
    """The service does not answer, or not now, or not as it should: another try may succeed."""


# --- Services -------------------------------------------------------------------------------------


class DeepL:
    """api-free.deepl.com or api.deepl.com, version 2."""

    name = "DeepL"
    address = "https://api-free.deepl.com"
    # Texts in one request, and characters, well under the 128 KiB of its limit.
    most_texts, most_characters = 50, 20_000
    TARGETS = {"en": "EN-GB"}

    def request(self, texts, source, target):
        """The (path, headers, JSON) that ask for `texts` in `target`."""
        return (
            "/v2/translate",
            {"Authorization": f"DeepL-Auth-Key {settings.MACHINE_TRANSLATION_KEY}"},
            {
                "text": texts,
                "source_lang": source.upper(),
                "target_lang": self.TARGETS.get(target, target.upper()),
                "preserve_formatting": True,
            },
        )

    def texts(self, answer):
        return [each["text"] for each in answer["translations"]]


class LibreTranslate:
    """A server of LibreTranslate, one's own or another's."""

    name = "LibreTranslate"
    address = "http://127.0.0.1:5000"
    most_texts, most_characters = 50, 5_000

    def request(self, texts, source, target):
        data = {"q": texts, "source": source, "target": target, "format": "text"}
        if settings.MACHINE_TRANSLATION_KEY:
            data["api_key"] = settings.MACHINE_TRANSLATION_KEY
        return "/translate", {}, data

    def texts(self, answer):
        return answer["translatedText"]


SERVICES = {"deepl": DeepL(), "libretranslate": LibreTranslate()}


def service():
    """The service that the settings name, or None: then nothing is sent to anybody."""
    return SERVICES.get(settings.MACHINE_TRANSLATION)


def ask(texts, source, target):
    """`texts` (paragraphs) in the language `target`, in their order, from the service of the settings.

    Raises Refused where another try would not help, else Unavailable.
    """
    machine, done = service(), []
    address = settings.MACHINE_TRANSLATION_URL or machine.address
    with httpx.Client(base_url=address, timeout=PATIENCE, trust_env=False) as client:
        for some in _portions(texts, machine):
            path, headers, data = machine.request(some, source, target)
            try:
                response = client.post(path, headers=headers, json=data)
            except httpx.HTTPError as error:
                raise Unavailable(type(error).__name__) from error
            done += _read(machine, response, len(some))
    return done


def _portions(texts, machine):
    """`texts` in portions that the service takes at once; a single text may be longer than that."""
    portion, characters = [], 0
    for text in texts:
        if portion and (
            len(portion) == machine.most_texts or characters + len(text) > machine.most_characters
        ):
            yield portion
            portion, characters = [], 0
        portion.append(text)
        characters += len(text)
    if portion:
        yield portion


def _read(machine, response, count):
    """The `count` texts of an answer."""
    code = response.status_code
    # 403: a wrong key; 413: too much at once; 456: DeepL's quota of the month is used up.
    if code in (400, 401, 403, 404, 413, 456):
        raise Refused(f"{machine.name}: {code} {response.reason_phrase} {response.text[:200]}".strip())
    if code != 200:
        raise Unavailable(f"{machine.name}: {code}")
    try:
        texts = machine.texts(response.json())
    except (ValueError, KeyError, TypeError) as error:
        raise Unavailable(f"{machine.name}: {type(error).__name__}") from error
    if not isinstance(texts, list) or len(texts) != count or not all(_is_text(text) for text in texts):
        raise Unavailable(f"{machine.name}: the answer does not fit the question")
    return [text.strip() for text in texts]


def _is_text(text):
    return isinstance(text, str) and text.strip() and text.isprintable()


# --- The budget -----------------------------------------------------------------------------------


def budget_left():
    """How many characters may still be sent this month."""
    use = MachineUse.objects.filter(**_this_month()).first()
    return max(settings.MACHINE_TRANSLATION_BUDGET - (use.characters if use else 0), 0)


def reserve(characters):
    """Take so many characters from the budget of the month, all of them or none; whether they were there."""
    use, _created = MachineUse.objects.get_or_create(**_this_month())
    left = MachineUse.objects.filter(
        pk=use.pk, characters__lte=settings.MACHINE_TRANSLATION_BUDGET - characters
    )
    return bool(left.update(characters=F("characters") + characters))


def give_back(characters, month):
    MachineUse.objects.filter(service=service().name, month=month).update(
        characters=F("characters") - characters
    )


def _this_month():
    return {"service": service().name, "month": timezone.localdate().replace(day=1)}


# --- What is translated ---------------------------------------------------------------------------


def work_to_do(entry, language):
    """The Units of `entry` that a machine may translate into `language`, none where a person has been at work.

    Provenance is that of an entry in a language, so the texts of machines and of people do not mix in it.
    """
    if not isinstance(entry, Translated) or language == entry.original_language:
        return []
    own = entry.provenance(language)
    found = [unit for unit in units(entry) if unit.text(entry.original_language)]
    if own is None:
        # Without a title there, but perhaps a part: then somebody has begun.
        return [] if any(unit.text(language) for unit in found) else found
    if own != Provenance.MACHINE:
        return []
    return [unit for unit in found if entry.is_outdated(language) or not unit.text(language)]


def paragraphs(found, language):
    """The distinct lines of the units' texts in `language` that have words in them."""
    lines = [line.strip() for unit in found for line in unit.text(language).split("\n")]
    return list(dict.fromkeys(line for line in lines if line))


def characters_of(entry, language):
    return sum(map(len, paragraphs(work_to_do(entry, language), entry.original_language)))


def queue(entry, language, *, by):
    """Have what is missing of `entry` in `language` translated by the worker."""
    kind = ContentType.objects.get_for_model(entry)
    translate.enqueue([kind.app_label, kind.model], entry.pk, language, by.pk)


@task()
def translate(kind, pk, language, user):
    """Translate what is missing of an entry into `language`, in the name of the user who asked for it.

    Nothing is done where meanwhile the entry is gone, somebody has translated it, or the service was switched off.
    """
    model = ContentType.objects.get_by_natural_key(*kind).model_class()
    entry = model.objects.filter(pk=pk).first()
    found = work_to_do(entry, language) if entry and service() and language in CODES else []
    if not found:
        return
    source, revision = entry.original_language, entry.source_revision
    texts = paragraphs(found, source)
    done = _paid_for(texts, source, language)
    translations = dict(zip(texts, done, strict=True))
    made = {unit.name: _put_together(unit.text(source), translations) for unit in found}
    _check_lengths(found, made)
    with editing(by=get_user_model().objects.filter(pk=user).first(), reason=_reason()):
        entry = model.objects.select_for_update().get(pk=pk)
        still = {unit.name for unit in work_to_do(entry, language)}
        texts = {name: text for name, text in made.items() if name in still}
        if texts:
            save_translation(entry, language, texts, provenance=Provenance.MACHINE, revision=revision)


def _reason():
    return f"Machine translation: {service().name}"


def _paid_for(texts, source, target):
    """The translations of `texts`, their characters taken from the budget, and given back where there is none."""
    characters, month = sum(map(len, texts)), _this_month()["month"]
    if not reserve(characters):
        raise Refused(
            str(_("The budget of this month has %(left)s characters left; this text has %(needed)s."))
            % {"left": budget_left(), "needed": characters}
        )
    try:
        return ask(texts, source, target)
    except Exception:
        give_back(characters, month)
        raise


def _put_together(text, translations):
    """`text` with each line translated, and its blank lines."""
    return "\n".join(translations.get(line.strip(), "") for line in text.split("\n"))


def _check_lengths(found, made):
    for unit in found:
        if unit.max_length and len(made[unit.name]) > unit.max_length:
            raise Refused(f"{unit.name}: {len(made[unit.name])} > {unit.max_length}")
