"""The list of parts as CycloneDX 1.6, which an IT department's own tools can read.

Made from the same parts in the same order every time: the same commit on the same machine gives the
same bytes. A time stands in it only where the build sets ``SOURCE_DATE_EPOCH``.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from _supply_parts import Part, our_version, slug

Json = dict[str, Any]

NAME = "mention2meddra-desktop"
KINDS = frozenset(
    {"application", "data", "file", "framework", "library", "machine-learning-model", "platform"}
)
"""The types of CycloneDX that are used here."""


def document(parts: Iterable[Part]) -> Json:
    """The whole document."""
    version = our_version()
    top = f"{NAME}@{version}"
    components = [_component(part, top) for part in parts]
    metadata: Json = {
        "component": {
            "type": "application", "bom-ref": top, "name": NAME, "version": version,
            "licenses": [{"license": {"id": "Apache-2.0"}}],
        }
    }  # fmt: skip
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch:
        metadata = {"timestamp": datetime.fromtimestamp(int(epoch), UTC).isoformat(), **metadata}
    told: Json = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "",
        "version": 1,
        "metadata": metadata,
        "components": components,
        "dependencies": [
            {"ref": top, "dependsOn": [one["bom-ref"] for one in components]},
            *({"ref": one["bom-ref"]} for one in components),
        ],
    }
    told["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(told))}"
    return told


def _component(part: Part, above: str) -> Json:
    ref = f"{above}/{slug(part.name)}@{part.version}".rstrip("@")
    told: Json = {"type": part.kind, "bom-ref": ref, "name": part.name}
    if part.version:
        told["version"] = part.version
    if part.note:
        told["description"] = part.note
    if part.hashes:
        told["hashes"] = [{"alg": "SHA-256", "content": value} for value in part.hashes]
    if part.licence:
        told["licenses"] = [_licence(part.licence)]
    if part.copyright:
        told["copyright"] = part.copyright
    if part.purl:
        told["purl"] = part.purl
    if part.inside:
        told["components"] = [_component(one, ref) for one in part.inside]
    return told


def _licence(expression: str) -> Json:
    if expression.startswith("LicenseRef-") and " " not in expression:
        return {"license": {"name": expression.removeprefix("LicenseRef-").replace("-", " ")}}
    if re.fullmatch(r"[A-Za-z0-9.-]+", expression):
        return {"license": {"id": expression}}
    return {"expression": expression}


def text(parts: Iterable[Part]) -> str:
    """The document as it is written."""
    return json.dumps(document(parts), ensure_ascii=False, indent=1) + "\n"


def write(parts: Iterable[Part], target: Path) -> None:
    """Write the document; its folder is made where it is not there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text(parts), encoding="utf-8", newline="\n")


def faults(told: Json) -> list[str]:
    """What the schema of CycloneDX 1.6 asks for and the document lacks, and what we ask for besides.

    Ours: every component has a version or stands inside one that has, and a licence; no two share
    a reference; every dependency leads to a component.
    """
    found = []
    if told.get("bomFormat") != "CycloneDX" or told.get("specVersion") != "1.6":
        found.append("it does not call itself CycloneDX 1.6")
    uuid_form = r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    if not re.fullmatch(uuid_form, str(told.get("serialNumber", ""))):
        found.append("its serial number is no UUID")
    if told.get("version") != 1:
        found.append("its own version is not 1")
    refs = [told.get("metadata", {}).get("component", {}).get("bom-ref", "")]
    for one in _all(told.get("components", [])):
        name = one.get("name") or "a component without a name"
        refs.append(one.get("bom-ref", ""))
        if not one.get("name") or one.get("type") not in KINDS:
            found.append(f"{name}: type or name is missing")
        if not one.get("licenses"):
            found.append(f"{name}: no licence")
        for value in one.get("hashes", []):
            if value.get("alg") != "SHA-256" or not re.fullmatch(
                "[0-9a-f]{64}", value.get("content", "")
            ):
                found.append(f"{name}: a hash is no SHA-256")
    if len(set(refs)) < len(refs) or "" in refs:
        found.append("two components share a reference, or one has none")
    for one in told.get("dependencies", []):
        for ref in (one.get("ref"), *one.get("dependsOn", [])):
            if ref not in refs:
                found.append(f"a dependency on {ref}, which is not there")
    return found


def _all(components: Iterable[Json]) -> Iterator[Json]:
    for one in components:
        yield one
        yield from _all(one.get("components", []))
