"""Whether an archive is sound: what is wrong, what it means, what to do, and the repair of it."""

from vectorstore.health.examine import examine
from vectorstore.health.repair import repair, repair_files, repairable
from vectorstore.health.sources import ReadOnlyRecords, source_records
from vectorstore.health.values import Finding, Fix, State, worst

__all__ = [
    "Finding",
    "Fix",
    "ReadOnlyRecords",
    "State",
    "examine",
    "repair",
    "repair_files",
    "repairable",
    "source_records",
    "worst",
]
