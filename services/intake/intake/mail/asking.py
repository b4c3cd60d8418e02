"""How somebody who is away, or will be, words a matter of theirs; whoever misses their language adds a line to each
table.

A program's text stands for days: it is about the absence, the mails that come meanwhile, and whom to ask instead. It
says no "tomorrow", and whatever doesn't work in it is its writer's mailbox.
"""

import re

from intake.mail.absences import ASKS, AUTOMATIC, COURTEOUS, DATES, MANAGES, MONTH, RETURNS, SAYS_AWAY, WHOM_TO_REACH
from intake.mail.tables import compiled, one_of

_TROUBLE = {
    "en": r"""\b(?:errors?|bugs?|crash\w*|fails?\b|failed\b|failing|failure|broken|log-?in\b|log\sin\b|sign\sin\b
        |passwords?
        |blocked|stuck|frozen|freezes|wrong|twice|blinks?|hangs?\b|outage|screenshot)
        | \b(?:is|are|was|still|went)\sdown\b | \b(?:i|we)\s(?:\w+\s)?need\b | \b(?:has|have)\sto\b | \bmust\b""",
    "de": r"""\b(?:\w*fehler\w*|absturz|stürzt|kaputt|gesperrt|anmeld\w+|einlogg\w+|kennwort|passwort|login|defekt
        |doppelt)\b
        | \b(?:brauche|brauchen\swir|benötige|muss)\b | \btrotzdem\b | \blässt\ssich\b""",
    "nl": r"""\b(?:fout\w*|storing|inlog\w*|wachtwoord|kapot|geblokkeerd)\b | \b(?:ik|we|wij)\s(?:heb
        |hebben)\b.{0,40}\bnodig\b""",
    "da, no, sv": r"""\b(?:fejl\w*|feil\w*|fel|felet|felmeddelande|kraschar|logge?\s?inn?d?|logga\sin|login|lösenord
        |adgangskode
        |passord|blokeret|låst)\b | \b(?:jeg|jag|vi)\s(?:har\sbrug\sfor|trenger|behöver|skal\sbruge)""",
    "fr": r"""\b(?:erreurs?|bogue|bug|plante|bloquée?s?|mot\sde\spasse|connexion|panne|solde)\b | \bil\s(?:me
        |nous)\sfaut\b
        | \bj['’]ai\sbesoin | \bavons\sbesoin""",
    "es": r"\b(?:error\w*|fallo|falla|contraseña|bloquead\w+|doble)\b | \bnecesit(?:o|amos)\b",
    "it": r"\b(?:errore|errori|guasto|bloccat\w+|password|login)\b | \b(?:mi|ci)\sserv(?:e|ono)\b | \bho\sbisogno",
    "pt, ca": r"\b(?:erros?|falha|senha|bloquead\w+|contrasenya)\b | \b(?:preciso|precisamos|necessito)\b",
    "fi, et": r"\b(?:virhe\w*|vika\w*|salasana\w*|kirjaut\w+|tarvitse(?:n|mme)|viga|vea\w*|parool\w*|vajan)\b",
    "pl, cs, sk": r"""\b(?:błąd|błęd\w+|awari\w+|logowani\w+|zalogow\w+|hasł\w+|potrzebuj\w+|chyb\w+|přihlá\w+
        |prihlá\w+|hesl\w+
        |potřebuj\w+|potrebuj\w+|padá)\b""",
    "hu, ro": r"\b(?:hib[aá]\w*|bejelentkez\w+|jelszó\w*|szükségem|erori?|eroare\w*|parol[aă]\w*|am\snevoie)\b",
    "ru, uk, bg": r"""\b(?:ошибк\w+|сбо[йяи]\w*|пароль?\w*|завис\w+|нуж(?:ен|на|но|ны)|помилк\w+|потріб\w+|грешк\w+
        |трябва|падает
        |парола\w*)\b""",
    "tr, el": r"\b(?:hata\w*|giriş\w*|şifre\w*|parola\w*|ihtiyac\w+|σφάλμα\w*|κωδικ\w+|χρειάζ\w+|λάθος)\b",
    "hr, sr, sl": r"\b(?:gre[sš]k\w+|napak\w+|prijav\w+|lozink\w+|treba\w*|potrebuj\w+|грешк\w+|лозинк\w+|треба\w*)\b",
    "lv, lt, is": r"\b(?:kļūd\w+|parol\w+|vajag|klaid\w+|slaptažod\w+|prisijung\w+|reikia|vill[au]\b|lykilorð\w*|þarf)",
    "he, ar": r"שגיאה | תקלה | סיסמ | להתחבר | צריך | צריכה | خطأ | كلمة\sالمرور | تسجيل\sالدخول | أحتاج",
    "ja": r"エラー | 障害 | 不具合 | パスワード | ログイン | 表示され | 直して | 必要です | 設定方法 | 動き | 落ち",
    "zh": r"错误 | 錯誤 | 报错 | 報錯 | 故障 | 密码 | 密碼 | 登录 | 登入 | 修复 | 修復 | 失败 | 失敗 | 我需要",
    "ko": r"오류 | 에러 | 장애 | 비밀번호 | 로그인 | 필요합니다 | 해결",
    "vi, id, th": r"""\blỗi\b | đăng\snhập | mật\skhẩu | \b(?:kesalahan|kata\ssandi|butuh|perlu)\b | ข้อผิดพลาด
        | รหัสผ่าน""",
}
_NOT = {
    "en": r"\b(?:not|nobody|no\sone|no\slonger|cannot|nothing|never)\b | n['’]t\b",
    "de, nl": r"\b(?:nicht|keine?[rnsm]?|nichts|niet|geen)\b",
    "da, no, sv, is": r"\b(?:ikke|ingen|inte|ej|inga|inget|ekki)\b",
    "fr, it, es, pt, ca": r"\b(?:pas|plus\srien|aucune?|non|no|não|nenhum\w*|ningun\w*|nessun\w*)\b",
    "fi, et, hu": r"\b(?:en|ei|eivät|emme|enkä|eikä|ma\sei|nem|nincs)\b",
    "pl, cs, sk, hr, sr, sl": r"""\b(?:nie|nelze|nemohu|nemůž\w+|nejde|nefung\w+|nemôž\w+|ne|nije|nisu|ni|ne\smor\w+
        |не|није)\b""",
    "ro, ru, uk, bg": r"\b(?:nu|не|нет|нельзя|немає|няма)\b",
    "tr, el": r"\b(?:değil|yok|δεν|μη)\b | \w+[aeıiuü]m[ıiuü]yor\w* | \w+m[ıiuü]yor\w*",
    "lv, lt": r"\b(?:nevar\w*|nedarbojas|negal\w+|neveik\w+|nav)\b",
    "he, ar": r"\bו?לא\b | \bאין\b | \b(?:و?لا|و?لم|ليس)\b",
    "ja": r"ません | (?<!少)ない | できず",
    "zh": r"(?:无法|無法|不能|不了|没有|沒有|未能|不到|不见|不会)",
    "ko": r"(?:안|못)\s?(?:됩|되|돼|열|하|합|나) | 없(?:습|어|다) | 않",
    "vi, id, th": r"\bkhông\b | \b(?:tidak|tak|belum)\b | ไม่",
}
_CORRESPONDENCE = r"""(?:e-?)?mails?\b | \bmessages?\b | repl(?:y|ies) | respon[ds] | answer | \bread | access
        | \breach | available
    | forward | monitor | nachricht | antwort | erreich | \bge?les | weiterge | bearbeit | zugriff | courriel
        | messagerie | répon | joign
    | joindre | \blire | correo | mensaje | contesta | leer\b | rispo | messagg | leggere | posta\b | mensag
        | \bler\b | lezen
    | bericht | bereik | doorgest | läs | læs | svar | meddel | besked | sähköp | vasta | viest | tavoit | odpow | czyta
    | wiadomo | poczt | odpov | zpráv | pošt | zastiž | olvas | válasz | elér | răspun | mesaj | почт | отве | чита
        | письм
    | сообщ | відпов | yanıt | cevap | okuy | απαντ | μήνυμ | להשיב | לענות | זמינ? | מייל | הודע | البريد | الرد | رسال
    | 返信 | 返答 | 回答 | 確認 | メール | 連絡 | 対応 | 回复 | 回覆 | 回復 | 查看 | 邮件 | 郵件 | 处理 | 處理
        | 联系 | 聯絡
    | 답변 | 회신 | 확인 | 메일 | 연락 | balas | trả\slời | ตอบ"""
