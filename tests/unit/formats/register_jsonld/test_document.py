"""The register as JSON-LD: RDF that parses, in words that were published, with nothing fetched."""

import csv
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rdflib import RDF, Graph, Literal, URIRef

from formats.register_jsonld.document import encode_document, register_document
from formats.register_jsonld.terms import CONTEXT, NAMESPACES, PUBLISHED
from tests.registers import WHOLE
from tests.shared_data import SHARED

OURS = "zegel:"


@pytest.fixture(scope="module")
def graph() -> Graph:
    """The triples of a register with every field filled in."""
    with warnings.catch_warnings():
        # The parser of rdflib 7 itself makes a graph of the kind that rdflib advises against.
        warnings.filterwarnings("ignore", "ConjunctiveGraph is deprecated", DeprecationWarning)
        return Graph().parse(data=encode_document(WHOLE), format="json-ld")


def _term(name: str) -> URIRef:
    prefix, _, local = name.partition(":")
    return URIRef(NAMESPACES[prefix] + local)


def test_it_holds_an_activity_with_purpose_and_basis(graph: Graph) -> None:
    """A program that knows the vocabulary would not find what is processed, why, on which basis."""
    activity = URIRef("urn:activity:customers")
    assert (activity, RDF.type, _term("dpv:Process")) in graph
    bases = {
        basis
        for purpose in graph.objects(activity, _term("dpv:hasPurpose"))
        for basis in graph.objects(purpose, _term("dpv:hasLegalBasis"))
    }
    assert bases == {_term("eu-gdpr:A6-1-b"), _term("eu-gdpr:A6-1-f")}


def test_it_names_controller_and_processor(graph: Graph) -> None:
    """Whose processing it is would be lost on the way."""
    acme = URIRef("urn:zegel:organisation:acme")
    assert (URIRef("urn:activity:customers"), _term("dpv:hasDataController"), acme) in graph
    hosting = URIRef("urn:activity:hosting")
    assert (hosting, _term("dpv:hasDataProcessor"), acme) in graph
    assert set(graph.objects(hosting, _term("dpv:hasDataController"))) == {
        URIRef("urn:zegel:organisation:library"),
        URIRef("urn:zegel:organisation:school"),
    }


def test_a_transfer_has_its_country_and_mechanism(graph: Graph) -> None:
    """Nobody could ask the graph which data leave the EEA, and by what right."""
    (transfer,) = graph.subjects(RDF.type, _term("dpv:DataTransferRecord"))
    (country,) = graph.objects(transfer, _term("dpv:hasThirdCountry"))
    assert (country, _term("dct:identifier"), Literal("US")) in graph
    assert (transfer, _term("dpv:hasLegalBasis"), _term("eu-gdpr:A46-2-c")) in graph


def test_every_member_becomes_a_triple(graph: Graph) -> None:
    """A member without a term would be dropped in silence by whoever reads the document."""
    known = tuple(NAMESPACES.values())
    predicates = {str(predicate) for predicate in graph.predicates()}
    assert all(name == str(RDF.type) or name.startswith(known) for name in predicates)
    used = {name for name in _names(register_document(WHOLE)) if not name.startswith(("@", "xsd:"))}
    told = predicates | {str(each) for each in graph.objects()}
    assert {str(_term(name)) for name in used} - told == set()


def test_only_listed_terms_of_others_are_used() -> None:
    """A word that nobody published would look like one of the vocabulary."""
    found = {name for name in _names(register_document(WHOLE)) if not name.startswith(("@", OURS))}
    assert found - {"xsd:dateTime", "xsd:duration"} <= PUBLISHED


def test_the_context_stands_inside() -> None:
    """Reading the file would ask a server which register is being read."""
    assert register_document(WHOLE)["@context"] == dict(CONTEXT)
    assert all(isinstance(value, str | float) for value in CONTEXT.values())


def test_listed_terms_are_published() -> None:
    """The vocabulary would not have a word that the export uses."""
    folder = None if SHARED is None else SHARED / "vectors" / "dpv"
    if folder is None or not folder.is_dir():
        pytest.skip("no copy of the Data Privacy Vocabulary (vectors/dpv/*.csv) beside the project")
    published = set(_published(folder))
    ours = {name for name in PUBLISHED if name.startswith(("dpv:", "eu-gdpr:"))}
    assert {str(_term(name)) for name in ours} - published == set()


def _published(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            yield from (row["iri"] for row in csv.DictReader(lines) if row.get("iri"))


def _names(node: Any) -> Iterator[str]:  # noqa: ANN401 - whatever JSON holds
    """Every term of a document: of members, types and ids."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "@context":
                continue
            yield name
            types = value if isinstance(value, list) else [value]
            if name == "@type":
                yield from types
            elif name == "@id" and str(value).startswith(("dpv:", "eu-gdpr:")):
                yield str(value)
            else:
                yield from _names(value)
    elif isinstance(node, list):
        for each in node:
            yield from _names(each)
