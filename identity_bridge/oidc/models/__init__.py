"""The tables of the provider, beside those of django-oauth-toolkit."""

from __future__ import annotations

from .clients import Client, ClientSecret
from .consents import UserConsent
from .grants import AuthorizationCode, DeviceAuthorization, ReferenceToken, RefreshToken
from .keys import SigningKey
from .notifications import LogoutNotification
from .resources import ApiResource, ApiResourceSecret, ApiScope, IdentityResource
from .sessions import SessionClient, UserSession

__all__ = [
    "ApiResource",
    "ApiResourceSecret",
    "ApiScope",
    "AuthorizationCode",
    "Client",
    "ClientSecret",
    "DeviceAuthorization",
    "IdentityResource",
    "LogoutNotification",
    "ReferenceToken",
    "RefreshToken",
    "SessionClient",
    "SigningKey",
    "UserConsent",
    "UserSession",
]
