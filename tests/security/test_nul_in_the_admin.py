"""NUL in an address of the admin is a bad request, not a server error."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from identity_bridge.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    user = User.objects.create_superuser("root", "root@example.org", "Root-Password1!")
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("model", ["user", "role", "importrun", "importissue"])
def test_an_object_that_cannot_exist_is_not_found(admin: Client, model: str) -> None:
    for page in ("change", "history"):
        url = reverse(f"admin:identity_bridge_{model}_{page}", args=["a_00b"])
        assert admin.get(url).status_code in {302, 400, 404}


@pytest.mark.parametrize("query", ["id__exact=%00", "roles__id__exact=a%00", "p=%00"])
def test_a_filter_with_nul_is_a_bad_request(admin: Client, query: str) -> None:
    url = reverse("admin:identity_bridge_user_changelist")
    assert admin.get(f"{url}?{query}").status_code == 400


def test_a_selection_with_nul_is_a_bad_request(admin: Client) -> None:
    url = reverse("admin:identity_bridge_user_changelist")
    form = {"action": "unlock", "_selected_action": "a\x00"}
    assert admin.post(url, form).status_code == 400
