"""Incoming mail: from bytes to what a mail says and to which ticket it belongs. Pure; the mailroom does the rest."""

from intake.domain.ticket.labels import Labelled as Labelled
from intake.domain.ticket.labels import labelled as labelled
from intake.mail.body import Attachment as Attachment
from intake.mail.matters import FEEDBACK_TARGETS as FEEDBACK_TARGETS
from intake.mail.matters import NUMBERS_READ as NUMBERS_READ
from intake.mail.matters import Answers as Answers
from intake.mail.matters import Begun as Begun
from intake.mail.matters import answered as answered
from intake.mail.matters import answers_letter as answers_letter
from intake.mail.matters import feedback_clues as feedback_clues
from intake.mail.matters import id_of_feedback_mail as id_of_feedback_mail
from intake.mail.matters import mailbox_of as mailbox_of
from intake.mail.parse import Mail as Mail
from intake.mail.parse import key as key
from intake.mail.parse import parse as parse
from intake.mail.reply import visible as visible
from intake.mail.threads import Begins as Begins
from intake.mail.threads import Belongs as Belongs
from intake.mail.threads import Clue as Clue
from intake.mail.threads import Found as Found
from intake.mail.threads import clues as clues
from intake.mail.threads import thread as thread
from intake.mail.words import Words as Words
from intake.mail.words import feedback_words as feedback_words
from intake.mail.words import message_words as message_words
from intake.mail.words import opening_words as opening_words
