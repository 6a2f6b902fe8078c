"""Brings in services, what depends on what, and teams from Backstage's `catalog-info.yaml`."""
