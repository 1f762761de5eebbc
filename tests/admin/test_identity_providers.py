"""External providers in the admin: the secret goes in and never comes out."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from identity_bridge.external import registry
from identity_bridge.models import IdentityProvider

ADD = reverse("admin:identity_bridge_identityprovider_add")
LIST = reverse("admin:identity_bridge_identityprovider_changelist")
SECRET = "S3CR3T-of-the-client"
GIVEN = {
    "scheme": "Contoso",
    "display_name": "Contoso Ltd",
    "enabled": "on",
    "authority": "https://id.example.org",
    "client_id": "shop",
    "new_secret": SECRET,
    "scope": "openid email",
    "key_claim": "",
    "callback_path": "/federation/Contoso/signin",
}


def change(row: IdentityProvider) -> str:
    return reverse("admin:identity_bridge_identityprovider_change", args=[row.pk])


@pytest.fixture
def contoso(admin_client: Client) -> IdentityProvider:
    response = admin_client.post(ADD, GIVEN)
    assert response.status_code == 302, response.content.decode()
    return IdentityProvider.objects.get()


def test_what_is_typed_is_what_is_used(contoso: IdentityProvider) -> None:
    found = registry.find("Contoso")
    assert (found.authority, found.client_id) == ("https://id.example.org", "shop")
    assert (found.client_secret, found.scopes) == (SECRET, ("openid", "email"))
    assert (found.key_claim, found.callback_path) == ("sub", "/federation/Contoso/signin")
    assert contoso.properties["Authority"] == "https://id.example.org"


def test_the_secret_is_encrypted_and_never_shown(
    admin_client: Client, contoso: IdentityProvider
) -> None:
    assert SECRET not in contoso.client_secret
    assert SECRET not in str(contoso.properties)
    for page in (LIST, change(contoso)):
        text = admin_client.get(page).content.decode()
        assert SECRET not in text
        assert contoso.client_secret not in text
    wrong = admin_client.post(ADD, GIVEN | {"scheme": "Other", "authority": "nowhere"})
    assert SECRET not in wrong.content.decode()


def test_an_empty_secret_stays_and_a_new_one_replaces_it(
    admin_client: Client, contoso: IdentityProvider
) -> None:
    admin_client.post(change(contoso), GIVEN | {"new_secret": "", "display_name": "New"})
    assert registry.find("Contoso").client_secret == SECRET
    assert registry.find("Contoso").display_name == "New"
    admin_client.post(change(contoso), GIVEN | {"new_secret": "another"})
    assert registry.find("Contoso").client_secret == "another"


def test_the_scheme_is_fixed_and_what_an_import_brought_stays(
    admin_client: Client, contoso: IdentityProvider
) -> None:
    contoso.properties |= {"ResponseType": "code"}
    contoso.save()
    admin_client.post(change(contoso), GIVEN | {"scheme": "Renamed", "client_id": "new"})
    contoso.refresh_from_db()
    assert contoso.scheme == "Contoso"
    assert contoso.properties["ResponseType"] == "code"
    assert contoso.properties["ClientId"] == "new"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"authority": "http://id.example.org"}, "no address that begins with https://"),
        ({"authority": "https://id.example.org\x00"}, "Null characters are not allowed"),
        ({"authority": ""}, "This field is required"),
        ({"client_id": ""}, "This field is required"),
        ({"callback_path": "//evil.example"}, "no path like /signin-oidc"),
        ({"scheme": "a/b"}, "printable text without a slash"),
        ({"new_secret": "x" * 3000}, "at most 2000 characters"),
    ],
)
def test_a_mistake_is_shown_at_once(
    admin_client: Client, db: Any, changed: dict[str, str], message: str
) -> None:
    response = admin_client.post(ADD, GIVEN | changed)
    assert response.status_code == 200
    assert message in response.content.decode()
    assert not IdentityProvider.objects.exists()


def test_two_cannot_have_one_scheme(admin_client: Client, contoso: IdentityProvider) -> None:
    assert admin_client.post(ADD, GIVEN).status_code == 200
    assert IdentityProvider.objects.count() == 1
    assert admin_client.get(LIST, {"q": "cont"}).status_code == 200


def test_no_two_have_one_callback_path(
    admin_client: Client, contoso: IdentityProvider, settings: Any
) -> None:
    """One of them could pass off the answer of the other as its own."""
    settings.IDENTITY_BRIDGE = {
        "EXTERNAL_PROVIDERS": {"Harbor": {"kind": "openid", "callback_path": "/signin-harbor"}}
    }
    IdentityProvider.objects.update(enabled=False)
    for path, holder in ((GIVEN["callback_path"], "Contoso"), ("/signin-harbor", "Harbor")):
        other = GIVEN | {"scheme": "Other", "callback_path": path}
        text = admin_client.post(ADD, other).content.decode()
        assert f"{holder} has this path already" in text
    assert admin_client.post(change(contoso), GIVEN).status_code == 302, "its own path"
    for scheme in ("Other", "Another"):
        answer = admin_client.post(ADD, GIVEN | {"scheme": scheme, "callback_path": ""})
        assert answer.status_code == 302
