"""`failonce ranking`: how recall ranks here, and letting answers teach it."""

import click

from failonce.cli.opening import acting_person, open_installation, say


@click.group()
def ranking() -> None:
    """Show how recall ranks here, let answers teach it, or go back to what ships."""


@ranking.command()
def show() -> None:
    """List what counts when a failure is told: its weight as shipped and its weight here."""
    open_installation()
    from failonce.modes.models import Ranking
    from failonce.modes.ranking import answers_since, signals_weighed

    for row in signals_weighed():
        click.echo(f"{row.shipped:8.2f} {row.here:8.2f}  {row.meaning}")
    say(f"The first number is the shipped one. Answers since: {answers_since(Ranking.objects.first())}.")


@ranking.command()
def learn() -> None:
    """Let every standing answer teach, starting from the shipped weights."""
    open_installation()
    from failonce.modes.writes import learn_ranking

    learnt = learn_ranking(actor=acting_person())
    say(f"{learnt.answers} answers had something to teach. Recall ranks by them from now on.")


@ranking.command()
def restore() -> None:
    """Go back to the weights that ship; the answers are kept."""
    open_installation()
    from failonce.modes.writes import restore_ranking

    restore_ranking(actor=acting_person())
    say("Recall ranks as it ships again.")
