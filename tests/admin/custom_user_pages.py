"""Run as a program: opens every user page of a project with its own user model."""

from __future__ import annotations

import django
from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment


def main() -> None:
    django.setup()
    setup_test_environment()
    call_command("migrate", verbosity=0)

    from django.contrib import admin
    from django.contrib.auth import get_user_model

    from tests.admin.pages import list_of, submit, url_of

    model = get_user_model()
    assert admin.site.is_registered(model)
    client = Client()
    root = model.objects.create_superuser("root", None, "Root-Pass1!")
    client.force_login(root)
    user = model.objects.create_user("hamid", None, "Amber-Ivory8381!", last_name="Keller")
    assert "hamid" in client.get(list_of(model), {"q": "HAM"}).content.decode()
    page = client.get(url_of(user)).content.decode()
    assert 'name="last_name"' in page
    assert submit(client, url_of(user), last_name="Other").status_code == 302
    user.refresh_from_db()
    assert user.last_name == "Other"
    print("every page opened")


if __name__ == "__main__":
    main()
