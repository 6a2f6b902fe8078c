"""Choosing services in a form: ticked where they are few, typed where they are many or not yet known."""

from collections.abc import Iterable
from typing import Any

from django import forms

from failonce.catalogue.models import Service

TICKABLE = 24  # more services than this are typed, not ticked


class ServicesForm(forms.Form):
    """Two fields that say which services are meant: one to tick, one to type."""

    services = forms.MultipleChoiceField(label="Services", required=False, widget=forms.CheckboxSelectMultiple)
    more_services = forms.CharField(
        label="Other services",
        required=False,
        help_text="Separated by commas.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["services"].choices = tickable()  # type: ignore[attr-defined]

    def services_said(self) -> tuple[str, ...]:
        """Return the services of a valid form, ticked or typed."""
        return (*self.cleaned_data["services"], *split(self.cleaned_data["more_services"]))


def tickable() -> list[tuple[str, str]]:
    """Return the services to tick, critical ones first; none if they are too many to read through."""
    known = list(Service.objects.filter(is_described=True).order_by("-is_critical", "name")[: TICKABLE + 1])
    return [(each.slug, each.name) for each in known] if len(known) <= TICKABLE else []


def initial_services(services: Iterable[Service]) -> dict[str, Any]:
    """Return what the two fields hold when these services are meant."""
    ticks = {slug for slug, _ in tickable()}
    services = list(services)
    return {
        "services": [each.slug for each in services if each.slug in ticks],
        # Typed as people know it, unless the commas between names would take a name apart.
        "more_services": ", ".join(
            each.slug if "," in each.name else each.name for each in services if each.slug not in ticks
        ),
    }


def split(text: str) -> list[str]:
    """Return the parts of a list typed with commas."""
    return [part.strip() for part in text.split(",") if part.strip()]
