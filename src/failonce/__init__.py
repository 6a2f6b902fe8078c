"""Fail once, learn everywhere: failures told, recognised and remembered in time."""

__version__ = "0.1.0"
