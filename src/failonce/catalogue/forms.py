"""The forms in which services, offerings and audiences are described."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from failonce.catalogue.models import Audience, Offering, OfferingPart, Service
from failonce.catalogue.questions import ALL
from failonce.catalogue.sheets import sheet_of
from failonce.people.models import Team

SPARE_PARTS = 2  # empty rows on the page, for what is added
_TICKABLE = 24  # more audiences than this are typed, not ticked


class DescribingForm(forms.Form):
    """A form whose rules are the writes' own; a refusal comes back to the field it is about."""

    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.theirs: list[tuple[str, str]] = []

    def said(self) -> dict[str, Any]:
        """Return what the write takes."""
        raise NotImplementedError

    def read(self) -> int | None:
        """Return the version the person had before them."""
        return self.cleaned_data["version"] or None

    def take_refusal(self, message: str, fields: Mapping[str, str]) -> None:
        """Show why, beside the fields it is about, or above them all."""
        for key, why in fields.items():
            name = _FIELD_OF.get(key, key)
            self.add_error(name if name in self.fields else None, f"{why[:1].upper()}{why[1:]}")
        if not fields:
            self.add_error(None, message)

    def take_conflict(self, theirs: Mapping[str, str]) -> None:
        """Show what stands there now beside what was written; saved again, what was written stays."""
        self.theirs = [(self._label_of(key), text) for key, text in theirs.items() if key != "version"]
        held: Any = self.data.copy()  # type: ignore[attr-defined]
        held["version"] = theirs["version"]
        self.data = held

    def _label_of(self, key: str) -> str:
        name = _FIELD_OF.get(key, key)
        return str(self.fields[name].label) if name in self.fields else key.replace("_", " ").capitalize()


_FIELD_OF = {"characteristics": "intangible", "parts": "part_0_name", "slug": "name"}


class ServiceForm(DescribingForm):
    """What a service is, in the words of those who know it."""

    name = forms.CharField(label="What people call it", max_length=120)
    description = forms.CharField(
        label="What it does, and for whom",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    critical = forms.BooleanField(label="Critical: when it fails, people outside are harmed or stopped", required=False)
    lifecycle = forms.CharField(
        label="Where it is in its life", required=False, help_text="Such as experimental, production or deprecated."
    )
    team = forms.ChoiceField(label="Team", required=False)
    depends_on = forms.CharField(
        label="Needs these services",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One per line, by name.",
    )
    technologies = forms.CharField(
        label="Made with", required=False, help_text="Separated by commas: postgresql, django, kubernetes."
    )
    paths = forms.CharField(
        label="Where its code lives",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text="Path patterns, one per line, such as services/payments/** or *.sql."
        " A preflight recognises the service by them.",
    )
    intangible = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}))
    heterogeneous = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}))
    inseparable = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}))
    perishable = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = [(team.slug, team.name) for team in Team.objects.all()]
        choice: Any = self.fields["team"]
        choice.choices = [("", "Nobody has said"), *teams]
        for each in ALL:
            self.fields[each.key].label = each.name
            self.fields[each.key].help_text = each.meaning

    @staticmethod
    def initial_of(service: Service) -> dict[str, Any]:
        """Return what the form shows of this service."""
        sheet = sheet_of(service)
        names = [each.name for each in service.depends_on.all()]
        return {
            **sheet,
            **sheet["characteristics"],
            "version": service.version,
            "depends_on": "\n".join(names),
            "technologies": ", ".join(sheet["technologies"]),
            "paths": "\n".join(sheet["paths"]),
        }

    def said(self) -> dict[str, Any]:
        """Return what the write takes."""
        given = self.cleaned_data
        return {
            **{key: given[key] for key in ("name", "description", "critical", "lifecycle", "team")},
            "depends_on": _lines(given["depends_on"]),
            "technologies": _listed(given["technologies"]),
            "paths": _lines(given["paths"]),
            "characteristics": {each.key: given[each.key] for each in ALL},
        }

    def characteristic_fields(self) -> list[forms.BoundField]:
        """Return the four fields that say what the characteristics mean for this service."""
        return [self[each.key] for each in ALL]


