"""SNOMED CT releases in the RF2 format, read into the same `Terminology` as a MedDRA release."""
