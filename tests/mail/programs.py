"""Replies as mail programs write them below a first line: only that line is new."""

REPLIES = {
    "Apple Mail, nl": (
        "Ja, dat klopt.\n"
        "\n"
        "Verstuurd vanaf mijn iPhone\n"
        "\n"
        "> Op 23 nov. 2026 om 12:00 heeft Desk <support@desk.example> het volgende geschreven:\n"
        "> \n"
        "> \ufeffKlopt dat?\n"
    ),
    "Apple Mail, fr": ("Oui.\n\n> Le 23 nov. 2026 à 12:00, Desk <support@desk.example> a écrit :\n> \n> Vraiment ?\n"),
    "Apple Mail, it": (
        "Sì.\n"
        "\n"
        "Inviato da iPhone\n"
        "\n"
        "> Il giorno 23 nov 2026, alle ore 12:00, Desk <support@desk.example> ha scritto:\n"
        "> \n"
        "> Davvero?\n"
    ),
    "Apple Mail, es": (
        "Sí.\n\n> El 23 nov 2026, a las 12:00, Desk <support@desk.example> escribió:\n> \n> ¿De verdad?"
    ),
    "Apple Mail, ja": (
        "はい。\n\niPhoneから送信\n\n> 2026/11/23 12:00、Desk <support@desk.example>のメール:\n> \n> 本当？"
    ),
    "Apple Mail, zh": (
        "是的。\n\n从我的iPhone发送\n\n> 在 2026年11月23日，12:00，Desk <support@desk.example> 写道：\n> \n> 真的？"
    ),
    "QQ Mail": (
        "是的。\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "------------------ 原始邮件 ------------------\n"
        '发件人: "Desk" <support@desk.example>;\n'
        "发送时间: 2026年11月23日(星期一) 中午12:00\n"
        '收件人: "Ann"<ann@acme.example>;\n'
        "主题: Re: It\n"
        "\n"
        "真的？"
    ),
    "NetEase, en": ('是的。\n\n\n\n\n\n\nAt 2026-11-23 12:00:00, "Desk" <support@desk.example> wrote:\n\n真的？'),
    "NetEase, zh": ('是的。\n\n在 2026-11-23 12:00:00，"Desk" <support@desk.example> 写道：\n\n真的？'),
    "Naver": (
        "네.\n"
        "\n"
        "-----Original Message-----\n"
        'From: "Desk" <support@desk.example>\n'
        "To: <ann@acme.example>;\n"
        "Cc:\n"
        "Sent: 2026-11-23 (월) 12:00:00 (GMT+09:00)\n"
        "Subject: Re: It\n"
        "\n"
        "정말?"
    ),
    "Yandex": ('Да.\n\n23.11.2026, 12:00, "Desk" <support@desk.example>:\n> Правда?'),
    "Mail.ru, marks": (
        "Да.\n\n\n>Понедельник, 23 ноября 2026, 12:00 +03:00 от Desk <support@desk.example>:\n> \n>Правда?\n"
    ),
    "Mail.ru": (
        "Да.\n\n--\nАня\n\n\nПонедельник, 23 ноября 2026, 12:00 +03:00 от Desk <support@desk.example>:\n\nПравда?\n"
    ),
    "GMX": (
        "Ja.\n"
        "\n"
        "Gesendet: Montag, 23. November 2026 um 12:00 Uhr\n"
        'Von: "Desk" <support@desk.example>\n'
        "An: ann@acme.example\n"
        "Betreff: Re: It\n"
        "\n"
        "Wirklich?"
    ),
    "Web.de": (
        "Ja.\n"
        "\n"
        "> Gesendet: Montag, 23. November 2026 um 12:00 Uhr\n"
        '> Von: "Desk" <support@desk.example>\n'
        "> An: ann@acme.example\n"
        "> Betreff: Re: It\n"
        ">\n"
        "> Wirklich?"
    ),
    "Outlook on the web": (
        "Yes.\n"
        "\n"
        "________________________________________\n"
        "From: Desk <support@desk.example>\n"
        "Sent: 23 November 2026 12:00\n"
        "To: Ann\n"
        "Subject: Re: It\n"
        "\n"
        "Really?"
    ),
    "Notes, en": (
        "Yes.\n"
        "\n"
        "\n"
        "\n"
        "From:   Desk <support@desk.example>\n"
        "To:     Ann/ACME@ACME, \n"
        "Date:   23/11/2026 12:00\n"
        "Subject:        Re: It\n"
        "\n"
        "\n"
        "\n"
        "Really?"
    ),
    "Notes, de": (
        "Ja.\n"
        "\n"
        "\n"
        "\n"
        "Von:    Desk <support@desk.example>\n"
        "An:     Ann/ACME@ACME\n"
        "Datum:  23.11.2026 12:00\n"
        "Betreff:        Re: It\n"
        "\n"
        "Wirklich?"
    ),
    "Thunderbird, pl": ("Tak.\n\nW dniu 23.11.2026 o 12:00, Desk pisze:\n> Naprawdę?"),
    "Thunderbird, ru": ("Да.\n\n23.11.2026 12:00, Desk пишет:\n> Правда?"),
    "Thunderbird, cs": ("Ano.\n\nDne 23. 11. 26 v 12:00 Desk napsal(a):\n> Opravdu?"),
    "Thunderbird, da": ("Ja.\n\nDen 23-11-2026 kl. 12:00 skrev Desk:\n> Virkelig?"),
    "Thunderbird, sv": ("Ja.\n\nDen 2026-11-23 kl. 12:00, skrev Desk:\n> Verkligen?"),
    "Thunderbird, no": ("Ja.\n\nDen 23.11.2026 12:00, skrev Desk:\n> Virkelig?"),
    "Thunderbird, ja": ("はい。\n\nOn 2026/11/23 12:00, Desk wrote:\n> 本当？"),
    "Thunderbird, ja, older": ("はい。\n\nDesk さんは書きました (2026/11/23 12:00):\n> 本当？"),
    "Thunderbird, ko": ("네.\n\n2026-11-23 오후 12:00에 Desk 이(가) 쓴 글:\n> 정말?"),
    "Thunderbird, zh": ("是。\n\n在 2026/11/23 12:00, Desk 写道:\n> 真的？"),
    "Thunderbird, pt": ("Sim.\n\nEm 23/11/2026 12:00, Desk escreveu:\n> Mesmo?"),
    "Thunderbird, pt-PT": ("Sim.\n\nÀs 12:00 de 23/11/2026, Desk escreveu:\n> Mesmo?"),
    "Thunderbird, it": ("Sì.\n\nIl 23/11/26 12:00, Desk ha scritto:\n> Davvero?"),
    "Thunderbird, es": ("Sí.\n\nEl 23/11/26 a las 12:00, Desk escribió:\n> ¿De verdad?"),
    "Thunderbird, fr": ("Oui.\n\nLe 23/11/2026 à 12:00, Desk a écrit :\n> Vraiment ?"),
    "Thunderbird, nl": ("Ja.\n\nOp 23-11-2026 om 12:00 schreef Desk:\n> Echt?"),
    "K-9 Mail": ("Ja.\n\nAm 23. November 2026 12:00:00 MEZ schrieb Desk <support@desk.example>:\n>Wirklich?\n"),
    "Android": (
        "Yes.\n"
        "\n"
        "-------- Original message --------\n"
        "From: Desk <support@desk.example>\n"
        "Date: 23/11/2026 12:00 (GMT+01:00)\n"
        "To: Ann\n"
        "Subject: It\n"
        "\n"
        "Really?"
    ),
    "Samsung, de": (
        "Ja.\n"
        "\n"
        "\n"
        "Von meinem Samsung Galaxy Smartphone gesendet.\n"
        "\n"
        "\n"
        "-------- Ursprüngliche Nachricht --------\n"
        "Von: Desk <support@desk.example>\n"
        "Datum: 23.11.26 12:00 (GMT+01:00)\n"
        "An: Ann\n"
        "Betreff: It\n"
        "\n"
        "Wirklich?"
    ),
    "Evolution, en": ("Yes.\n\nOn Mon, 2026-11-23 at 12:00 +0100, Desk wrote:\n> Really?"),
    "Evolution, de": ("Ja.\n\nAm Montag, dem 23.11.2026 um 12:00 +0100 schrieb Desk:\n> Wirklich?"),
    "KMail, de": ("Ja.\n\nAm Montag, 23. November 2026, 12:00:00 CET schrieb Desk:\n> Wirklich?"),
    "Proton, rule": (
        "Yes.\n"
        "\n"
        "Sent with Proton Mail secure email.\n"
        "\n"
        "------- Original Message -------\n"
        "On Monday, November 23rd, 2026 at 12:00 PM, Desk <support@desk.example> wrote:\n"
        "\n"
        "> Really?"
    ),
    "Proton": ("Yes.\n\nOn Monday, November 23rd, 2026 at 12:00, Desk <support@desk.example> wrote:\n\n> Really?"),
    "iCloud": ("Yes.\n\nOn 23 Nov 2026, at 12:00, Desk <support@desk.example> wrote:\n\nReally?"),
    "Outlook, pl with English labels": (
        "Tak.\n"
        "\n"
        "From: Desk <support@desk.example>\n"
        "Sent: poniedziałek, 23 listopada 2026 12:00\n"
        "To: Ann\n"
        "Subject: It\n"
        "\n"
        "Naprawdę?"
    ),
    "Outlook for Mac": (
        "Yes.\n"
        "\n"
        "From: Desk <support@desk.example>\n"
        "Date: Monday, 23 November 2026 at 12:00\n"
        "To: Ann <ann@acme.example>\n"
        "Subject: Re: It\n"
        "Really?"
    ),
    "Roundcube, en": ("Yes.\n\nOn 2026-11-23 12:00, Desk wrote:\n\n> Really?"),
    "Roundcube, de": ("Ja.\n\nAm 2026-11-23 12:00, schrieb Desk:\n> Wirklich?"),
    "Horde, de": ("Ja.\n\nZitat von Desk <support@desk.example>:\n\n> Wirklich?"),
    "Gmail, sk": ("Áno.\n\npo 23. 11. 2026 o 12:00 Desk <support@desk.example> napísal(a):\n> Naozaj?"),
}
