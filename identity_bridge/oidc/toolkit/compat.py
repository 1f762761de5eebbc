"""Names of django-oauth-toolkit and oauthlib that we use, in one place: 3.5 moves every module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oauth2_provider.models import (
    get_access_token_model,
    get_application_model,
    get_device_grant_model,
    get_grant_model,
)
from oauth2_provider.settings import oauth2_settings

if TYPE_CHECKING:
    from collections.abc import Callable

APPLICATION_MODEL: str = oauth2_settings.APPLICATION_MODEL
GRANT_MODEL: str = oauth2_settings.GRANT_MODEL
ACCESS_TOKEN_MODEL: str = oauth2_settings.ACCESS_TOKEN_MODEL
DEVICE_GRANT_MODEL: str = oauth2_settings.DEVICE_GRANT_MODEL

application_model: Callable[[], Any] = get_application_model
grant_model: Callable[[], Any] = get_grant_model
access_token_model: Callable[[], Any] = get_access_token_model
device_grant_model: Callable[[], Any] = get_device_grant_model
