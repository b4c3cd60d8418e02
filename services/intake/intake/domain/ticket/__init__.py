"""What follows from commands about a ticket."""
