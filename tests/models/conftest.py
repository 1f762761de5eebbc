from __future__ import annotations

import pytest

from identity_bridge.models import Role, User


@pytest.fixture
def ada(db: None) -> User:
    """A user of whom nothing is odd."""
    return User.objects.create_user("Ada", "Ada@Example.com", "Right-1!")


@pytest.fixture
def editors(db: None) -> Role:
    return Role.objects.create(name="Editors")
