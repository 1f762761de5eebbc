from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from identity_bridge.adapter import IdentityAdapter, get_adapter
from identity_bridge.claims.principal import Claim, create_principal
from identity_bridge.models import Role, RoleClaim, UserClaim, UserRole

pytestmark = pytest.mark.django_db


class Renamed(IdentityAdapter):
    """An adapter of a project."""


@pytest.fixture
def user() -> Any:
    user = get_user_model().objects.create(username="ada", email="ada@example.com")
    UserClaim.objects.create(user=user, claim_type="colour", claim_value="red")
    UserClaim.objects.create(user=user, claim_type=None, claim_value="nothing")
    UserClaim.objects.create(user=user, claim_type="empty", claim_value=None)
    for name in ("B", "A"):
        role = Role.objects.create(name=name)
        RoleClaim.objects.create(role=role, claim_type="perm", claim_value=name.lower())
        UserRole.objects.create(user=user, role=role)
    UserRole.objects.create(user=user, role=Role.objects.create(name=None))
    return user


def test_the_claims_come_in_dotnets_order_in_three_statements(
    user: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):
        principal = create_principal(user, extra=[Claim("amr", "pwd")])
    types = [claim.type.rpartition("/")[2] for claim in principal.claims]
    assert types == [
        "nameidentifier", "name", "emailaddress", "AspNet.Identity.SecurityStamp", "colour",
        "empty", "role", "perm", "role", "perm", "amr",
    ]  # fmt: skip
    assert [claim.value for claim in principal.claims[6:10]] == ["A", "a", "B", "b"]
    assert principal.name == "ada"
    assert principal.is_in_role("A")
    assert not principal.is_in_role("a")


def test_a_user_with_nothing_has_id_and_name(user: Any) -> None:
    bare = get_user_model()(id="x", username=None, security_stamp=None)
    bare._state.db = "default"
    assert [claim.value for claim in create_principal(bare).claims] == ["x", ""]


def test_the_adapter_is_a_setting(user: Any, settings: Any) -> None:
    assert get_adapter().get_claims(user=user) == create_principal(user).claims
    assert get_adapter().map_imported_user(values={"UserName": "a"}) == {"UserName": "a"}
    settings.IDENTITY_BRIDGE = {"ADAPTER": "tests.claims.test_principal.Renamed"}
    assert isinstance(get_adapter(), Renamed)
