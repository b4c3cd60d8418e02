"""How automatic replies are worded, by language; whoever misses theirs adds a line to each table (see `tables`)."""

from contracts.subjects import REPLIES
from intake.mail.tables import compiled, one_of

_AUTOMATIC = {
    "en": r"auto(?:mat(?:ic|ed))?[\s-]?(?:repl(?:y|ies)|respon(?:se|der)) | automatic\snotification\sof\sabsence",
    "de": r"automatische\s(?:antwort|rückantwort|e-?mail-antwort|abwesenheits\w*) | auto-?antwort",
    "da, no, sv": r"auto[\s-]?svar | automatiskt?\ssvar",
    "nl": r"automatisch\s(?:antwoord|bericht)",
    "fr": r"r[ée]ponse\sautomatique",
    "es, pt, ca, it": r"re?sp(?:uesta|osta)\sautom[áàa]tica | risposta\sautomatica",
    "ro": r"r[ăa]spuns\sautomat",
    "fi, et": r"automaattinen\svastaus | automaatvastus",
    "lv, lt": r"automātiskā?\satbilde | automatinis\satsakymas | automatiškas\satsakymas",
    "pl": r"automatyczna\sodpowiedź | odpowiedź\sautomatyczna | auto-?odpowiedź",
    "cs, sk": r"automatick[áa]\sodpove[ďd] | automatická\sodpověď | odpove[ďd]\smimo\skancel\w+",
    "hu": r"automatikus\s(?:válasz|üzenet)",
    "hr, sr, sl, mk": r"automatski\sodgovor | samodejni\sodgovor | аутоматски\sодговор | автоматски\sодговор",
    "is": r"sjálfvirkt\ssvar",
    "ru": r"авто-?ответ(?:чик)? | автоматическ(?:ий|ое)\s(?:ответ|сообщение|уведомление)",
    "uk, bg": r"автоматична\sвідповідь | автовідповідь | автоматичен\sотговор",
    "tr": r"otomatik\s(?:yanıt|cevap|mesaj)",
    "el": r"αυτόματη\sαπάντηση",
    "he, ar, fa": r"(?:תשובה|מענה)\sאוטומטית? | (?:ال)?رد\s(?:ال)?(?:تلقائي|آلي) | پاسخ\sخودکار",
    "ja": r"自動(?:返信|応答|送信|回答)",
    "zh": r"自动(?:回复|答复|应答) | 自動(?:回覆|回復|答覆)",
    "ko": r"자동\s?(?:회신|응답|답장|답변)",
    "vi, th, id": r"trả\slời\stự\sđộng | ตอบกลับอัตโนมัติ | (?:balasan|jawaban)\sotomatis",
}
"""What only a mail program calls a mail."""

