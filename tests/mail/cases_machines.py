"""Mails in words of our own, and who wrote each: a person (None), or which kind of machine."""

from typing import NamedTuple

from intake.mail.automatic import Kind


class Case(NamedTuple):
    """A mail, with what it shows."""

    shows: str
    kind: Kind | None
    headers: str
    body: str = "Since this morning the export stops at row 500. Please help."

    @property
    def raw(self) -> bytes:
        """As it comes over the wire."""
        named = "" if "from:" in self.headers.lower() else "From: Solveig Aas <solveig@fjord.example>\n"
        return f"{named}{self.headers}\n\n{self.body}\n".encode()


AWAY = (
    ("English", "Out of office", "I am out of the office until 14 August with no access to my mail."),
    ("English, in the third person", "Solveig Aas is out of the office", "I will be back on Monday."),
    ("English, a program's", "AUTO: Solveig Aas is out of the office (returning 08/14/2026)", "I am out until 08/14."),
    ("German", "Abwesenheitsnotiz: Re: [P-1042] Export", "Ich bin bis zum 14. August nicht im Büro."),
    ("German, bare", "Abwesenheit", "Guten Tag, in der Zeit vom 3. bis zum 14.8. bin ich im Urlaub. S. Aas"),
    ("German, a program's", "Automatische Antwort: Export", "Ich befinde mich derzeit im Urlaub."),
    ("Danish", "Autosvar: Eksport", "Tak for din mail. Jeg er på ferie til og med 14. august."),
    ("Norwegian", "Automatisk svar: Eksport", "Jeg er ikke på kontoret og er tilbake 14. august."),
    ("Swedish", "Autosvar", "Jag är på semester och är tillbaka den 14 augusti."),
    ("Finnish", "Automaattinen vastaus: Vienti", "Olen lomalla 14.8. asti."),
    ("Dutch", "Automatisch antwoord: Export", "Ik ben tot 14 augustus niet op kantoor."),
    ("French", "Réponse automatique : Export", "Je suis absente du bureau jusqu'au 14 août."),
    ("French, bare", "Absence du bureau", "Bonjour, je suis en congés. De retour le 14 août."),
    ("Spanish", "Respuesta automática: Exportación", "Estoy de vacaciones hasta el 14 de agosto."),
    ("Italian", "Risposta automatica: Esportazione", "Sono in ferie fino al 14 agosto."),
    ("Portuguese", "Resposta automática: Exportação", "Estou de férias até 14 de agosto."),
    ("Polish", "Automatyczna odpowiedź: Eksport", "Jestem na urlopie do 14 sierpnia."),
    ("Czech", "Automatická odpověď: Export", "Jsem na dovolené do 14. srpna."),
    ("Hungarian", "Automatikus válasz: Export", "Augusztus 14-ig szabadságon vagyok."),
    ("Russian", "Автоматический ответ: Экспорт", "Я в отпуске до 14 августа."),
    ("Russian, a short one", "Автоответ", "Меня нет в офисе, вернусь 14 августа."),
    ("Ukrainian", "Автоматична відповідь: Експорт", "Я у відпустці до 14 серпня."),
    ("Turkish", "Otomatik yanıt: Dışa aktarma", "14 Ağustos'a kadar izindeyim."),
    ("Greek", "Αυτόματη απάντηση: Εξαγωγή", "Βρίσκομαι σε άδεια έως τις 14 Αυγούστου."),
    ("Croatian", "Automatski odgovor: Izvoz", "Na godišnjem odmoru sam do 14. kolovoza."),
    ("Slovenian", "Samodejni odgovor: Izvoz", "Na dopustu sem do 14. avgusta."),
    ("Serbian", "Аутоматски одговор: Извоз", "На годишњем одмору сам до 14. августа."),
    ("Bulgarian", "Извън офиса", "В отпуск съм, ще се върна на 14 август."),
    ("Latvian", "Automātiskā atbilde: Eksports", "Esmu atvaļinājumā līdz 14. augustam."),
    ("Lithuanian", "Automatinis atsakymas: Eksportas", "Atostogauju iki rugpjūčio 14 d."),
    ("Estonian, bare", "Puhkusel", "Olen puhkusel ja ei viibi kontoris."),
    ("Catalan", "Resposta automàtica: Exportació", "Estic de vacances fins al 14 d'agost."),
    ("Icelandic", "Sjálfvirkt svar: Útflutningur", "Ég er í sumarfríi og kem aftur 14. ágúst."),
    ("Hebrew", "מענה אוטומטי: ייצוא", "אני לא במשרד עד ה-14 באוגוסט."),
    ("Portuguese, of Brazil", "Fora do escritório", "Retorno dia 14/08."),
    ("Japanese", "自動返信: エクスポート", "8月14日まで休暇中です。戻り次第ご連絡いたします。"),
    ("Japanese, in brackets", "【自動返信】お問い合わせ", "お問い合わせを受け付けました。"),
    ("Chinese", "自动回复: 导出", "我目前不在办公室，8月14日回来。"),
    ("Chinese, of Taiwan", "自動回覆: 匯出", "我正在休假，回來後會儘快回覆。"),
    ("Korean", "자동 회신: 내보내기", "8월 14일까지 휴가 중입니다."),
)
"""Vacation replies without any header: the language, the subject and the text."""

