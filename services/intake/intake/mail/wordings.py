"""The words with which mail programs introduce and close what they add to a person's text, in many languages.

Which language a mail is in is not asked: a reply in one quotes a mail in another.
"""

WROTE = (
    r"wrote|writes|schrieb|schreibt|geschrieben|a\sécrit|écrit|escribió|escribio|escribe|ha\sscritto|scrive|scrisse"
    r"|escreveu|escreve|va\sescriure|schreef|schrijft|geschreven|skrev|skriver|kirjoitti|skrifaði"
    r"|napisał(?:a|\(a\))?|pisze|napsala?(?:\(a\))?|napsal/a|píše|napísala?(?:\(a\))?|(?:je\s)?napisa[ol](?:la)?"
    r"|напис(?:ал[аи]?|ал\(а\)|а|ав|ала)|пис(?:ал|ала|ал\(а\))|пишет|пише|írta|a\sscris|yazdı|έγραψε|kirjutas|rašė|rakstīja"
    r"|đã\sviết|menulis|เขียน|כתבה?|كتبت?"
)
"""Wrote, as a word of its own."""
WROTE_WITHIN = r"のメール|さんは書きました|書きました|书写|写道|寫道|写到|작성|썼습니다|쓴\s?글|님의\s?말"
"""Wrote, in scripts that put no space between words."""
OPENS = (
    r"on|am|le|el|il|op|den|em|dia|no\sdia|a\sles|dnia|dne|dňa|w\sdniu|w\sdn\.|dana|в|від|на|la\sdata\sde|pe|στις|vào|pada"
    r"|date:|在|于|於"
)
"""The first word of "On <date> … wrote:"."""

SENDER = (
    r"from|von|de|de\sla|da|van|från|fra|od|oт|от|от\sкого|від|від\sкого|lähettäjä|feladó|kimden|gönderen|από"
    r"|差出人|送信者|送信元|发件人|寄件者|寄件人|보낸\s?사람|보낸\s?이"
)
DATED = (
    r"sent|date|gesendet|datum|envoyé(?:\sle)?|enviado(?:\sel|\sem)?|enviada(?:\sem)?|fecha|inviato(?:\sil)?|data|verzonden"
    r"|skickat|sendt|dato|wysłan[oe]|odesláno|odoslané|отправлено|отправлен|дата|надіслано|lähetetty|päivämäärä|elküldve"
    r"|dátum|gönderildi|tarih|trimis|στάλθηκε|ημερομηνία"
    r"|送信日時|日時|日付|发送时间|發送時間|发送日期|傳送時間|寄件日期|日期|时间|보낸\s?날짜|보낸\s?시간|날짜"
)
ADDRESSEE = (
    r"to|an|à|a|para|aan|till|til|do|komu|кому|vastaanottaja|címzett|kime|către|προς|宛先|收件人|收件者|받는\s?사람|받는\s?이"
    r"|cc|kopie|kopia|kopi|копия|копія|kopio|másolat|bilgi|dw|抄送|副本|참조"
)
SUBJECT = (
    r"subject|betreff|objet|asunto|oggetto|assunto|onderwerp|ämne|emne|temat|předmět|predmet|тема|aihe|tárgy|konu"
    r"|subiect|θέμα|件名|主题|主旨|主題|제목"
)

ORIGINAL = (
    r"original(?:\s(?:message|appointment|e-?mail))?|reply"
    r"|ursprüngliche\s(?:nachricht|e-?mail)|original-nachricht|originalnachricht"
    r"|message\s(?:d['’]origine|original|initial)|mensaje\soriginal"
    r"|messaggio\soriginale|mensagem\soriginal"
    r"|(?:oorspronkelijk|origineel)\sbericht|ursprungligt\smeddelande|originalmeddelande"
    r"|opprinnelig\s(?:melding|e-post)|oprindelig\s(?:meddelelse|besked)"
    r"|(?:wiadomość\soryginalna|oryginalna\swiadomość)|původní\s(?:zpráva|e-mail)"
    r"|pôvodná\sspráva|(?:исходное|оригинальное)\sсообщение|вихідне\sповідомлення"
    r"|alkuperäinen\sviesti|eredeti\süzenet|mesaj(?:ul)?\soriginal|(?:orijinal|özgün)\smesaj|αρχικό\sμήνυμα"
    r"|元のメッセージ|原始邮件|原始郵件|邮件原件|원본\s?메시지|원본\s?메일"
)
"""What stands between two rows of dashes above an unquoted original."""

