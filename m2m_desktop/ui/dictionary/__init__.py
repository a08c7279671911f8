"""The page of the dictionary: search, tree, card of a term, research bin."""
