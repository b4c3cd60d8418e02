"""The numbers of feedback: F-1000, F-1001, …"""

from kit.log.numbers import Series

FEEDBACK_NUMBERS = Series("F", "feedback_number")
