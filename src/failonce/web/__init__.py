"""The page door: base templates, style, the front page."""