_TO_REACH = r"""\bcontact | \breach | \bcall\b | \bring\b | \bwrite | \bask\b | \be?-?mail\b | \bturn\sto | \brefer
        | \bresend | \bforward
    | \bnote\b | \baware\b | \bexcuse | \bapolog | \ballow\b | kontakt | wenden | \brufen | anrufen | schreib | beachten
    | verständnis | contact | adress | joindre | appele[rz] | écri(?:re|vez) | veuillez | diríja | llam | escrib
        | rivolg | chiam
    | scriv | ligue | escrev | \bbel\b | stuur | henvend | ring\b | vänd\b | yhteyttä | skontakt | obra[tť] | обращ
        | свя[жз]
    | пиши | звон | зв['’]яж | зверта | iletişim | başvur | επικοιν | 連絡 | 問い?合 | 了承 | (?<!を)よろしくお願い
        | 联系 | 聯[繫絡] | 谅解 | 연락 | 문의
    | 양해 | hubungi | liên\shệ | ติดต่อ | פנ[הו] | التواصل | الاتصال"""
_DEPUTY = r"""\bhelp\syou | colleague | kolleg | collègue | colleg[ah] | compañer | vertret | ansprech | substitut
        | replac
    | коллег | 同事 | 担当 | 동료"""
_IN_CASE = r"""\burgent | \bemergenc | \bif\s(?:you|your|this|it) | \b(?:in|for)\s(?:\w+\s)?(?:case|matters|enquir
        |inquir|questions?|issues?)
    | \bdringend | \bfalls\b | \bnotf[aä]ll | \bbei\s(?:\w+\s)?(?:fragen|problemen|störungen) | \beilig | urgen
        | d['’]urgence | \bsi\svous
    | \bspoed | brådsk | haste\w* | akut | kiireell | pilny | naléhav | súrn | sürgős | срочн | термінов | acil
        | επείγ | hitn | nujn
    | спешн | steidz | skubi | דחוף | عاجل | 急ぎ | 緊急 | 急事 | 紧急 | 緊急 | 급한 | 긴급 | khẩn | mendesak | ด่วน"""
