"""What all pages have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.urls import reverse, reverse_lazy
from django.utils.functional import LazyObject
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from identity_bridge.signin import sessions

from .content_security import set_policy

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from identity_bridge.models import AbstractIdentityUser

View = Callable[..., "HttpResponseBase"]


def page(view: View) -> View:
    """Not kept, not framed, forms of its own only, no referrer to others, and a strict policy.

    Its parameters are read as UTF-8, whatever a Content-Type says, and hidden in error reports.
    """
    return _guarded(view, stays_here=False)


def owner_page(view: View) -> View:
    """A ``page`` for somebody who is signed in, about the own account."""
    signed_in = login_required(view, login_url=reverse_lazy("account:login"))
    return _guarded(signed_in, stays_here=True)


def guarded_page(back: str) -> Callable[[View], View]:
    """An ``owner_page`` that changes how the account is entered: who signed in long ago does it
    again first, and comes back; after a POST to the page ``back`` of this namespace."""

    def decorate(view: View) -> View:
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if sessions.signed_in_recently(request=request):
                return view(request, *args, **kwargs)
            return ask_again(request, back=f"account:{back}")

        return owner_page(shown)

    return decorate


def refusal_page(view: View) -> View:
    """A page that comes instead of another: it reads no form, and so asks for no token."""
    return wraps(view)(never_cache(xframe_options_deny(partial(_shown, view, stays_here=True))))


def ask_again(request: HttpRequest, *, back: str) -> HttpResponseBase:
    """Send somebody to the login page, and back here; after a POST to the page ``back``."""
    text = _("Please sign in again: this page changes how you sign in.")
    messages.warning(request, text, fail_silently=True)
    is_read = request.method in ("GET", "HEAD")
    after = request.get_full_path() if is_read else reverse(back)
    return redirect_to_login(after, reverse("account:login"))


def _guarded(view: View, *, stays_here: bool) -> View:
    inner = never_cache(
        xframe_options_deny(csrf_protect(partial(_shown, view, stays_here=stays_here)))
    )
    return wraps(view)(sensitive_post_parameters()(wraps(view)(inner)))


def _shown(
    view: View, request: HttpRequest, *args: Any, stays_here: bool, **kwargs: Any
) -> HttpResponseBase:
    request.encoding = "utf-8"
    response = view(request, *args, **kwargs)
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return set_policy(response, stays_here=stays_here)


def owner_of(request: HttpRequest) -> AbstractIdentityUser:
    """Return who is signed in, without the lazy objects around: ``type()`` of it is the model."""
    user: Any = request.user
    while isinstance(user, LazyObject):
        user.pk  # noqa: B018 - loads it
        user = user._wrapped
    return cast("AbstractIdentityUser", user)
