"""A small invented SNOMED CT edition in RF2, and one of any size.

Nothing in it is SNOMED CT but the identifiers that the format itself needs: names are made of
invented words, identifiers have an invented namespace and the right check digit.

    root ─ 1 Zorblax finding ─ 2 Zorblax disorder ─ 3 Vantrel swelling ─ 5 Vantrel fever (also < 4)
         │                   └ 4 Oskern complaint ─ 6 Oskern rash
         └ 7 Quimble procedure ─ 8 Quimble section
    9 is inactive and replaced by 5, 10 is inactive without a replacement

As a program it writes an edition of any size: ``python -m tests.toy.rf2 DIR [--concepts N]
[--descriptions N]``; the sizes of a real one are the default.
"""

import argparse
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from m2m_desktop.services.snomed import sctid

ROOT = "138875005"
IS_A, STATED, INFERRED = "116680003", "900000000000010007", "900000000000011006"
FSN, SYNONYM, DEFINITION = "900000000000003001", "900000000000013009", "900000000000550004"
PREFERRED, ACCEPTABLE = "900000000000548007", "900000000000549004"
US, GB, SPANISH = "900000000000509007", "900000000000508004", "450828004"
REPLACED_BY = "900000000000526001"
_MODULE, _PRIMITIVE, _CASE = "900000000000207008", "900000000000074008", "900000000000448009"
_SITE, _SOME = "363698007", "900000000000451002"
_NAMESPACE = "1000999"
DATE, SPANISH_DATE = "20260101", "20260331"

HEADERS: Mapping[str, str] = {
    "concept": "id effectiveTime active moduleId definitionStatusId",
    "description": "id effectiveTime active moduleId conceptId languageCode typeId term "
    "caseSignificanceId",
    "relationship": "id effectiveTime active moduleId sourceId destinationId relationshipGroup "
    "typeId characteristicTypeId modifierId",
    "language": "id effectiveTime active moduleId refsetId referencedComponentId acceptabilityId",
    "association": "id effectiveTime active moduleId refsetId referencedComponentId "
    "targetComponentId",
}
INTERNATIONAL = "SnomedCT_InternationalRF2_PRODUCTION_20260101T120000Z/Snapshot"
EXTENSION = "SnomedCT_SpanishRelease-es_PRODUCTION_20260331T120000Z/Snapshot"
FILES: Mapping[str, str] = {
    "concept": f"{INTERNATIONAL}/Terminology/sct2_Concept_Snapshot_INT_20260101.txt",
    "description": f"{INTERNATIONAL}/Terminology/sct2_Description_Snapshot-en_INT_20260101.txt",
    "relationship": f"{INTERNATIONAL}/Terminology/sct2_Relationship_Snapshot_INT_20260101.txt",
    "language": f"{INTERNATIONAL}/Refset/Language/"
    "der2_cRefset_LanguageSnapshot-en_INT_20260101.txt",
    "association": f"{INTERNATIONAL}/Refset/Content/"
    "der2_cRefset_AssociationSnapshot_INT_20260101.txt",
    "description_es": f"{EXTENSION}/Terminology/"
    "sct2_Description_SpanishExtensionSnapshot-es_INT_20260331.txt",
    "language_es": f"{EXTENSION}/Refset/Language/"
    "der2_cRefset_LanguageSpanishExtensionSnapshot-es_INT_20260331.txt",
}

Rows = list[list[str]]
Tables = dict[str, Rows]


def concept_id(number: int) -> str:
    """The identifier of a concept; 0 is the root."""
    return _checked(f"{number}{_NAMESPACE}10") if number else ROOT


def description_id(number: int) -> str:
    """The identifier of a description."""
    return _checked(f"{number}{_NAMESPACE}11")


def relationship_id(number: int) -> str:
    """The identifier of a relationship."""
    return _checked(f"{number}{_NAMESPACE}12")


def _checked(digits: str) -> str:
    return f"{digits}{sctid.check_digit(int(digits))}"


