"""Recognises a repeat told in other words, with a sentence-embedding model kept on this machine; off without one."""

from failonce.recall.semantic.embedder import Embedder
from failonce.recall.semantic.errors import ModelNotUsable
from failonce.recall.semantic.models import describe, find_model, load

__all__ = ["Embedder", "ModelNotUsable", "describe", "find_model", "load"]
