"""The pages before one is known: signing in, joining, a forgotten password."""

import time
from typing import cast

from django.contrib import messages
from django.contrib.auth import login, views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from failonce.people import links, mails, writes
from failonce.people.errors import Refused
from failonce.people.forms import ChangePasswordForm, ForgottenForm, JoinForm, NewPasswordForm, SignInForm
from failonce.people.models import Invitation, Person

_BACKEND = "django.contrib.auth.backends.ModelBackend"
_CAME_BY_LINK = "came_by_link_at"

sign_in = views.LoginView.as_view(
    template_name="people/sign_in.html", authentication_form=SignInForm, redirect_authenticated_user=True
)
sign_out = views.LogoutView.as_view()
password_forgotten = views.PasswordResetView.as_view(
    template_name="people/password_forgotten.html",
    email_template_name="people/mail/password.txt",
    subject_template_name="people/mail/password_subject.txt",
    form_class=ForgottenForm,
    success_url=reverse_lazy("password_sent"),
    extra_context={"mail_is_configured": mails.is_configured},
)
password_sent = views.PasswordResetDoneView.as_view(template_name="people/password_sent.html")


class NewPassword(views.PasswordResetConfirmView):
    """Choose a new password after a mailed link, then sign in with it."""

    template_name = "people/password_new.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("sign_in")

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:  # type: ignore[override]
        """Say that it worked: the next page asks for the new password."""
        messages.success(self.request, "Your new password is set. Sign in with it.")
        return super().form_valid(form)


class ChangePassword(views.PasswordChangeView):
    """Change one's own password; this session stays, all others end."""

    template_name = "people/password_change.html"
    success_url = reverse_lazy("me")

    def get_form_class(self) -> type[NewPasswordForm]:  # type: ignore[override]
        """Ask for the old password, except from somebody let in by a link just now: most likely they forgot it."""
        person = cast("Person", self.request.user)
        came_at = self.request.session.get(_CAME_BY_LINK, 0)
        by_link = time.time() - came_at < links.SIGN_IN_LINK_SECONDS and person.has_usable_password()
        return NewPasswordForm if by_link else ChangePasswordForm

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:  # type: ignore[override]
        """Say that it worked."""
        self.request.session.pop(_CAME_BY_LINK, None)
        messages.success(self.request, "Your password is changed. You are signed out everywhere else.")
        return super().form_valid(form)  # type: ignore[arg-type]


password_new = NewPassword.as_view()
password_change = ChangePassword.as_view()


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_link(request: HttpRequest, key: str) -> HttpResponse:
    """Sign in by a link; the button uses it up, not the visit, because chats and scanners visit links too."""
    person = links.person_of_link(key) if request.method == "GET" else links.use_link(key)
    if person is None:
        return render(request, "people/link_over.html", status=410)
    if request.method == "GET":
        return render(request, "people/sign_in_link.html", {"person": person})
    login(request, person, backend=_BACKEND)
    request.session[_CAME_BY_LINK] = time.time()
    return redirect("front")


@login_not_required
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Accept an invitation with a name and a password."""
    invitation = writes.invitation_with(secret)
    if invitation is None or not invitation.is_open(timezone.now()):
        return render(request, "people/invitation_over.html", {"invitation": invitation}, status=410)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = writes.join(secret=secret, name=form.cleaned_data["name"], password=form.cleaned_data["password"])
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            login(request, person, backend=_BACKEND)
            messages.success(request, f"Welcome, {person.name}.")
            return redirect("front")
    return _join_page(request, invitation, form)


def _join_page(request: HttpRequest, invitation: Invitation, form: JoinForm) -> HttpResponse:
    context = {"invitation": invitation, "form": form}
    return render(request, "people/join.html", context, status=422 if form.errors else 200)
