"""The form in which a lesson is written and edited, and what it becomes."""

from typing import Any

from django import forms

from failonce.catalogue.ticking import ServicesForm, initial_services, split
from failonce.lessons.models import KindOfChange, Lesson
from failonce.lessons.teaching import Teaching


def _clause(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )


class LessonForm(ServicesForm):
    """One sentence in three parts; the rest unfolds. Rules about content are the teaching's, not the form's."""

    when_you = _clause("When you …", "What somebody is about to do, as in: run a migration on a large table.")
    remember = _clause("remember …", "What to keep in mind or do, as in: to set a lock timeout first.")
    because = _clause("because …", "What happened, as in: an ALTER TABLE waited for a lock and orders stopped.")
    explanation = forms.CharField(
        label="Anything longer",
        required=False,
        strip=False,
        help_text="Shown under the sentence. Markdown is fine.",
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    technologies = forms.CharField(
        label="Technologies", required=False, help_text="Separated by commas, as in: postgresql, kafka."
    )
    paths = forms.CharField(
        label="Paths",
        required=False,
        help_text="One a line, as in .gitignore: db/**. A change that touches one is reminded; a kind of file, "
        "like *.sql, adds to other reasons.",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    kinds_of_change = forms.MultipleChoiceField(
        label="Kinds of change",
        required=False,
        choices=KindOfChange.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    renew_by = forms.DateField(
        label="Ask again on",
        required=False,
        help_text="From this day on people are asked whether it is still true. Left empty, in a year.",
        widget=forms.DateInput(attrs={"type": "date", "data-short": True}, format="%Y-%m-%d"),
        error_messages={"invalid": "Write the day as in 2027-06-01."},
    )

    def teaching(self) -> Teaching:
        """Return what the valid form says."""
        data = self.cleaned_data
        return Teaching(
            when_you=data["when_you"],
            remember=data["remember"],
            because=data["because"],
            explanation=data["explanation"],
            services=self.services_said(),
            technologies=tuple(split(data["technologies"])),
            paths=tuple(data["paths"].splitlines()),
            kinds_of_change=tuple(data["kinds_of_change"]),
            renew_by=data["renew_by"],
        )

    def add_problems(self, fields: dict[str, str]) -> None:
        """Show the sentences of a refusal beside the fields they are about."""
        for name, problem in fields.items():
            self.add_error(name if name in self.fields else None, problem)

    def tells_where(self) -> bool:
        """Tell whether anything is said, or wrong, about where it applies; then that part stands open."""
        names = ("services", "more_services", "technologies", "paths", "kinds_of_change")
        return any(self[name].value() or self[name].errors for name in names)


def initial_of(lesson: Lesson) -> dict[str, Any]:
    """Return what the form holds when this lesson is edited."""
    plain = ("when_you", "remember", "because", "explanation", "kinds_of_change", "renew_by")
    return {
        **{name: getattr(lesson, name) for name in plain},
        **initial_services(lesson.services.all()),
        "technologies": ", ".join(lesson.technologies),
        "paths": "\n".join(lesson.paths),
    }
