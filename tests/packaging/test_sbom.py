"""The SBOM: everything that ships stands in it, and it is what CycloneDX asks for."""

import json

import pytest


@pytest.fixture
def document(tool):
    return tool("_sbom").document(tool("_supply_parts").everything())


@pytest.mark.requirement("R-005")
def test_every_locked_package_that_ships_is_in_it_with_its_version_and_hashes(tool, document):
    there = {one["name"]: one for one in document["components"]}
    for name, (version, hashes) in tool("_supply_parts").locked().items():
        if name == "setuptools":  # builds jieba, does not ship
            assert name not in there
            continue
        assert there[name]["version"] == version
        assert {one["content"] for one in there[name]["hashes"]} == set(hashes)
        assert hashes


def test_what_no_lock_names_is_in_it_too(document):
    there = {one["name"]: one for one in document["components"]}
    assert {"Python", "SQLite", "expat", "OpenSSL", "demo dictionary", "thesaurus"} <= set(there)
    assert there["m2m-small-zh-1"]["type"] == "machine-learning-model"
    (qt,) = there["pyside6-essentials"]["components"]
    assert (qt["name"], qt["licenses"]) == ("Qt", [{"license": {"id": "LGPL-3.0-only"}}])
    assert "HarfBuzz" in {one["name"] for one in qt["components"]}
    assert len(there["tokenizers"]["components"]) > 100


def test_it_is_whole_and_the_same_every_time(tool, document):
    assert tool("_sbom").faults(document) == []
    again = tool("_sbom").document(tool("_supply_parts").everything())
    assert json.dumps(again) == json.dumps(document)


@pytest.fixture
def small(tool):
    part = tool("_supply_parts").Part
    inside = (part("inside", "", "MIT"),)
    return tool("_sbom").document(
        [part("one", "1", "MIT", hashes=("0" * 64,)), part("two", "2", "MIT", inside=inside)]
    )


def without_licence(told):
    told["components"][0].pop("licenses")


def without_name(told):
    told["components"][1]["components"][0].pop("name")


def twice(told):
    told["components"].append(told["components"][0])


def wrong_hash(told):
    told["components"][0]["hashes"][0]["content"] = "0" * 63


def dead_dependency(told):
    told["dependencies"][0]["dependsOn"].append("nothing")


def other_format(told):
    told["specVersion"] = "1.5"


@pytest.mark.parametrize(
    "change", [without_licence, without_name, twice, wrong_hash, dead_dependency, other_format]
)
def test_a_document_that_lacks_something_is_found_out(tool, small, change):
    assert tool("_sbom").faults(small) == []
    change(small)
    assert len(tool("_sbom").faults(small)) == 1


def test_a_time_stands_in_it_only_where_the_build_sets_one(tool, small, monkeypatch):
    assert "timestamp" not in small["metadata"]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    told = tool("_sbom").document([])
    assert told["metadata"]["timestamp"] == "2023-11-14T22:13:20+00:00"
