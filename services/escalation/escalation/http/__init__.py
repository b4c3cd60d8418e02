"""escalation's doors: the API, and the page behind the link in a call."""

from escalation.http import api, page

ROUTERS = (api.router, page.router)
