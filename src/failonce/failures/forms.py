"""The form in which a failure is told and edited, and what it becomes."""

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import Any

from django import forms
from django.utils import timezone

from failonce.catalogue.models import Audience, Offering
from failonce.catalogue.ticking import initial_services, split, tickable
from failonce.failures.models import Failure, Kind, Visibility
from failonce.failures.telling import STORY_NEEDED, Loss, Telling
from failonce.people.errors import Refused

SPARE_LOSSES = 3  # blocks of "what they lost" to add to those that are filled; each save brings new ones
_CODE_OR_ADDRESS = re.compile(r"(?:\S*/failures/)?(?:F[\s-]*)?([0-9]+)(?:[/?#]\S*)?", re.IGNORECASE)
_LONGEST_ADDRESS = 300
_LOSS = ("offering", "audiences", "lost")


class MomentField(forms.DateTimeField):
    """A local date and time as browsers and people write it."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    input_formats = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M", "%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=self.input_formats, **kwargs)


class TellForm(forms.Form):
    """One field first; the rest unfolds. Rules about content are the telling's, not the form's."""

    story = forms.CharField(
        label="What happened?",
        error_messages={"required": STORY_NEEDED},
        strip=False,
        widget=forms.Textarea(attrs={"rows": 9, "class": "long", "autofocus": True, "dir": "auto"}),
        help_text="In your own words. Markdown, log lines and code are fine.",
    )
    title = forms.CharField(
        label="In one line",
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text="Left empty, it is taken from the first sentence of the story.",
    )
    kind = forms.ChoiceField(
        label="What kind of failure?", choices=Kind.choices, initial=Kind.INCIDENT, widget=forms.RadioSelect
    )
    started_at = MomentField(label="When did it start?", required=False, help_text="Left empty, it started just now.")
    ended_at = MomentField(label="When did it end?", required=False, help_text="Leave empty while it goes on.")
    services = forms.MultipleChoiceField(
        label="Services it touched", required=False, widget=forms.CheckboxSelectMultiple
    )
    more_services = forms.CharField(
        label="Other services",
        required=False,
        help_text="Separated by commas. A name the catalogue doesn't know is kept as a name.",
    )
    deployment = forms.CharField(
        label="Deployment or change", required=False, help_text="A link, a version or a commit, if there was one."
    )
    source = forms.CharField(label="Link to a report", required=False, widget=forms.URLInput)
    visibility = forms.ChoiceField(
        label="Who may read it?", choices=Visibility.choices, initial=Visibility.EVERYONE, widget=forms.RadioSelect
    )
    readers = forms.CharField(
        label="Readers, if only those named",
        required=False,
        help_text="E-mail addresses, separated by commas. You can always read it; nobody else can, administrators of "
        "the database excepted.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["services"].choices = tickable()  # type: ignore[attr-defined]
        self._add_losses()

    def _add_losses(self) -> None:
        offerings = [("", "—"), *Offering.objects.values_list("slug", "name")]
        audiences = list(Audience.objects.values_list("slug", "name"))
        spare = SPARE_LOSSES if len(offerings) > 1 or audiences else 0
        self._blocks = max(1, _losses_in(self.data if self.is_bound else self.initial)) + spare
        for row in range(self._blocks):
            self.fields[f"offering_{row}"] = forms.ChoiceField(label="Offering", required=False, choices=offerings)
            self.fields[f"audiences_{row}"] = forms.MultipleChoiceField(
                label="Who was hit", required=False, choices=audiences, widget=forms.CheckboxSelectMultiple
            )
            self.fields[f"lost_{row}"] = forms.CharField(
                label="What they lost", required=False, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
            )

    def losses(self) -> list[tuple[forms.BoundField, ...]]:
        """Return the blocks of impact as bound fields, for the template."""
        return [tuple(self[f"{part}_{row}"] for part in _LOSS) for row in range(self._blocks)]

    def telling(self) -> Telling:
        """Return what the valid form says, times in the installation's zone made aware."""
        data = self.cleaned_data
        return Telling(
            story=data["story"],
            title=data["title"],
            kind=data["kind"],
            started_at=data["started_at"] or timezone.now(),
            ended_at=data["ended_at"],
            services=(*data["services"], *split(data["more_services"])),
            losses=tuple(self._losses_said()),
            deployment=data["deployment"],
            source=data["source"],
            visibility=data["visibility"],
            readers=tuple(split(data["readers"])),
        )

    def _losses_said(self) -> list[Loss]:
        data = self.cleaned_data
        return [
            Loss(data[f"offering_{row}"], tuple(data[f"audiences_{row}"]), data[f"lost_{row}"])
            for row in range(self._blocks)
        ]

    def add_problems(self, fields: dict[str, str]) -> None:
        """Show the sentences of a refusal beside the fields they are about."""
        for name, problem in fields.items():
            self.add_error(name if name in self.fields else None, problem)


def initial_of(failure: Failure) -> dict[str, Any]:
    """Return what the form holds when this failure is edited."""
    held: dict[str, Any] = {
        name: getattr(failure, name) for name in ("story", "title", "kind", "deployment", "source", "visibility")
    }
    held |= {"started_at": _local(failure.started_at), "ended_at": _local(failure.ended_at)}
    held |= initial_services(failure.services.all())
    held["readers"] = ", ".join(person.email for person in failure.readers.all())
    for row, impact in enumerate(failure.impacts.all()):
        held[f"offering_{row}"] = impact.offering.slug if impact.offering else ""
        held[f"audiences_{row}"] = [audience.slug for audience in impact.audiences.all()]
        held[f"lost_{row}"] = impact.lost
    return held


def code_meant(text: str) -> str:
    """Return the code of the failure somebody typed, as F-3 or 3, or whose address they pasted; or raise Refused."""
    # Longer than any address, and a pattern tried on it could take minutes.
    if len(text) <= _LONGEST_ADDRESS and (meant := _CODE_OR_ADDRESS.fullmatch(text.strip())):
        return f"F-{meant[1]}"
    raise Refused("Type the code of a failure, as F-3 or 3, or paste the address of its page.")


def _losses_in(held: Mapping[str, Any]) -> int:
    """Return how many blocks of impact are there, without the empty ones at the end."""
    blocks = next(row for row in count() if f"lost_{row}" not in held)
    while blocks and not any(held.get(f"{part}_{blocks - 1}") for part in _LOSS):
        blocks -= 1
    return blocks


def _local(moment: datetime | None) -> datetime | None:
    return timezone.localtime(moment) if moment else None
