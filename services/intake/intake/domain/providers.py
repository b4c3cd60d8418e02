"""Domains that belong to no account: at which anybody gets an address, or below which anybody registers a domain."""

from functools import cache

from publicsuffixlist import PublicSuffixList

_LISTED = """
126.com 139.com 163.com 189.cn 21cn.com 263.net abv.bg aim.com alice.it aliceadsl.fr aliyun.cn aliyun.com anonaddy.com
aol.com aon.at arcor.de arnet.com.ar atlas.cz att.net azet.sk bbox.fr bell.net bellsouth.net bezeqint.net
biglobe.ne.jp bigmir.net bigpond.com bigpond.net.au bk.ru bluemail.ch bluewin.ch blueyonder.co.uk bol.com.br
btinternet.com btopenworld.com centrum.cz centrum.sk centurylink.net charter.net chello.at chello.hu chello.nl
citromail.hu clix.pt club-internet.fr comcast.net cox.net daum.net delfi.lt docomo.ne.jp dreamwiz.com duck.com
earthlink.net elisanet.fi email.com email.cz email.de eyou.com ezweb.ne.jp fastmail.com fastmail.fm fibertel.com.ar
foxmail.com free.fr freemail.gr freemail.hu freenet.de frontier.com gawab.com gazeta.pl globo.com globomail.com
gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.es gmx.eu gmx.fr gmx.net gmx.org gmx.us googlemail.com hanmail.net hey.com
hinet.net hispeed.ch home.nl hot.ee hotmail.be hotmail.ca hotmail.co.jp hotmail.co.uk hotmail.com hotmail.com.ar
hotmail.com.br hotmail.com.tr hotmail.cz hotmail.de hotmail.dk hotmail.es hotmail.fi hotmail.fr hotmail.gr hotmail.hu
hotmail.it hotmail.nl hotmail.no hotmail.se hushmail.com i.softbank.jp i.ua icloud.com ig.com.br in.gr inbox.com
inbox.lt inbox.lv inbox.ru indamail.hu indiatimes.com inode.at interia.com interia.eu interia.pl internet.ru
internode.on.net juno.com kakao.com kolabnow.com kolumbus.fi kpnmail.nl laposte.net libero.it list.ru live.be live.ca
live.cn live.co.uk live.com live.com.au live.com.mx live.com.pt live.de live.dk live.fr live.ie live.in live.it
live.jp live.nl live.no live.se luukku.com lycos.co.kr lycos.com mac.com mail.bg mail.com mail.de mail.ee mail.pt
mail.ru mail.ua mailbox.hu mailbox.org mailfence.com mailinator.com mailo.com maktoob.com me.com meta.ua
mindspring.com msn.com mweb.co.za mynet.com nate.com naver.com netcabo.pt netease.com netscape.net netvision.net.il
neuf.fr nifty.com ntlworld.com numericable.fr nym.hush.com o2.pl o2online.de ocn.ne.jp one.lt onet.eu onet.pl
online.de online.ee online.no op.pl optonline.net optusnet.com.au orange.fr otenet.gr outlook.at outlook.be outlook.cl
outlook.co.id outlook.co.th outlook.com outlook.com.au outlook.com.br outlook.com.gr outlook.com.tr outlook.cz
outlook.de outlook.dk outlook.es outlook.fr outlook.hu outlook.ie outlook.in outlook.it outlook.jp outlook.kr
outlook.lv outlook.my outlook.ph outlook.pt outlook.sa outlook.sg outlook.sk pacbell.net paran.com pchome.com.tw
plala.or.jp planet.nl pm.me pobox.com poczta.fm post.cz post.sk posteo.de posteo.net pp.inet.fi
privaterelay.appleid.com prodigy.net.mx proton.me protonmail.ch protonmail.com ptd.net qq.com r7.com rambler.ru
rediff.com rediffmail.com riseup.net roadrunner.com rocketmail.com rogers.com runbox.com sapo.pt sbcglobal.net
seed.net.tw seznam.cz sfr.fr shaw.ca sify.com simplelogin.com sina.cn sina.com skiff.com sky.com skynet.be so-
net.ne.jp softbank.ne.jp sohu.com sunrise.ch suomi24.fi sympatico.ca t-online.de talktalk.net telenet.be telepac.pt
teletu.it telia.com telkomsa.net telus.net terra.com.br tin.it tiscali.co.uk tiscali.it tlen.pl tom.com tuta.com
tuta.io tutamail.com tutanota.com tutanota.de ukr.net uol.com.br verizon.net videotron.ca vip.163.com vip.qq.com
vip.sina.com virgilio.it virgin.net virginmedia.com vodafone.de vodafone.it vodamail.co.za volny.cz vp.pl walla.co.il
walla.com wanadoo.es wanadoo.fr wanadoo.nl web.de windowslive.com windstream.net wp.pl xs4all.nl xtra.co.nz ya.ru
yahoo.at yahoo.be yahoo.ca yahoo.ch yahoo.cn yahoo.co.id yahoo.co.in yahoo.co.jp yahoo.co.kr yahoo.co.nz yahoo.co.th
yahoo.co.uk yahoo.co.za yahoo.com yahoo.com.ar yahoo.com.au yahoo.com.br yahoo.com.cn yahoo.com.co yahoo.com.hk
yahoo.com.mx yahoo.com.my yahoo.com.pe yahoo.com.ph yahoo.com.sg yahoo.com.tr yahoo.com.tw yahoo.com.ua yahoo.com.ve
yahoo.com.vn yahoo.cz yahoo.de yahoo.dk yahoo.es yahoo.fr yahoo.gr yahoo.hu yahoo.ie yahoo.in yahoo.it yahoo.nl
yahoo.no yahoo.pl yahoo.pt yahoo.ro yahoo.se yandex.by yandex.com yandex.com.tr yandex.kz yandex.ru yandex.ua yeah.net
ymail.com ziggo.nl zipmail.com.br zoho.com zoho.eu zoho.in zohomail.com zonnet.nl
"""
PUBLIC: frozenset[str] = frozenset(_LISTED.split())


def is_public(domain: str) -> bool:
    """Whether a domain, as servers write it, is such a provider's, or below one; or one as `co.uk` is."""
    labels = domain.split(".")
    return _suffixes().is_public(domain) or any(".".join(labels[n:]) in PUBLIC for n in range(len(labels)))


@cache
def _suffixes() -> PublicSuffixList:
    """Mozilla's list, as it was when the library was pinned."""
    return PublicSuffixList()
