"""What is remembered from decisions: looking at it, taking it in and out."""
