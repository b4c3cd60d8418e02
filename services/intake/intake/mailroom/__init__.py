"""Where mails come in over SMTP, are kept, and become tickets, messages and feedback."""

from intake.mailroom.room import mailroom as mailroom
