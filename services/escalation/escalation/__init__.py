"""The ladder that is climbed until someone acknowledges."""
