"""failonce's own folder of files: what leaves one installation and arrives in another."""

VERSION = 1  # of the format; raised when an older failonce could misread it
MANIFEST = "failonce.json"
FOLDERS = {"F": "failures", "L": "lessons", "M": "modes", "P": "preflights"}
HISTORY = "history.jsonl"
