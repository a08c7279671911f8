"""Looking terms up as one types: names in two languages, parts of them, codes, sounds, likeness."""
