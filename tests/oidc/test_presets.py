"""Building blocks by name: a few lines make a provider that is safe."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from identity_bridge.models import User
from identity_bridge.oidc.configuration import document, presets, reading
from identity_bridge.oidc.models import Client
from identity_bridge.oidc.protocol import configuration_warnings
from tests.docs.pages import DOCS, read
from tests.fixtures_data import load_json

from .parties import (
    HOST,
    PKCE,
    REDIRECT_URI,
    SECRET,
    VERIFIER,
    Party,
    answer_of,
    browser,
    post_form,
)

TRACES = "duende/traces_config.json"
SHORT: dict[str, Any] = {
    "identity_resources": ["openid", "profile", "email"],
    "api_scopes": [{"name": "orders.read"}],
    "clients": [
        {
            "client_id": "web",
            "preset": "web",
            "client_secrets": [{"plain": SECRET}],
            "redirect_uris": [REDIRECT_URI],
        },
        {
            "client_id": "spa",
            "preset": "spa",
            "redirect_uris": [REDIRECT_URI],
            "allow_offline_access": True,
        },
        {"client_id": "app", "preset": "native", "redirect_uris": [REDIRECT_URI]},
        {
            "client_id": "robot",
            "preset": "machine",
            "client_secrets": [{"plain": SECRET}],
            "allowed_scopes": ["orders.read"],
        },
        {"client_id": "tv", "preset": "device"},
    ],
}


def load(path: Path, given: Any) -> None:
    path.write_text(json.dumps(given), encoding="utf-8")
    call_command("load_oidc_configuration", str(path), stdout=io.StringIO())


@pytest.fixture
def short(user: User, tmp_path: Path) -> Party:
    """The user in a browser, at a provider of the few lines above."""
    load(tmp_path / "provider.json", SHORT)
    party = Party(browser=browser())
    assert party.sign_in("ada").status_code == 302
    return party


@pytest.mark.spec("OIDC Core", "5.4")
def test_the_standard_resources_are_those_of_a_real_server() -> None:
    recorded = document.parse(load_json(TRACES))["identity_resources"]
    names = list(presets.IDENTITY_RESOURCES)
    made = document.parse({"identity_resources": names})["identity_resources"]
    assert made == recorded[: len(names)]


@pytest.mark.spec("RFC 9700", "2.1.1")
@pytest.mark.parametrize(("client_id", "secret"), [("web", SECRET), ("spa", ""), ("app", "")])
def test_a_client_of_the_code_flow_needs_pkce(short: Party, client_id: str, secret: str) -> None:
    party = Party(client_id, secret, short.browser)
    assert "/account/error/" in party.authorize().headers["Location"]
    code = answer_of(party.authorize(**PKCE))["code"]
    tokens = party.exchange(code, code_verifier=VERIFIER)
    assert party.userinfo(tokens["access_token"]).json()["preferred_username"] == "ada"


def test_a_client_of_the_web_needs_its_secret(short: Party) -> None:
    code = answer_of(short.authorize(**PKCE))["code"]
    thief = Party("web", "", short.browser)
    assert thief.exchange(code, status=400, code_verifier=VERIFIER)["error"] == "invalid_client"


@pytest.mark.spec("RFC 9700", "2.2.2")
@pytest.mark.parametrize("client_id", ["spa", "app"])
def test_a_refresh_token_of_a_public_client_works_once(short: Party, client_id: str) -> None:
    party = Party(client_id, "", short.browser)
    code = answer_of(party.authorize(scope="openid offline_access", **PKCE))["code"]
    first = party.exchange(code, code_verifier=VERIFIER)["refresh_token"]
    assert party.refresh(first)["refresh_token"] != first
    party.refresh(first, status=400)


def test_a_machine_gets_a_token_for_itself(short: Party) -> None:
    asked = {"grant_type": "client_credentials", "scope": "orders.read"}
    assert Party("robot", SECRET).token(**asked)["scope"] == "orders.read"
    assert Party("robot", "").token(status=400, **asked)["error"] == "invalid_client"


def test_a_device_gets_a_code_without_a_secret(short: Party) -> None:
    form = {"client_id": "tv", "scope": "openid offline_access"}
    response = post_form(browser(), "/connect/deviceauthorization", form)
    assert response.status_code == 200
    assert response.json()["verification_uri"].startswith(f"https://{HOST}/")


@pytest.mark.django_db
def test_own_members_win_over_the_preset(tmp_path: Path) -> None:
    own = {"client_id": "own", "preset": "spa", "allowed_scopes": ["openid"], "require_pkce": False}
    load(tmp_path / "provider.json", {"clients": [own]})
    found = reading.read_client("own")
    assert found is not None
    assert found[0].allowed_scopes == {"openid"}
    assert found[0].require_pkce is False
    assert found[0].require_client_secret is False


@pytest.mark.django_db
def test_what_is_dumped_is_the_full_form(tmp_path: Path) -> None:
    load(tmp_path / "provider.json", SHORT)
    out = io.StringIO()
    call_command("load_oidc_configuration", dump=True, stdout=out)
    dumped = json.loads(out.getvalue())
    assert dumped["identity_resources"][2] == {
        "name": "email",
        "display_name": "Your email address",
        "emphasize": True,
        "user_claims": ["email", "email_verified"],
    }
    assert dumped["clients"][1] == {
        "client_id": "spa",
        "require_client_secret": False,
        "allowed_grant_types": ["authorization_code"],
        "redirect_uris": [REDIRECT_URI],
        "allowed_scopes": ["openid", "profile"],
        "allow_offline_access": True,
        "refresh_token_usage": "OneTimeOnly",
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"identity_resources": ["openid", "phones"]},
            "identity_resources[1] has 'phones': expected one of openid, profile, email, phone,",
        ),
        ({"api_scopes": ["orders.read"]}, "api_scopes[0] is no object"),
        (
            {"clients": [{"client_id": "a", "preset": "SPA"}]},
            "clients[0].preset has 'SPA': expected one of web, spa, native, machine, device.",
        ),
        ({"clients": [{"client_id": "a", "preset": ["spa"]}]}, "clients[0].preset has ['spa']"),
        ({"clients": [{"client_id": "a", "preset": None}]}, "clients[0].preset has None"),
        ({"identity_resources": ["email", {"name": "email"}]}, "has email more than once"),
    ],
)
@pytest.mark.django_db
def test_a_preset_that_there_is_not_is_named(tmp_path: Path, given: Any, said: str) -> None:
    with pytest.raises(CommandError) as caught:
        load(tmp_path / "provider.json", given)
    assert said in str(caught.value)
    assert not Client.objects.exists()


@pytest.mark.parametrize("name", presets.CLIENTS)
def test_a_preset_lacks_only_what_nobody_else_can_know(name: str) -> None:
    own = {"client_id": "a", "preset": name, "redirect_uris": [REDIRECT_URI]}
    (client,) = document.parse({"clients": [own]})["clients"]
    warnings = list(configuration_warnings.of_client(client))
    assert bool(warnings) is client.require_client_secret
    assert all("client_secrets is empty" in text for text in warnings)


@pytest.mark.parametrize("name", presets.CLIENTS)
def test_the_reference_has_the_members_of_a_preset(name: str) -> None:
    page = read(DOCS / "reference" / "oidc-configuration.md").partition("\n## Presets\n")[2]
    (row,) = (line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
    for member, value in presets.CLIENTS[name].items():
        assert f"`{member}`: `{json.dumps(value)}`" in row
    assert row.count("`: `") == len(presets.CLIENTS[name])


@pytest.mark.parametrize("name", presets.IDENTITY_RESOURCES)
def test_the_reference_has_the_claims_of_a_standard_resource(name: str) -> None:
    page = read(DOCS / "reference" / "oidc-configuration.md").partition("\n## Presets\n")[2]
    (row,) = (line for line in page.splitlines() if line.startswith(f'| `"{name}"` |'))
    claims = presets.IDENTITY_RESOURCES[name]["user_claims"]
    assert row.endswith(f"| {', '.join(f'`{one}`' for one in claims)} |")
