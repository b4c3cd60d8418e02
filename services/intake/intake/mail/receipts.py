"""Outlook's words that a mail was read, or deleted unread, where they come without the report that says so.

They take two signs, of which the whole text is one: a person writes something of their own.
"""

import re

_SUBJECT = re.compile(
    r"""\s*(?:read | not\sread | gelesen | nicht\sgelesen | ungelesen\sgelöscht | lu | non\slu | leído | no\sleído
        | letto | non\sletto | lida | não\slida | gelezen | niet\sgelezen | läst | lest | læst
        | ulest | ulæst | luettu | przeczytano
        | przeczytane | přečteno | прочитано | прочтено | okundu | 開封済み | 既読 | 已读 | 已讀 | 읽음)\s?[:：]""",
    re.IGNORECASE | re.VERBOSE,
)
_YOUR_MESSAGE = re.compile(
    r"""\s*(?:your\s(?:message|mail) | ihre\s(?:nachricht|e-?mail) | votre\s(?:message|e-?mail) | (?:su|el)\smensaje
        | il\s(?:tuo\s|suo\s)?messaggio
        | a\s(?:sua\s)?mensagem | (?:uw|je|het)\sbericht | ditt?\s(?:meddelande|melding) | din\s(?:meddelelse|melding)
        | viestisi | twoja\swiadomość | vaše\szpráva | ваше\sсообщение | iletiniz | メッセージ | 您的邮件 | 您的郵件
        | 보낸\s메시지)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_WAS_READ = re.compile(
    r"""(?:was\s(?:read|deleted\swithout\sbeing\sread) | wurde\s.{0,60}\b(?:gelesen|gelöscht) | a\sété\s(?:lu|supprimé)
        | (?:fue|ha\ssido)\s(?:leído|eliminado) | è\sstato\s(?:letto|eliminato) | foi\s(?:lida|excluída|eliminada)
        | is\s(?:.{0,40}\s)?(?:gelezen|verwijderd) | (?:lästes|blev\slæst|ble\slest|raderades) | luettiin | przeczytan
        | byla\s(?:přečtena|odstraněna) | прочитано | okundu | 開封 | 読まれ
        | 已(?:于|於|在)?.{0,40}(?:阅读|閱讀|读取)
        | 읽었|읽혔)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_FIELD = re.compile(r"\s*[^\W\d_][^:：\n]{0,24}[:：]\s")
_ITS_LINES = 8
"""Two halves of a sentence, and between them fields of the mail."""
_CHARACTERS = 1_000


def is_receipt(subject: str, text: str) -> bool:
    """Whether the mail says nothing but that ours was read, or deleted unread."""
    if not _SUBJECT.match(subject) or not _YOUR_MESSAGE.match(text) or len(text.strip()) > _CHARACTERS:
        return False
    lines = [line for line in text.split("\n") if line.strip()]
    first, *others = lines
    own = [line for line in others if not _FIELD.match(line)]
    said = " ".join([first, *own])
    has_fields = len(lines) <= _ITS_LINES and len(own) <= 2 and len(others) - len(own) >= 2
    return has_fields and _WAS_READ.search(said) is not None