_ABSENT = {
    "en": r"""out[\s-]of[\s-](?:the[\s-])?office | ooo\b | ooto\b | away\b | (?:currently\s)?unavailable\b
        | not\sin\sthe\soffice | (?:on\s)?(?:\w+\s)?(?:vacation|leave|holidays?)\b(?:\s(?:reply|notice|message)\b)?
        | (?:(?:our|the)\s)?offices?\s(?:(?:is|are)\s)?closed\b
        | absence\s(?:reply|notice|message|response|notification)
        | (?:i\sam|i['’]m|\w+(?:\s\w+)?\sis)\sno\slonger\s(?:with|at|(?:working|employed)\s(?:for|at|by|with))
            \s.{1,40}?(?=\s+re:|\Z)""",
    "de": r"""abwesen(?:d|heit\w*) | nicht\s(?:im\sbüro|im\shause?|erreichbar) | au(?:ß|ss)er\shaus
        | (?:im\s)?(?:urlaub|elternzeit|mutterschutz)\b | (?:auf\s)?dienstreise\b | krank(?:meldung)?\b
        | (?:ich\sbin\s)?nicht\smehr\s(?:bei|im\sunternehmen|für)\b.{0,40}?(?=\s+(?:re|aw):|\Z)
        | (?:wir\shaben\s)?betriebs(?:ferien|urlaub)\b | (?:(?:das|unser)\s)?büro\s(?:ist\s)?geschlossen\b""",
    "da, no, sv": r"""fr[åa]nvaro\w* | fraværs?\w* | (?:ikke|inte|ej)\s(?:på\skontoret|til\s?stede|anträffbar)
        | (?:på\s)?(?:semester|ferie)\b""",
    "nl": r"""afwezig\w* | niet\s(?:aanwezig|op\skantoor|bereikbaar)
        | (?:(?:met|op)\s)?(?:kerst|zomer)?(?:vakantie|verlof)\b""",
    "fr": r"""(?:message\sd['’])?absen(?:ce|te?)\b
        | (?:en\s)?(?:congés?|vacances)\b(?:\s(?:annuels?|maternité|paternité|parental))? | en\sdéplacement\b
        | hors\sdu\sbureau""",
    "es, pt": r"""f(?:uer|or)a\sd[eo]\s(?:(?:la|mi)\s)?(?:oficina|escritório|trabalho) | ausente\b
        | aus[eê]ncia\b(?:\stempor[áa]ria)?
        | (?:(?:de|em|cerrado\spor)\s)?(?:vacaciones|férias)\b""",
    "it": r"fuori\s(?:sede|(?:dall['’])?\s?ufficio) | assen(?:te|za)\b | in\sferie\b",
    "fi": r"(?:sähköpostin\s)?poissa(?:olo\w*)?\b | lomalla\b | lomaviesti",
    "pl": r"poza\sbiurem | nieobecn\w+ | (?:na\s)?urlop(?:ie)?\b",
    "cs, sk": r"mimo\skancel[áa][rř]\w* | nep[rř][ií]tom\w+ | (?:na\s)?dovolen\w+",
    "hu, ro": r"házon\skívül | távollét\w* | szabadság\w* | în\s(?:afara\sbiroului|concediu) | absent\sdin\sbirou",
    "ru": r"вне\sофиса | отсутств\w+ | нет\s(?:на\sместе|в\sофисе) | (?:в\s)?отпуск\w*",
    "uk": r"поза\sофісом | відсутн\w+ | (?:у\s)?відпуст\w+",
    "tr, el": r"ofis\sdışında\w* | (?:yıllık\s)?izinde?\w* | tatilde\w* | εκτός\sγραφείου | απουσ\w+",
    "hr, sr, sl, bg": r"""izvan\sureda | van\skancelarije | ods(?:utan|utna|oten|otna)\b | na\s(?:godišnjem|dopustu)
        | odmor\b | odsotnost\b | ван\sканцеларије | одсут\w+ | извън\sофиса | в\sотпуск | отсъств\w+""",
    "lv, lt, et": r"""ārpus\sbiroja | prombūtn\w+ | atvaļinājum\w+ | ne\sbiure | atostog\w+
        | kontorist\sväljas | puhkus\w*""",
    "ca, is": r"fora\sde\sl['’]oficina | absent\b | de\svacances | ekki\sá\sskrifstofunni | í\s(?:sumar)?fríi",
    "he, ar": r"מחוץ\sלמשרד | (?:לא|אינני)\sבמשרד | בחופשה | خارج\sالمكتب | في\sإجازة",
    "ja": r"(?:ただいま)?(?:不在|外出中|休暇|出張中|お休み|(?:年末年始|夏季|冬季|臨時)?休[業暇])",
    "zh": r"我?(?:不在(?:办公室|辦公室)|外出|休假|出差|请假|請假)",
    "ko": r"(?:부재|휴가|출장)\s?중?",
    "vi, id, th": r"nghỉ\sphép | di\sluar\skantor | sedang\scuti | ลาพักร้อน",
}
"""What a person may write about, too."""