REPLIES = (
    Case("the standard's mark", "reply", "Subject: Thanks\nAuto-Submitted: auto-replied"),
    Case("the standard's mark with a parameter", "reply", "Auto-Submitted: Auto-Replied (vacation)"),
    Case("a vacation header", "reply", "Subject: Re: Export\nX-Autoreply: yes"),
    Case("an old vacation header", "reply", "Precedence: auto_reply"),
    Case(
        "Exchange marks its vacation replies as generated",
        "reply",
        "Subject: Automatic reply: Export\nAuto-Submitted: auto-generated\nX-Auto-Response-Suppress: All",
        "Ring my colleague Jo.",
    ),
    *(
        Case(
            f"Exchange's mark and '{subject}'",
            "reply",
            f"Subject: {subject}\nAuto-Submitted: auto-generated\nX-Auto-Response-Suppress: All",
            text,
        )
        for subject, text in (
            ("Auto: Export", "I'm on annual leave, back 14 Aug."),
            ("Auto: Re: Export", "I'm out of the office, back 14 Aug."),
            ("I am no longer with Fjord Re: Export", "I no longer work at Fjord. Please contact jo@fjord.example."),
        )
    ),
    Case("a null return path", "reply", "Return-Path: <>\nSubject: Out of office", "Ring my colleague Jo."),
    *(Case(f"an absence in {language}", "reply", f"Subject: {subject}", text) for language, subject, text in AWAY),
    Case("no new text", "reply", "Subject: Automatic reply: Export", ""),
    Case("nothing but a quotation", "reply", "Subject: Autosvar: Eksport", "On Monday the desk wrote:\n> Any news?"),
    Case("a range of dates", "reply", "Subject: Out of office", "3 August - 14 August. Jo has my mail."),
    Case(
        "a range of dates and whom to ask", "reply", "Subject: Vacation", "3 to 14 August. Please ask jo@fjord.example."
    ),
    Case("a range of dates in German", "reply", "Subject: Abwesenheit", "Vom 3.8. bis 14.8.2026: Jo Berg, Tel. 12"),
    Case("a range of dates in Japanese", "reply", "Subject: 自動返信", "8月3日から8月14日まで"),
    Case("a desk's thanks", "reply", "Subject: Automatic reply: Export", "Thank you for contacting Fjord."),
    Case(
        "a filter's challenge",
        "reply",
        "Subject: Re: Export",
        "This mailbox is protected by Moat. Click on the link below to be added to the approved senders list.",
    ),
)

SENT_FOR = (
    Case("another desk, or a monitor", "sent-for", "Subject: INC0045 assigned\nAuto-Submitted: auto-generated"),
    Case("a bulk mark", "sent-for", "Subject: Export\nPrecedence: bulk"),
    Case("a mailing list", "sent-for", "Subject: Export\nList-Id: Staff <staff.fjord.example>"),
    Case("a list to leave", "sent-for", "Subject: Export\nList-Unsubscribe: <mailto:leave@fjord.example>"),
    Case("Exchange's mark on mail to lists", "sent-for", "Subject: Export\nX-Auto-Response-Suppress: DR, OOF"),
    Case(
        "another desk's mail about absences",
        "sent-for",
        "Subject: Out of office: the calendar module\nAuto-Submitted: auto-generated",
    ),
    Case("a list's mail about absences", "sent-for", "Subject: Out of office\nList-Id: <staff.fjord.example>"),
    Case("a build server", "sent-for", "Subject: Auto: nightly build failed\nAuto-Submitted: auto-generated"),
)

