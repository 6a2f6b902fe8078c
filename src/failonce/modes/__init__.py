"""Failure modes: has it happened before, does it stay gone."""