@dataclass(frozen=True)
class Toy:
    """One concept. The first of ``english`` and ``spanish`` is preferred.

    ``british`` is the synonym that is preferred in the other dialect, ``old`` are descriptions no
    longer active.
    """

    number: int
    tag: str
    english: tuple[str, ...]
    spanish: tuple[str, ...] = ()
    parents: tuple[int, ...] = (0,)
    british: str = ""
    old: tuple[str, ...] = ()
    is_active: bool = True
    replaced_by: int = 0
    attributes: int = 1


TOYS = (
    Toy(0, "SNOMED RT+CTV3", ("Toy root",), ("Raíz de juguete",), ()),
    Toy(1, "finding", ("Zorblax finding",), ("Hallazgo de zórblax",)),
    Toy(2, "disorder", ("Zorblax disorder",), ("Trastorno de zórblax",), (1,)),
    Toy(
        3, "disorder", ("Vantrel edema", 'Swollen "vantrel"'), ("Edema de vántrel",), (2,),
        british="Vantrel oedema", old=("Vantrel dropsy",),
    ),
    Toy(4, "finding", ("Oskern complaint", "Oskern trouble"), (), (1,)),
    Toy(5, "disorder", ("Vantrel fever",), ("Fiebre de vántrel", "Pirexia vantrélica"), (3, 4)),
    Toy(6, "disorder", ("Oskern rash",), ("Erupción de óskern", "Sarpullido oskérnico"), (4,)),
    Toy(7, "procedure", ("Quimble procedure",), ("Procedimiento de quimblé",)),
    Toy(8, "procedure", ("Quimble section",), ("Sección de quimblé",), (7,)),
    Toy(9, "disorder", ("Vantrel ague",), (), (3,), is_active=False, replaced_by=5),
    Toy(10, "disorder", ("Tesk vapours",), (), (3,), is_active=False),
)  # fmt: skip


def edition_tables(toys: Iterable[Toy] = TOYS, *, spanish: bool = True) -> Tables:
    """Give the rows of every file, the header first; ``spanish`` adds the extension."""
    tables: Tables = {
        name: [HEADERS[name.partition("_")[0]].split()]
        for name in FILES
        if spanish or not name.endswith("_es")
    }
    for toy in toys:
        for name, rows in concept_rows(toy):
            if name in tables:
                tables[name] += rows
    return tables


def concept_rows(toy: Toy) -> Iterator[tuple[str, Rows]]:
    """Give the rows of one concept by file. Their numbers follow from that of the concept."""
    own = concept_id(toy.number)
    is_active = "1" if toy.is_active else "0"
    yield "concept", [[own, DATE, is_active, _MODULE, _PRIMITIVE]]
    names = [(FSN, f"{toy.english[0]} ({toy.tag})"), *((SYNONYM, one) for one in toy.english)]
    if toy.british:
        names.append((SYNONYM, toy.british))
    names += [(SYNONYM, one) for one in toy.old]
    descriptions, judgements = [], []
    for at, (kind, text) in enumerate(names):
        key = description_id(toy.number * 100 + at + 1)
        active = "0" if text in toy.old else "1"
        descriptions.append([key, DATE, active, _MODULE, own, "en", kind, text, _CASE])
        if active == "1":
            is_first = at < 2
            us = PREFERRED if is_first else ACCEPTABLE
            gb = PREFERRED if text == (toy.british or toy.english[0]) or at == 0 else ACCEPTABLE
            if text != toy.british:
                judgements.append([_uuid(toy.number, at), DATE, "1", _MODULE, US, key, us])
            judgements.append([_uuid(toy.number, at + 50), DATE, "1", _MODULE, GB, key, gb])
    yield "description", descriptions
    yield "language", judgements
    descriptions, judgements = [], []
    spanish = [(FSN, f"{toy.spanish[0]} ({toy.tag})")] if toy.spanish else []
    for at, (kind, text) in enumerate([*spanish, *((SYNONYM, one) for one in toy.spanish)]):
        key = description_id(toy.number * 100 + at + 51)
        descriptions.append([key, SPANISH_DATE, "1", _MODULE, own, "es", kind, text, _CASE])
        kind = PREFERRED if at < 2 else ACCEPTABLE
        judgements.append([_uuid(toy.number, at + 150), DATE, "1", _MODULE, SPANISH, key, kind])
    yield "description_es", descriptions
    yield "language_es", judgements
    rows = [
        [relationship_id(toy.number * 100 + at + 1), DATE, is_active, _MODULE, own,
         concept_id(parent), "0", IS_A, INFERRED, _SOME]
        for at, parent in enumerate(toy.parents)
    ]  # fmt: skip
    # relationships of another kind, which are no business of the loader
    rows += [
        [relationship_id(toy.number * 100 + 99 - at), DATE, "1", _MODULE, own, concept_id(1), "1",
         _SITE, INFERRED, _SOME]
        for at in range(toy.attributes)
    ]  # fmt: skip
    yield "relationship", rows
    if toy.replaced_by:
        yield "association", [
            [_uuid(toy.number, 250), DATE, "1", _MODULE, REPLACED_BY, own,
             concept_id(toy.replaced_by)]
        ]  # fmt: skip


