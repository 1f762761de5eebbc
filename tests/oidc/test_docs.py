"""What the reference says about the provider is what there is."""

from __future__ import annotations

import re
from dataclasses import MISSING, Field, fields
from typing import Any

import pytest
from django.core.management.base import BaseCommand, DjangoHelpFormatter

from identity_bridge.oidc.adapter import OidcAdapter
from identity_bridge.oidc.management.commands import (
    clear_expired_grants,
    load_oidc_configuration,
    rotate_signing_keys,
    send_logout_notifications,
)
from identity_bridge.oidc.protocol import configuration
from tests.docs.pages import DOCS, read
from tests.docs.test_reference import documented_methods, methods_of, section_of

COMMANDS: dict[str, BaseCommand] = {
    module.__name__.rpartition(".")[2]: module.Command()
    for module in (
        clear_expired_grants,
        load_oidc_configuration,
        rotate_signing_keys,
        send_logout_notifications,
    )
}
PARTS = {
    "Clients": configuration.Client,
    "Identity resources": configuration.IdentityResource,
    "API scopes": configuration.ApiScope,
    "API resources": configuration.ApiResource,
    "Secrets": configuration.Secret,
}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_options_of_a_command_are_documented_and_no_other(name: str) -> None:
    common = {"--help", "-h", "--version", "--skip-checks"}
    for action in BaseCommand().create_parser("manage.py", "common")._actions:
        common |= set(action.option_strings)
    common |= set(DjangoHelpFormatter.show_last)
    parser = COMMANDS[name].create_parser("manage.py", name)
    own = [action for action in parser._actions if not common & set(action.option_strings)]
    existing = {option for action in own for option in action.option_strings or ["FILE"]}
    assert set(re.findall(r"^\| `(--[a-z-]+|FILE)", section_of(name), re.MULTILINE)) == existing


def test_the_methods_of_the_adapter_are_documented() -> None:
    page = read(DOCS / "reference" / "adapter.md").partition("\n## ")[2]
    assert documented_methods(page) == methods_of(OidcAdapter)


@pytest.mark.parametrize("title", PARTS)
def test_every_member_of_the_configuration_is_documented_with_its_default(title: str) -> None:
    page = read(DOCS / "reference" / "oidc-configuration.md")
    section = page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|", section, re.MULTILINE)
    assert rows == [(field.name, written(field)) for field in fields(PARTS[title])]


def written(field: Field[Any]) -> str:
    """Return the default as the page writes it."""
    if field.default is MISSING and field.default_factory is MISSING:
        return "required"
    default = field.default_factory() if field.default_factory is not MISSING else field.default
    if default is None or isinstance(default, bool):
        return f"`{str(default).lower().replace('none', 'null')}`"
    if isinstance(default, str):
        return f'`"{default!s}"`'
    return "`[]`" if default in ((), frozenset()) else f"`{default}`"
