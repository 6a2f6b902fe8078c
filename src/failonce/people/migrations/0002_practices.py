"""The three practices that rules of permission hang on, so that they can be given an owner."""

from typing import Any

from django.db import migrations

PRACTICES = (
    (
        "learning-from-failure",
        "Learning from failure",
        "Failures are told without blame, understood, and remembered before the next change.",
    ),
    (
        "service-catalogue",
        "Service catalogue",
        "What is offered to whom, made of what and depending on what, is described and true.",
    ),
    (
        "change-enablement",
        "Change enablement",
        "Changes go out often and safely, reminded of what went wrong before.",
    ),
)


def add_practices(apps: Any, schema_editor: Any) -> None:
    practice = apps.get_model("people", "Practice")
    for slug, name, purpose in PRACTICES:
        practice.objects.get_or_create(slug=slug, defaults={"name": name, "purpose": purpose})


class Migration(migrations.Migration):
    dependencies = [("people", "0001_first")]
    operations = [migrations.RunPython(add_practices, migrations.RunPython.noop)]
