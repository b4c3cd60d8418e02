"""How many real mails are read right. Printed, and held to what was reached; the table is in intake's README."""

import json
from pathlib import Path

import pytest
from tests.mail.cases import page, plain
from tests.mail.corpora import folders, mails, read
from tests.mail.test_form import TOLD, WAYS, completed, ours
from tests.shared import DATA, none

from contracts.languages import WRITTEN
from intake.mail import message_words, parse, visible

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=none("real mails"))

OF_PAGES = ["Hi.", "I", "am", "fine.", "Thanks,", "Alex"]


def reply_trimmer() -> list[tuple[str, str, list[str]]]:
    """Each text of the set, by its name, with the words that are its reply."""
    folder = DATA / "email-reply-trimmer"
    return [
        (
            path.name,
            (folder / "messages" / "emails" / path.name).read_bytes().decode().replace("\r\n", "\n"),
            path.read_text(encoding="utf-8").split(),
        )
        for path in sorted((folder / "expected" / "trimmed").iterdir())
    ]


def test_the_reply_is_found_in_texts_of_a_published_set() -> None:
    texts = reply_trimmer()
    wrong = [name for name, text, words in texts if visible(text).split() != words]
    print(f"reply text: {len(texts) - len(wrong)} of {len(texts)} (email-reply-trimmer)")
    assert (len(texts), len(wrong) <= 3) == (42, True), wrong


def test_the_reply_is_what_is_posted_of_them() -> None:
    texts = reply_trimmer()
    wrong = [name for name, text, words in texts if message_words(parse(plain(text))).body.split() != words]
    print(f"posted body: {len(texts) - len(wrong)} of {len(texts)} (email-reply-trimmer)")
    assert (len(texts), len(wrong) <= 3) == (42, True), wrong


def test_the_reply_is_found_in_mails_of_the_usual_programs() -> None:
    """Each mail of the set says "Hello", and each page the same lines; signatures are no part of a reply here."""
    folder = DATA / "email-talon-replies" / "messages"
    told = [
        (path.name, message_words(parse(path.read_bytes())).body.split(), ["Hello"]) for path in folder.glob("*.eml")
    ]
    pages = (folder / "html_replies").glob("*.html")
    told += [(path.name, message_words(parse(page(path.read_text()))).body.split(), OF_PAGES) for path in pages]
    wrong = [name for name, body, words in told if body != words and name != "reply-quotations-share-block.eml"]
    print(f"reply of mail programs: {len(told) - 1 - len(wrong)} of {len(told) - 1} (email-talon-replies)")
    assert (len(told), wrong) == (15, [])


def test_senders_and_subjects_are_those_that_another_parser_reads() -> None:
    folder = DATA / "email-zammad"
    senders = subjects = told = titled = 0
    for path in sorted((folder / "expected").glob("*.json")):
        wanted = json.loads(path.read_text(encoding="utf-8"))
        file = next((folder / "messages").glob(f"{path.stem}.box*"))
        mail = parse(read(folder.name, str(Path("messages") / file.name)))
        if sender := wanted.get("from_email"):
            told += 1
            senders += sender.strip(">").lower() == mail.sender.lower()
        titled += 1
        subjects += wanted.get("subject", "").split() == mail.subject.split()
    print(f"From: {senders} of {told}; subjects: {subjects} of {titled} (email-zammad)")
    assert (told, senders, titled, subjects >= 56) == (56, 56, 57, True)


def test_our_form_is_read_in_each_way_of_quoting_it() -> None:
    right = 0
    for language in WRITTEN:
        words = ours("information-wanted", language)
        text = completed(words.text, language)
        raws = [plain(way(text)) for way in WAYS.values()]
        raws.append(page(f"<blockquote>{completed(words.html, language, '</li>')}</blockquote>"))
        right += sum(message_words(parse(raw)).form == TOLD for raw in raws)
    print(f"completed form in quotes: {right} of {4 * len(WRITTEN)}")
    assert right == 4 * len(WRITTEN)


def test_hardly_a_text_has_characters_that_mean_nothing() -> None:
    texts = [(file, mail.text) for folder in folders() for file, mail in mails(folder)]
    odd = [file for file, text in texts if "\ufffd" in text]
    print(f"texts with replacement characters: {len(odd)} of {len(texts)} (all sets)")
    assert (len(texts), len(odd) <= 6) == (1_237, True), odd
