"""Django's settings, taken from the environment only; everything works with none set."""

import os
import secrets
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import dj_database_url

from failonce.config.environment import BadSetting, env, env_bool, env_list, home, site_url

PACKAGE = Path(__file__).resolve().parent.parent
HOME = home()
DEBUG = env_bool("FAILONCE_DEBUG")
SITE_URL = site_url()
ORGANISATION = env("FAILONCE_ORGANISATION")
SEMANTIC_MODEL = env("FAILONCE_SEMANTIC_MODEL")


def _secret_key() -> str:
    """Return the given key, or one made once and kept, so that sign-ins survive a restart."""
    if env("FAILONCE_SECRET_KEY"):
        return env("FAILONCE_SECRET_KEY")
    file = HOME / "secret_key"
    try:
        # Exclusive creation: two processes starting at once must not sign with two keys.
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        handle.write(key := secrets.token_urlsafe(48))
    return key


def _database() -> dict[str, object]:
    if url := env("DATABASE_URL"):
        try:
            # Persistent connections: opening one costs more than most of our queries.
            return dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
        except (ValueError, KeyError) as error:
            raise BadSetting("DATABASE_URL isn't an address like postgres://user:password@host/name.") from error
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME / "failonce.sqlite3",
        "OPTIONS": {
            # Without IMMEDIATE a read-then-write transaction fails at once under WAL; no timeout helps.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-20000;"
            ),
        },
    }


def _time_zone() -> str:
    try:
        return str(ZoneInfo(env("FAILONCE_TIME_ZONE")))
    except (KeyError, ValueError, OSError) as error:
        raise BadSetting("FAILONCE_TIME_ZONE isn't a time zone such as Europe/Berlin or UTC.") from error


SECRET_KEY = _secret_key()
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_site = urlsplit(SITE_URL)
_more_names = env_list("FAILONCE_ALLOWED_HOSTS")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *filter(None, [_site.hostname]), *_more_names]
# Behind a proxy that speaks HTTPS we see HTTP, and would take a form sent from our own page for a stranger's.
CSRF_TRUSTED_ORIGINS = [
    *([SITE_URL] if _site.scheme in {"http", "https"} else []),
    *(f"https://{'*' if name.startswith('.') else ''}{name}" for name in _more_names if name != "*"),
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "ninja",
    "failonce.history",
    "failonce.people",
    "failonce.catalogue",
    "failonce.failures",
    "failonce.lessons",
    "failonce.modes",
    "failonce.preflight",
    "failonce.ranking",
    "failonce.intake",
    "failonce.web",
    "failonce.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "failonce.api.errors.OneErrorShape",
    "failonce.web.middleware.KnownNames",
    "failonce.web.middleware.NothingLost",
    "failonce.web.drafts.DraftDone",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "failonce.people.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "failonce.people.middleware.CleanWords",
]

ROOT_URLCONF = "failonce.config.urls"
WSGI_APPLICATION = "failonce.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "failonce.web.context.site",
            ],
        },
    },
]

AUTH_USER_MODEL = "people.Person"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

PASSWORD_RESET_TIMEOUT = 24 * 3600
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        # Counts of attempts live here; with Django's 300 a stranger could push them out by trying many addresses.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

USE_TZ = True
TIME_ZONE = _time_zone()
LANGUAGE_CODE = "en-gb"
USE_I18N = False

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns about a missing folder, on every start
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG or "pytest" in sys.modules
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

# A story of five megabytes must reach the form that answers it; Django's 2.5 MB would end in a bare 400.
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024

_self = "'self'"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": [_self],
        "style-src": [_self],
        "img-src": [_self, "data:"],
        "font-src": [_self],
        "connect-src": [_self],
        "form-action": [_self],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": [_self],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _site.scheme == "https"
SESSION_COOKIE_NAME = "failonce_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

_mail = urlsplit(env("FAILONCE_EMAIL_URL"))
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _mail.hostname else 'console'}.EmailBackend"
EMAIL_HOST = _mail.hostname or "localhost"
EMAIL_PORT = _mail.port or 25
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("FAILONCE_EMAIL_FROM")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
