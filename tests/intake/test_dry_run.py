"""A dry run keeps nothing, waits for nobody, and so keeps nobody waiting."""

from pathlib import Path

import pytest
from django.db import transaction

from failonce.catalogue.models import Service
from failonce.history.chain import record
from failonce.history.models import Entry
from failonce.history.verbs import Verb
from failonce.intake.interchange.arriving import import_folder
from failonce.modes.holding import hold_modes
from failonce.people.models import Person
from tests.overlap import Aside

FILES = {
    **{
        f"failures/F-{number}.md": "---\nstarted_at: 2025-01-01T10:00Z\ntold_by: dee@example.org\n---\nA sail tore.\n"
        for number in (1, 2)
    },
    "lessons/L-1.md": "---\nfailure: F-1\nwhen_you: sail\nremember: to reef\nbecause: sails tear\n---\n",
    "modes/M-1.md": "---\ntitle: Torn\nfailures: [F-1, F-2]\n---\n",
    "preflights/P-1.md": "---\nasked_at: 2025-01-02T10:00Z\nservices: [loft]\n---\nTake a new sail.\n",
    "answers.yaml": "- {failure: F-1, other: F-2, answer: 'yes'}\n",
    "catalogue.yaml": "services: [{slug: loft, name: Sail loft}]\n",
    "people.yaml": "practices: [{slug: rigging, name: Rigging, owner: dee@example.org}]\n",
}


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_is_over_before_somebody_who_writes(transactional_db: None, root: Person, tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    Service.objects.create(slug="loft", name="Loft")
    dry_run = Aside(lambda: import_folder(actor=root, folder=tmp_path, dry_run=True))

    with transaction.atomic():
        hold_modes()
        Service.objects.select_for_update().get(slug="loft")
        record(actor=root, verb=Verb.CATALOGUE_IMPORT, subject="catalogue")
        dry_run.begin()

    counts = dry_run.outcome().as_data()["counts"]
    assert {sort: tally["kept"] for sort, tally in counts.items()} == {
        "failures": 2, "lessons": 1, "modes": 1, "answers": 1, "preflights": 1, "practices": 1, "people": 1,
        "catalogue entries": 1,
    }  # fmt: skip
    assert Entry.objects.count() == 1
