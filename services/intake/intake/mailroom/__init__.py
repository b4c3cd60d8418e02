"""Where mails come in, by SMTP, LMTP, IMAP or posted, are kept, and become tickets, messages and feedback."""

from intake.mailroom.room import mailroom as mailroom
