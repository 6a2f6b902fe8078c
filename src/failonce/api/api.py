"""The API: one router per room, tokens for everything, one error shape."""

from failonce import __version__
from failonce.api import errors
from failonce.api.docs import DescribedAPI, Docs, for_the_known
from failonce.api.reading import Bodies, only_known_parameters
from failonce.api.tokens import needs

api = DescribedAPI(
    title="failonce",
    version=__version__,
    description=(
        "Tell a failure once; be reminded before it repeats. Every operation takes an API token, issued under "
        "your account. Errors are problem details (RFC 9457). NUL and lone surrogates in texts are kept as "
        "U+FFFD, and the answer then has a Failonce-Note header."
    ),
    docs=Docs(),
    docs_decorator=for_the_known,
    parser=Bodies(),
    auth=needs("manage"),  # an operation that forgets to say its scope is closed, not open
    urls_namespace="api",
)
errors.install(api)
api.add_decorator(only_known_parameters, mode="view")
api.add_router("", "failonce.failures.api.router")
api.add_router("", "failonce.modes.api.router")
api.add_router("", "failonce.people.api.router")
api.add_router("/catalogue", "failonce.catalogue.api.router")
api.add_router("", "failonce.lessons.api.router")
api.add_router("", "failonce.preflight.api.router")
api.add_router("", "failonce.ranking.api.router")
api.add_router("", "failonce.intake.api.router")