_QUESTION = r"""\A\W*(?:who | why | how | what | can\s(?:you|someone|we) | could | would\syou | wer | warum | wieso
        | wie | kann\sjemand
    | könn(?:t?en|te) | qui | pourquoi | comment | pouvez | pourriez | podría[ns]? | pueden? | potre(?:ste|bbe)
        | poder?ia[m]?
    | kunt\su | kunnen\sjullie | kan\s(?:ni|i|dere)\b | voitteko | czy | можете | могли)\b"""
_AT_WORK = r"""office | büro | \bhause?\b | kontor | kantoor | bureau | oficina | ufficio | escritório | toimisto
        | biur | kanc[eae]l
    | irod | birou | офис | на\sмест | ofis | γραφεί | \bured | pisarn | biroj | במשרד | المكتب | 会社 | 出社
        | 办公室 | 辦公室
    | 사무실 | văn\sphòng | kantor | สำนักงาน | \bwork(?:ing)?\b | closed | geschlossen | fermé | cerrad | chius
        | fechad | gesloten"""
_GREETS = r"""\b(?:dear|hello|hi|regards | wish(?:es)? | sincerely | gr[uü](?:ß|ss) | wünsch | sehr\sgeehrte
        | groet | beste | cordial | bonjour
    | salutations | saludos | buenos | saluti | buon | atenciosamente | cumprimentos | hilsen | hälsning | terveis
        | ystäv | pozdr
    | dzień | dobrý | üdvöz | уваж | здравств | добрый | saygı | merhaba | χαιρετ | sorry | apolog | unannehm)
    | よろしく | 申し訳 | 勝手ながら | ご迷惑 | 您好 | 抱歉 | 안녕 | 감사 | 죄송"""
