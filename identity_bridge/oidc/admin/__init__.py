"""The provider in the admin: one module a model family."""

from __future__ import annotations

from . import (  # noqa: F401 - each registers its models
    clients,
    grants,
    keys,
    notifications,
    resources,
    sessions,
)