_SAYS_AWAY = {
    "en": r"""\b(?:i|we)(?:['’](?:m|re|ll)|\sam|\sare|\swill|\sshall)?
            (?:\s(?:be|currently|presently|now|also|both))*\s(?:
            out\b(?!\sof\s(?!(?:the\s)?office|town)) | away\b | on\s(?:\w+\s){0,2}(?:leave|vacation|holidays?|trip)\b
            | travell?ing\b | not\s(?:in\sthe\soffice|available|at\swork|reading) | unavailable\b | absent\b | ooo\b)
        | \b(?:i|we)(?:['’]ll|\swill|\sshall)\s(?:be\sback|return|respond|reply|read|get\sback|answer)\b
        | \boffices?\s(?:is|are|will\sbe|remains?)\sclosed\b
        | \b(?:out\sof\s(?:the\s)?office|away|on\sleave|on\svacation)\s(?:until|till|through)\b
        | \b(?:in|during)\smy\sabsence\b | \bi\sno\slonger\swork\b | \bi\shave\sleft\s(?:the\s)?company\b(?!['’])
        | \b(?:i\sam|i['’]m|is)\sno\slonger\s(?:with|at|working|employed)\b
        | \blimited\saccess\sto\s(?:my\s)?(?:e-?mails?|phone|mail)
        | \bthis\s(?:is\san?\s)?(?:automat(?:ic|ed)|auto-?)(?:ally\sgenerated)?\s?(?:reply|response)
        | \byour\s(?:e-?mail|message|mail)\s(?:will\snot\sbe|is\snot)\s(?:forwarded|read|answered)
        | \bback\s(?:in\sthe\soffice|at\swork|on\s\w+day|on\s\d)""",
    "de": r"""\b(?:ich\s(?:bin|befinde\smich)|(?:bin|befinde)\sich|wir\ssind)_(?:
            nicht\s(?:im\s(?:büro|hause?)|erreichbar)
            | abwesend | au(?:ß|ss)er\shaus | i[mn]\s(?:\w+\s)?(?:urlaub|elternzeit|mutterschutz)
            | auf\s(?:dienst|geschäfts)?reisen?\b | unterwegs | krank(?:geschrieben)?\b | erkrankt
            | wieder\s(?:da|zurück)\b)
        | \b(?:haben|machen)_betriebs(?:ferien|urlaub)\b | \bbüro\s(?:ist|bleibt)_geschlossen\b
        | \b(?:ich\shabe|habe\sich)_urlaub\b | \b(?:zurück|wieder)_(?:im\s(?:büro|haus)|erreichbar|für\ssie)
        | \b(?:bin|arbeite)_nicht\smehr\s(?:bei|im\sunternehmen|für)\b
        | \bwährend\smeiner\sabwesenheit | \bautomatisch\s(?:generierte|erstellte|erzeugte)
        | (?:e-?mails?|nachrichten?)\s(?:wird|werden)_(?:weitergeleitet|gelesen|bearbeitet)""",
    "da, no, sv": r"""\b(?:jeg\s(?:er|holder|har)|jag\s(?:är|har)|(?:är\sjag|er\sjeg))_(?:
            på\s(?:semester|ferie|reise|resa|tjänsteresa|tjenestereise|kurs(?:us)?)\b | ferie\b | semester\b | fri\b
            | (?:föräldra|tjänst)?ledig\b | barsel | permisjon | frav[æa]rende | frånvarande | bortr[ei]+[sj]*t
            | (?:ikke|inte|ej)\s(?:på\s(?:kontoret|jobb|plass|plats)|til\s?stede|anträffbar|at\str[æe]ffe)
            | u[td]e\sa[vf]\skontoret | til(?:bage|bake|lbaka) | åter)\b
        | \b(?:under|i)\s(?:min|mitt|mit)\s(?:frånvaro|fravær) | \b(?:åter|til(?:bage|bake|lbaka))\s(?:den\s)?\d""",
    "nl": r"""\b(?:ik\sben|ben\sik|wij\szijn)_(?:afwezig | niet\s(?:aanwezig|op\skantoor|bereikbaar)
            | (?:met|op)\s(?:vakantie|verlof|reis) | weer\s(?:aanwezig|bereikbaar|terug))
        | \bzijn_gesloten\b | \btijdens\smijn\safwezigheid""",
    "fr": r"""\bje\s(?:suis|serai)_(?:de\sretour|absente?|malade|en\s(?:congés?|vacances|déplacement)
            |hors\sdu\sbureau)\b
        | \bbureaux?\s(?:sont|est|seront|sera)_fermés?\b
        | \b(?:en|pendant|durant)\smon\sabsence | \bde\sretour\s(?:le|à\spartir\sdu)\s\d""",
    "es": r"""\b(?:estoy|estaré|me\sencuentro|estamos)_(?:fuera|de\s(?:vacaciones|viaje|baja|permiso)|ausente)\b
        | \b(?:estamos|estaremos)_cerrad | \boficinas?\s(?:está|estará|permanecerá)n?_cerrad
        | \b(?:en|durante)\smi\sausencia | \b(?:regres(?:o|aré)|volveré|vuelvo)\b""",
    "it": r"""\b(?:sono|sarò|siamo)_(?:fuori|assente|in\s(?:ferie|vacanza|viaggio|trasferta|congedo|malattia))\b
        | \bl['’]ufficio\s(?:è|resta|sarà|resterà|rimarrà)_chius | \bgli\suffici\s(?:sono|saranno)_chius
        | \b(?:in|durante\sla)\smia\sassenza | \b(?:rientr(?:o|erò)|tornerò)\b""",
    "pt": r"""\b(?:estou|estarei|encontro-me)_(?:fora|ausente|(?:de|em)\s(?:férias|licença|viagem))\b
        | \b(?:na|durante\sa)\sminha\sausência | \b(?:regress(?:o|arei)|voltarei|retornarei)\b
        | \b(?:regresso|retorno|volto)\s(?:no\s|em\s|a\s)?(?:dia\s)?\d""",
    "fi": r"""\bolen_(?:\w*lomalla|poissa|vapaalla|matkoilla|työmatkalla|vanhempainvapaalla|tavoitettavissa)\b
        | \ben\sole_(?:toimistolla|paikalla|tavoitettavissa) | \bpalaan\s | \b(?:lomani|poissaoloni)\saikana""",
    "pl": r"""\b(?:jestem|będę|przebywam)_(?:poza\sbiurem|na\s(?:urlopie|zwolnieniu|delegacji)
            |nieobecn\w+|niedostępn\w+)
        | \b(?:podczas|w\sczasie)\smojej\snieobecności | \bwr(?:acam|ócę)\s""",
    "cs, sk": r"""\b(?:jsem|nejsem|budu|nebudu|som|čerpám|mám)_(?:mimo\skancel\w+|na\s(?:dovolen\w+|služební|mateřské)
            | nep[řr]ítom\w+ | v\skancel\w+ | dovolen\w+ | k\szastižení)
        | \b(?:v\sdobě|během|počas)\s(?:mé|mojej|své|svej)\snep\w+ | \bvrátím\ss[ea]\b""",
    "hu": r"""\bszabadságon\svagyok | \bvagyok_(?:szabadságon|házon\skívül) | \btávollétem
        | \bnem\svagyok\s(?:az\sirodában|elérhető)""",
    "ro": r"\b(?:sunt|voi\sfi)_(?:plecat|absent|în\sconcediu|în\safara) | \bnu\ssunt\sla\sbirou",
    "ru": r"""\bнахожусь_(?:в\s(?:отпуске|командировке|отъезде)|вне\sофиса|на\sбольничном) | \bбуду\sотсутствовать
        | \bя_(?:в\s(?:отпуске|командировке)|вне\sофиса|отсутству\w+) | \bменя\s(?:не\sбудет|нет) | \bвернусь\b
        | \b(?:во?\sвремя|в)\sмо(?:его|ё|е)\sотсутстви[яе]""",
    "uk": r"\b(?:я|буду)_(?:у\sвідпустці|відсутн\w+)",
    "tr": r"""\bizinde(?:yim|\solacağım|\solduğum) | \bizinliyim | \btatildeyim | \byokluğumda | \bdöneceğim
        | \bofis(?:te)?\s(?:dışındayım|değilim|dışında\solacağım)""",
    "el": r"""\bείμαι\s(?:εκτός|σε\sάδεια) | \bβρίσκομαι\s(?:σε\sάδεια|εκτός) | \bαπουσιάζω
        | \bθα\s(?:απουσιάζω|επιστρέψω)""",
    "hr, sr, sl": r"""\b(?:nalazim\sse|bit\sću|bom|biću|sam|nisam|nisem)_(?:na\s(?:godišnjem|odmoru|dopustu|putu)
            |izvan\sureda|u\suredu|v\spisarni|ods(?:utan|utna|oten|otna)|van\skancelarije)\b
        | \bna\s(?:godišnjem\sodmoru|odmoru|dopustu)_sem\b | \bna\s(?:godišnjem\sodmoru|odmoru|dopustu)\ss[ae]m\b
        | \bна\s(?:годишњем\s)?одмору\sсам\b | \bсам_на\s(?:годишњем\s)?одмору""",
    "bg": r"""\bв\sотпуск(?:а)?\sсъм | \bсъм_(?:в\sотпуск\w*|извън\sофиса) | \bще\s(?:отсъствам|се\sвърна)
        | \bотсъствам\b""",
    "lv, lt, et": r"""\besmu_(?:atvaļinājumā|prombūtnē|ārpus\sbiroja) | \batgriezīšos\b
        | \b(?:šiuo\smetu\s)?atostogauju\b
        | \besu_(?:atostogose|išvykęs|išvykusi|ne\sbiure) | \bgrįšiu\b | \b(?:olen|viibin)_puhkusel
        | \bei\sviibi\skontoris""",
    "ca, is": r"""\b(?:estic|estaré|soc)_(?:de\svacances|fora|de\sviatge|absent) | \btornaré\b
        | \bég\ser_(?:í\s\w*fríi|ekki\sá\sskrifstofunni) | \bkem\saftur\b""",
    "he, ar": r"""אני\s(?:בחופשה|מחוץ\sלמשרד|לא\s(?:נמצא|במשרד)) | אינני\sבמשרד | אשוב\sב
        | لست\sفي\sالمكتب | أنا\s(?:خارج|في\sإجازة)""",
    "ja": r"""不在(?:にして|とな|です|の(?:ため|期間)|中|し(?:て|ま)) | 休暇(?:中|を(?:いただ|頂|取)|のため)
        | お休みを(?:いただ|頂) | 外出(?:して|中|のため) | 出張(?:中|のため|して) | 席を外し | 戻り次第
        | 休業(?:期間|させ|いたし|とさせ|中) | 自動(?:で|的に)(?:返信|送信|配信)して
        | 自動(?:返信|応答)(?:メール)?です""",
    "zh": r"""(?:我|本人|目前|现在|現在|正在|将|將|于|於)\S{0,16}?
            (?:不在(?:办公室|辦公室|公司)|外出|休假|出差|度假|请假|請假)
        | (?:无法|無法|不能)(?:及时|及時|即時|立即)?(?:回复|回覆|回復|查看|处理|處理)
        | (?:这|這)是(?:一封)?自(?:动|動)""",
    "ko": r"""(?:부재|휴가|출장)\s?(?:중(?:입|이|에|으)|입니다|으로|기간) | 자리를\s?비 | 사무실에\s?없
        | 복귀(?:하|예정|후)""",
    "vi, id, th": r"""tôi\s(?:(?:đang|sẽ)\s)?(?:nghỉ|đi\s(?:vắng|công)|không\scó) | ไม่อยู่(?:ที่)?สำนักงาน | อยู่ในช่วงลา
        | ลา(?:พักร้อน|กิจ|ป่วย)ถึง
        | saya\s(?:(?:sedang|akan)\s)?(?:cuti|tidak\sdi|di\sluar)""",
}

