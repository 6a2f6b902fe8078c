"""`failonce ranking`: how recall ranks here, and letting answers teach it."""

from typing import TYPE_CHECKING

import click

from failonce.cli.elsewhere import ask, is_elsewhere
from failonce.cli.opening import acting_person, open_installation, say
from failonce.cli.progress import while_recall_reads

if TYPE_CHECKING:  # needs Django, which is opened first
    from failonce.ranking.weighing import Weighed

_LONG = 300.0  # seconds: each answer takes some 20 ms to learn from, one before a long change 100 ms

_HEAD = f"{'shipped':>8} {'here':>8}"


@click.group()
def ranking() -> None:
    """Show how recall ranks here, let answers teach it, or go back to what ships."""


@ranking.command()
def show() -> None:
    """List what counts for a failure and before a change: each weight as shipped and here."""
    open_installation()
    from failonce.modes.models import Ranking
    from failonce.ranking.teaching import answers_since
    from failonce.ranking.weighing import occasions

    lists = [
        "\n".join([f"{', '.join(filter(None, [occasion.name, each.how]))}:", _HEAD, *map(_in_words, each.signals)])
        for occasion in occasions()
        for each in occasion.comparisons
    ]
    click.echo("\n\n".join(lists))
    say(f"Answers that wait to teach: {answers_since(Ranking.objects.first())}.")


@ranking.command()
def learn() -> None:
    """Let every standing answer teach, starting from the shipped weights."""
    learnt = ask("POST", "/recall/weights/learn", seconds=_LONG) if is_elsewhere() else _learn_here()
    say(f"{learnt['answers']} answers had something to teach. Recall ranks by them from now on.")


@ranking.command()
def restore() -> None:
    """Go back to the weights that ship; the answers are kept."""
    if is_elsewhere():
        ask("POST", "/recall/weights/restore")
    else:
        _restore_here()
    say("Recall ranks as it ships again.")


def _in_words(row: "Weighed") -> str:
    return f"{row.shipped:8.2f} {row.here:8.2f}  {row.meaning}"


def _learn_here() -> dict[str, int]:
    open_installation()
    from failonce.ranking.writes import learn_ranking

    with while_recall_reads():
        return {"answers": learn_ranking(actor=acting_person()).answers}


def _restore_here() -> None:
    open_installation()
    from failonce.ranking.writes import restore_ranking

    restore_ranking(actor=acting_person())
