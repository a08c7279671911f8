"""What an RF2 release can have wrong or odd, in words; `import_report` shows them with the rest."""

from collections.abc import Mapping

from m2m_desktop.core.messages import N_

DEFECTS: Mapping[str, str] = {
    "rf2_missing_columns": N_("{place}: the header lacks the columns {columns}."),
    "rf2_field_count": N_(
        "{place}: the row does not have the number of fields of the header ({expected}). The file "
        "was cut short or edited."
    ),
    "rf2_bad_number": N_(
        "{place}: {column} is not a whole number of up to 18 digits. A spreadsheet may have "
        "changed it."
    ),
    "rf2_check_digit": N_(
        "{place}: the check digit of {code} is wrong. A spreadsheet may have rounded the number."
    ),
    "rf2_bad_active": N_("{place}: active is neither 1 nor 0."),
    "rf2_not_utf8": N_("{place}: the file is not UTF-8 from here on."),
    "rf2_duplicate_id": N_(
        "{place}: {code} stands twice in one file. A snapshot has each only once: this may be a "
        "full release under another name."
    ),
    "rf2_cycle": N_("{place}: {code} is a kind of itself, through the concepts above it."),
    "rf2_unknown_concepts": N_(
        "{place}: most rows are about concepts that are not in the release (first: {code}). Put "
        "the International Edition, which this edition belongs to, into the same folder."
    ),
    "rf2_nameless_concepts": N_(
        "Concepts without a name in English or the language of the edition: {count}, for example "
        "{code}. A description file is missing or cut short."
    ),
    "rf2_no_concepts": N_("{place}: there is no active concept."),
}

ANOMALIES: Mapping[str, str] = {
    "rf2_superseded": N_("Rows replaced by a later row about the same in another file"),
    "rf2_unknown_concept": N_("Descriptions of concepts that do not exist; they were dropped"),
    "rf2_unknown_relative": N_("Relationships between concepts that do not exist; dropped"),
    "rf2_inactive_relative": N_("Relationships to inactive concepts; they were dropped"),
    "rf2_unknown_description": N_("Language reference set rows about unknown descriptions"),
    "rf2_no_language_refset": N_(
        "No language reference set for a language; its first synonym is taken as preferred"
    ),
    "rf2_no_preferred": N_("Concepts without a preferred synonym; another name is shown"),
    "rf2_untranslated": N_("Concepts without a name in the first language; the other is shown"),
    "rf2_nameless": N_("Concepts without any name; the code is shown"),
    "rf2_other_language": N_("Descriptions in further languages; they were left out"),
    "rf2_no_root": N_("The root concept 138875005 is missing"),
    "rf2_unplaced": N_("Concepts below nothing; each begins a hierarchy of its own"),
    "rf2_retired": N_("Inactive concepts without a replacement; they were left out"),
    "rf2_same_file": N_("A file is there twice; the second was ignored"),
    "rf2_two_dates": N_("Files of one kind from several dates; the latest row counts"),
}