_MANAGES = {
    "en": r"""\b(?:i|we)(?:['’]ve|\shave|\shad)?\s(?:just\s|already\s)?(?:set|put\sin|enter(?:ed)?|book(?:ed)?
            |register(?:ed)?|add(?:ed)?|created?|scheduled?|configured?|submit(?:ted)?|applied|(?:turned|switched)\son|activated?|enabled?)\b
        | \b(?:my|our|the|his|her|their|your)\s(?:\w+\s)?(?:out[\s-]of[\s-](?:the[\s-])?office|ooo
            |auto(?:mat(?:ic|ed))?[\s-]?(?:repl(?:y|ies)|respon(?:ses?|ders?))
            |(?:vacation|absence)\s(?:repl(?:y|ies)|notices?|notes?|messages?|responders?|requests?|balance))\b""",
    "de": r"""\b(?:die|meine|unsere|keine|deren)\s(?:abwesenheits(?:notiz|meldung|nachricht|assistent)\w*
            |automatischen?\s(?:antwort\w*|abwesenheits\w*))\b
        | \bhaben?_(?:eingetragen|eingestellt|eingerichtet|hinterlegt|beantragt|erfasst|eingegeben|gebucht)\b""",
    "nl": r"\b(?:heb|hebben)_(?:ingevoerd|ingesteld|aangevraagd|ingediend|geboekt)\b",
    "da, no, sv": r"\b(?:har)_(?:lagt\sin|registrerat|registrer(?:et|t)|lagt\sind?|tastet|sökt|søgt|søkt)\b",
    "fr": r"""\b(?:j['’]ai|avons)\s(?:saisi|enregistré|configuré|posé|programmé|activé|déclaré)\b
        | \b(?:la|ma|notre)\sréponse\sautomatique\b | \ble\smessage\sd['’]absence\b""",
    "es": r"""\b(?:he|hemos)\s(?:registrado|configurado|solicitado|introducido|activado)\b
        | \bla\srespuesta\sautomática\b""",
    "it": r"\b(?:ho|abbiamo)\s(?:inserito|registrato|impostato|richiesto|attivato)\b | \bla\srisposta\sautomatica\b",
    "pt": r"""\b(?:registei|registrei|configurei|inseri|solicitei|lancei|cadastrei|ativei)\b
        | \ba\s(?:minha\s)?resposta\sautomática\b""",
    "fi": r"\b(?:kirjasin|merkitsin|lisäsin|syötin|asetin)\b",
    "pl, cs, sk": r"\b(?:wprowadził[ae]m|ustawił[ae]m|zgłosił[ae]m|zadal[ai]?\sjsem|nastavil[ai]?|zapsal[ai]?)\b",
    "ru, uk": r"\b(?:внёс|внесла?|оформила?|настроила?|зарегистрировала?|включила?|внесла?|вніс|оформив)\b",
    "tr, hu": r"\b(?:girdim|kaydettim|ayarladım|talep\settim|beállítottam|rögzítettem)\b",
    "ja": r"(?:休暇|不在|返信|応答|休み|外出|通知)\S{0,8}?(?:を|の)?(?:登録|設定|申請|入力)(?:し|する|でき|が)",
    "zh": r"(?:登记|登記|设置|設置|設定|设定|申请|申請|提交|填写|填寫|录入|錄入)(?:了|好|过|過|的|后|後)",
    "ko": r"(?:등록|설정|신청|입력)(?:했|하였|하면|한)",
}

