"""The page of Standardised MedDRA Queries: their tree, their algorithms, their members."""
