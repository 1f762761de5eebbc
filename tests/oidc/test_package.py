"""House rules that need the provider's models."""

from __future__ import annotations

from tests.importing.test_documented_codes import test_each_error_code_has_one_section
from tests.test_package import test_each_error_has_a_code_of_its_own

__all__ = ["test_each_error_code_has_one_section", "test_each_error_has_a_code_of_its_own"]
