"""Mail against real servers on the loopback interface: what arrives, and what becomes of it where none wants it."""

import contextlib
import datetime
import email
import os
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
from email import policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings as project
from django.core import mail as django_mail
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus

from alliance import mail
from alliance.languages import CODES
from alliance.management.commands import work
from exchange.models import Mail, Submission
from tests import factories
from tests.desk import url_of

pytestmark = pytest.mark.django_db

SAMPLE = """\
{% translate "Alliance of Cities" %}: {{ title }}

{% blocktranslate trimmed count number=places %}{{ number }} practice{% plural %}{{ number }} practices{% endblocktranslate %}


<b>{{ title }}</b>
{{ site }}/x/?a=1&b=2

{% if never %}Nothing{% endif %}
The end.
"""


@pytest.fixture(autouse=True)
def sample(settings, tmp_path):
    """There is a mail called sample."""
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail/sample.txt").write_text(SAMPLE)
    [templates] = settings.TEMPLATES
    settings.TEMPLATES = [templates | {"DIRS": [tmp_path, *templates["DIRS"]]}]
    settings.SITE_URL = "https://cities.example"
    settings.DEFAULT_FROM_EMAIL = "Alliance <alliance@cities.example>"


@pytest.fixture(autouse=True)
def connected(monkeypatch):
    """The library's worker drops connections in a transaction, which here is that of the test; so does Django's client."""
    monkeypatch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)


def delivered():
    """What was sent since the test began, once the worker has nothing left to do."""
    call_command("work", once=True)
    return django_mail.outbox


def send(to="anna@example.org", language="en", title="A & B", **options):
    mail.send(
        "sample", to=to, language=language, context={"title": title, "places": 2, "never": ""}, **options
    )


# --- What arrives ---------------------------------------------------------------------------------


def test_the_text_is_plain_in_the_language_of_who_gets_it():
    send(language="fr")
    [message] = delivered()
    assert message.subject == "Alliance des villes: A & B"
    assert message.body == (
        "2 pratiques\n\n<b>A & B</b>\nhttps://cities.example/x/?a=1&b=2\n\nThe end.\n\n"
        "--\nAlliance des villes\nhttps://cities.example/fr/"
    )


@pytest.mark.parametrize("code", CODES)
def test_every_language_has_its_page_of_html_in_which_texts_are_escaped(code):
    send(language=code)
    [(html, kind)] = delivered()[0].alternatives
    assert kind == "text/html"
    assert html.startswith(f'<!doctype html>\n<html lang="{code}">')
    assert "<p>&lt;b&gt;A &amp; B&lt;/b&gt;<br><a href=" in html
    assert 'href="https://cities.example/x/?a=1&amp;b=2"' in html
    assert "<p>The end.</p>" in html


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x85", "\u2028"])
def test_no_text_can_add_a_header(end):
    send(title=f"Title{end}Bcc: eve@example.org")
    [message] = delivered()
    assert message.subject == "Alliance of Cities: Title Bcc: eve@example.org"
    assert message.recipients() == ["anna@example.org"]


def test_answers_go_to_the_secretariat_where_it_has_an_address(settings):
    for address in ("secretariat@cities.example", ""):
        settings.SECRETARIAT_EMAIL = address
        send()
    assert [message.reply_to for message in delivered()] == [["secretariat@cities.example"], []]


def test_the_headers_tell_programs_that_a_program_wrote_it():
    send(language="de")
    message = delivered()[0].message()
    assert message["From"] == "Alliance <alliance@cities.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "de"
    assert message["Message-ID"].endswith("@cities.example>")


def test_an_attachment_comes_along():
    send(attachments=[("a.ics", "BEGIN:VCALENDAR\r\nSUMMARY:É\r\n", "text/calendar")])
    attachment = delivered()[0].message().get_payload()[-1]
    assert attachment.get_content_type() == "text/calendar"
    assert attachment.get_filename() == "a.ics"
    assert attachment.get_payload(decode=True).decode().splitlines() == ["BEGIN:VCALENDAR", "SUMMARY:É"]


def test_what_is_undone_sends_nothing():
    with transaction.atomic():
        send()
        assert Mail.objects.count() == 1
        transaction.set_rollback(True)
    assert (Mail.objects.count(), delivered()) == (0, [])


