"""Run as a program: makes, copies and deletes an account of a project's own user model."""

from __future__ import annotations

import json
from datetime import date

import django
from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment

PASSWORD = "Amber-Ivory8381!"


def main() -> None:
    django.setup()
    setup_test_environment()
    call_command("migrate", verbosity=0)

    from django.contrib.auth import get_user_model

    users = get_user_model().objects
    client = Client()
    form = {"email": "ada@example.test", "new_password": PASSWORD, "repeat": PASSWORD}
    assert client.post("/account/register/", form).status_code == 302
    users.update(date_of_birth=date(1990, 2, 1), avatar=b"\x00\x01", tenant_id=7)
    proof = {"password": PASSWORD}
    data = json.loads(client.post("/account/personal-data/download/", proof).content)
    # The columns of the subclass stand first, as .NET has them.
    assert next(iter(data)) == "FirstName", list(data)
    assert (data["DateOfBirth"], data["Avatar"], data["TenantId"]) == ("1990-02-01", "AAE=", 7)
    assert (data["UserName"], data["PhoneNumber"]) == ("ada@example.test", "null")
    assert "PasswordHash" not in data
    assert client.post("/account/delete-account/", proof).status_code == 302
    assert users.count() == 0
    print("all of it")


if __name__ == "__main__":
    main()
