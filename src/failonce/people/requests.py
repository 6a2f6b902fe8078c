"""A page request as our views see it: signed in, and knowing htmx."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from failonce.people.models import Person


class Request(HttpRequest):
    """A request whose person is signed in; SignInRequired sees to that."""

    user: Person
    htmx: HtmxDetails
