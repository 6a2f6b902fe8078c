"""Demo Harbour: a made-up provider and well-known public failures, to try failonce with."""

VISITOR = "demo-ada@demo.example"  # whoever opens the demo sees it as this person
