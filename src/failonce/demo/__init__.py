"""Demo Harbour: a made-up provider and well-known public failures, to try failonce with."""

from pathlib import Path

CONTENT = Path(__file__).parent / "content"
VISITOR = "demo-ada@demo.example"  # whoever opens the demo sees it as this person