_COURTEOUS = {
    "en": r"""\bthank(?:s|\syou)\s(?:very\smuch\s)?for\s(?:contacting
            |(?:your|the)\s(?:e-?mail|message|mail|inquiry|request))
        | \breceived\syour\b | \b(?:has|have)\sbeen\sreceived\b | \bwill\sbe\s(?:answered|processed)\b
        | \bi\s(?:have\sleft|no\slonger\swork) | \burgent\s(?:cases|matters)\b""",
    "de": r"\bdank\sfür\s(?:ihre|deine|die)\s(?:e-?mail|nachricht|anfrage|mail|mitteilung) | \bdringenden\sfällen",
    "fr": r"\bmerci\s(?:pour|de)\svotre\s | \bavons\sbien\sreçu | \bcas\sd['’]urgence",
    "es": r"\bgracias\spor\s(?:su|tu|contactar|escribir) | \bhemos\srecibido\s(?:su|tu)",
    "it, pt": r"\bgrazie\sper\s(?:la|il|aver) | \bobrigad[oa]\s(?:por|pel[oa])\s",
    "nl": r"\b(?:dank|bedankt)\s(?:u\s)?voor\s(?:uw?|je)\s",
    "da, no, sv": r"\btak(?:k|c?k)?\sför?\s(?:ditt?|ert|din|henvendelsen|mailen|meddelandet|beskeden) | \bhaste",
    "fi": r"\bkiitos\s(?:viestistä|yhteyden|sähköposti) | \bkiireellis",
    "pl, cs, sk": r"\bdziękuj(?:ę|emy)\sza\s | \bd[ěďe]kuj(?:i|em|eme)\sza\s",
    "ru": r"\bспасибо\sза\s(?:ваше?|обращение|письмо) | \bполучили\sваш",
    "tr, hu": r"\bteşekkür\sederiz | \bmesajınız\s(?:alın|ulaş) | \bdönüş\syap | \bköszönjük\s",
    "ja": r"(?:お問い?合わ?せ|ご連絡|メール)(?:を|いただ|ありがと|頂き) | 受け?付けました",
    "zh": r"""(?:感谢|感謝|谢谢|謝謝)您?的?(?:来信|來信|邮件|郵件|联系|聯繫) | 收到(?:了)?您的 | 您的\S{0,8}收到
        | 尽快回复""",
    "ko": r"(?:문의|메일|연락)(?:해|를|을)?\s?(?:주셔서|주신) | 접수되었",
}
"""What a desk's automatic reply says, and many a person, too."""

