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
    "This is a complaint, to be reviewed by our VP.": "Das ist eine Beschwerde, die unsere Bereichsleitung prüft.",
    "Send": "Senden",
    "Please choose one of the five ratings.": "Bitte wählen Sie eine der fünf Bewertungen.",
    "Please shorten it to %(most)s characters.": "Bitte kürzen Sie den Text auf %(most)s Zeichen.",
    # after an answer
    "Your answer": "Ihre Antwort",
    (
        "It could be changed for %(days)s days after the first answer, until %(until)s. If there is more to say, "
        "answer the mail or open a ticket."
    ): (
        "Sie konnten sie nach der ersten Antwort %(days)s Tage lang ändern, bis %(until)s. Wenn es mehr zu sagen gibt, "
        "antworten Sie auf die E-Mail, oder stellen Sie eine neue Anfrage."
    ),
    "The time for an answer to this survey is over.": "Die Zeit für eine Antwort auf diese Umfrage ist vorbei.",
    "The answer to this survey can't be changed any more.": "Ihre Antwort kann nicht mehr geändert werden.",
    "It could be answered for %(days)s days after the closing, until %(until)s.": (
        "Sie konnte nach der Schließung %(days)s Tage lang beantwortet werden, bis %(until)s."
    ),
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
    "We have kept what you wrote, and somebody will read it.": (
        "Wir haben aufgenommen, was Sie geschrieben haben; ein Mensch liest es."
    ),
    "Your answer could not be taken any more: the complaint is no longer at that step.": (
        "Ihre Antwort konnte nicht mehr angenommen werden: Die Beschwerde ist nicht mehr an diesem Punkt."
    ),
    "The decision": "Die Entscheidung",
    "What we found": "Was wir festgestellt haben",
    "How we resolve it": "So beheben wir es",
    "What we do so that it does not happen again": "Das tun wir, damit es nicht wieder vorkommt",
    "I do not accept it. Please let the CEO hear it.": (
        "Ich bin nicht einverstanden: Die Geschäftsführung soll sich damit befassen."
    ),
    "Please choose one.": "Bitte wählen Sie eine Antwort.",
    # the page for anybody
    "What do you think of our support?": "Was halten Sie von unserem Support?",
    "Anybody may tell us. It gets a number, and a person reads it.": (
        "Das kann uns jeder sagen. Es bekommt eine Nummer, und ein Mensch liest es."
    ),
    "Your words": "Ihre Worte",
    "What is it?": "Was ist es?",
    "Praise": "Lob",
    "Criticism": "Kritik",
    "A complaint, to be reviewed by our VP": "Eine Beschwerde: Unsere Bereichsleitung soll sie prüfen",
    "I am not sure": "Ich bin mir nicht sicher",
    "Your mail address": "Ihre E-Mail-Adresse",
    "A person answers at this address. Without one we can not answer, so we owe you no answer.": (
        "An diese Adresse antwortet ein Mensch. Ohne Adresse können wir nicht antworten und schulden Ihnen daher keine "
        "Antwort."
    ),
    "The number of the ticket that it is about": "Die Nummer der Anfrage, um die es geht",
    "Leave this empty": "Lassen Sie dieses Feld leer",
    "Your words have the number %(number)s.": "Ihre Worte haben die Nummer %(number)s.",
    "Our VP reviews your complaint.": "Unsere Bereichsleitung prüft Ihre Beschwerde.",
    "A person reads them. You left no address, so nobody can answer you.": (
        "Ein Mensch liest sie. Sie haben keine Adresse angegeben, daher kann Ihnen niemand antworten."
    ),
    "A person reads them and answers you before this instant: %(until)s.": (
        "Ein Mensch liest sie und antwortet Ihnen vor diesem Zeitpunkt: %(until)s."
    ),
    "A person reads them and answers you within %(days)s working days.": (
        "Ein Mensch liest sie und antwortet Ihnen innerhalb von %(days)s Arbeitstagen."
    ),
    "Please write what you want to tell us.": "Bitte schreiben Sie, was Sie uns sagen möchten.",
    "Please choose one of the kinds.": "Bitte wählen Sie aus, was es ist.",
    "This is no mail address. Please correct it, or leave it out.": (
        "Das ist keine E-Mail-Adresse. Bitte berichtigen Sie sie, oder lassen Sie sie weg."
    ),
    "A ticket's number is like P-1042. Please correct it, or leave it out.": (
        "Die Nummer einer Anfrage sieht aus wie P-1042. Bitte berichtigen Sie sie, oder lassen Sie sie weg."
    ),
    "Please leave the last field empty: it is not for people.": (
        "Bitte lassen Sie das letzte Feld leer: Es ist nicht für Menschen bestimmt."
    ),
    "We got a lot from you. Please send it again in %(minutes)s minutes.": (
        "Wir haben viel von Ihnen bekommen. Bitte senden Sie es in %(minutes)s Minuten noch einmal."
    ),
    "You have sent this form before, with other words. Send it to tell us these, too.": (
        "Sie haben dieses Formular schon mit anderen Worten gesendet. Senden Sie es, um uns auch diese zu sagen."
    ),
    "This form has more fields than its page.": "Dieses Formular hat mehr Felder als seine Seite.",
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
