from __future__ import annotations

import pytest

from identity_bridge.aspnet import claim_types
from tests.fixtures_data import load_json


@pytest.mark.contract
def test_the_types_of_the_principal_are_the_defaults_of_dotnet():
    options = load_json("vectors/identity_defaults.json")["options"]
    assert options["IdentityOptions.ClaimsIdentity"] == {
        "EmailClaimType": claim_types.EMAIL,
        "RoleClaimType": claim_types.ROLE,
        "SecurityStampClaimType": claim_types.SECURITY_STAMP,
        "UserIdClaimType": claim_types.NAME_IDENTIFIER,
        "UserNameClaimType": claim_types.NAME,
    }


@pytest.mark.parametrize(
    ("short", "uri"),
    [
        ("sub", claim_types.NAME_IDENTIFIER),
        ("nameid", claim_types.NAME_IDENTIFIER),
        ("unique_name", claim_types.NAME),
        ("roles", claim_types.ROLE),
        ("family_name", claim_types.SURNAME),
        ("amr", "http://schemas.microsoft.com/claims/authnmethodsreferences"),
    ],
)
def test_short_names_have_long_ones(short, uri):
    assert claim_types.long_name(short) == uri


@pytest.mark.parametrize(
    ("uri", "short"),
    [
        (claim_types.NAME_IDENTIFIER, "nameid"),
        (claim_types.ROLE, "role"),
        (claim_types.EMAIL, "email"),
        (claim_types.GIVEN_NAME, "given_name"),
        (claim_types.AUTHENTICATION_METHOD, "authmethod"),
    ],
)
def test_the_first_short_name_of_a_type_wins(uri, short):
    assert claim_types.short_name(uri) == short


@pytest.mark.parametrize("name", ["name", "phone_number", "locale", "urn:custom", ""])
def test_unknown_types_stay_as_they_are_in_both_directions(name):
    assert claim_types.long_name(name) == name
    assert claim_types.short_name(name) == name
