"""The page that counts terms by hierarchy and by SMQ, with charts to copy into a report."""
