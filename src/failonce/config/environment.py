"""Every setting, declared once: its name, its default and one sentence about it."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable that failonce reads."""

    name: str
    default: str
    help: str


SETTINGS = (
    Setting("FAILONCE_HOME", "~/.local/share/failonce", "The folder where all data lives."),
    Setting("DATABASE_URL", "", "A postgres:// address; empty means SQLite in FAILONCE_HOME."),
    Setting(
        "FAILONCE_SITE_URL",
        "",
        "The address people open, used in links; empty means where failonce serve last listened.",
    ),
    Setting("FAILONCE_ALLOWED_HOSTS", "", "More host names to answer to, separated by commas."),
    Setting("FAILONCE_ORGANISATION", "", "The name shown at the top of every page."),
    Setting("FAILONCE_TIME_ZONE", "UTC", "The time zone that pages show and forms take times in."),
    Setting("FAILONCE_SECRET_KEY", "", "Signs sessions and links; empty means one kept in FAILONCE_HOME."),
    Setting(
        "FAILONCE_EMAIL_URL",
        "",
        "smtp://user:password@host:25 for mail, encrypted with smtp+tls:// or smtps://; empty prints mail to the log.",
    ),
    Setting("FAILONCE_EMAIL_FROM", "failonce@localhost", "The sender of mail."),
    Setting("FAILONCE_AS", "", "Who the command line acts as: the e-mail address of a person."),
    Setting("FAILONCE_URL", "", "A failonce elsewhere that the command line talks to."),
    Setting("FAILONCE_TOKEN", "", "The API token for FAILONCE_URL."),
    Setting("FAILONCE_SEMANTIC_MODEL", "", "A local model folder for semantic recall."),
    Setting("FAILONCE_DEBUG", "no", "Shows error details to anyone: yes only while developing."),
)

_FIRST_ADDRESS = "http://127.0.0.1:8000"  # where failonce serve listens unless told otherwise
_BY_NAME = {setting.name: setting for setting in SETTINGS}
_YES, _NO = {"1", "yes", "true", "on"}, {"", "0", "no", "false", "off"}


class BadSetting(Exception):
    """A setting has a value nobody can use; the message names it and its choices."""


def env(name: str) -> str:
    """Return the value of a declared setting; `NAME_FILE` may name a file that holds it."""
    setting = _BY_NAME[name]
    file = os.environ.get(f"{name}_FILE")
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadSetting(f"{name}_FILE names {file}, which can't be read: {error.strerror}.") from error
    return os.environ.get(name, "").strip() or setting.default


def env_bool(name: str) -> bool:
    """Return a declared setting as yes or no; raise BadSetting for anything else."""
    value = env(name).lower()
    if value in _YES:
        return True
    if value in _NO:
        return False
    raise BadSetting(f"{name} is {value!r}; it takes yes or no.")


def env_list(name: str) -> list[str]:
    """Return a declared setting split at commas, without empty parts."""
    return [part.strip() for part in env(name).split(",") if part.strip()]


def home() -> Path:
    """Return the data folder, made on first use and readable by its owner only."""
    folder = Path(env("FAILONCE_HOME")).expanduser()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(
            f"FAILONCE_HOME is {folder}, which can't be made: {error.strerror}. Name a folder you may write to."
        ) from error
    return folder


def site_url() -> str:
    """Return the address people open: the one given, else where this installation was last served."""
    if said := env("FAILONCE_SITE_URL"):
        return said.rstrip("/")
    try:
        return (home() / "address").read_text(encoding="ascii").strip() or _FIRST_ADDRESS
    except (OSError, UnicodeError):
        return _FIRST_ADDRESS


def keep_site_url(address: str) -> None:
    """Let links of this process, and of commands that run beside it, lead to this address."""
    (home() / "address").write_text(f"{address}\n", encoding="ascii")
    os.environ["FAILONCE_SITE_URL"] = address
