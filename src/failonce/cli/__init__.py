"""The terminal door: one file per command group."""


def main() -> None:
    """Run the `failonce` command."""
    from failonce.cli.main import cli

    cli()