_RELATIVE_DAY = r"""\b(?:tomorrow | yesterday | gestern | demain | depuis\shier | ayer | domani | ieri | amanhã | ontem
    | i\s?mor[gr]on | i\s?morgen | i\sg[åa]r | igår | huomen\w+ | huomis\w+ | eilen | eilis\w+ | jutr[oa]u? | jutri
        | wczoraj
    | zít[rř]\w* | včera\w* | zajtra | holnap\w* | tegnap\w* | mâine | завтра\w* | вчера\w* | вчора | утре
        | yarın\w* | dünden
    | αύριο | χθες | sutra | ju[cč]er? | rīt | rytoj\w* | vakar | homme\w* | á\smorgun | demà | besok | kemarin
        | ngày\smai
    | từ\smai | hôm\squa)\b | (?<!guten\s)(?<!goede)\bmorgen\b | (?<!la\s)\bmañana\b | \b[למ]?מחר\b | אתמול
        | (?:ال)?غدا?ً?\b | أمس
    | 明日 | 昨日 | 明天 | 昨天 | 내일 | 어제"""
_DONE_WITH = r"""\b(?:can|may|could|should)\s(?:\w+\s)?be\s(?:closed|cancell?ed|deleted|reopened|merged)\b
    | \b(?:kann|können|darf|soll)\s(?:\w+\s){0,4}(?:geschlossen|storniert|gelöscht)\swerden\b
    | \bpeut\sêtre\s(?:fermée?|clos\w*) | \bpuede\s(?:cerrarse|ser\scerrad\w) | \bpuò\sessere\schius\w
    | \b(?:kan|mag)\s(?:\w+\s)?(?:gesloten|afgesloten)\b | \b(?:kan|får)\s(?:\w+\s)?(?:stängas|lukkes)\b
    | クローズして | 关闭(?:了|吧|工单) | 可以关闭"""
_BUT = r"""\s(?:but | yet | aber | jedoch | mais | pero | mas | ma(?=\s(?:il|la|lo|non|i|gli|le|mi|ci|il)\b) | maar
        | men | mutta | ale | dar | но | але | ama | ancak | fakat
    | αλλά | ali | אבל | لكن | tetapi | nhưng)\s | [がのも]、 | 但是? | 지만"""
_AND = r"""\s(?:and | so | und | et | y | e | en(?=\s(?:ik|kan|kunnen|heb|het|mijn|we|wij)\b) | och | og | ja | a
        | i | és | și | și | и | та | і | ve | και | in\sse | og | un | ir | dan | và)\s
    | \s(?=enkä\b|eikä\b|ול|ولا|ولم)"""

_SENTENCES = re.compile(
    r"(?<=[^\W\d]{2})[.!]+(?=\s|\Z)|(?<=\d)[.!](?=\s+(?!(?i:MONTH))[^\W\d_a-zа-я])|(?<=[?？])|[。！；;]|\n".replace(
        "MONTH", "".join(MONTH.split())
    )
)
_CLAUSES = compiled(rf"[,，、:：–—] | {_BUT} | {_AND}")
_SAYS_NOT, _IS_TROUBLE = compiled(one_of(_NOT)), compiled(one_of(_TROUBLE))
_IS_OF_MAILS, _REACHES, _OFFERS = compiled(_CORRESPONDENCE), compiled(_TO_REACH), compiled(_IN_CASE)
_QUESTIONS = compiled(_QUESTION)
_IS_DONE_WITH = compiled(_DONE_WITH)
_NAMES_A_DEPUTY = compiled(_DEPUTY)
_IS_AT_WORK, _IS_GREETING = compiled(_AT_WORK), compiled(_GREETS)
_SOON, _ADDS, _JOINS = compiled(_RELATIVE_DAY), compiled(_BUT), compiled(r"\s(?:and|und|et|och|og|и|ve)\s")
_USUAL = (
    SAYS_AWAY,
    RETURNS,
    COURTEOUS,
    WHOM_TO_REACH,
    _REACHES,
    _OFFERS,
    _IS_OF_MAILS,
    _IS_AT_WORK,
    _IS_GREETING,
    _NAMES_A_DEPUTY,
)
_WORDS_OF_A_MATTER = 4
_SIGNS_OF_A_MATTER = 8
"""In a script without spaces."""
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")


