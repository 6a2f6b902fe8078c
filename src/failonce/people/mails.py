"""The mails we send to people: plain text, in kind words, never the only way to get somewhere."""

import logging
import threading
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from failonce.people.models import Person
from failonce.people.writes import INVITATION_DAYS, AddressAsked, Invited

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds that somebody waits for a page because of a mail


class Posting(threading.Thread):
    """One mail on its way to the mail server.

    A thread, because looking up the server's name and a server that answers in drips know no time limit,
    and somebody waits for the page.
    """

    def __init__(self, mail: EmailMessage) -> None:
        super().__init__(name="posting", daemon=True)
        self._mail = mail
        self.has_left = False

    def run(self) -> None:
        """Hand the mail over; when that fails, the log says what to mend."""
        try:
            self._mail.send()
            self.has_left = True
        except (OSError, SMTPException, UnicodeError) as error:
            log.warning("mail not sent: %s", error)


def is_configured() -> bool:
    """Tell whether mail leaves this installation; otherwise it is only printed to the log."""
    return not settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend"))


def send_invitation(invited: Invited) -> bool:
    """Mail the link to whom it is for; call it after the write has committed.

    Return whether the mail server took it within PATIENCE. If it didn't, the mail may still leave, or
    never; so the door shows the link in any case.
    """
    if not is_configured():
        return False
    who = invited.invitation.invited_by.name
    organisation = settings.ORGANISATION
    said = {"invitation": invited.invitation, "link": invited.link, "days": INVITATION_DAYS}
    body = render_to_string(
        "people/mail/invitation.txt", said | {"organisation": organisation, "site": settings.SITE_URL}
    )
    subject = f"{who} invites you to {organisation or 'failonce'}"
    return _has_left(post(invited.invitation.email, subject, body))


def send_address_link(person: Person, asked: AddressAsked) -> bool:
    """Mail the link to the address that shall be theirs, and tell the present one; return whether the first left."""
    said = {"person": person, "email": asked.email, "link": asked.link, "site": settings.SITE_URL}
    to_the_new = post(asked.email, "Is this your address?", render_to_string("people/mail/address_confirm.txt", said))
    post(person.email, "A new address for your account", render_to_string("people/mail/address_asked.txt", said))
    return _has_left(to_the_new)


def tell_old_address(person: Person, old: str) -> None:
    """Tell the address an account had that it has another one now; nobody waits for it."""
    if not is_configured():
        return
    said = {"person": person, "site": settings.SITE_URL}
    post(old, "Your account has a new address", render_to_string("people/mail/address_changed.txt", said))


def _has_left(posting: Posting) -> bool:
    posting.join(PATIENCE)
    if posting.is_alive():
        log.warning("mail not sent yet: the mail server has kept it waiting for %s s", PATIENCE)
    return posting.has_left


def post(to: str, subject: str, body: str) -> Posting:
    """Begin to send a mail and return at once; join what is returned to wait for it."""
    posting = Posting(EmailMessage(" ".join(subject.split()), body, settings.DEFAULT_FROM_EMAIL, [to]))
    posting.start()
    return posting
