"""The API: one router per room, tokens for everything, one error shape."""

from ninja import NinjaAPI

from failonce import __version__
from failonce.api import errors

api = NinjaAPI(
    title="failonce",
    version=__version__,
    description="Tell a failure once; be reminded before it repeats.",
    urls_namespace="api",
)
errors.install(api)
api.add_router("", "failonce.failures.api.router")
api.add_router("", "failonce.modes.api.router")
