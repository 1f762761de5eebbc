"""Between the endpoints and the pages people see: why they are there, what they answered, and the
way back. The pages themselves are the project's, or those of ``identity_bridge.account``.
"""

from __future__ import annotations
