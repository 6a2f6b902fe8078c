"""`python -m failonce` is the `failonce` command."""

from failonce.cli import main

main()
