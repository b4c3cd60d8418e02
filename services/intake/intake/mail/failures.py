"""How notices of failed deliveries, complaints and challenges are worded that follow no standard."""

import re

SUBJECT = re.compile(
    r"""(?:(?:re|fw|aw)\s?:\s?)?(?:
        (?:returned|undeliver(?:able|ed)|failed)\s(?:e-?)?mail\b | (?:e-?)?(?:mail|message)\sundeliver(?:able|ed)\b
        | (?:e-?)?(?:mail|message|your\smessage)\s(?:delivery\s(?:failed|failure|warning|problem|error
        |delay(?:ed)?|notice|notification)
            | could\snot\sbe\sdelivered)
        | delivery\s(?:status|failure|failed|notification|report|error|problem|delayed|has\sfailed|incomplete|warning)
        | failure\snotice | undeliver(?:able|ed)\s?: | non-?delivery\s(?:report|notification|notice)
        | message\snot\sdelivered
        | mail\s(?:system\serror|error|failure)\b | warning:\scould\snot\ssend | bounced?\s(?:mail|message)
        | unzustellbar | nicht\szustellbar | zustell(?:ung\sfehlgeschlagen|fehler) | fehler\sbei\sder\szustellung
        | (?:échec|erreur)\sde\s(?:la\s)?(?:remise|distribution|livraison) | non\s(?:remis|distribué)
        | message\snon\s(?:remis|distribué)
        | no\sse\spudo\sentregar | (?:mensaje|correo)\s(?:no\sentregado|devuelto) | error\sde\sentrega
        | (?:mancat[oa]|errore)\s(?:recapito|consegna|di\srecapito) | non\srecapitabile | messaggio\snon\srecapitato
        | (?:mensagem\s)?não\sentregue | falha\sna\sentrega | devolvid[ao] | onbestelbaar | niet\s(?:bezorgd
        |afgeleverd)
        | kunde\sinte\slevereras | oleverans\w* | (?:kunne\sikke|ikke)\s(?:leveres|levert) | ulevert | uleveret
        | niedostarcz\w+ | nie\smożna\sdostarczyć | zwrot\spoczty | nedoručiteln\w+ | nedoručen\w+ | kézbesíthetetlen
        | недоставлен\w+ | не\s(?:доставлено|удалось\sдоставить) | сбой\sдоставки | teslim\sedilemedi | iletilemedi
        | メール(?:エラー|送信エラー|配信エラー|が送信できません) | (?:配信|配送|送信)(?:不能|エラー|失敗
        |できません) | 未配信
        | (?:系统)?退信 | (?:邮件|郵件)?(?:无法|無法)(?:投递|投遞|送达|送達|传递|傳遞) | 반송(?:된)?\s?메일
        | 메일\s?(?:반송|전송\s?실패) | 배달되지
        | non-?delivery\s?: | .*\(delivery\sfailed\) )""",
    re.IGNORECASE | re.VERBOSE,
)
TEXT = re.compile(
    r"""\b[45]\d\d[\s-][45]\.\d{1,3}\.\d{1,3}\b | \berror\scode\s[45]\d\d\b | \b55[0-4][\s-]\S
        | failed\srecipients? | delivery\sattempts | following\s(?:recipient|address|destination)
        | (?:could|can|did|was|has)\s?not\s(?:be(?:en)?\s)?(?:successfully\s)?(?:deliver|reach|sent)
        | (?:unable|failed)\sto\sdeliver | undeliverable | (?:unknown|invalid|no\ssuch)\s(?:user|recipient|mailbox)
        | (?:user|recipient|mailbox|address)\s(?:is\s)?(?:unknown|not\sfound|unavailable|full) | over\squota
        | delivery\s(?:has\s)?(?:failed|failure|status) | full\smailbox | (?:delivery
        |mail)\b.{0,80}\b(?:postponed|delayed)
        | konnte\snicht\s(?:zugestellt|übermittelt) | (?:empfänger|benutzer)\sunbekannt | postfach\s(?:ist\s)?voll
        | n['’]a\spas\spu\sêtre\s(?:remis|distribué|délivré) | no\s(?:se\s)?(?:ha\s)?p(?:udo|odido)\s(?:ser\s)?entreg
        | non\sè\sstato\spossibile\s(?:consegnare|recapitare) | não\s(?:pôde|foi\spossível)\s(?:ser\s)?entreg
        | kon\sniet\sworden\s(?:bezorgd|afgeleverd) | kunde\sinte\slevereras | kunne\sikke\sleveres
        | nie\s(?:można|mogła?|została?)\s(?:być\s)?dostarcz | nelze\sdoručit | nebyl[ao]?\sdoručen
        | не\s(?:может\sбыть|была?|удалось)\s?доставл?
        | 送信できません | (?:配信|配送|送信)(?:でき|され)ません | 届けることができません | (?:宛先
        |ユーザー?)(?:が|は)(?:不明|存在しません|見つかりません)
        | (?:无法|無法|未能)(?:投递|投遞|送达|送達|发送) | (?:用户|收件人)不存在 | (?:전송|배달|전달)(?:하지
        |되지)\s?못|존재하지\s?않는""",
    re.IGNORECASE | re.VERBOSE,
)
POSTMASTER_NAME = re.compile(
    r"(?:mail\s(?:delivery|system|server|administrator|transport)|mailer[\s-]?daemon|post\s?master|system\sadministrator)\b",
    re.IGNORECASE,
)
SYSTEM_NAME = re.compile(
    r"mail|post|smtp|mta|mx|gateway|deliver|admin|system|server|service|bounce|no[-_]?reply|virus|spam|filter|scan",
    re.IGNORECASE,
)
"""In the name or the address of what no person writes as, though an administrator may."""
_ASKS = re.compile(
    r"""[?？] | \b(?:please|kindly|c(?:an|ould)\syou)\s
            (?:help|fix|check|look|tell|advise|assist|repair|explain|investigate)
        | \bhelp\s(?:us|me)\b | \bour\s(?:\w+\s)?(?:users?|customers?|e?-?mails?|servers?|domain|colleagues|staff)\b
        | \b(?:since|after)\s(?:the|your|our|last)\s(?:\w+\s)?(?:update|upgrade|release|migration|change)\b
        | \bbitte\s(?:\w+\s){0,2}(?:helfen|prüfen|beheben|schauen|sehen|korrigieren|um\shilfe) | \bhelfen\ssie
        | \bunsere[rn]?\s(?:\w+\s)?(?:e?-?mails?|kunden|nutzer|benutzer|kollegen|server)\b
        | \baidez | \bpouvez-vous | \bnos\s(?:utilisateurs|clients|e-?mails|courriels|messages)\b
        | \bs['’]il\svous\spla[iî]t | \bayud(?:a|en|enos|ar)\b | \bpor\sfavor\b | \bnuestros?\s
        | \bpuede[ns]?\s(?:ayudar|revisar) | \baiut(?:o|ate|arci)\b | \bper\sfavore\b | \bi\snostri\s | \bpotete\b
        | \bajud(?:a|em|ar)\b | \bnoss[oa]s?\s | \bkunt\su\b | \bgraag\b | \bonze\s
        | \bhj[äæe]lp\w*\b | \bvår[ae]?\s | \bvore\s | \bauttakaa\b | \bmeidän\b | \bsegítsen\w*\b
        | \bpom(?:oc|óc|ozte|óżcie|oci)\w*\b | \bprosz[eę]\so\s | \bprosím\b | \bnasz[eya]?\s | \bnaš\w{0,2}\s
        | \bпомогите\b | \bпрошу\b | \bнаши\b | \bдопоможіть\b | \byardım\b
        | 助けて | 教えて | 確認(?:を)?(?:お願い|してくださ)
        | 調べて | 请帮 | 請幫 | 请问 | 我们的 | 도와 | 확인\s?부탁""",
    re.IGNORECASE | re.VERBOSE,
)
_COMPLAINT = re.compile(r"(?:complaint\sabout\s(?:message|e-?mail)|(?:abuse|feedback|spam)\sreport\b)", re.IGNORECASE)
_SERVICE_NOTICE = re.compile(r"\"notificationType\\?\"\s*:\s*\\?\"(?:Bounce|Complaint|Delivery)", re.IGNORECASE)
_LISTED = re.compile(
    r"(?:allowed?|approved?|white|safe|authori[sz]ed|accepted)[\s-]*(?:senders?\s?)?list|(?:approved|accepted)\ssender",
    re.IGNORECASE,
)
_CONFIRM = re.compile(
    r"(?:click|follow|visit|reply\sto)\b.{0,60}\b(?:link|address|message|url|button)|verif(?:y|ication)|confirm",
    re.IGNORECASE | re.DOTALL,
)
_PROTECTED = re.compile(
    r"(?:account|mailbox|address|inbox)\sis\s(?:protected|guarded)\sby|(?:challenge|verification)\s(?:e-?mail|message|response)",
    re.IGNORECASE,
)


def asks(text: str) -> bool:
    """Whether somebody asks for help with mail, as no mail server does."""
    return _ASKS.search(text) is not None


def is_complaint(subject: str, text: str, *, forwards: bool) -> bool:
    """Whether a provider passes a recipient's complaint on: with the mail, and without a word of its own."""
    return forwards and not text.strip() and _COMPLAINT.match(subject) is not None


def is_service_notice(text: str) -> bool:
    """Whether a mail service reports deliveries in JSON."""
    return _SERVICE_NOTICE.search(text) is not None


def is_challenge(text: str) -> bool:
    """Whether a filter asks the sender to prove to be a person: it says that it protects, what for, and how."""
    return bool(_PROTECTED.search(text) and _LISTED.search(text) and _CONFIRM.search(text))
