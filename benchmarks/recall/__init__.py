"""How well and how fast recall answers, beside the tools people use today."""
