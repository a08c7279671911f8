"""Models: the list, installing, what is known of each."""
