"""The mails about feedback and complaints (P16-P22): which are letters to the customer."""

from contracts.notifications import AnyTemplate

CUSTOMER_LETTERS: frozenset[AnyTemplate] = frozenset(
    {
        "feedback-received",
        "feedback-acknowledged",
        "feedback-question",
        "feedback-reclassified",
        "complaint-delayed",
        "complaint-outcome",
        "complaint-disputed",
        "complaint-decided",
        "complaint-withdrawn",
        "complaint-final",
    }
)
"""They come from feedback's mailbox, and answers lead back to the feedback. One that fails is told to a person."""