def _uuid(number: int, at: int) -> str:
    return f"{number:08x}-{at:04x}-4000-8000-000000000000"


def write_tables(folder: Path, tables: Tables) -> Path:
    """Write the files where a delivery has them; gives ``folder``."""
    for name, rows in tables.items():
        path = folder / FILES[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes("".join("\t".join(row) + "\r\n" for row in rows).encode("utf-8"))
    return folder


def write_edition(folder: Path, *, spanish: bool = True) -> Path:
    """Write the small edition; gives ``folder``."""
    return write_tables(folder, edition_tables(spanish=spanish))


# -- one of any size -------------------------------------------------------------------------------

_SYLLABLES = "zor blax quim ble van trel os kern plim sy dro vane tesk um brel ska tro ni pel gu"
_ENDS = "itis osis algia ectomy fever rash swelling bleeding weakness tumour"
_ENDS_ES = "itis osis algia ectomía fiebre erupción hinchazón hemorragia debilidad tumor"


def invented_toys(concepts: int, descriptions: int, seed: int = 0) -> Iterator[Toy]:
    """Give so many concepts below 19 tops, with about so many descriptions in both languages."""
    chance = random.Random(seed)
    syllables, ends, ends_es = _SYLLABLES.split(), _ENDS.split(), _ENDS_ES.split()
    share = descriptions / concepts
    yield Toy(0, "root", ("Toy root",), (), ())
    for number in range(1, concepts):
        stem = "".join(chance.choices(syllables, k=3)).capitalize()
        site, end = "".join(chance.choices(syllables, k=2)), chance.randrange(len(ends))
        english = [f"{stem} {site} {ends[end]} {number % 997}"]
        spanish = [f"{ends_es[end]} {site} de {stem.lower()} {number % 997}"]
        # two full names and two preferred ones; the rest are synonyms
        extra = share - 4
        while extra > 0 and (extra >= 1 or chance.random() < extra):
            words = [stem, "".join(chance.choices(syllables, k=2)), ends[end]]
            chance.shuffle(words)
            (english if chance.random() < 0.7 else spanish).append(" ".join(words))
            extra -= 1
        is_top = number < 20
        near = (max(1, number // 6), max(1, number // 7)) if number % 2 else (max(1, number // 5),)
        yield Toy(
            number, "disorder", tuple(english), tuple(spanish), (0,) if is_top else tuple(set(near)),
            is_active=number % 23 != 0 or number * 5 < concepts, attributes=6,
        )  # fmt: skip


def write_invented(folder: Path, concepts: int, descriptions: int, seed: int = 0) -> Path:
    """Write an edition of any size bit by bit; gives ``folder``."""
    streams = {}
    for name, path in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        streams[name] = (folder / path).open("w", encoding="utf-8", newline="\r\n")
        streams[name].write("\t".join(HEADERS[name.partition("_")[0]].split()) + "\n")
    for toy in invented_toys(concepts, descriptions, seed):
        for name, rows in concept_rows(toy):
            streams[name].writelines("\t".join(row) + "\n" for row in rows)
    for stream in streams.values():
        stream.close()
    return folder


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--concepts", type=int, default=370_000)
    parser.add_argument("--descriptions", type=int, default=1_500_000)
    options = parser.parse_args()
    write_invented(options.folder, options.concepts, options.descriptions)
