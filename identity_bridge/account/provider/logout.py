"""Signing out because a client asked for it: the question, and the page after."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from identity_bridge.account.content_security import set_policy
from identity_bridge.account.page import page
from identity_bridge.conf import get_settings
from identity_bridge.oidc.interaction.logout import (
    LOGOUT_ID,
    LogoutContext,
    iframe_page_url,
    logout_context,
    session_context,
)
from identity_bridge.oidc.interaction.responses import redirect_to_client
from identity_bridge.signin import sessions

CONFIRM = "identity_bridge/account/provider/end_session.html"
SIGNED_OUT = "identity_bridge/account/provider/signed_out.html"


@page
def end_session(request: HttpRequest) -> HttpResponse:
    """Sign out at once if a client has proven whose session it is; ask everybody else.

    An answer without a question could be had by any page that links here.
    """
    given = request.POST if request.method == "POST" else request.GET
    message = given.get(LOGOUT_ID, "")
    context = logout_context(message)
    if not request.user.is_authenticated:
        return _signed_out(request, context)
    # The session as it is now: clients may have come since.
    now = session_context(request)
    is_proven = not context.show_signout_prompt and context.is_about(now)
    if not is_proven and request.method != "POST":
        return render(request, CONFIRM, {"logout_id": message})
    context = replace(
        context, subject=now.subject, session_id=now.session_id, client_ids=now.client_ids
    )
    sessions.sign_out(request=request)
    return _signed_out(request, context)


def sign_out(request: HttpRequest) -> HttpResponse | None:
    """Sign out somebody who came by themselves; None, and nothing done, where no client has to be
    told through the browser."""
    context = session_context(request)
    if not iframe_page_url(context):
        return None
    sessions.sign_out(request=request)
    return _signed_out(request, context)


def _signed_out(request: HttpRequest, context: LogoutContext) -> HttpResponse:
    uri, iframe_url = context.post_logout_redirect_uri, iframe_page_url(context)
    is_redirected = bool(uri) and get_settings().OIDC_REDIRECT_AFTER_SIGN_OUT
    if is_redirected and not iframe_url:
        return redirect_to_client(uri)
    shown = {
        "client_name": context.client_name or context.client_id,
        "redirect_uri": uri,
        "is_redirected": is_redirected,
        "iframe_url": iframe_url,
    }
    return set_policy(render(request, SIGNED_OUT, shown), frames=[iframe_url])
