"""The toy release with SMQs that have algorithms: one of letters, one of weights, one odd."""

from tests.toy.release import toy_tables

CASE_SMQ, SUM_SMQ, ODD_SMQ, PARENT_SMQ = "29990003", "29990004", "29990005", "29990001"
ABOVE_SMQ = "29990007"
A, B, C, LLT_ONLY = "90000111", "90000112", "90000113", "90001030"
OLD = ["98.0", "98.0"]


def tables():
    """The toy release; its third SMQ, below the first, is ``A or (B and C)``, a fourth a sum."""
    made = toy_tables()
    blank = ["Invented.", "Us.", "", "99.0", "A"]
    made["smq_list.asc"] += [
        [SUM_SMQ, "左布总和（SMQ）", "1", *blank, "A or sum of weights > 6"],
        [ODD_SMQ, "左布怪（SMQ）", "1", *blank, "two of A, B or C"],
        [ABOVE_SMQ, "左布上（SMQ）", "1", *blank, "A or (B and C)"],
        ["29990006", "左布旧（SMQ）", "1", "Invented.", "Us.", "", "99.0", "I", "N"],
    ]
    made["smq_content.asc"] += [
        [CASE_SMQ, A, "4", "2", "A", "0", "A", *OLD],
        [CASE_SMQ, B, "4", "1", "B", "0", "A", *OLD],
        [CASE_SMQ, C, "4", "1", "C", "0", "A", *OLD],
        [CASE_SMQ, LLT_ONLY, "5", "1", "C", "0", "A", *OLD],
        [SUM_SMQ, A, "4", "1", "B", "4", "A", *OLD],
        [SUM_SMQ, B, "4", "1", "B", "4", "A", *OLD],
        [SUM_SMQ, C, "4", "1", "C", "4", "A", *OLD],
        [SUM_SMQ, "90000114", "4", "2", "A", "0", "A", *OLD],
        [ODD_SMQ, A, "4", "2", "A", "0", "A", *OLD],
        [ABOVE_SMQ, CASE_SMQ, "0", "0", "S", "0", "A", *OLD],
        [ABOVE_SMQ, "90000115", "4", "2", "A", "0", "A", *OLD],
        ["29990006", A, "4", "2", "A", "0", "A", *OLD],
    ]
    return made
