"""Compare the reference mode with recorded outputs of the published pipeline.

    python -m tests.bench.reference_parity --dictionary DICTIONARY.csv --top100 TOP100.jsonl --texts TEXTS.jsonl

TOP100 has {"mention", "pt_codes", "scores"} a line, TEXTS {"pt_code", "text_b"}. Needs files that
are not in the repository; the suite has small golden cases of its own.
"""

import argparse
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from m2m_desktop.core.candidate_texts import CandidateTexts
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.retrieval import ReferenceRetriever, build_reference_postings
from m2m_desktop.core.templates import REFERENCE_TEMPLATE
from m2m_desktop.services.terminology_store import TerminologyStore


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dictionary", type=Path, required=True)
    parser.add_argument("--top100", type=Path, required=True)
    parser.add_argument("--texts", type=Path, required=True)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        terminology = TerminologyStore(Path(folder)).open(options.dictionary)
        codes = terminology.codes(TermLevel.PT)
        texts = CandidateTexts(terminology, REFERENCE_TEMPLATE)
        wrong = total = 0
        for line in options.texts.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            total += 1
            wrong += texts.text(codes.index(row["pt_code"])) != row["text_b"]
        print(f"candidate texts: {total - wrong} of {total} equal")
        retriever = ReferenceRetriever(build_reference_postings(terminology))
        same_order = mentions = 0
        worst = 0.0
        for line in options.top100.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found = retriever.retrieve(row["mention"], k=100).proposals
            mentions += 1
            same_order += [codes[p.pt_row] for p in found] == row["pt_codes"]
            worst = max(
                [worst, *(abs(p.score - s) for p, s in zip(found, row["scores"], strict=True))]
            )
        print(f"top 100: {same_order} of {mentions} in equal order, worst score difference {worst}")


if __name__ == "__main__":
    main()