FORWARDED = (
    r"forwarded(?:\sby|\s(?:e-?)?mail|\smessage)?|begin\sforwarded\smessage|weitergeleitete?r?\s(?:nachricht|e-?mail|mail|von)"
    r"|message\stransféré|mensaje\sreenviado|messaggio\sinoltrato|mensagem\s(?:encaminhada|reencaminhada)"
    r"|doorgestuurd\sbericht|vidarebefordrat\s(?:meddelande|brev)|videresendt\s(?:melding|meddelelse|besked|mail)"
    r"|wiadomość\sprzekazana|przekazana\swiadomość|přeposlaná\s(?:zpráva|e-mail)|preposlaná\sspráva"
    r"|(?:пересылаемое|пересланное|переадресованное)\sсообщение|переслане\sповідомлення|välitetty\sviesti"
    r"|továbbított\süzenet|mesaj\sredirecționat|iletilen\s(?:mesaj|ileti)|προωθημένο\sμήνυμα"
    r"|転送メッセージ|転送されたメッセージ|转发的邮件|转发邮件信息|轉寄的郵件|轉寄郵件|전달된\s?(?:메일|메시지)"
)
"""What stands between two rows of dashes above a mail that is passed on."""
FORWARD_BEGINS = (
    r"begin\sforwarded\smessage|anfang\sder\sweitergeleiteten\s(?:nachricht|e-?mail)|début\sdu\smessage\s(?:transféré|réexpédié)"
    r"|inicio\sdel\smensaje\sreenviado|inizio\s(?:del\s)?messaggio\sinoltrato"
    r"|início\sda\smensagem\s(?:encaminhada|reencaminhada)|begin\sdoorgestuurd\sbericht"
    r"|vidarebefordrat\s(?:brev|meddelande)|(?:start\spå\s)?videresendt\s(?:besked|melding)"
    r"|początek\sprzekazywanej\swiadomości|začátek\spřeposílané\szprávy|начало\sпереадресованного\sсообщения"
    r"|välitetty\sviesti\salkaa|továbbított\slevél\skezdete|転送されたメッセージ|以下是转发的邮件|開始轉寄郵件"
    r"|전달된\s메시지\s시작|forwarded\smessage"
)
"""The line that stands above it without dashes, with a colon."""
FORWARDS = (
    r"fwd?|wg|wtr|tr|rv|rw|enc|i|vb|vs|vl|pd|fyi|doorst|doorgestuurd|továbbítás|пересл|πρθ|ynt|ilt|i̇lt|הועבר"
    r"|转发|轉寄|转寄|轉發|転送|전달"
)
"""How a subject begins that a mail program gives what is passed on."""

DEVICE = (
    r"(?:iphone|ipad|ipod|android|blackberry|samsung|galaxy|huawei|xiaomi|nokia|windows|outlook|yahoo|mail|gmail|proton"
    r"|thunderbird|sparrow|mobile?|smartphone|handy|telefon|telefoon|tablet)"
)
_SENT_FROM = (
    r"sent\s(?:from|via|with|by)\s(?:(?:my|a)\s.{1,60}|.{0,30}DEVICE.{0,100}|mailbox|airmail|.{0,20}\bpc\b.{0,60})"
    r"|from\smy\s.{0,20}DEVICE.{0,20}|[^\W\d_]{1,20}\sfrom\smobile|get\s.{0,3}outlook\sfor\s.{1,60}"
    r"|(?:diese\s(?:nachricht|e-?mail)\swurde\s)?(?:von|aus)\smeine[mr]\s.{1,60}\sgesendet"
    r"|gesendet\s(?:von|mit|aus)\s(?:mein|der\s.{1,30}app|.{0,20}DEVICE).{0,60}|holen\ssie\ssich\soutlook\sfür\s.{1,40}"
    r"|(?:envoyé|expédié)\s(?:de(?:puis)?|à\spartir\sde|avec)\s(?:mon\s.{1,40}|.{0,20}DEVICE.{0,40})"
    r"|télécharger\soutlook\spour\s.{1,40}|obtener\soutlook\spara\s.{1,40}|obter\so\soutlook\spara\s.{1,40}"
    r"|enviado\sdesde\s(?:mi\s.{1,40}|.{0,20}DEVICE.{0,40})|enviado\s(?:do\smeu|a\spartir\sdo\smeu)\s.{1,40}"
    r"|enviado\s(?:do|via|con|com)\s.{0,20}DEVICE.{0,40}|inviato\sda(?:l\smio)?\s.{0,20}DEVICE.{0,40}"
    r"|inviato\sdal\smio\s.{1,40}|(?:verstuurd|verzonden)\s(?:vanaf|met|via)\s(?:mijn\s.{1,40}|.{0,20}DEVICE.{0,40})"
    r"|skickat\sfrån\s(?:min\s.{1,40}|.{0,20}DEVICE.{0,40})|send[te]?\sfra\s(?:min\s.{1,40}|.{0,20}DEVICE.{0,40})"
    r"|wysłan[eoy]\sz\s.{0,30}DEVICE.{0,40}|odesláno\sz\s.{0,20}DEVICE.{0,40}"
    r"|отправлено\s(?:с|из|со)\s(?:мо.{1,40}|.{0,20}DEVICE.{0,40})|надіслано\sз\s.{0,20}DEVICE.{0,40}"
    r"|lähetetty\s.{0,20}DEVICE.{0,30}|.{0,20}DEVICE.{0,10}から送信(?:されました)?|(?:从|自)?发自我的.{1,40}|[从從]我的.{1,40}(?:发送|發送|傳送|传送)"
    r"|(?:나의\s|내\s)?.{0,20}DEVICE.{0,10}에서\s보[냄낸].{0,10}"
).replace("DEVICE", DEVICE)
SENT_FROM = rf"[(<\[*_]{{0,2}}(?:{_SENT_FROM})[.!)>\]*_]{{0,2}}"
"""The line that a telephone adds."""
