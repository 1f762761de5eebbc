"""Staff members, and users as odd as imports bring them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from identity_bridge.models import User, UserClaim, UserLogin, UserToken
from identity_bridge.models.tokens import AUTHENTICATOR_KEY, INTERNAL_PROVIDER, RECOVERY_CODES

SECRETS = {
    "authenticator key": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "recovery code": "7DGWX-NFYY3",
    "second recovery code": "BCDFG-HJKMN",
    "provider token": "ya29.provider-access-token",
    "security stamp": "SECURITYSTAMPOFHAMID",
}


@pytest.fixture
def superuser(db: Any) -> User:
    return User.objects.create_superuser("root", "root@example.test", "Root-Pass1!")


@pytest.fixture
def admin(superuser: User, client: Client) -> Client:
    client.force_login(superuser)
    # The first request of a session writes down when its user was looked at.
    client.get("/admin/")
    return client


@pytest.fixture
def helper(db: Any) -> User:
    """A staff member who may do everything with users and roles, but is no superuser."""
    user = User.objects.create_user("helper", None, "Helper-Pass1!", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="identity_bridge"))
    return user


@pytest.fixture
def helper_client(helper: User) -> Client:
    client = Client()
    client.force_login(helper)
    return client


@pytest.fixture
def hamid(db: Any) -> User:
    user = User.objects.create_user("hamid", "Hamid@Example.test", "Amber-Ivory8381!")
    user.security_stamp = SECRETS["security stamp"]
    user.two_factor_enabled = True
    user.save()
    codes = f"{SECRETS['recovery code']};{SECRETS['second recovery code']}"
    for provider, name, value in [
        (INTERNAL_PROVIDER, AUTHENTICATOR_KEY, SECRETS["authenticator key"]),
        (INTERNAL_PROVIDER, RECOVERY_CODES, codes),
        ("Google", "access_token", SECRETS["provider token"]),
    ]:
        UserToken.objects.create(user=user, login_provider=provider, name=name, value=value)
    UserClaim.objects.create(user=user, claim_type="department", claim_value="  Sales\nEast ")
    UserLogin.objects.create(
        user=user,
        login_provider="Google",
        provider_key="key\r\nwith lines",
        provider_display_name=None,
    )
    return user
