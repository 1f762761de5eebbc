"""The way back: what comes of a provider's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from identity_bridge.account.destinations import destination
from identity_bridge.account.locked_out import locked_out_page
from identity_bridge.account.page import owner_of, page
from identity_bridge.account.parts import Part, part_of
from identity_bridge.account.provider.login_context import keep_opener
from identity_bridge.account.provider.onward import onward
from identity_bridge.account.sign_in import REMEMBER_ME, not_allowed_message, too_many_attempts
from identity_bridge.external import conversation
from identity_bridge.external.errors import ExternalSignInFailed, NotRegistered, StateUnknown
from identity_bridge.external.linking import link
from identity_bridge.external.pending import Purpose
from identity_bridge.external.registration import Registration, register_automatically
from identity_bridge.signin import external, external_identity
from identity_bridge.signin.rate_limit import RateLimited, count_attempt

from .new_account import confirmation_first, registration_here
from .problems import problem_page, sentence_page

if TYPE_CHECKING:
    from identity_bridge.external.pending import Pending
    from identity_bridge.signin.external_identity import ExternalIdentity
    from identity_bridge.signin.results import SignInResult


@part_of(Part.EXTERNAL_LOGINS)
@page
@require_safe
def callback(request: HttpRequest, scheme: str = "") -> HttpResponse:
    """Take an answer. Which provider it is from, its ``state`` says; the address has to fit."""
    question = None
    try:
        question, identity = conversation.hear(request=request)
        if question.purpose == Purpose.LINK:
            return _linked(request, question, identity)
        return sign_in(request, identity)
    except ExternalSignInFailed as error:
        question = question or error.question
        if question is None:
            return _answer_of_nobody(request, error)
        is_link = question.purpose == Purpose.LINK
        return problem_page(request, error, next=question.next, linking=is_link)


def _answer_of_nobody(request: HttpRequest, error: ExternalSignInFailed) -> HttpResponse:
    """Refuse an answer that nobody has asked for: anybody can send them in masses, and each is
    written down."""
    try:
        count_attempt(request=request, account=None)
    except RateLimited as limit:
        return too_many_attempts(request, limit.retry_after)
    return problem_page(request, error)


def sign_in(request: HttpRequest, identity: ExternalIdentity) -> HttpResponse:
    """Sign in whoever has this login, or decide about somebody whom nobody knows.

    :raises ExternalSignInFailed:
    """
    result = _attempt(request, identity)
    if result.text == "Failed":
        registration = registration_here(request)
        if registration is Registration.NEVER:
            raise NotRegistered("nobody has this login", scheme=identity.provider)
        if registration is Registration.ASK:
            external_identity.keep(request=request, identity=identity)
            return HttpResponseRedirect(reverse("account:external-register"))
        user = register_automatically(request=request, identity=identity)
        if page := confirmation_first(request, identity, user):
            return page
        result = _attempt(request, identity)
    if result.requires_two_factor:
        query = {REMEMBER_ME: "1"} if identity.persistent else {}
        query |= {REDIRECT_FIELD_NAME: identity.next} if identity.next else {}
        response: HttpResponse = HttpResponseRedirect(
            f"{reverse('account:two-factor')}{'?' if query else ''}{urlencode(query)}"
        )
    elif result.succeeded:
        response = onward(request, destination(request, identity.next))
    elif result.is_locked_out:
        locked = external.find_user(login_provider=identity.provider, provider_key=identity.key)
        until = locked.lockout_end if locked is not None else None
        response = locked_out_page(request, until=until, next=identity.next)
    else:
        response = sentence_page(request, not_allowed_message(), next=identity.next)
    keep_opener(response, identity.next)
    return response


def _attempt(request: HttpRequest, identity: ExternalIdentity) -> SignInResult:
    return external.external_login_sign_in(
        request=request,
        login_provider=identity.provider,
        provider_key=identity.key,
        persistent=identity.persistent,
    )


def _linked(request: HttpRequest, question: Pending, identity: ExternalIdentity) -> HttpResponse:
    if not request.user.is_authenticated or str(request.user.pk) != question.user:
        raise StateUnknown("somebody else has asked to add it", scheme=question.scheme)
    if link(request=request, user=owner_of(request), identity=identity):
        text = _("From now on you can sign in with %(provider)s.")
    else:
        text = _("You could sign in with this login of %(provider)s already.")
    messages.success(request, text % {"provider": identity.display_name}, fail_silently=True)
    return HttpResponseRedirect(reverse("account:external-logins"))
