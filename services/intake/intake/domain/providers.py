"""Mail providers at which anybody gets an address: their domains belong to no account."""

_LISTED = """
126.com 139.com 163.com 189.cn 21cn.com aim.com alice.it aliyun.com aol.com aon.at arcor.de att.net bell.net
bellsouth.net bezeqint.net bigpond.com bigpond.net.au bk.ru bluewin.ch blueyonder.co.uk bol.com.br btinternet.com
btopenworld.com centrum.cz centurylink.net charter.net chello.nl club-internet.fr comcast.net cox.net daum.net
docomo.ne.jp duck.com earthlink.net email.com email.cz email.de ezweb.ne.jp fastmail.com fastmail.fm foxmail.com
free.fr freemail.hu freenet.de frontier.com gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.fr gmx.net gmx.org
googlemail.com hanmail.net hey.com home.nl hotmail.be hotmail.ca hotmail.co.jp hotmail.co.uk hotmail.com
hotmail.com.ar hotmail.com.br hotmail.de hotmail.es hotmail.fr hotmail.it hotmail.nl hotmail.se hushmail.com
i.softbank.jp icloud.com ig.com.br inbox.com inbox.lv inbox.ru inode.at interia.eu interia.pl internode.on.net
juno.com kakao.com kolabnow.com kpnmail.nl laposte.net libero.it list.ru live.be live.ca live.cn live.co.uk live.com
live.com.au live.com.mx live.de live.dk live.fr live.it live.jp live.nl live.no live.se lycos.com mac.com mail.bg
mail.com mail.de mail.ee mail.ru mailbox.org mailfence.com mailinator.com me.com mindspring.com msn.com mweb.co.za
nate.com naver.com netscape.net neuf.fr ntlworld.com nym.hush.com o2.pl o2online.de onet.eu onet.pl online.de
online.no op.pl optonline.net optusnet.com.au orange.fr outlook.at outlook.be outlook.cl outlook.com outlook.com.br
outlook.cz outlook.de outlook.dk outlook.es outlook.fr outlook.ie outlook.in outlook.it outlook.jp outlook.kr
outlook.pt outlook.sa outlook.sk pacbell.net planet.nl pm.me posteo.de posteo.net proton.me protonmail.ch
protonmail.com ptd.net qq.com rambler.ru rediffmail.com riseup.net roadrunner.com rocketmail.com rogers.com
runbox.com sapo.pt sbcglobal.net seznam.cz sfr.fr shaw.ca sina.cn sina.com sky.com skynet.be softbank.ne.jp sohu.com
sympatico.ca t-online.de talktalk.net telenet.be teletu.it telia.com telus.net terra.com.br tin.it tiscali.co.uk
tiscali.it tlen.pl tuta.com tuta.io tutamail.com tutanota.com tutanota.de ukr.net uol.com.br verizon.net
videotron.ca vip.163.com vip.qq.com virgilio.it virgin.net virginmedia.com vodafone.de vodafone.it volny.cz
wanadoo.es wanadoo.fr wanadoo.nl web.de windowslive.com windstream.net wp.pl xs4all.nl xtra.co.nz ya.ru yahoo.ca
yahoo.cn yahoo.co.id yahoo.co.in yahoo.co.jp yahoo.co.kr yahoo.co.nz yahoo.co.th yahoo.co.uk yahoo.com yahoo.com.ar
yahoo.com.au yahoo.com.br yahoo.com.cn yahoo.com.hk yahoo.com.mx yahoo.com.ph yahoo.com.sg yahoo.com.tr yahoo.com.tw
yahoo.com.vn yahoo.de yahoo.dk yahoo.es yahoo.fr yahoo.gr yahoo.ie yahoo.in yahoo.it yahoo.no yahoo.pl yahoo.ro
yahoo.se yandex.by yandex.com yandex.kz yandex.ru yandex.ua yeah.net ymail.com ziggo.nl zoho.com zohomail.com
zonnet.nl
"""
PUBLIC: frozenset[str] = frozenset(_LISTED.split())


def is_public(domain: str) -> bool:
    """Whether a domain, as servers write it, is such a provider's, or below one."""
    labels = domain.split(".")
    return any(".".join(labels[n:]) in PUBLIC for n in range(len(labels)))
