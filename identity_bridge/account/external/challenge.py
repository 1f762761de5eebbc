"""The way out: to the provider that somebody has chosen.

A button posts, with the token against forged requests. The login page goes on by itself, after a
mere GET, only where a client leaves no other way, and nothing is won by luring somebody there:
``state``, nonce and verifier are made here and kept in the session of this very browser, so the
answer that somebody else has fetched, to sign the visitor in as another person, is not taken. All
that comes of it is the visitor's own sign-in.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from identity_bridge.account.destinations import checked
from identity_bridge.account.page import guarded_page, owner_of, page
from identity_bridge.account.parts import Part, part_of
from identity_bridge.account.provider.login_context import asking_client, keep_opener
from identity_bridge.account.sign_in import REMEMBER_ME, too_many_attempts
from identity_bridge.external import conversation, registry
from identity_bridge.external.errors import ExternalSignInFailed, ProviderUnknown
from identity_bridge.external.pending import Purpose
from identity_bridge.signin.rate_limit import RateLimited, count_attempt

from .offers import allowed
from .problems import problem_page


@part_of(Part.EXTERNAL_LOGINS)
@page
@require_POST
def challenge(request: HttpRequest, scheme: str) -> HttpResponse:
    target = checked(request, request.POST.get("next", ""))
    persistent = bool(request.POST.get(REMEMBER_ME))
    return go(request, scheme, next=target, persistent=persistent)


@part_of(Part.EXTERNAL_LOGINS)
@guarded_page("external-logins")
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Go to a provider to add a login of it."""
    scheme = request.POST.get("provider", "")
    return go(request, scheme, purpose=Purpose.LINK, user=str(owner_of(request).pk))


def go(
    request: HttpRequest,
    scheme: str,
    *,
    purpose: Purpose = Purpose.SIGN_IN,
    user: str = "",
    next: str = "",
    persistent: bool = False,
) -> HttpResponse:
    """Send the browser to the provider, or say why not. ``next`` is an address of this site."""
    is_link = purpose is Purpose.LINK
    try:
        # Each costs a row of the session, and may cost a request to the provider.
        count_attempt(request=request, account=None)
        provider = registry.find(scheme)
        if not allowed(asking_client(next), [provider]):
            raise ProviderUnknown("the asking client does not take it", scheme=scheme)
        url = conversation.ask(
            request=request,
            provider=provider,
            default_callback=reverse("account:external-callback", args=[provider.scheme]),
            purpose=purpose,
            user=user,
            next=next,
            persistent=persistent,
        )
    except RateLimited as limit:
        return too_many_attempts(request, limit.retry_after)
    except ExternalSignInFailed as error:
        return problem_page(request, error, next=next, linking=is_link)
    response = HttpResponseRedirect(url)
    keep_opener(response, next)
    return response
