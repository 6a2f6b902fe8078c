"""The forms of people's pages; what they ask, not what is allowed."""

from typing import Any

from django import forms
from django.contrib.auth import forms as auth_forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string

from failonce.people import attempts, mails, writes
from failonce.people.errors import DomainError, Refused
from failonce.people.models import Person, Practice, Team
from failonce.people.site import address_of

_NEW_PASSWORD = "At least 12 characters. Several words you can remember are better than one you can't."  # noqa: S105
_TOKEN_DAYS = (("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("", "Until I revoke it"))


class SaidForm(forms.Form):
    """A form that takes what a write refuses back to the fields it concerns."""

    label_suffix = ""

    def add_refusal(self, refusal: DomainError) -> None:
        """Show what was refused beside its field, and the sentence above the form."""
        fields = refusal.fields if isinstance(refusal, Refused) else {}
        for name, why in fields.items():
            self.add_error(name if name in self.fields else None, why[:1].upper() + why[1:].rstrip(".") + ".")
        if not fields:
            self.add_error(None, refusal.message)


class SignInForm(auth_forms.AuthenticationForm):
    """Address and password, with a limit on guesses."""

    label_suffix = ""
    username = auth_forms.UsernameField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    error_messages = {
        "invalid_login": "That address and password don't belong together. Check both, or ask for a new password.",
        "inactive": "This account is closed. Ask an administrator to invite you again.",
    }

    def clean(self) -> dict[str, Any]:
        """Check the password, unless too many wrong ones were tried; count a wrong one."""
        address = str(self.cleaned_data.get("username", "")).strip().lower()
        client = attempts.client_of(self.request) if self.request else ""
        if attempts.SIGN_IN_TO_ADDRESS.is_reached(address) or attempts.SIGN_IN_FROM_CLIENT.is_reached(client):
            raise ValidationError(
                "Too many attempts. Wait a quarter of an hour, or ask for a new password by mail.", code="too_many"
            )
        try:
            cleaned = super().clean()
        except ValidationError:
            attempts.SIGN_IN_TO_ADDRESS.count(address)
            attempts.SIGN_IN_FROM_CLIENT.count(client)
            raise
        attempts.SIGN_IN_TO_ADDRESS.forget(address)
        return dict(cleaned)


class ForgottenForm(auth_forms.PasswordResetForm):
    """The address a new password is asked for; answers the same whether anybody has it."""

    label_suffix = ""

    def save(self, **options: Any) -> None:  # type: ignore[override]
        """Mail a link to the account with this address, if there is one, and not too often."""
        address = self.cleaned_data["email"].strip().lower()
        if attempts.RESET_MAIL.is_reached(address):
            return
        attempts.RESET_MAIL.count(address)
        # Our own address, not the request's Host header, which whoever asks could choose.
        options["domain_override"] = "failonce"
        options["extra_email_context"] = {"site": address_of("")}
        super().save(**options)

    def send_mail(
        self, subject_template_name: str, email_template_name: str, context: Any, from_email: Any, to_email: str,
        html_email_template_name: Any = None,
    ) -> None:  # fmt: skip
        """Mail the link, and don't wait for it: the time a page takes would tell who has an account."""
        subject, body = (render_to_string(name, context) for name in (subject_template_name, email_template_name))
        mails.post(to_email, subject, body)


class NewPasswordForm(auth_forms.SetPasswordForm):  # type: ignore[type-arg] # not generic when it runs
    """A new password after a mailed link."""

    label_suffix = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word_passwords(self)

    def save(self, commit: bool = True) -> Person:
        """Give the person this password."""
        person: Person = self.user
        writes.set_password(actor=person, password=self.cleaned_data["new_password1"])
        return person


class ChangePasswordForm(NewPasswordForm, auth_forms.PasswordChangeForm):
    """A new password for whoever knows the old one."""

    field_order = ("old_password", "new_password1", "new_password2")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "Your password now"


class JoinForm(SaidForm):
    """What somebody invited says of themselves."""

    name = forms.CharField(
        label="Your name",
        max_length=120,
        help_text="As colleagues know you. It stands beside what you write.",
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True, "dir": "auto"}),
    )
    password = forms.CharField(
        label="A password",
        strip=False,
        help_text=_NEW_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="The same password again",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """Refuse a slip of the finger."""
        again = str(self.cleaned_data["again"])
        if again != self.cleaned_data.get("password", again):
            raise ValidationError("The two passwords differ. Type the same one twice.")
        return again


class NameForm(SaidForm):
    """What others see."""

    name = forms.CharField(
        label="Name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"})
    )


class AddressForm(SaidForm):
    """A new address, and the password, so that a screen left open is not enough to take the account away."""

    email = forms.CharField(
        label="Your new e-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._person = person

    def clean_password(self) -> str:
        """Refuse a wrong password, and any after too many."""
        password = str(self.cleaned_data["password"])
        if attempts.SIGN_IN_TO_ADDRESS.is_reached(self._person.email):
            raise ValidationError("Too many attempts. Wait a quarter of an hour.")
        if not self._person.check_password(password):
            attempts.SIGN_IN_TO_ADDRESS.count(self._person.email)
            raise ValidationError("This isn't your password. Your address stays as it is.")
        return password


class InviteForm(SaidForm):
    """Whom to invite."""

    email = forms.CharField(label="E-mail address", max_length=254, widget=forms.EmailInput)
    team = forms.ModelChoiceField(Team.objects.all(), label="Team", required=False, empty_label="No team yet")
    is_administrator = forms.BooleanField(
        label="Administrator", required=False, help_text="Looks after people, teams and this installation."
    )


class DutiesForm(SaidForm):
    """Team and duties of somebody."""

    team = forms.ModelChoiceField(Team.objects.all(), label="Team", required=False, empty_label="No team")
    is_leader = forms.BooleanField(
        label="Leader", required=False, help_text="What leaders tell stands first in what other leaders read."
    )
    is_administrator = forms.BooleanField(
        label="Administrator", required=False, help_text="Looks after people, teams and this installation."
    )


class TeamForm(SaidForm):
    """A team's name; the short name is made from it."""

    name = forms.CharField(label="Name", max_length=120, widget=forms.TextInput(attrs={"dir": "auto"}))


class PracticeForm(SaidForm):
    """What a practice is for, and who has which role."""

    purpose = forms.CharField(
        label="What it is for", required=False, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )
    owner = forms.ModelChoiceField(
        Person.objects.none(),
        required=False,
        empty_label="Nobody yet",
        help_text="Accountable for its design and improvement.",
    )
    manager = forms.ModelChoiceField(
        Person.objects.none(), required=False, empty_label="Nobody yet", help_text="Runs it day to day."
    )
    practitioners = forms.ModelMultipleChoiceField(
        Person.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, help_text="Do the work."
    )

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("owner", "manager", "practitioners"):
            self.fields[name].queryset = Person.objects.filter(is_active=True)  # type: ignore[attr-defined]


class TokenForm(SaidForm):
    """What a token is for, what it may do and how long it lasts."""

    name = forms.CharField(
        label="What is it for?", max_length=120, widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"})
    )
    scopes = forms.MultipleChoiceField(
        label="What may it do?",
        choices=[(scope, f"{scope}: {what}") for scope, what in writes.SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.ChoiceField(label="How long does it last?", choices=_TOKEN_DAYS, initial="90", required=False)


def _word_passwords(form: forms.Form) -> None:
    form.fields["new_password1"].label, form.fields["new_password1"].help_text = "The new password", _NEW_PASSWORD
    form.fields["new_password2"].label, form.fields["new_password2"].help_text = "The same password again", ""
