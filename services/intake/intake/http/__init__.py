"""Intake's doors over HTTP."""

from intake.http.accounts import router as accounts
from intake.http.actions import router as actions
from intake.http.mails import router as mails
from intake.http.marking import router as marking
from intake.http.opening import router as opening
from intake.http.participants import router as participants
from intake.http.reading import router as reading
from intake.http.whole import router as whole

ROUTERS = (opening, actions, marking, participants, reading, whole, accounts, mails)
