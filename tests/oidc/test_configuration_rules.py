"""One set of rules: what the admin refuses, no file brings in, and the message says where."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from jwcrypto.jwk import JWK

from identity_bridge.models import User
from identity_bridge.oidc.configuration import document, writing
from identity_bridge.oidc.models import ApiResource, ApiScope, Client, IdentityResource
from identity_bridge.oidc.protocol import configuration_rules
from identity_bridge.oidc.protocol.configuration import GrantType
from tests.admin.pages import form_values
from tests.fixtures_data import fixture_path

from .parties import Party, configure, machine_client, web_client

TRACES = "duende/traces_config.json"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"

#: Members of a client that could not work: member, value, what is said.
REFUSED: list[tuple[str, Any, str]] = [
    ("client_id", "a" * 101, "101 characters: expected at most 100"),
    ("redirect_uris", ["/relative"], "'/relative': expected an absolute URI"),
    ("redirect_uris", ["javascript:alert(1)"], "leads to the client, not javascript:"),
    ("redirect_uris", ["https://app.example.org/#x"], "expected an absolute URI without '#'"),
    ("redirect_uris", ["https://app.example.org/" + "a" * 400], "of 424 characters: expected at"),
    ("post_logout_redirect_uris", ["data:text/html,x"], "leads to the client, not data:"),
    ("allowed_cors_origins", ["https://app.example.org/"], "expected an origin like"),
    ("allowed_cors_origins", ["https://App.example.org"], "expected an origin like"),
    ("allowed_cors_origins", ["app://x"], "expected an origin like"),
    ("back_channel_logout_uri", "ftp://app.example.org", "expected an http or https address"),
    ("logo_uri", "javascript:alert(1)", "expected an http or https address"),
    ("allowed_grant_types", ["Authorization-Code"], "expected 'authorization_code'"),
    ("allowed_grant_types", ["device_code"], f"expected '{DEVICE}'"),
    ("allowed_grant_types", ["x" * 101], "expected a name of at most 100 characters"),
    (
        "allowed_grant_types",
        ["implicit", "authorization_code"],
        "implicit and authorization_code: expected one of them",
    ),
    ("allowed_grant_types", ["implicit", "hybrid"], "implicit and hybrid: expected one of them"),
    (
        "allowed_grant_types",
        ["authorization_code", "hybrid"],
        "authorization_code and hybrid: expected one of them",
    ),
    ("allowed_identity_token_signing_algorithms", ["HS256"], "'HS256': expected one of RS256,"),
    ("dpop_validation_mode", "Sometimes", "'Sometimes': expected one of Custom, Iat, Nonce"),
    ("identity_token_lifetime", 0, "0: expected a number from 1"),
    ("polling_interval", 2**31, f"{2**31}: expected a number from 0 to {2**31 - 1}"),
]


def load(path: Path, given: Any) -> str:
    """Load a file and return what was said on the standard error."""
    path.write_text(json.dumps(given), encoding="utf-8")
    said = io.StringIO()
    call_command("load_oidc_configuration", str(path), stdout=io.StringIO(), stderr=said)
    return said.getvalue()


def refused(path: Path, given: Any) -> str:
    with pytest.raises(CommandError) as caught:
        load(path, given)
    return str(caught.value)


@pytest.mark.parametrize(("member", "value", "said"), REFUSED)
@pytest.mark.django_db
def test_a_file_with_what_could_not_work_is_refused_with_its_place(
    tmp_path: Path, member: str, value: Any, said: str
) -> None:
    clients = [machine_client(), machine_client("made") | {member: value}]
    text = refused(tmp_path / "provider.json", {"clients": clients})
    assert text.startswith(f"clients[1].{member} has ")
    assert said in text
    assert not Client.objects.exists()


@pytest.mark.parametrize(("member", "value", "said"), REFUSED)
def test_the_admin_refuses_the_same(admin: Browser, member: str, value: Any, said: str) -> None:
    url = "/admin/identity_bridge_oidc/client/add/"
    typed = "\n".join(value) if isinstance(value, list) else str(value)
    given = {"client_id": "made", "allowed_grant_types": DEVICE, member: typed}
    response = admin.post(url, form_values(admin.get(url)) | given)
    assert response.status_code == 200
    assert member in response.context["adminform"].form.errors
    assert not Client.objects.exists()


@pytest.fixture
def admin(db: None) -> Browser:
    browser = Browser()
    browser.force_login(User.objects.create_superuser("root", "root@example.org", "x"))
    return browser


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"api_scopes": [{"name": ""}]}, "api_scopes[0].name has nothing: expected a name"),
        ({"api_scopes": [{"name": "two words"}]}, "expected a name without space"),
        ({"api_scopes": [{"name": "line\nbreak"}]}, "expected no control characters"),
        ({"api_scopes": [{"name": "offline_access"}]}, "expected another name: it is built in"),
        ({"identity_resources": [{"name": "offline_access"}]}, "allow_offline_access allows it"),
        ({"api_resources": [{"name": "n" * 201}]}, "201 characters: expected at most 200"),
        (
            {"api_resources": [{"name": "a", "allowed_access_token_signing_algorithms": ["none"]}]},
            "api_resources[0].allowed_access_token_signing_algorithms has 'none': expected one of",
        ),
        (
            {"identity_resources": [{"name": "a"}], "api_scopes": [{"name": "b"}, {"name": "a"}]},
            "api_scopes[1].name has 'a': expected another name than identity_resources[0] has",
        ),
        (
            {"clients": [{"client_id": "a", "client_name": "N\x00L"}]},
            "clients[0].client_name has a NUL character",
        ),
        (
            {"clients": [{"client_id": "a", "properties": {"rank": 3}}]},
            "clients[0].properties has 'rank': 3, not a text for a text",
        ),
        (
            {"clients": [{"client_id": "a", "properties": {"rank": "N\x00L"}}]},
            "clients[0].properties has a NUL character",
        ),
    ],
)
@pytest.mark.django_db
def test_a_scope_or_an_api_that_could_not_work_is_refused(
    tmp_path: Path, given: Any, said: str
) -> None:
    assert said in refused(tmp_path / "provider.json", given)
    assert not ApiScope.objects.exists()
    assert not ApiResource.objects.exists()


@pytest.mark.parametrize("page", ["identityresource", "apiscope"])
def test_the_admin_has_no_scope_of_the_name_that_is_built_in(admin: Browser, page: str) -> None:
    url = f"/admin/identity_bridge_oidc/{page}/add/"
    for name, status in (("offline_access", 200), ("offline", 302)):
        assert admin.post(url, form_values(admin.get(url)) | {"name": name}).status_code == status


@pytest.mark.django_db
def test_a_name_means_one_thing_in_the_database_too(tmp_path: Path) -> None:
    path = tmp_path / "provider.json"
    load(path, {"identity_resources": [{"name": "staff"}]})
    text = refused(path, {"api_scopes": [{"name": "staff"}]})
    assert "Nothing was written. 'staff' would be an identity resource and an API scope" in text
    assert not ApiScope.objects.exists()
    IdentityResource.objects.all().delete()
    load(path, {"api_scopes": [{"name": "staff"}]})


@pytest.mark.parametrize("private", ["private key", "symmetric key", "nonsense"])
@pytest.mark.django_db
def test_only_public_keys_are_taken_for_secrets(tmp_path: Path, private: str) -> None:
    key = JWK.generate(kty="EC", crv="P-256")
    values = {
        "private key": key.export_private(),
        "symmetric key": '{"kty": "oct", "k": "c2VjcmV0"}',
        "nonsense": "{",
    }
    path = tmp_path / "provider.json"
    secret = {"type": "JWK", "value": values[private]}
    text = refused(path, {"clients": [machine_client(client_secrets=[secret])]})
    assert text.startswith("clients[0].client_secrets[0].value: ")
    assert json.loads(key.export_private())["d"] not in text
    secret["value"] = key.export_public()
    load(path, {"clients": [machine_client(client_secrets=[secret])]})


@pytest.mark.parametrize("name", ["delegation", "urn:ietf:params:oauth:grant-type:token-exchange"])
@pytest.mark.django_db
def test_a_grant_type_of_its_own_is_kept_and_spoken_of_until_it_is_served(
    tmp_path: Path, bridge: Callable[..., None], name: str
) -> None:
    given = {"clients": [machine_client(allowed_grant_types=["client_credentials", name])]}
    said = load(tmp_path / "provider.json", given)
    assert f"machine: allowed_grant_types has '{name}', which nothing here serves" in said
    assert Client.objects.get().allowed_grant_types == sorted(["client_credentials", name])
    bridge(OIDC_EXTENSION_GRANTS={name: "tests.oidc.test_settings.double"})
    assert load(tmp_path / "provider.json", given) == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pair_wise_subject_salt": "pepper"}, "pair_wise_subject_salt is kept and not obeyed"),
        ({"allowed_grant_types": []}, "allowed_grant_types is empty"),
        ({"allowed_grant_types": ["client_credential"]}, "Is client_credentials meant?"),
        ({"redirect_uris": []}, "redirect_uris is empty: authorization_code has nowhere"),
        ({"client_secrets": []}, "client_secrets is empty and require_client_secret is on"),
        ({"client_secrets": [{"value": "in clear"}]}, "client_secrets[0].value is no SHA-256"),
    ],
)
def test_what_a_client_will_not_get_is_said(
    admin: Browser, tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    good = web_client("good")
    assert load(tmp_path / "provider.json", {"clients": [good]}) == ""
    text = load(tmp_path / "provider.json", {"clients": [good, web_client("odd", **changes)]})
    assert text.startswith("odd: ")
    assert said in text
    assert text.count("\n") == 1
    row = Client.objects.get(application__client_id="odd")
    url = f"/admin/identity_bridge_oidc/client/{row.pk}/change/"
    shown = admin.post(url, form_values(admin.get(url)), follow=True)
    assert any(said in str(message) for message in shown.context["messages"])


def test_an_implicit_client_needs_no_secret(admin: Browser, tmp_path: Path) -> None:
    implicit = web_client("old", allowed_grant_types=["implicit"], client_secrets=[])
    assert load(tmp_path / "provider.json", {"clients": [implicit]}) == ""


@pytest.mark.django_db
def test_the_configuration_of_a_real_server_passes() -> None:
    counts = writing.write(document.read_file(fixture_path(TRACES)))
    assert counts["clients"].created == 47
    configure()
    assert Party().token(status=400, grant_type="x")["error"] == "unsupported_grant_type"


@pytest.mark.parametrize("grant", GrantType)
def test_a_grant_type_is_only_meant_by_other_spellings(grant: GrantType) -> None:
    assert configuration_rules.meant_grant_type(grant) is None
    assert configuration_rules.meant_grant_type(grant.upper().replace("_", "-")) == grant
