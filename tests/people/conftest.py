"""What tests about people share: counts of attempts begin at nothing, and a mail server that really listens."""

import socket
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.cache import cache

from failonce.people.mails import Posting


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> None:
    cache.clear()


class Mailbox:
    """Keeps what an SMTP client handed in."""

    def __init__(self) -> None:
        self._mails: list[EmailMessage] = []

    def arrived(self) -> list[EmailMessage]:
        """Return what has arrived, once everything on its way has."""
        wait_for_mail()
        return self._mails

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep one mail; aiosmtpd calls this by its name."""
        content = envelope.original_content or b""
        self._mails.append(message_from_bytes(content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """The mailbox of an SMTP server on this machine, to which failonce is set up to send."""
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    server.start()
    yield box
    wait_for_mail()
    server.stop()


@pytest.fixture
def silent_mail_server(settings: Any) -> Iterator[None]:
    """A mail server that takes connections and says nothing, to which failonce is set up to send."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        yield
    wait_for_mail()  # closing hangs up, and what waited gives up


def wait_for_mail() -> None:
    """Wait until every mail has left, or can't."""
    for thread in threading.enumerate():
        if isinstance(thread, Posting):
            thread.join()


@pytest.fixture
def no_mail(settings: Any) -> None:
    """An installation without a mail server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
