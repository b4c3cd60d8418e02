"""What notifier answers over HTTP."""

from notifier.http import addresses, notifications

ROUTERS = (notifications.router, addresses.router)