_ASKS = {
    "en": r"\bplease\b | \bhelp\b",
    "de, nl, da, no": r"\bbitte\b | \bhilfe\b | \b(?:graag|alstublieft|alsjeblieft)\b | \bvenligst\b",
    "sv": r"\bvar\s(?:snäll|vänlig)",
    "fr, es, pt, it": r"\bs['’]il\s(?:vous|te)\spla[iî]t | \bpor\sfavor\b | \bper\sfavore\b | \bmerci\sd[e']\b",
    "fi, pl, cs, sk, hu": r"\bolkaa\shyvä | \bproszę\b | \bprosím\b | \bkérem\b",
    "ru, uk, tr, el": r"\bпожалуйста\b | \bпросьба\b | \bбудь\sласка | \blütfen\b | \bπαρακαλώ\b",
    "ja, zh, ko": r"お願い | ください | 请 | 請 | 부탁",
}
"""What somebody who wants something says; an absence says it of whom to write to meanwhile."""


_RE = rf"(?:(?:{REPLIES}|fw|fwd)\s?[:：]\s?)"
_OPENS = r"[\s\[(【「<*\"“'-]{0,8}"
_ANSWERING = rf"auto(?=\s?[:：](?:\s*{_RE}|.*\[P-\d))"
"""What some programs put before the subject of the mail, where it is a reply's or one of ours."""
_CLOSES = r"[\s\])】」>*\"”'!.-]{0,8}"
_IS = r"\b(?:is|am|are|bin|ist|är|er|est|está|è)\s(?:currently\s|derzeit\s)?"

