"""Mail: a text for one address, queued together with what it tells of, and delivered by the worker.

A text is `templates/mail/<name>.txt`: its first line is the subject, the rest plain paragraphs and bare addresses, from
which both the plain and the HTML part are made. See docs/decisions/0008-mail.md.
"""

import contextlib
import logging
import re
import smtplib
from email.utils import formatdate, make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template import Context, engines
from django.utils import translation
from django_tasks import task

logger = logging.getLogger(__name__)

# Mails hold personal data. For how many days they are kept, once sent and once given up.
KEEP_DONE, KEEP_FAILED = 7, 30


class Refused(Exception):
    """The mail server will never take this mail: there is no such address, for instance."""


def absolute(path):
    """The address of a page of ours, as it must stand in a mail."""
    return f"{settings.SITE_URL}{path}"


def send(name, *, to, language, context=None, attachments=()):
    """Queue the mail of `templates/mail/<name>.txt` for one address, in `language`, once the transaction commits.

    The queue is a table: the mail is written there in the transaction of the caller, and comes or goes with it.
    `context` holds plain texts in `language`, to which `site` is added, scheme and host of the portal. `attachments` are
    (filename, text, mimetype). Answers go to the secretariat.
    """
    text = _rendered(f"mail/{name}.txt", language, context or {})
    subject, _blank_line, body = text.partition("\n\n")
    deliver.enqueue(
        {
            "to": to,
            "subject": " ".join(subject.split()),
            "body": body,
            "language": language,
            "reply_to": [settings.SECRETARIAT_EMAIL] if settings.SECRETARIAT_EMAIL else [],
            "attachments": [list(attachment) for attachment in attachments],
            # Made once: a mail server recognises by it the second try of a mail that it has already.
            "message_id": make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
            "date": formatdate(localtime=True),
        }
    )


@task()
def deliver(letter):
    """Hand a queued mail to the mail server. Raises Refused for good, anything else for now."""
    message = _message(letter)
    connection = get_connection()
    try:
        connection.open()
        connection.send_messages([message])
    except OSError as error:  # the errors of smtplib are kinds of it
        logger.warning("Mail %s was not sent: %s", letter["message_id"], type(error).__name__)
        if _is_final(error):
            raise Refused(_words(error)) from error
        raise
    finally:
        # A server that dies after it took the mail has taken it.
        with contextlib.suppress(OSError):
            connection.close()


def _message(letter):
    language = letter["language"]
    parts = {"subject": letter["subject"], "body": letter["body"], "language": language}
    message = EmailMultiAlternatives(
        subject=letter["subject"],
        body=_rendered("mail/base.txt", language, parts),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[letter["to"]],
        reply_to=letter["reply_to"],
        headers={
            "Message-ID": letter["message_id"],
            "Date": letter["date"],
            "Auto-Submitted": "auto-generated",
            "Content-Language": language,
        },
    )
    message.attach_alternative(_rendered("mail/base.html", language, parts), "text/html")
    for attachment in letter["attachments"]:
        message.attach(*attachment)
    return message


def _rendered(name, language, context):
    """The text of a template in `language`, without more than one blank line in a row. Only HTML is escaped."""
    template = engines["django"].engine.get_template(name)
    context = Context({"site": settings.SITE_URL, **context}, autoescape=name.endswith(".html"))
    with translation.override(language):
        text = template.render(context)
    lines = (line.rstrip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def _is_final(error):
    """Whether the server has judged this very mail or its recipient for good, and not us, or the present moment."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _reason in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def _words(error):
    """What the server said, with its code."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        [(code, reason)] = error.recipients.values()
    else:
        code, reason = error.smtp_code, error.smtp_error
    return f"{code} {reason.decode(errors='replace')}"
