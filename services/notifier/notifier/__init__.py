"""What is told to whom, and proof that it was sent."""
