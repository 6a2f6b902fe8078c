"""Secrets that are shown once and kept only as a hash."""

import hashlib
import secrets

PREFIX = "fo_"  # lets secret scanners and people recognise one of ours


def new_secret() -> str:
    """Return a fresh secret of 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """Return what is kept of a secret; no slow hash is needed at 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
