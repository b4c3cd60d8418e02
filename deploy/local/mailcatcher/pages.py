"""Two pages: the list, and one mail."""

from collections.abc import Sequence
from html import escape
from typing import Any

from mailcatcher.mails import Envelope

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2230; --soft: #68718a; --line: #e3e6ee; --paper: #fff; --page: #f5f6fa;
        --accent: #2f5bea; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9f2; --soft: #98a1b8; --line: #2c3346; --paper: #1a1f2e; --page: #12151f; --accent: #8aa6ff; } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.3rem; margin: 0 0 1rem } h1 small { color: var(--soft); font-weight: normal }
a { color: var(--accent); text-decoration: none }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; overflow: hidden }
.row { display: grid; grid-template-columns: 13rem 1fr auto; gap: 1rem; padding: .7rem 1rem; color: inherit }
.row + .row { border-top: 1px solid var(--line) } .row:hover { background: var(--page) }
.row span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap } .row b { font-weight: 600 }
.soft { color: var(--soft) } .empty { padding: 3rem; text-align: center; color: var(--soft) }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0; padding: 1rem }
dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
h2 { font-size: .8rem; text-transform: uppercase; letter-spacing: .06em; color: var(--soft); margin: 1.5rem 0 .5rem }
pre { margin: 0; padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.5 ui-monospace, monospace }
iframe { width: 100%; height: 30rem; border: 0; background: #fff; display: block }
@media (max-width: 40rem) { .row { grid-template-columns: 1fr; gap: 0 } }
"""


def index(mails: Sequence[Envelope]) -> str:
    """All mails, newest first; the page looks again every five seconds."""
    rows = "".join(_row(mail) for mail in mails) or '<div class="empty">Nothing caught yet.</div>'
    count = f"{len(mails)} mail{'' if len(mails) == 1 else 's'}"
    title = f"<h1>Mail catcher <small>{count}, delivered to nobody</small></h1>"
    return _page("Mail catcher", f'{title}<div class="card">{rows}</div>', refresh=True)


def _row(mail: Envelope) -> str:
    when = escape(mail.received_at[:19].replace("T", " "))
    return (
        f'<a class="row" href="/messages/{mail.id}"><span>{escape(mail.to)}</span>'
        f'<span><b>{escape(mail.subject)}</b> <span class="soft">{escape(mail.sender)}</span></span>'
        f'<span class="soft">{when}</span></a>'
    )


def one(mail: dict[str, Any]) -> str:
    """One mail: its envelope, its text, its HTML in a sandbox, its headers."""
    number = mail["id"]
    envelope = {
        "From": mail["sender"],
        "To": mail["to"],
        "Envelope": f"{mail['mail_from'] or '<>'} → {', '.join(mail['rcpt_to'])}",
        "Received": mail["received_at"],
        "Attachments": ", ".join(mail["attachments"]) or "none",
    }
    parts = [f'<p><a href="/">← all mails</a> · <a href="/api/messages/{number}/raw">raw</a></p>']
    parts.append(f'<h1>{escape(mail["subject"])}</h1><div class="card">{_list(envelope)}</div>')
    if mail["text"]:
        parts.append(f'<h2>Text</h2><div class="card"><pre>{escape(mail["text"])}</pre></div>')
    if mail["html"]:
        frame = f'<iframe sandbox src="/messages/{number}/html" title="the mail as HTML"></iframe>'
        parts.append(f'<h2>HTML</h2><div class="card">{frame}</div>')
    parts.append(f'<h2>Headers</h2><div class="card">{_list(mail["headers"])}</div>')
    return _page(mail["subject"], "".join(parts))


def _list(pairs: dict[str, str]) -> str:
    return "<dl>" + "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in pairs.items()) + "</dl>"


def _page(title: str, inner: str, *, refresh: bool = False) -> str:
    again = '<meta http-equiv="refresh" content="5">' if refresh else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>{again}'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        f"<body><main>{inner}</main></body></html>"
    )