def has_matter(text: str, *, strictly: bool, quotes: bool = False) -> bool:
    """Whether there is more in it than an absence, and whom to ask meanwhile.

    `strictly`: a sentence that is about neither is enough, of whatever it speaks. `quotes`: the subject is a program's
    with that of another mail, so that "tomorrow" may be written into a reply that stands for a day.
    """
    if not quotes and _SOON.search(text):
        return True
    sentences = [one.strip() for one in _SENTENCES.split(text) if one.strip()]
    return any(_is_matter(one) or _goes_on(one) or (strictly and _is_beside(one)) for one in sentences)


def _goes_on(sentence: str) -> bool:
    """Whether somebody is away, *but* has something to say all the same."""
    away, *others = _ADDS.split(sentence)
    if not others or not SAYS_AWAY.search(away):
        return False
    return any(_is_long(one) and not _is_usual(one) for other in others for one in _CLAUSES.split(other) if one)


def _is_matter(sentence: str) -> bool:
    if MANAGES.search(sentence) or _IS_DONE_WITH.search(sentence):
        return True
    offers = _OFFERS.search(sentence) is not None or WHOM_TO_REACH.search(DATES.sub("", sentence)) is not None
    if sentence.endswith(("?", "？")) and len(sentence.split()) > 2 and not offers:
        return True
    return any(_is_wanted(one, sentence) for one in _CLAUSES.split(sentence) if one.strip())


def _is_wanted(clause: str, sentence: str) -> bool:
    """Whether somebody asks for something, or something doesn't work but their mailbox."""
    if _OFFERS.search(clause) or WHOM_TO_REACH.search(DATES.sub("", clause)):
        return False
    if _QUESTIONS.search(clause):
        return True
    says_not = _SAYS_NOT.search(clause) is not None
    if _IS_TROUBLE.search(clause) or (says_not and AUTOMATIC.search(clause)):
        return not (_OFFERS.match(sentence) and _REACHES.search(sentence))
    of_absence = any(each.search(clause) for each in (SAYS_AWAY, RETURNS, _IS_OF_MAILS, _IS_AT_WORK))
    if says_not and not of_absence and not _OFFERS.search(sentence):
        return True
    return ASKS.search(clause) is not None and not _REACHES.search(sentence) and not COURTEOUS.search(sentence)


def _is_beside(sentence: str) -> bool:
    """Whether a sentence is neither about an absence nor a courtesy."""
    if not _ADDS.search(sentence) and len(joined := _JOINS.split(sentence)) == 2 and _is_usual(joined[0]):
        return _is_long(joined[1]) and not DATES.search(joined[1]) and not _is_usual(joined[1])
    if not _ADDS.search(sentence):
        return _is_long(DATES.sub("", sentence)) and not _is_usual(sentence)
    return any(
        _is_long(one) and not _is_usual(one) for part in _ADDS.split(sentence) for one in re.split("[,，]", part)
    )


def _is_usual(text: str) -> bool:
    return any(each.search(text) for each in _USUAL)


def _is_long(text: str) -> bool:
    return len(text.split()) >= _WORDS_OF_A_MATTER or len(_WIDE.findall(text)) >= _SIGNS_OF_A_MATTER