SUBJECT = compiled(
    rf"""{_OPENS}{_RE}{{0,8}}{_OPENS}(?:auto\s?[:：]\s*)?
    (?:(?P<automatic>{one_of(_AUTOMATIC)} | {_ANSWERING}) | {one_of(_ABSENT)} | .{{1,60}}?{_IS}{one_of(_ABSENT)})
    (?P<rest>.*)"""
)
"""A subject as of an automatic reply. `automatic`: only a program gives it; `rest`: what follows."""
ABOUT_A_MAIL = compiled(rf"{_CLOSES}(?:$|[:：]\s*{_RE}|.*\bP-\d|[:：]?\s*\[)")
"""In such a subject: it names another mail, or nothing."""
BY_ITSELF = compiled(rf"{_OPENS}auto\s?[:：]")
"""Programs begin their subjects so, those that answer and those that report."""
QUOTES_A_MAIL = compiled(rf"{_CLOSES}[:：–-]?\s*{_RE}")
"""A program puts the subject of the mail behind its word, with the mark of a reply."""
UNTIL_WHEN = compiled(
    rf"{_CLOSES}(?:(?:until|till?|bis|jusqu|hasta|fino|até|tot|d[ou]|до|from|vom?|[-–,:(]?\s*\d).{{0,40}})?"
)
NOTICE = compiled(
    rf"""{_CLOSES}\s*(?:auto-?)?(?:reply|response|message|notice|notification|alert|のお知らせ|のご案内|通知|안내|알림)
    {_CLOSES}"""
)
MATTER = compiled(
    rf"""(?!\s(?:din|du|de\sla|del|dal|van)\b)(?!\s*{NOTICE.pattern}\Z)(?!{UNTIL_WHEN.pattern}\Z)
    (?-i:\s+[a-zа-яα-ω]{{2}}|[ぁ-ん][ぁ-ん一-龥]|\S*(?:エラー|失败|失敗|오류))"""
)
"""Behind the word, a matter of which it is part."""
DECLARES = compiled(
    r"""\bthis\sis\san?\sauto(?:mat\w+|-)?\s?(?:generated\s)?(?:reply|response|message|e-?mail|notification)
    | \bdies(?:e\s(?:e-?mail|nachricht))?\s(?:ist|wurde)\s(?:eine\s)?automatisch\w*
        \s(?:antwort|nachricht|generiert|erstellt|erzeugt)
    | \bceci\sest\s(?:un\smessage|une\sréponse)\sautomatique
    | \b(?:este|esta)\ses\suna?\s(?:respuesta|mensaje)\sautomátic[ao]
    | \bquesto\sè\sun\smessaggio\sautomatico | \bdit\sis\seen\sautomatisch
    | \besta\sé\suma\s(?:resposta|mensagem)\sautomática
    | (?:这|這)是(?:一封)?自(?:动|動)(?:回复|回覆|邮件|郵件) | 自動(?:返信|応答|配信)(?:メール)?です"""
)
"""It says itself that it is one."""
AUTOMATIC = compiled(one_of(_AUTOMATIC))
SAYS_AWAY = compiled(one_of(_SAYS_AWAY))
MANAGES = compiled(one_of(_MANAGES))
"""An absence, or the reply that tells of it, is what somebody enters or has trouble with."""
RETURNS = compiled(
    r"""\b(?:i|we)(?:['’]ll|\swill)\b | \b(?:back|return(?:ing)?)\b | \b(?:zurück|wieder\s(?:da|im|für|erreichbar
        |zurück))\b
    | \b(?:de\sretour|retour) | \b(?:regres|retorn|volver|rientr|torn|tilbage|tilbake|tillbaka|åter|palaa|wrac|wróc
        |vrát|vrac)
    | \b(?:верн|повер|dön|visszat|επιστρ|atgriez|grįš|tagasi) | 戻 | 再開 | 回来 | 回來 | 返回 | 복귀 | kembali
        | trở\slại"""
)
ASKS = compiled(one_of(_ASKS))
WHOM_TO_REACH = compiled(r"\S@\S | (?:\d[\s()/+.-]{0,2}){6} | \b(?:tel|phone|fon|mobil\w*|gsm)\b")
COURTEOUS = compiled(one_of(_COURTEOUS))
SUPPOSED = compiled(
    r"""(?: \b(?:when(?:ever)?|if|once|says?|reads?|saying|as\ssoon\sas|unless|wenn|falls|sobald|quand|lorsque|si|cuando
        |quando|se|als|wanneer|når|när|hvis|jos|kun|gdy|kiedy|jeśli|když|pokud|keď|когда|если
        |eğer)\W{1,3}(?:\w+\W{1,2}){0,2}
        | ["“„«'‘「『>]\s* )\Z"""
)
"""Before such a sentence: somebody speaks of being away, or quotes it."""

