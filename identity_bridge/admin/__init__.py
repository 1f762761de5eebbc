"""The admin of the identity_bridge models: one module a model family.

Django's autodiscovery imports this package; importing the modules registers the models.
"""

from __future__ import annotations

from . import (  # noqa: F401 - each registers its models
    audit,
    identity_providers,
    imports,
    roles,
    users,
)