# --- Servers --------------------------------------------------------------------------------------


class Server:
    """A mail server that gives its answers in turn, 250 when there are none left, and keeps what it took."""

    def __init__(self):
        self.recipient_answers, self.data_answers, self.taken = [], [], []

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.recipient_answers.pop(0) if self.recipient_answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        answer = self.data_answers.pop(0) if self.data_answers else "250 OK"
        if answer.startswith("250"):
            self.taken.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return answer


@pytest.fixture
def by_smtp(settings):
    """Mail goes to a port of the loopback interface, on which nobody listens yet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 0.5
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    return port


@contextlib.contextmanager
def listening(port, **options):
    server = Server()
    controller = Controller(server, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


@contextlib.contextmanager
def scripted(port, *answers):
    """A mail server that gives these answers to what it is told, one after the other, and then hangs up.

    An answer None never comes. The words of a mail are answered once, at their end.
    """
    listener = socket.create_server(("127.0.0.1", port))

    def talk():
        with listener.accept()[0] as client, client.makefile("rb") as lines:
            in_data = False
            for answer in answers:
                if answer is None:
                    client.recv(10_000)  # until the other side has had enough
                    return
                client.sendall(answer.encode() + b"\r\n")
                for line in lines:
                    if not in_data or line == b".\r\n":
                        break
                in_data = answer.startswith("354")

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield
    finally:
        thread.join(5)
        listener.close()


def deliver():
    """Let the worker do what there is to do; the state of the only mail after that."""
    delivered()
    return Mail.objects.get().state


def when_its_time_comes():
    Mail.objects.update(run_after=timezone.now())


def test_a_real_server_gets_the_text_and_its_html(by_smtp):
    send(to="omer@bücher.example", language="ru", title="Città, İstanbul, Нант")
    with listening(by_smtp) as server:
        assert deliver() == Mail.State.SENT
    [message] = server.taken
    assert message["Subject"].strip() == "Альянс городов: Città, İstanbul, Нант"
    assert message["To"] == "omer@xn--bcher-kva.example"
    kinds = {part.get_content_type(): part for part in message.walk() if not part.is_multipart()}
    assert list(kinds) == ["text/plain", "text/html"]
    assert "<b>Città, İstanbul, Нант</b>" in kinds["text/plain"].get_content()
    assert '<html lang="ru">' in kinds["text/html"].get_content()


def test_what_is_queued_asks_no_server(by_smtp):
    with socket.create_server(("127.0.0.1", by_smtp)) as listener:
        send()
        listener.settimeout(0.1)
        with pytest.raises(TimeoutError):
            listener.accept()
    assert Mail.objects.get().state == Mail.State.QUEUED


NOT_NOW = {
    "does not greet": [None],
    "is busy": ["421 try later"],
    "does not take us": ["554 no service for you"],
    "dies at once": ["220 here", "250 hello"],
    "dies midway": ["220 here", "250 hello", "250 ok", "250 ok", "354 go on"],
    "hangs midway": ["220 here", "250 hello", "250 ok", "250 ok", "354 go on", None],
    "defers the recipient": ["220 here", "250 hello", "250 ok", "451 greylisted", "250 ok", "221 bye"],
    "defers the mail": [
        "220 here",
        "250 hello",
        "250 ok",
        "250 ok",
        "354 go on",
        "452 full",
        "250 ok",
        "221 bye",
    ],
    "does not like our sender": ["220 here", "250 hello", "550 who are you", "250 ok", "221 bye"],
}


@pytest.mark.parametrize("answers", NOT_NOW.values(), ids=NOT_NOW.keys())
def test_a_server_that_fails_now_is_asked_again_and_gets_the_same_mail(by_smtp, answers):
    send()
    identity = Mail.objects.get().letter["message_id"]
    with scripted(by_smtp, *answers):
        assert deliver() == Mail.State.DELAYED
    waiting = Mail.objects.get().next_try - timezone.now()
    assert datetime.timedelta(seconds=50) < waiting < datetime.timedelta(seconds=61)
    with listening(by_smtp) as server:
        assert deliver() == Mail.State.DELAYED, "not before its time"
        when_its_time_comes()
        assert deliver() == Mail.State.SENT
    assert [message["Message-ID"] for message in server.taken] == [identity]


def test_a_server_that_nobody_finds_is_asked_ever_more_rarely_and_then_the_mail_is_kept(by_smtp, client):
    send()
    waits = []
    while deliver() == Mail.State.DELAYED:
        queued = Mail.objects.get()
        waits.append(queued.next_try - queued.finished_at)
        when_its_time_comes()
    assert waits == sorted(work.WAITS)
    assert datetime.timedelta(days=2) < sum(waits, datetime.timedelta()) < datetime.timedelta(days=4)
    assert Mail.objects.get().problem == "ConnectionRefusedError: [Errno 111] Connection refused"
    client.force_login(factories.administrator())
    client.post(
        url_of(Mail, "changelist"), {"action": "send_again", "_selected_action": [Mail.objects.get().pk]}
    )
    with listening(by_smtp) as server:
        assert deliver() == Mail.State.SENT
    assert len(server.taken) == 1


def test_a_refusal_is_kept_with_the_words_of_the_server_and_not_asked_for_again(by_smtp):
    send()
    with listening(by_smtp) as server:
        server.recipient_answers = ["550 5.1.1 nobody of that name"]
        assert deliver() == Mail.State.FAILED
        when_its_time_comes()
        assert deliver() == Mail.State.FAILED
    refused = Mail.objects.get()
    assert refused.problem == "alliance.mail.Refused: 550 5.1.1 nobody of that name"
    assert (len(refused.worker_ids), server.taken) == (1, [])


def test_a_mail_whose_content_is_refused_is_not_sent_again(by_smtp):
    send()
    with listening(by_smtp) as server:
        server.data_answers = ["554 5.7.1 looks like spam"]
        assert deliver() == Mail.State.FAILED
    assert Mail.objects.get().problem == "alliance.mail.Refused: 554 5.7.1 looks like spam"


def test_a_server_that_dies_after_taking_a_mail_has_taken_it(by_smtp):
    send()
    with scripted(by_smtp, "220 here", "250 hello", "250 ok", "250 ok", "354 go on", "250 taken"):
        assert deliver() == Mail.State.SENT


def test_one_bad_address_holds_up_nobody_else(by_smtp):
    for name in ("anna", "nobody", "zoe"):
        send(to=f"{name}@example.org")
    with listening(by_smtp) as server:
        server.recipient_answers = ["250 OK", "550 nobody"]
        delivered()
    assert [message["To"] for message in server.taken] == ["anna@example.org", "zoe@example.org"]


# --- Encryption -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The paths of a certificate for 127.0.0.1 that nobody vouches for but itself, and of its key."""
    if not shutil.which("openssl"):
        pytest.skip("needs the command openssl, which makes the certificate of the mail server")
    folder = tmp_path_factory.mktemp("certificate")
    paths = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=mail"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-out", paths[0], "-keyout", paths[1]]
    subprocess.run(command, check=True, capture_output=True)
    return paths


