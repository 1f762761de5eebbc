"""What can go wrong between here and another provider.

``detail`` is for the log of the administrators: what was found and what was expected, never a
secret, a token or an address. Visitors are told a sentence of our own and the code::

    ExternalSignInFailed
    +-- ProviderMisconfigured   the settings or the row of a provider cannot be used
    +-- LibraryMissing          Authlib is not installed
    +-- ProviderUnknown         no such provider, or it is switched off
    +-- StateUnknown            the answer belongs to no question of this browser
    +-- AccessDenied            the person, or the provider, has said no
    +-- ProviderRefused         the provider answers with another error
    +-- ProviderUnreachable     no answer, too late, or a server error
    +-- AnswerUnusable          an answer that is none: too large, no JSON, without a key
    +-- IssuerMismatch          the answer of another provider
    +-- TokenInvalid            an ID token that proves nothing
    +-- RegistrationRefused     no account could be made
    +-- NotRegistered           nobody here has this login, and no account is made for it
    +-- LoginTaken              the login belongs to another account
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from identity_bridge.exceptions import IdentityBridgeError

if TYPE_CHECKING:
    from .pending import Pending


class ExternalSignInFailed(IdentityBridgeError):
    """A sign-in by an account elsewhere comes to nothing."""

    code = "external_sign_in"

    def __init__(self, detail: str = "", *, scheme: str = "") -> None:
        self.detail = detail
        self.scheme = scheme
        self.question: Pending | None = None
        """What the answer that came to nothing belongs to, where that is known."""
        super().__init__(detail or self.code)


class ProviderMisconfigured(ExternalSignInFailed):
    """The options of a provider are not complete, or name what does not exist."""

    code = "external_provider_misconfigured"


class LibraryMissing(ExternalSignInFailed):
    """The extra ``account`` is not installed."""

    code = "external_library_missing"


class ProviderUnknown(ExternalSignInFailed):
    """No provider that is switched on has this scheme, or the asking client does not take it."""

    code = "external_provider_unknown"


class StateUnknown(ExternalSignInFailed):
    """The ``state`` is of another browser, too old, used already, or came to another address."""

    code = "external_state_unknown"


class AccessDenied(ExternalSignInFailed):
    """``access_denied`` (RFC 6749, section 4.1.2.1)."""

    code = "external_access_denied"


class ProviderRefused(ExternalSignInFailed):
    """The provider answers with an error: mostly a mistake in the registration there."""

    code = "external_provider_refused"


class ProviderUnreachable(ExternalSignInFailed):
    """The provider does not answer, not in time, or with a server error."""

    code = "external_provider_unreachable"


class AnswerUnusable(ExternalSignInFailed):
    """The answer cannot be understood: too large, not JSON, or it names no account."""

    code = "external_answer_unusable"


class IssuerMismatch(ExternalSignInFailed):
    """The answer, or the discovery document, is another provider's (RFC 9207)."""

    code = "external_issuer_mismatch"


class TokenInvalid(ExternalSignInFailed):
    """The ID token has a wrong signature, issuer, audience, nonce or time."""

    code = "external_token_invalid"


class RegistrationRefused(ExternalSignInFailed):
    """No account could be made for the login."""

    code = "external_registration_refused"


class NotRegistered(ExternalSignInFailed):
    """Nobody here has this login, and EXTERNAL_REGISTRATION is ``never``."""

    code = "external_not_registered"


class LoginTaken(ExternalSignInFailed):
    """The login that somebody wants to add belongs to another account."""

    code = "external_login_taken"
