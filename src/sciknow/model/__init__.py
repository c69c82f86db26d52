"""The objects that everything else speaks of: frozen, typed, checked once at the edge.

Here live the classes and the parsing of plain dictionaries into them. No file is read here, no
network, no RDF, nothing beyond the standard library.
"""

from sciknow.model.agent import Agent, AgentKind, Grant
from sciknow.model.catalog import Catalog
from sciknow.model.concept import Concept, ConceptScheme
from sciknow.model.coverage import PeriodOfTime, Resolution, SpatialCoverage
from sciknow.model.dataset import Dataset
from sciknow.model.distribution import AccessEvidence, Distribution
from sciknow.model.langstring import LangString
from sciknow.model.provenance import Activity
from sciknow.model.publication import Publication, PublicationKind
from sciknow.model.relation import Relation, RelationKind
from sciknow.model.variable import Variable

__all__ = [
    "AccessEvidence",
    "Activity",
    "Agent",
    "AgentKind",
    "Catalog",
    "Concept",
    "ConceptScheme",
    "Dataset",
    "Distribution",
    "Grant",
    "LangString",
    "PeriodOfTime",
    "Publication",
    "PublicationKind",
    "Relation",
    "RelationKind",
    "Resolution",
    "SpatialCoverage",
    "Variable",
]
