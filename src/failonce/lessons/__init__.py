"""What to remember and when: "When you …, remember …, because …"."""
