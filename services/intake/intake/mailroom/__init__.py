"""Where mails come in over SMTP, are kept, and become tickets and messages."""

from intake.mailroom.room import mailroom as mailroom
