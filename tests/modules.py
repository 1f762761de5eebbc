"""All modules of the package, for tests that look at what they define."""

from __future__ import annotations

import importlib
import pkgutil

from django.apps import apps

import identity_bridge

#: Can be imported only where ``identity_bridge.oidc`` is installed.
_OF_PROVIDER = ("identity_bridge.oidc.", "identity_bridge.account.provider.")


def has_provider() -> bool:
    return apps.is_installed("identity_bridge.oidc")


def import_all() -> None:
    """Import every module that the installed apps allow; migrations excepted."""

    def failed(name: str) -> None:
        if has_provider() or not f"{name}.".startswith(_OF_PROVIDER):
            raise AssertionError(f"{name} cannot be imported")

    walked = pkgutil.walk_packages(identity_bridge.__path__, "identity_bridge.", onerror=failed)
    for module in walked:
        is_of_provider = f"{module.name}.".startswith(_OF_PROVIDER)
        if ".migrations" not in module.name and (has_provider() or not is_of_provider):
            importlib.import_module(module.name)