MONTH = r"""(?:jan|feb|f[ée]v|mar|mär|maa|a[pbv]r|maj|ma[iy]|mei|mag|jui?n|giu|jui?l|lug|aug|ago|août|sep|set|o[kct]t
    |out|nov|de[cz]|déc|dic|gen|ene|stycz|lut|kwie|czerw|lip|sierp|wrze|paź|listop|grud|led|úno|břez|dub
    |kvě|čer|srp|zář|říj
    |pros|янв|фев|апр|ма[рйя]|ию[нл]|авг|сен|окт|ноя|дек|tammi|helmi|huhti|touko|kesä|heinä|elo|syys|loka|joulu
    |oca|şub|nis|haz|tem|ağu|eyl|eki|kas|ara)\w{0,9}\.?"""
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|º|\.)?"
_DATE = rf"""(?:\d{{4}}\s?[-/.年]\s?\d{{1,2}}\s?[-/.月]\s?\d{{1,2}}日? | \d{{1,2}}\s?[月월]\s?\d{{1,2}}\s?[日号號일]?
    | {_DAY}\s(?:of\s|de\s|d['’])?{MONTH}(?:,?\s(?:de\s)?\d{{4}})? | {MONTH}\s{_DAY}(?:,?\s\d{{4}})?
    | \d{{1,2}}[./-]\d{{1,2}}(?:[./-](?:\d{{4}}|\d\d))?\.?)"""
_UNTIL = r"""(?:-|–|—|~|〜|～|から|より|至|到|부터|\b(?:to|and|until|till?|through|bis|jusqu['’]au|al?|au|hasta
    |fino\s?al?|at[ée]|tot|t/m|indtil|t\.?\s?o\.?\s?m\.?|do|kuni|po|по|до)(?!\w))"""
_ARTICLE = r"(?:einschließlich\s|zum\s|den\s|d\.\s|el\s|il\s|le\s|dia\s|\w{2,12}(?:day|tag|dag),?\s)?"
DATES = compiled(
    rf"""(?:(?:{_DATE}|(?<!\d){_DAY})(?:\s?\([^()]{{1,12}}\)|\s?\d{{1,2}}[:.]\d\d)?\s?{_UNTIL}\s?
    |\b(?:until|till?|bis|jusqu['’]au|hasta|fino\sal?|até|tot|indtil|do|kuni|до|по)\s){_ARTICLE}{_DATE}"""
)
"""From one date to another, or until one."""
