"""The questions of oauthlib and django-oauth-toolkit, answered by our own rules.

Nothing is decided here. The endpoints have authenticated the client before oauthlib is asked; what
django-oauth-toolkit's own views would ask is refused, because they check none of what we promise.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.oauth2.rfc6749.errors import CustomOAuth2Error

from identity_bridge.conf import get_settings
from identity_bridge.oidc.grants.revoking import Replayed, revoke_family
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.oidc.token_requests import (
    authorization_code,
    client_credentials,
    refresh_token,
)
from identity_bridge.oidc.token_requests.request import TokenRequest
from identity_bridge.oidc.tokens import presented

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def as_oauth_error() -> Iterator[None]:
    """Turn our errors into oauthlib's, which become the answer."""
    try:
        yield
    except Replayed as replayed:
        revoke_family(replayed.family)
        raise CustomOAuth2Error(replayed.error, status_code=400) from None
    except ProtocolError as error:
        raise CustomOAuth2Error(
            error.error, description=error.description or None, status_code=400
        ) from None


class IdentityServerValidator(OAuth2Validator):  # type: ignore[misc]
    # Clients

    def client_authentication_required(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        return True

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        return isinstance(getattr(request, "token_request", None), TokenRequest)

    def authenticate_client_id(self, client_id: Any, request: Any, *a: Any, **k: Any) -> bool:
        return self.authenticate_client(request)

    def validate_client_id(self, client_id: Any, request: Any, *a: Any, **k: Any) -> bool:
        return False

    def validate_grant_type(
        self, client_id: Any, grant_type: str, client: Any, request: Any, *a: Any, **k: Any
    ) -> bool:
        # Whoever was given a refresh token may use it; that is allow_offline_access.
        return grant_type == "refresh_token" or bool(client.allows(grant_type))

    # client_credentials

    def get_default_scopes(self, client_id: Any, request: Any, *a: Any, **k: Any) -> list[str]:
        return []

    def validate_scopes(
        self, client_id: Any, scopes: Any, client: Any, request: Any, *a: Any, **k: Any
    ) -> bool:
        with as_oauth_error():
            request.outcome = client_credentials.check(request.token_request)
        return True

    # authorization_code

    def validate_code(
        self, client_id: Any, code: Any, client: Any, request: Any, *a: Any, **k: Any
    ) -> bool:
        with as_oauth_error():
            request.outcome = authorization_code.check(request.token_request)
        return True

    def get_code_challenge(self, code: Any, request: Any) -> None:
        return None  # validate_code has compared it

    def is_pkce_required(self, client_id: Any, request: Any) -> bool:
        return False

    def get_default_redirect_uri(self, client_id: Any, request: Any, *a: Any, **k: Any) -> str:
        return "checked"

    def confirm_redirect_uri(self, *args: Any, **kwargs: Any) -> bool:
        return True  # validate_code has compared it

    def invalidate_authorization_code(self, *args: Any, **kwargs: Any) -> None:
        """Done already, before any token was made."""

    # refresh_token

    def validate_refresh_token(
        self, refresh_token_: Any, client: Any, request: Any, *a: Any, **k: Any
    ) -> bool:
        with as_oauth_error():
            request.outcome = refresh_token.check(request.token_request)
        return True

    def get_original_scopes(self, refresh_token_: Any, request: Any, *a: Any, **k: Any) -> Any:
        return list(request.outcome.granted.scopes)

    def save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        """Done already, in one transaction with what was presented."""

    # Resource servers

    def validate_bearer_token(self, token: str | None, scopes: Any, request: Any) -> bool:
        # Not the address of this request: an API may have another one than the provider.
        issuer = get_settings().OIDC_ISSUER
        found = presented.access_token(token or "", issuer=issuer)
        if found is None or not set(scopes or ()) <= set(found.scopes):
            return False
        request.user, request.client = found.user, found.client
        request.scopes, request.access_token = list(found.scopes), found
        return True
