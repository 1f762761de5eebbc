"""A project whose user model has the columns of its ApplicationUser."""

from __future__ import annotations

from tests.projects.store.settings import *  # noqa: F403
from tests.projects.store.settings import INSTALLED_APPS as STORE_APPS

INSTALLED_APPS = [*STORE_APPS, "tests.projects.custom_user"]
AUTH_USER_MODEL = "custom_user.ApplicationUser"
