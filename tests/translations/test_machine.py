"""Machine translation against a server of ours that speaks as DeepL and LibreTranslate do."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from alliance.languages import Provenance
from alliance.mail import Refused
from practices.models import Practice
from tests import factories
from tests.desk import form_data, url_of
from translations import machine
from translations.models import MachineUse

pytestmark = pytest.mark.django_db


class Service(BaseHTTPRequestHandler):
    """Puts the target language before each text; `server.answers` are given first, one to each request."""

    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers.get("Authorization"), question))
        answer = self.server.answers.pop(0) if self.server.answers else (200, None)
        if callable(answer):
            answer = answer()
        code, body = answer
        data = (json.dumps(self.translated(question)) if body is None else body).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def translated(self, question):
        if self.path == "/v2/translate":
            target = question["target_lang"]
            return {"translations": [{"text": f"{target} {text}"} for text in question["text"]]}
        return {"translatedText": [f"{question['target']} {text}" for text in question["q"]]}

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    server.answers, server.asked = [], []
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(params=["deepl", "libretranslate"])
def service(request, server, settings):
    settings.MACHINE_TRANSLATION = request.param
    settings.MACHINE_TRANSLATION_URL = f"http://127.0.0.1:{server.server_port}"
    settings.MACHINE_TRANSLATION_KEY = "key"
    return machine.service()


def practice(**fields):
    """One that exists in French only."""
    texts = {"title": "", "summary": ""} | {"title_fr": "Un titre", "summary_fr": "Un.\n\nDeux & <trois>."}
    return factories.practice(original_language="fr", **texts | fields)


def translate(entry, language="de", by=None):
    machine.translate.call(["practices", "practice"], entry.pk, language, (by or factories.editor()).pk)
    return Practice.objects.get(pk=entry.pk)


# --- What is sent and what comes back -------------------------------------------------------------


def test_what_is_missing_is_translated_line_by_line_and_marked(service, server):
    found = translate(practice())
    prefix = "DE" if service.name == "DeepL" else "de"
    assert found.title_de == f"{prefix} Un titre"
    assert found.summary_de == f"{prefix} Un.\n\n{prefix} Deux & <trois>."
    assert (found.provenance("de"), found.is_outdated("de")) == (Provenance.MACHINE, False)
    assert found.text("title", "it") == "Un titre" and found.provenance("it") is None


def test_deepl_gets_what_its_interface_asks_for(server, settings):
    settings.MACHINE_TRANSLATION, settings.MACHINE_TRANSLATION_KEY = "deepl", "key"
    settings.MACHINE_TRANSLATION_URL = f"http://127.0.0.1:{server.server_port}"
    assert machine.ask(["Un", "Deux"], "fr", "en") == ["EN-GB Un", "EN-GB Deux"]
    question = {
        "text": ["Un", "Deux"],
        "source_lang": "FR",
        "target_lang": "EN-GB",
        "preserve_formatting": True,
    }
    assert server.asked == [("/v2/translate", "DeepL-Auth-Key key", question)]


def test_libretranslate_gets_what_its_interface_asks_for(server, settings):
    settings.MACHINE_TRANSLATION, settings.MACHINE_TRANSLATION_KEY = "libretranslate", "key"
    settings.MACHINE_TRANSLATION_URL = f"http://127.0.0.1:{server.server_port}"
    assert machine.ask(["Un"], "fr", "ru") == ["ru Un"]
    question = {"q": ["Un"], "source": "fr", "target": "ru", "format": "text", "api_key": "key"}
    assert server.asked == [("/translate", None, question)]


def test_many_texts_go_in_portions(service, server):
    texts = [f"Text {number}" for number in range(120)]
    assert len(machine.ask(texts, "fr", "de")) == 120
    assert len(server.asked) == 3


@pytest.mark.parametrize("code", [400, 401, 403, 413, 456])
def test_what_another_try_does_not_help_is_refused_in_words(service, server, code):
    server.answers = [(code, "Quota exceeded")]
    with pytest.raises(Refused, match=f"{service.name}: {code}"):
        machine.ask(["Un"], "fr", "de")


@pytest.mark.parametrize(
    "answer",
    [(429, ""), (500, ""), (503, "<html>"), (200, "not json"), (200, "[]"), (200, "{}"), (200, "null"),
     (200, '{"translations": [], "translatedText": []}'),
     (200, '{"translations": [{"text": 1}], "translatedText": [1]}'),
     (200, '{"translations": [{"text": ""}], "translatedText": [""]}'),
     (200, '{"translations": [{"text": "a\\u0000b"}], "translatedText": ["a\\u0000b"]}')],
)  # fmt: skip
def test_what_is_no_answer_is_tried_again_later(service, server, answer):
    server.answers = [answer]
    with pytest.raises(machine.Unavailable):
        machine.ask(["Un"], "fr", "de")


def test_a_service_that_hangs_is_tried_again_later(service, server, monkeypatch):
    monkeypatch.setattr(machine, "PATIENCE", 0.1)
    server.answers = [lambda: time.sleep(0.5) or (200, None)]
    with pytest.raises(machine.Unavailable):
        machine.ask(["Un"], "fr", "de")


def test_a_service_that_is_not_there_is_tried_again_later(settings):
    settings.MACHINE_TRANSLATION, settings.MACHINE_TRANSLATION_URL = "deepl", "http://127.0.0.1:1"
    with pytest.raises(machine.Unavailable):
        machine.ask(["Un"], "fr", "de")


# --- What people wrote ----------------------------------------------------------------------------


def test_nothing_is_sent_while_it_is_switched_off(server):
    found = translate(practice())
    assert (found.title_de or "", server.asked) == ("", [])


@pytest.mark.parametrize("provenance", ["official", "reviewed", "unreviewed", ""])
def test_what_a_person_translated_is_never_touched(service, server, provenance):
    entry = practice(
        title_de="Ein Titel", provenance_de=provenance, source_revision=2, made_from_revision_de=1
    )
    found = translate(entry)
    assert (found.title_de, found.summary_de or "", server.asked) == ("Ein Titel", "", [])


def test_what_somebody_has_begun_without_a_title_is_not_touched(service, server):
    assert not machine.work_to_do(practice(summary_de="Angefangen"), "de")


def test_a_machine_translation_is_made_anew_when_the_source_has_changed(service):
    entry = practice(
        title_de="Alt", summary_de="Alt", provenance_de="machine", source_revision=2, made_from_revision_de=1
    )
    found = translate(entry)
    assert found.title_de.lower() == "de un titre" and not found.is_outdated("de")


def test_one_that_is_in_step_is_left_alone(service, server):
    translate(practice(title_de="Alt", summary_de="Alt", provenance_de="machine", made_from_revision_de=1))
    assert server.asked == []


def test_who_translates_while_the_machine_is_at_it_wins(service, server):
    entry = practice()

    def somebody_is_quicker():
        Practice.objects.filter(pk=entry.pk).update(title_de="Von Hand", provenance_de="unreviewed")
        return 200, None

    # The stub answers in a thread of its own, which sees no transaction of a test: the edit is made from here.
    real, machine_ask = machine.ask, lambda *question: (somebody_is_quicker(), real(*question))[1]
    machine.ask = machine_ask
    try:
        found = translate(entry)
    finally:
        machine.ask = real
    assert (found.title_de, found.summary_de or "") == ("Von Hand", "")


def test_a_translation_that_does_not_fit_is_refused(service, server):
    entry = practice(title_fr="x" * 199)
    with pytest.raises(Refused, match="title"):
        translate(entry)


# --- The budget -----------------------------------------------------------------------------------


def test_what_is_sent_is_taken_from_the_budget_of_the_month(service, settings):
    settings.MACHINE_TRANSLATION_BUDGET = 100
    translate(practice())
    [use] = MachineUse.objects.all()
    sent = len("Un titre") + len("Un.") + len("Deux & <trois>.")
    assert (use.characters, use.month.day, machine.budget_left()) == (sent, 1, 100 - sent)


def test_nothing_is_sent_that_the_budget_does_not_hold(service, server, settings):
    settings.MACHINE_TRANSLATION_BUDGET = 20
    with pytest.raises(Refused, match="20"):
        translate(practice())
    assert (server.asked, machine.budget_left()) == ([], 20)


def test_what_was_not_translated_is_given_back(service, server, settings):
    settings.MACHINE_TRANSLATION_BUDGET = 100
    server.answers = [(500, "")]
    with pytest.raises(machine.Unavailable):
        translate(practice())
    assert machine.budget_left() == 100


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time anyway")
def test_many_at_once_do_not_spend_more_than_there_is(service, settings):
    settings.MACHINE_TRANSLATION_BUDGET = 100

    def spend(_number):
        try:
            return machine.reserve(30)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(spend, range(16))) == 3
    assert machine.budget_left() == 10


# --- At the desk ----------------------------------------------------------------------------------


def page_of(*entries):
    pks = ",".join(str(entry.pk) for entry in entries)
    return f"{reverse('admin:translations_machineuse_translate')}?model=practices.practice&pks={pks}"


def test_the_list_leads_to_a_page_that_says_what_would_be_sent(client, service):
    entry = practice()
    client.force_login(factories.editor())
    chosen = {"action": "translate_by_machine", "_selected_action": [entry.pk]}
    response = client.post(reverse("admin:practices_practice_changelist"), chosen, follow=True)
    assert response.redirect_chain[0][0].startswith(reverse("admin:translations_machineuse_translate"))
    assert [code for code, _words in response.context["form"].fields["languages"].choices] == [
        "en",
        "de",
        "it",
        "ru",
        "tr",
    ]
    assert response.context["form"].characters["de"] == 26


def test_what_is_ordered_is_queued_for_the_worker(client, service):
    entry = practice()
    client.force_login(factories.editor())
    response = client.post(page_of(entry), {"languages": ["de", "ru"]})
    assert response.headers["Location"] == reverse("admin:practices_practice_changelist")
    tasks = DBTaskResult.objects.filter(task_path="translations.machine.translate")
    assert [task.status for task in tasks] == [TaskResultStatus.READY] * 2


def test_an_order_over_the_budget_is_refused_in_words(client, service, settings):
    settings.MACHINE_TRANSLATION_BUDGET = 30
    client.force_login(factories.editor())
    response = client.post(page_of(practice()), {"languages": ["de", "ru"]})
    assert "52" in response.context["form"].non_field_errors()[0]
    assert not DBTaskResult.objects.exists()


def test_a_translator_orders_only_what_they_may_translate(client, service):
    client.force_login(factories.translator("de"))
    response = client.get(page_of(practice()))
    assert [code for code, _words in response.context["form"].fields["languages"].choices] == ["de"]


@pytest.mark.parametrize(
    "query",
    ["", "?model=x", "?model=auth.user&pks=1", "?model=a.b.c", "?model=cities.city&pks=1", "?model=%00"],
)
def test_an_address_that_names_nothing_is_none(client, service, query):
    client.force_login(factories.administrator())
    assert client.get(reverse("admin:translations_machineuse_translate") + query).status_code == 404


def test_junk_among_the_entries_is_left_out(client, service):
    client.force_login(factories.administrator())
    url = reverse("admin:translations_machineuse_translate")
    response = client.get(url, {"model": "practices.practice", "pks": "x,-1,99999999999999999999,²,1e9,\0"})
    assert (response.status_code, response.context["entries"]) == (200, [])


def test_while_it_is_off_the_desk_does_not_offer_it(client):
    client.force_login(factories.editor())
    page = client.get(reverse("admin:practices_practice_changelist")).content.decode()
    assert "translate_by_machine" not in page
    assert client.get(page_of(practice())).status_code == 404


def test_the_desk_says_how_much_was_used_and_what_went_wrong(client, service):
    MachineUse.objects.create(service=service.name, month=timezone.localdate().replace(day=1), characters=7)
    client.force_login(factories.administrator())
    response = client.get(reverse("admin:translations_machineuse_changelist"))
    assert (response.status_code, response.context["left"]) == (200, 499_993)


def test_what_a_person_corrects_is_no_longer_a_machine_translation(client, service):
    editor = factories.editor()
    entry = translate(practice(), by=editor)
    client.force_login(editor)
    page = client.get(url_of(entry))
    client.post(url_of(entry), form_data(page, summary_de="Von Hand"))
    entry = Practice.objects.get(pk=entry.pk)
    assert (entry.summary_de, entry.provenance("de")) == ("Von Hand", Provenance.UNREVIEWED)
    assert not machine.work_to_do(entry, "de")
