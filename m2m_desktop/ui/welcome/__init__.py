"""First steps: from the demo dictionary to one's own release and model."""
