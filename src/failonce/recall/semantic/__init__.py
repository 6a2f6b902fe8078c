"""Recognises a repeat told in other words, with a sentence-embedding model kept on this machine; off without one."""

from failonce.recall.semantic.embedder import Embedder
from failonce.recall.semantic.errors import ModelNotUsable

__all__ = ["Embedder", "ModelNotUsable"]
