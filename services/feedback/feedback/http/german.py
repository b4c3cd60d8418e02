"""What the pages say in German, by what they say in English. Particulars stand as `%(name)s`, and `%` as `%%`."""

GERMAN = {
    # the page of a survey
    "How was our support?": "Wie war unser Support?",
    "Your request %(number)s was closed on %(day)s.": "Ihre Anfrage %(number)s wurde am %(day)s geschlossen.",
    "Your request %(number)s was closed again on %(day)s; this is about closing %(closing)s.": (
        "Ihre Anfrage %(number)s wurde am %(day)s erneut geschlossen; es geht um die %(closing)s. Schließung."
    ),
    "It takes a moment to tell us how we did, and it helps us get better.": (
        "Es dauert nur einen Moment, uns zu bewerten, und es hilft uns, besser zu werden."
    ),
    "You have rated it already. If you see it differently now, rate it again: your last answer counts.": (
        "Sie haben ihn bereits bewertet. Wenn Sie es jetzt anders sehen, bewerten Sie ihn noch einmal: Ihre letzte "
        "Antwort zählt."
    ),
    "Your rating": "Ihre Bewertung",
    "Poor": "Schlecht",
    "Fair": "Ausreichend",
    "Good": "Gut",
    "Very good": "Sehr gut",
    "Excellent": "Ausgezeichnet",
    "Anything you want to add?": "Möchten Sie etwas hinzufügen?",
    "(optional)": "(freiwillig)",
    "This is a complaint: our VP shall review it.": "Das ist eine Beschwerde: Unsere Bereichsleitung soll sie prüfen.",
    "Send": "Senden",
    "Please choose one of the five ratings.": "Bitte wählen Sie eine der fünf Bewertungen.",
    "Please shorten it to %(most)s characters.": "Bitte kürzen Sie den Text auf %(most)s Zeichen.",
    # after an answer
    "Thank you": "Vielen Dank",
    "Thank you.": "Vielen Dank.",
    "You rated our support for %(number)s:": "So haben Sie unseren Support zu %(number)s bewertet:",
    "Your words have the number %(number)s. A person will read them and write to you.": (
        "Ihre Worte haben die Nummer %(number)s. Ein Mensch wird sie lesen und Ihnen schreiben."
    ),
    "If you see it differently later, open the link in our mail again until %(until)s: your last answer counts.": (
        "Wenn Sie es später anders sehen, öffnen Sie den Link in unserer E-Mail noch einmal, bis %(until)s: Ihre "
        "letzte Antwort zählt."
    ),
    # the page of a complaint
    "Your complaint %(number)s": "Ihre Beschwerde %(number)s",
    "This is no complaint.": "Das ist keine Beschwerde.",
    "We are reviewing it.": "Wir prüfen sie.",
    "We have reviewed it. This is the outcome:": "Wir haben sie geprüft. Das ist das Ergebnis:",
    "Our CEO hears it and will decide.": "Unsere Geschäftsführung befasst sich damit und wird entscheiden.",
    "It is settled.": "Sie ist erledigt.",
    "Our CEO has decided on it, and the decision is final.": (
        "Unsere Geschäftsführung hat darüber entschieden, und die Entscheidung ist endgültig."
    ),
    "It is withdrawn.": "Sie wurde zurückgezogen.",
    "If you see it differently now": "Wenn Sie es jetzt anders sehen",
    "Do you accept this outcome?": "Sind Sie mit diesem Ergebnis einverstanden?",
    "I accept it.": "Ich bin einverstanden.",
    "I do not accept it: the CEO shall hear it.": (
        "Ich bin nicht einverstanden: Die Geschäftsführung soll sich damit befassen."
    ),
    "Please choose one.": "Bitte wählen Sie eine Antwort.",
    # if something is wrong
    "This link is damaged or not one of ours.": "Dieser Link ist beschädigt oder nicht von uns.",
    "Open the link from the mail again, all of it.": "Öffnen Sie den vollständigen Link aus der E-Mail noch einmal.",
    "This link has expired.": "Dieser Link ist abgelaufen.",
    "There is no such survey.": "Diese Umfrage gibt es nicht.",
    "There is no such feedback.": "Diese Rückmeldung gibt es nicht.",
    "Please try again shortly.": "Bitte versuchen Sie es in Kürze noch einmal.",
    "This takes the form of its page, and nothing else.": (
        "Hier wird nur das Formular dieser Seite angenommen, sonst nichts."
    ),
    "We can't take your answer just now.": "Wir können Ihre Antwort gerade nicht annehmen.",
    "You can always answer the mail that brought you here: people read it.": (
        "Sie können jederzeit auf die E-Mail antworten, die Sie hierher geführt hat: Ihre Antwort wird gelesen."
    ),
}