class OfferingForm(DescribingForm):
    """What a consumer gets: goods, access, actions."""

    name = forms.CharField(label="What consumers call it", max_length=120)
    service = forms.CharField(label="The service that provides it", help_text="By name.")
    description = forms.CharField(
        label="What they get", required=False, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )
    audiences = forms.MultipleChoiceField(label="For whom", required=False, widget=forms.CheckboxSelectMultiple)
    more_audiences = forms.CharField(
        label="For whom else", required=False, help_text="Consumers and partners by name, separated by commas."
    )

    def __init__(self, *args: Any, parts: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        audiences = list(Audience.objects.values_list("slug", "name")[: _TICKABLE + 1])
        choice: Any = self.fields["audiences"]
        choice.choices = audiences if len(audiences) <= _TICKABLE else []
        rows = 1 + max([parts - 1, *(int(found[1]) for key in self.data if (found := _PART.fullmatch(key)))])
        self.part_count = min(rows, 200) + (0 if self.is_bound else SPARE_PARTS)
        for number in range(self.part_count):
            self._add_part(number)

    def _add_part(self, number: int) -> None:
        kinds = [("", "Nothing more"), *OfferingPart.Kind.choices]
        self.fields[f"part_{number}_kind"] = forms.ChoiceField(label="Kind", required=False, choices=kinds)
        self.fields[f"part_{number}_name"] = forms.CharField(label="What", required=False)
        self.fields[f"part_{number}_description"] = forms.CharField(label="In more words", required=False)

    @staticmethod
    def initial_of(offering: Offering) -> dict[str, Any]:
        """Return what the form shows of this offering."""
        sheet = sheet_of(offering)
        shown = {**sheet, "version": offering.version, "service": offering.service.name}
        for number, part in enumerate(sheet["parts"]):
            shown |= {f"part_{number}_{key}": value for key, value in part.items()}
        if Audience.objects.count() > _TICKABLE:
            shown["more_audiences"] = ", ".join(sheet["audiences"])
        return shown

    def part_fields(self) -> list[list[forms.BoundField]]:
        """Return the rows of fields, one per part."""
        return [
            [self[f"part_{number}_{key}"] for key in ("kind", "name", "description")]
            for number in range(self.part_count)
        ]

    def said(self) -> dict[str, Any]:
        """Return what the write takes; a row without a kind and a name is no part."""
        given = self.cleaned_data
        rows = [
            {key: given[f"part_{number}_{key}"] for key in ("kind", "name", "description")}
            for number in range(self.part_count)
        ]
        return {
            **{key: given[key] for key in ("name", "service", "description")},
            "audiences": [*given["audiences"], *_listed(given["more_audiences"])],
            "parts": [row for row in rows if any(row.values())],
        }


_PART = re.compile(r"part_(\d{1,3})_name")


class AudienceForm(DescribingForm):
    """Who is served, and how to reach them."""

    name = forms.CharField(label="What they are called", max_length=120)
    kind = forms.ChoiceField(
        label="Who they are",
        choices=[
            (Audience.Kind.CONSUMER, "Consumers: people or teams who use what we offer"),
            (Audience.Kind.PARTNER, "A partner: a business organisation we work with"),
        ],
        initial=Audience.Kind.CONSUMER,
        widget=forms.RadioSelect,
    )
    contact = forms.CharField(
        label="How to reach them",
        required=False,
        help_text="An address or channel of theirs, so that they hear of a failure from you.",
    )

    @staticmethod
    def initial_of(audience: Audience) -> dict[str, Any]:
        """Return what the form shows of this audience."""
        return {**sheet_of(audience), "version": audience.version}

    def said(self) -> dict[str, Any]:
        """Return what the write takes."""
        return {key: self.cleaned_data[key] for key in ("name", "kind", "contact")}


class ImportForm(forms.Form):
    """A file to take in."""

    file = forms.FileField(label="catalog-info.yaml, or a catalogue.yaml", required=False)
    text = forms.CharField(
        label="Or its text",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _listed(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,\n]", text) if part.strip()]
