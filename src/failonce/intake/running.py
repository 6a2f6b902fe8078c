"""Running an import: records in, batches kept, a report out."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from failonce.failures.importing import FailureImport, Outcome
from failonce.intake.batches import batches
from failonce.intake.finding import Finding, records_of
from failonce.intake.front_matter import UnreadableError
from failonce.intake.records import Read, Record, Unreadable
from failonce.intake.report import Place, Report
from failonce.intake.understanding import Understanding, Understood
from failonce.people.errors import Refused
from failonce.people.models import Person

BATCH = 400  # one transaction each: few enough that nobody waits long for the database
Step = Callable[[int], None]


def import_records(
    *,
    actor: Person,
    records: Iterable[Record | Unreadable],
    understanding: Understanding,
    report: Report,
    step: Step = lambda read: None,
) -> None:
    """Keep every record that can be kept, batch by batch, and fill the report; `step` gets the bytes read so far.

    Stopped half way, it has kept whole batches; run again, it goes on behind them.
    """
    importing = FailureImport(actor=actor, dry_run=report.dry_run)
    report.tally("failures")
    for batch in batches(records, BATCH):
        refused_before = len(report.refused)
        understood = list(_understood(batch, understanding, report))
        outcomes = importing.take_in([each.incoming for _, each in understood])
        for (record, each), outcome in zip(understood, outcomes, strict=True):
            _enter(report, record.place, each, outcome)
        order = {item.place: position for position, item in enumerate(batch)}
        report.refused[refused_before:] = sorted(report.refused[refused_before:], key=lambda each: order[each[0]])
        step(batch[-1].read)
    report.name_services(importing.named)
    for name, times in understanding.fields.unused.items():
        report.remark(f"The field {name[:60]!r} has no place here and is left out, {times:,} times.")


def import_files(
    finding: Finding,
    *,
    actor: Person,
    understanding: Understanding,
    report: Report,
    step: Step = lambda read: None,
    encoding: str = "",
) -> None:
    """Import every file that was found, as one stream of records; a broken file never stops the others."""
    records = _records(finding, understanding, encoding)
    import_records(actor=actor, records=records, understanding=understanding, report=report, step=step)
    for name in finding.left_alone:
        report.notice(Place(name), ["Left alone: not a failure in a format this import reads."])


def _records(finding: Finding, understanding: Understanding, encoding: str) -> Read:
    before = 0
    for found in finding.files:
        try:
            for item in records_of(found, understanding.fields, encoding):
                yield item.after(before)
        except OSError as error:
            yield Unreadable(Place(found.name), f"It can't be read: {error.strerror}.", before + found.size)
        except Refused as refusal:
            yield Unreadable(Place(found.name), refusal.message, before + found.size)
        before += found.size


def _understood(
    batch: Sequence[Record | Unreadable], understanding: Understanding, report: Report
) -> Iterator[tuple[Record, Understood]]:
    for item in batch:
        if isinstance(item, Unreadable):
            report.refuse("failures", item.place, item.why)
            continue
        try:
            yield item, understanding.of(item)
        except UnreadableError as error:
            report.refuse("failures", item.place, error.why)


def _enter(report: Report, place: Place, understood: Understood, outcome: Outcome) -> None:
    if outcome.problems:
        reasons = [f"{name}: {why}" if name else why for name, why in outcome.problems.items()]
        report.refuse("failures", place, " ".join(reasons))
        return
    report.keep("failures", outcome.failure.code if outcome.failure else "", is_new=outcome.is_new)
    if outcome.is_new:
        report.notice(place, [*understood.notices, *outcome.notices])
