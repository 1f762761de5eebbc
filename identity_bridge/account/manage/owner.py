"""The pages about the own account: one form each, and what a change does to the sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, get_user_model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.generic import FormView

from identity_bridge.account import identity_errors
from identity_bridge.account.lockout_message import lockout_message
from identity_bridge.account.page import ask_again, owner_page
from identity_bridge.account.sign_in import not_allowed_message, too_many_attempts
from identity_bridge.signin import flow, rate_limit, sessions

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from identity_bridge.models import AbstractIdentityUser
    from identity_bridge.users.results import IdentityResult

TEMPLATES = "identity_bridge/account/manage"


@method_decorator(owner_page, name="dispatch")
class OwnerPage(FormView):  # type: ignore[type-arg]
    """A page with a form, for the user who is signed in."""

    owner: AbstractIdentityUser
    here: str
    """Name of the page, to come back to."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        owner = get_user_model()._base_manager.filter(pk=request.user.pk).first()
        if owner is None:  # deleted since the session was loaded
            return HttpResponseRedirect(resolve_url("account:login"))
        self.owner = cast("AbstractIdentityUser", owner)
        if self.needs_recent_sign_in() and not sessions.signed_in_recently(request=request):
            return ask_again(request, back=self.here)
        try:
            return super().dispatch(request, *args, **kwargs)
        except rate_limit.RateLimited as limit:
            return too_many_attempts(request, limit.retry_after)

    def needs_recent_sign_in(self) -> bool:
        """Tell if the page changes how the account is entered, and asks for no password itself."""
        return False

    def count_attempt(self) -> None:
        """Count an attempt at something that can be guessed, or that sends a message.

        :raises RateLimited: there were too many.
        """
        rate_limit.count_attempt(request=self.request, account=f"id {self.owner.pk}")

    def refused(self, form: Any, result: IdentityResult) -> HttpResponse:
        """Show why the change was not made."""
        identity_errors.add_errors(form, result.errors)
        return self.form_invalid(form)

    def changed(self, message: str) -> HttpResponse:
        """Keep this session over the new security stamp, which has ended all others."""
        sessions.refresh_sign_in(request=self.request, user=self.owner)
        return self.done(message)

    def done(self, message: str) -> HttpResponse:
        messages.success(self.request, message, fail_silently=True)
        return HttpResponseRedirect(resolve_url(self.here))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(owner=self.owner, **kwargs)


@sensitive_variables("password")
def password_problem(
    *, request: HttpRequest, user: AbstractIdentityUser, password: str
) -> str | None:
    """Check the password that its owner gives once more; None if it is right, else what to say.

    Wrong ones count towards the lockout as at sign-in: whoever sits at a session left open, or has
    stolen one, must not be able to guess for ever. A locked account is answered before the
    password is looked at.

    :raises RateLimited: too many attempts of this address or on this account.
    """
    rate_limit.count_attempt(request=request, account=f"id {user.pk}")
    result = flow.check_user_password(request=request, user=user, password=password)
    if request.session.get(HASH_SESSION_KEY) != user.get_session_auth_hash():
        # The hash was upgraded, and this session would end with the old one.
        sessions.refresh_sign_in(request=request, user=user)
    if result.succeeded:
        return None
    if result.is_locked_out:
        return lockout_message(user.lockout_end)
    if result.is_not_allowed:
        return not_allowed_message()
    return _("Incorrect password.")
