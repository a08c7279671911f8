"""How good pairs, answers, ranked lists and found entities are, in the measures of the field."""
