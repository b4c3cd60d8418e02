"""What carries our signature: links, and addresses for replies."""