@pytest.fixture(params=["starttls", "tls"])
def encrypted(request, by_smtp, settings, certificate):
    """What makes a server speak TLS, after a greeting or from the first byte; ours expects it to."""
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = request.param == "starttls", request.param == "tls"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    if request.param == "starttls":
        return {"tls_context": context, "require_starttls": True}
    return {"ssl_context": context}


def test_mail_goes_encrypted_to_a_server_whose_certificate_is_trusted(
    by_smtp, encrypted, certificate, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    send()
    with listening(by_smtp, **encrypted) as server:
        assert deliver() == Mail.State.SENT
    assert [message["To"] for message in server.taken] == ["anna@example.org"]


def test_a_server_with_a_certificate_that_nobody_vouches_for_gets_nothing_and_the_mail_waits(
    by_smtp, encrypted
):
    send()
    with listening(by_smtp, **encrypted) as server:
        assert deliver() == Mail.State.DELAYED
    assert server.taken == []
    assert Mail.objects.get().problem.startswith("ssl.SSLCertVerificationError: ")


def test_a_server_with_the_certificate_of_another_gets_nothing_and_the_mail_waits(
    by_smtp, encrypted, certificate, settings, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    settings.EMAIL_HOST = "localhost"
    send()
    with listening(by_smtp, **encrypted) as server:
        assert deliver() == Mail.State.DELAYED
    assert server.taken == []
    assert "mismatch" in Mail.objects.get().problem


def test_a_server_that_offers_no_encryption_gets_nothing_where_we_want_it(by_smtp, settings):
    settings.EMAIL_USE_TLS = True
    send()
    with listening(by_smtp) as server:
        assert deliver() == Mail.State.DELAYED
    assert server.taken == []


# --- The worker -----------------------------------------------------------------------------------


def test_a_mail_whose_worker_is_gone_is_taken_up_again():
    send()
    begun = timezone.now() - work.LONGEST
    Mail.objects.update(status=TaskResultStatus.RUNNING, worker_ids=["gone"], started_at=begun)
    assert deliver() == Mail.State.DELAYED
    when_its_time_comes()
    assert deliver() == Mail.State.SENT


def test_a_mail_that_is_just_being_sent_is_left_to_its_worker():
    send()
    Mail.objects.update(status=TaskResultStatus.RUNNING, worker_ids=["busy"], started_at=timezone.now())
    assert deliver() == Mail.State.SENDING


@pytest.mark.parametrize(
    "status, days, is_kept",
    [
        (TaskResultStatus.SUCCESSFUL, work.KEEP_DONE - 1, True),
        (TaskResultStatus.SUCCESSFUL, work.KEEP_DONE + 1, False),
        (TaskResultStatus.FAILED, work.KEEP_FAILED - 1, True),
        (TaskResultStatus.FAILED, work.KEEP_FAILED + 1, False),
        (TaskResultStatus.READY, work.KEEP_FAILED + 1, True),
    ],
)
def test_mails_are_forgotten_after_a_time(status, days, is_kept):
    send()
    later = timezone.now() + datetime.timedelta(days=1)
    Mail.objects.update(
        status=status,
        finished_at=timezone.now() - datetime.timedelta(days=days),
        run_after=later,
        worker_ids=["any"] * 20,
    )
    delivered()
    assert Mail.objects.exists() == is_kept


def test_looking_for_work_writes_nothing(django_assert_num_queries):
    with django_assert_num_queries(1) as queries:
        work.work(worker=None)
    assert queries[0]["sql"].startswith("SELECT")


# --- Real processes -------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(tmp_path, transactional_db):
    """The environment of a process that works on the database of this test, or on a copy of it.

    There is one mail to send, and it is to be forgotten that a form was sent.
    """
    send(title="Process")
    Submission.objects.create(sent_at=timezone.now() - datetime.timedelta(days=2))
    where = connection.settings_dict
    if connection.vendor == "sqlite":
        path = tmp_path / "copy.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])
        url = f"sqlite:///{path}"
    else:
        url = (
            f"postgres://{where['USER']}:{where['PASSWORD']}@{where['HOST']}:{where['PORT']}/{where['NAME']}"
        )
    return os.environ | {
        "ALLIANCE_VAR": str(tmp_path),
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "alliance.settings.test",
        "SITE_URL": "https://cities.example",
    }


def answer_at(environment, question):
    """The first value that a query finds there."""
    if environment["DATABASE_URL"].startswith("postgres"):
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0]
    with contextlib.closing(sqlite3.connect(environment["DATABASE_URL"].removeprefix("sqlite:///"))) as copy:
        return copy.execute(question).fetchone()[0]


def status_at(environment):
    return answer_at(environment, "SELECT status FROM django_tasks_database_dbtaskresult")


def wait_until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "in vain"
        time.sleep(0.1)


def test_a_worker_writes_mail_to_files_forgets_and_ends_with_the_process_that_started_it(elsewhere, tmp_path):
    command = [sys.executable, str(project.BASE_DIR / "manage.py"), "work", "--attached"]
    with subprocess.Popen(command, env=elsewhere, stdin=subprocess.PIPE) as worker:
        wait_until(lambda: status_at(elsewhere) == "SUCCESSFUL")
        wait_until(lambda: answer_at(elsewhere, "SELECT count(*) FROM exchange_submission") == 0)
        worker.stdin.close()
        assert worker.wait(10) == 0
    [file] = (tmp_path / "mail").glob("*.log")
    message = email.message_from_bytes(
        file.read_bytes().partition(b"\n" + b"-" * 79)[0], policy=policy.default
    )
    assert (message["To"], message["Subject"]) == ("anna@example.org", "Alliance of Cities: Process")


def children_of(process, words):
    """The numbers of the processes that `process` started and whose command holds `words`."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == process and words in (folder / "cmdline").read_text().replace("\0", " "):
                found.append(int(folder.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes where Linux lists them")
def test_the_server_starts_a_worker_replaces_it_when_it_dies_and_takes_it_along(elsewhere):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        elsewhere |= {"PORT": str(probe.getsockname()[1]), "GRANIAN_WORKERS": "1"}
    command = [sys.executable, "-m", "alliance.serve"]
    with subprocess.Popen(command, env=elsewhere, cwd=project.BASE_DIR) as server:
        wait_until(lambda: status_at(elsewhere) == "SUCCESSFUL")
        [worker] = children_of(server.pid, "manage.py work")
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: children_of(server.pid, "manage.py work") not in ([], [worker]))
        [worker] = children_of(server.pid, "manage.py work")
        server.terminate()
        assert server.wait(20) == 0
    wait_until(lambda: not Path(f"/proc/{worker}").exists(), seconds=3)


# --- Settings -------------------------------------------------------------------------------------


def settings_with(**environment):
    """What the settings say in an environment, or the last line of their complaint."""
    names = "EMAIL_HOST, EMAIL_PORT, EMAIL_USE_TLS, EMAIL_USE_SSL, EMAIL_HOST_USER, EMAIL_TIMEOUT"
    program = f"from alliance.settings.base import *; print(({names}))"
    found = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | environment,
        cwd=project.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    return (found.stdout or found.stderr).strip().splitlines()[-1]


US = {"EMAIL_HOST": "smtp.example", "DEFAULT_FROM_EMAIL": "a@b.example", "SITE_URL": "https://b.example/"}


def test_the_environment_names_the_mail_server():
    assert settings_with(**US, EMAIL_USER="u") == "('smtp.example', 587, True, False, 'u', 15)"
    tls = settings_with(**US, EMAIL_SECURITY="tls", EMAIL_TIMEOUT="5")
    assert tls == "('smtp.example', 465, False, True, '', 5)"


@pytest.mark.parametrize("number", ["0", "-1", "3651", "ninety", "1e3", ""])
def test_a_senseless_number_of_days_to_keep_people_is_a_mistake(number):
    assert "REGISTRATIONS_KEPT is a number of days" in settings_with(REGISTRATIONS_KEPT=number)


def test_a_mail_server_without_a_sender_is_a_mistake():
    assert "DEFAULT_FROM_EMAIL" in settings_with(EMAIL_HOST="smtp.example")


# --- The desk -------------------------------------------------------------------------------------


def test_only_administrators_see_the_mails(client):
    send()
    client.force_login(factories.editor())
    assert client.get(url_of(Mail, "changelist")).status_code == 403
    assert client.get(url_of(Mail.objects.get())).status_code == 403


def test_an_administrator_finds_a_mail_by_its_address_and_reads_what_became_of_it(client, by_smtp):
    send(to="anna@example.org", title="For Anna <b>")
    send(to="zoe@example.org", title="For Zoe")
    client.force_login(factories.administrator())
    html = client.get(url_of(Mail, "changelist"), {"q": "anna@ex"}).content.decode()
    assert ("For Anna &lt;b&gt;" in html, "For Zoe" in html) == (True, False)
    with listening(by_smtp) as server:
        server.recipient_answers = ["550 nobody", "250 OK"]
        delivered()
    html = client.get(url_of(Mail, "changelist"), {"state": "FAILED"}).content.decode()
    assert ("550 nobody" in html, "For Zoe" in html) == (True, False)
    html = client.get(url_of(Mail.objects.first())).content.decode()
    assert "https://cities.example/x/?a=1&amp;b=2" in html


def test_what_was_sent_is_not_sent_again(client):
    send()
    delivered()
    client.force_login(factories.administrator())
    action = {"action": "send_again", "_selected_action": [Mail.objects.get().pk]}
    page = client.post(url_of(Mail, "changelist"), action, follow=True)
    assert "0 mails are sent again." in page.content.decode()
    assert len(delivered()) == 1
