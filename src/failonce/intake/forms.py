"""The form in which files are handed over for an import."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from failonce.intake.finding import FORMATS
from failonce.people.errors import Refused
from failonce.people.requests import Request

UPLOAD_LIMIT = 20_000_000  # bytes altogether; a page must answer while its reader waits
_LABELS = {"jsonl": "JSON Lines", "csv": "CSV", "markdown": "Markdown"}


class Files(forms.FileInput):
    """A file field that takes several."""

    allow_multiple_selected = True


class ImportForm(forms.Form):
    """Files, and what they don't say about themselves."""

    # A plain field: a file field judges one file, and takes several for none.
    file = forms.Field(
        label="Files",
        required=False,
        widget=Files(),
        help_text="JSON Lines, CSV, or Markdown with front matter or without; up to 20 MB. "
        "The command line takes more: failonce import.",
    )
    format = forms.ChoiceField(
        label="Format",
        required=False,
        choices=[("", "As the names say"), *((name, _LABELS[name]) for name in FORMATS)],
    )
    map = forms.CharField(
        label="Which field is which",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One per line, ours first, as in story=Description. "
        "Common names such as title, description and created are understood without.",
    )
    source = forms.CharField(
        label="Where they come from",
        required=False,
        max_length=100,
        help_text="A short name such as pager. The same id from the same place is kept only once.",
    )

    def handed_over(self, request: Request) -> "list[UploadedFile[Any]]":
        """Return the files, or none with an error beside the field."""
        files = request.FILES.getlist("file")
        size = sum(file.size or 0 for file in files)
        if not files:
            self.add_error("file", "Choose a file, or several.")
        elif size > UPLOAD_LIMIT:
            self.add_error("file", f"These are {size:,} bytes; up to {UPLOAD_LIMIT:,} fit here. Use failonce import.")
        return [] if self.errors else list(files)

    def options(self) -> dict[str, Any]:
        """Return what was said besides the files."""
        data = self.cleaned_data
        pairs = [line.strip() for line in data["map"].splitlines() if line.strip()]
        return {"wanted": data["format"], "pairs": pairs, "source": data["source"]}

    def take(self, refusal: Refused) -> None:
        """Show a refusal beside the field it is about."""
        self.add_error("map" if "mapping" in refusal.message else "file", refusal.message)
