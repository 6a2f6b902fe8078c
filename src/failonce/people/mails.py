"""The mails we send to people: plain text, in kind words, never the only way to get somewhere."""

import logging
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from failonce.people.writes import INVITATION_DAYS, Invited

log = logging.getLogger(__name__)


def is_configured() -> bool:
    """Tell whether mail leaves this installation; otherwise it is only printed to the log."""
    return not settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend"))


def send_invitation(invited: Invited) -> bool:
    """Mail the link to whom it is for, and tell whether it left; call it after the write has committed."""
    who = invited.invitation.invited_by.name
    subject = f"{who} invites you to {settings.ORGANISATION or 'failonce'}"
    context = {"invitation": invited.invitation, "link": invited.link, "days": INVITATION_DAYS}
    return _send(invited.invitation.email, subject, "people/mail/invitation.txt", context)


def _send(to: str, subject: str, template: str, context: dict[str, Any]) -> bool:
    if not is_configured():
        return False
    body = render_to_string(template, context | {"organisation": settings.ORGANISATION, "site": settings.SITE_URL})
    try:
        send_mail(" ".join(subject.split()), body, settings.DEFAULT_FROM_EMAIL, [to])
    except (OSError, SMTPException, UnicodeError) as error:
        # The link is shown on the page too, so nobody waits for this mail; the log says what to mend.
        log.warning("mail not sent: %s", error)
        return False
    return True
