"""Filling an empty installation with the demo."""

from typing import Any

import yaml
from django.db import transaction

from failonce.demo import CONTENT, VISITOR
from failonce.demo.conversing import converse
from failonce.failures.models import Failure
from failonce.intake.interchange.arriving import import_folder
from failonce.intake.report import Report
from failonce.people.errors import Refused
from failonce.people.models import Person, Team
from failonce.people.writes import OPERATOR, operator


def load() -> Report | None:
    """Fill an empty installation; return None when the demo is here already, raise Refused anywhere else."""
    with transaction.atomic():
        if Person.objects.filter(email=VISITOR).exists():
            return None
        if Failure.objects.exists() or Person.objects.exclude(email=OPERATOR).exists():
            raise Refused(
                "This installation holds somebody's own data; the demo is loaded into an empty one only. "
                "Use failonce serve --demo, which keeps the demo in a folder of its own."
            )
        _people(yaml.safe_load((CONTENT / "people.yaml").read_text(encoding="utf-8")))
        administrator = operator()
        report = import_folder(actor=administrator, folder=CONTENT)
        converse(actor=administrator, content=CONTENT)
    return report


def _people(data: dict[str, Any]) -> None:
    for team_said in data["teams"]:
        team = Team.objects.create(slug=team_said["slug"], name=team_said["name"])
        for said in team_said["people"]:
            person = Person(
                email=said["email"],
                name=said["name"],
                team=team,
                is_leader="leader" in said["roles"],
                is_administrator="administrator" in said["roles"],
            )
            person.set_unusable_password()
            person.save()
