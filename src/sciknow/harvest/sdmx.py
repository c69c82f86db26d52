"""SDMX web services: the list of dataflows, in one answer (SDMX-ML 2.1 or 3.0).

A dataflow is a dataset. Its data are SDMX-ML or SDMX-CSV by content negotiation, which no reader
takes yet: the way to them is the address that the standard gives them, and it names no format.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from sciknow.errors import InvalidInput, SourceUnavailable
from sciknow.harvest import mapping
from sciknow.harvest.markup import children, language_of, local, read_xml
from sciknow.harvest.protocol import Ask, Mapped, Page, Record
from sciknow.harvest.way import Way, distributions
from sciknow.model import Dataset
from sciknow.model.receipt import Asked
from sciknow.net import redact
from sciknow.wire.request import Answer, Request

STRUCTURE = "application/vnd.sdmx.structure+xml;version=2.1"
"""What is asked for: every service of version 2.1 or 3.0 has it."""


class Sdmx:
    """A statistical office's web service."""

    name = "sdmx"
    title = "SDMX REST"

    def doors(self, address: str) -> tuple[Request, ...]:
        """Return the list of dataflows."""
        return (_flows(address, "all"),)

    def sniff(self, answer: Answer) -> str:
        """Recognise a structure message of SDMX with dataflows."""
        root = read_xml(answer).root
        known = local(root) == "Structure" and "sdmx" in root.tag.lower()
        found = len(list(_within(root))) if known else 0
        return f"SDMX, {found:,} dataflows" if found else ""

    def pages(self, asked: Asked, ask: Ask) -> Iterator[Page]:
        """Read the list; ``sets`` are agencies."""
        for agency in asked.sets or ("all",):
            answer = ask(_flows(asked.address, agency))
            read = read_xml(answer)
            if local(read.root) != "Structure":
                raise SourceUnavailable(
                    f"{redact(answer.url)}: {local(read.root)} instead of a structure of SDMX",
                    hint="check that it is the base address of an SDMX REST service",
                )
            records = tuple(map(_record, _within(read.root)))
            part = "" if agency == "all" else agency
            yield Page(records=records, declared=len(records), part=part, mended=read.mended)

    def parse(self, record: Record, asked: Asked) -> Mapped:
        """Map a dataflow."""
        return _parse(record.body, record.id, asked)


def _flows(address: str, agency: str) -> Request:
    base = address.partition("?")[0].rstrip("/")
    path = f"dataflow/{agency}/all/latest"
    if base.endswith(("/3.0", "/v2")):  # version 3.0 says that it is a structure
        path = f"structure/dataflow/{'*' if agency == 'all' else agency}/*/~"
    return Request(f"{base}/{path}", headers={"Accept": STRUCTURE})


def _within(root: Element) -> Iterator[Element]:
    """Yield the dataflows, and what stands in their place, in a structure message."""
    for place in (item for item in root.iter() if local(item) == "Dataflows"):
        yield from place


def _record(flow: Element) -> Record:
    if local(flow) != "Dataflow":
        return Record("", flow, problem=f"found {local(flow)}, allowed is a Dataflow")
    name, agency = flow.get("id", ""), flow.get("agencyID", "")
    return Record(f"{agency}:{name}" if name and agency else name, flow)


def _parse(flow: Element, name: str, asked: Asked) -> Mapped:
    title = mapping.words([(language_of(item), _text(item)) for item in children(flow, "Name")])
    if not title:
        raise InvalidInput("Name: found nothing, allowed is a text")
    identifier = mapping.dataset_id(asked.source, name)
    agency = flow.get("agencyID", "")
    publisher = mapping.agent(agency)
    base = asked.address.partition("?")[0].rstrip("/")
    key = ",".join(filter(None, (agency, flow.get("id"), flow.get("version"))))
    told = [(language_of(item), _text(item)) for item in children(flow, "Description")]
    dataset = Dataset(
        id=identifier,
        title=title,
        description=mapping.words(told),
        publisher=publisher.id if publisher else "",
        version=mapping.plain(flow.get("version")),
        distributions=distributions(identifier, [Way(url=f"{base}/data/{key}", title="SDMX")]),
        extra={"urn": flow.get("urn")} if flow.get("urn") else {},
    )
    return Mapped(dataset=dataset, agents=(publisher,) if publisher else ())


def _text(element: Element) -> str:
    return "".join(element.itertext()).strip()


PROTOCOL = Sdmx()
