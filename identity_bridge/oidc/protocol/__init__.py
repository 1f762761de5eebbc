"""The rules of OAuth 2 and OpenID Connect as IdentityServer applies them: values in, values out.

Nothing here imports Django, reads a database or looks at a clock.
"""

from __future__ import annotations