PEOPLE = (
    Case("whoever read it, and says more", None, "Subject: Read: Export", "I read it. But the export still stops."),
    Case(
        "a matter below the words of a receipt",
        None,
        "Subject: Read: Export",
        "Your message\n\nTo: Solveig\nSubject: Export\n\nwas read by all of us.\nIt helps nobody.\nThe export stops.",
    ),
    Case("asks about dates", None, "Subject: Vacation", "The planner shows 3 to 14 August twice. Please fix that."),
    Case(
        "asks about dates in German", None, "Subject: Urlaub", "Vom 3.8. bis 14.8.2026 steht er doppelt, bitte ändern."
    ),
    Case("the calendar module", None, "Subject: Out of office: the calendar module shows it on wrong days"),
    Case(
        "the calendar module, with dates",
        None,
        "Subject: Out of office: the calendar module",
        "All entries from 3 August to 14 August are shown a day late. Please help.",
    ),
    Case("the nightly build", None, "Subject: Auto: nightly build stops"),
    Case("a build, on vacation", None, "Subject: Auto: nightly build stops", "I am on vacation next week: Jo knows."),
    Case("a module for absences", None, "Subject: Abwesenheit wird nicht gespeichert"),
    Case("a subject alone", None, "Subject: Automatic reply: P-1042"),
    Case("replies that are not sent", None, "Subject: Automatic reply is not sent", "When I am away, nothing is sent."),
    Case(
        "a reply that is quoted",
        None,
        "Subject: Out of office text is cut",
        'It should say "I am out of the office until Monday", and ends after "out".',
    ),
    Case("an absence in the text alone", None, "Subject: Export", "I am out of the office from Monday on. It stops."),
    Case("vacation requests", None, "Subject: Vacation requests can't be saved"),
    Case(
        "a screenshot is all there is",
        None,
        "Subject: Out of office entries are doubled\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b",
        "--b\nContent-Type: image/png; name=seen.png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--b--",
    ),
    Case(
        "a failed delivery, described",
        None,
        "Subject: Mail delivery failed",
        "Our users get 550 5.1.1 user unknown when they write to the new gateway. What can be wrong?",
    ),
    Case("a postmaster who asks", None, "From: postmaster@fjord.example\nSubject: Our relay is slow"),
    Case("a system administrator", None, "From: System Administrator <it@fjord.example>\nSubject: Backup fails"),
    Case("marks that say no", None, "Subject: Export\nAuto-Submitted: no\nX-Auto-Response-Suppress: None"),
)

_REPORT = "Content-Type: multipart/report; report-type=delivery-status; boundary=b"
READ = "To: Solveig Aas\n   Subject: Re: Export [P-1042]\n   Sent: Monday, 3 August 2026 09:12:01 (UTC+01:00)"
GELESEN = "An: Solveig Aas\n   Betreff: Re: Export [P-1042]\n   Gesendet: Montag, 3. August 2026 09:12"
NOTICES = (
    Case(
        "a receipt of Outlook",
        "notice",
        "Subject: Read: Re: Export [P-1042]",
        f"Your message\n\n   {READ}\n\n was read on Monday, 3 August 2026 09:20:01 (UTC+01:00).",
    ),
    Case(
        "a receipt of Outlook in German",
        "notice",
        "Subject: Gelesen: Re: Export [P-1042]",
        f"Ihre Nachricht\n\n   {GELESEN}\n\n wurde am Montag, 3. August 2026 09:20 gelesen.",
    ),
    Case(
        "a receipt of a mail that nobody read",
        "notice",
        "Subject: Not read: Re: Export [P-1042]",
        f"Your message\n\n   {READ}\n\nwas deleted without being read on Monday, 3 August 2026 09:20:01.",
    ),
    Case("a report", "notice", f"From: mx@isp.example\nSubject: Hm\n{_REPORT}", "--b\n\nSorry.\n--b--"),
    Case("a daemon", "notice", "From: MAILER-DAEMON@isp.example\nSubject: Hm"),
    Case("failed recipients", "notice", "Subject: Hm\nX-Failed-Recipients: jo@isp.example"),
    Case("a null sender", "notice", "Return-Path: <>\nSubject: Hm"),
    Case(
        "a postmaster without a standard",
        "notice",
        "From: post_master@isp.example\nSubject: Re: Export",
        "550 - no such user here",
    ),
    Case(
        "a notice in Japanese with the mail",
        "notice",
        "From: no-reply@isp.example\nSubject: メールエラー通知\nContent-Type: multipart/mixed; boundary=b",
        "--b\nContent-Type: text/plain; charset=utf-8\n\n宛先が一杯のため送信できませんでした。\n"
        "--b\nContent-Type: message/rfc822\n\nSubject: Export\n\nHi\n--b--",
    ),
    Case(
        "a complaint passed on",
        "notice",
        "From: staff@isp.example\nSubject: complaint about message from 192.0.2.1\n"
        "Content-Type: multipart/mixed; boundary=b",
        "--b\nContent-Type: message/rfc822\n\nSubject: Export\n\nHi\n--b--",
    ),
)
CASES = (*REPLIES, *SENT_FOR, *PEOPLE, *NOTICES)
