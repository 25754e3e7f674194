"""The roads a letter takes: SMTP, and text messages; in the demo both end in the mailbox.

Outside it a letter that has no road says so: nobody waits for what was never sent.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import structlog

from config.settings import WebSettings
from server.messages.models import Channel, Letter

TIMEOUT = 15
log = structlog.get_logger("outbox")
Sender = Callable[[Letter], None]


class NotSent(Exception):
    """It did not go out; `for_good` when trying again will not help."""

    def __init__(self, message: str, *, for_good: bool = False) -> None:
        super().__init__(message)
        self.for_good = for_good


def senders(settings: WebSettings) -> dict[Channel, Sender]:
    """The roads this deployment has."""
    smtp_url = settings.smtp_url.get_secret_value()
    otherwise = _to_mailbox if settings.demo else _nowhere
    by_mail = Smtp(smtp_url, settings.mail_from) if smtp_url else otherwise
    return {Channel.EMAIL: by_mail, Channel.SMS: otherwise}


class Smtp:
    """One connection a letter: `smtp://user:password@host:587` (STARTTLS) or `smtps://`."""

    def __init__(self, url: str, mail_from: str) -> None:
        self._url = urlsplit(url)
        self._from = mail_from

    def __call__(self, letter: Letter) -> None:
        """Hand the letter to the mail server, or say that it would not take it."""
        message = EmailMessage()
        message["From"] = self._from
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Message-ID"] = f"<{letter.id}@{self._from.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.body)
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            raise NotSent("recipient refused", for_good=min(codes) >= 500) from None
        except (OSError, smtplib.SMTPException) as trouble:
            raise NotSent(type(trouble).__name__) from None

    def _connected(self) -> smtplib.SMTP:
        host, port = self._url.hostname or "localhost", self._url.port
        if self._url.scheme == "smtps":
            trusted = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port or 465, timeout=TIMEOUT, context=trusted
            )
        else:
            server = smtplib.SMTP(host, port or 25, timeout=TIMEOUT)
        try:
            if self._url.scheme == "smtp" and self._url.username:
                server.starttls(context=ssl.create_default_context())
            if self._url.username:
                server.login(unquote(self._url.username), unquote(self._url.password or ""))
        except BaseException:
            server.close()
            raise
        return server


def _to_mailbox(letter: Letter) -> None:
    """The row itself is what the demo's mailbox shows; nothing leaves the house."""
    log.info("to-mailbox", channel=letter.channel.value, kind=letter.kind)


def _nowhere(letter: Letter) -> None:
    raise NotSent(f"this house has no road for {letter.channel.value}", for_good=True)
