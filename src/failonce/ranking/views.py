"""The page that says how recall ranks here."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from failonce.history.models import Entry
from failonce.history.verbs import Verb
from failonce.modes.models import Ranking
from failonce.people.permissions import may
from failonce.people.requests import Request
from failonce.ranking import writes
from failonce.ranking.teaching import answers_since
from failonce.ranking.weighing import occasions


@require_GET
def ranking(request: Request) -> HttpResponse:
    """How recall ranks here: each signal, its weight as shipped and here, and the way back."""
    last = Ranking.objects.select_related("set_by").first()
    context = {
        "last": last,
        "occasions": occasions(),
        "answers_since": answers_since(last),
        "may_learn": may(request.user, Verb.RANKING_LEARN),
        "history": Entry.objects.filter(subject__startswith="ranking:").order_by("-sequence")[:20],
    }
    return render(request, "ranking/ranking.html", context)


@require_POST
def ranking_learn(request: Request) -> HttpResponse:
    """Let the answers teach."""
    learnt = writes.learn_ranking(actor=request.user)
    messages.success(request, f"{learnt.answers} answers had something to teach. Recall ranks by them from now on.")
    return redirect("ranking")


@require_POST
def ranking_restore(request: Request) -> HttpResponse:
    """Go back to the weights that ship."""
    writes.restore_ranking(actor=request.user)
    messages.success(request, "Recall ranks as it ships again. The answers are kept.")
    return redirect("ranking")
