"""Telling people how a night of a deployment went, once.

Belongs here: putting together the deployment's channels, what was published, and the ledger. Does not belong here: the
words (``wording``), sending (``sending``), what Dagster knows of the run.
"""

from __future__ import annotations

import datetime as dt
import os

from orchestration.configuration.deployment import Deployment
from orchestration.configuration.notice_settings import Event
from orchestration.configuration.secrets import Secret
from orchestration.digest.files import read_digest
from orchestration.errors import TesseraError
from orchestration.gate.verdict import Problem
from orchestration.notices.ledger import NoticeLedger
from orchestration.notices.notice import Delivery
from orchestration.notices.sending import send
from orchestration.notices.wording import Ending, of_ending, of_published
from orchestration.publishing.version_store import Version, VersionStore


def tell_published(deployment: Deployment, version: Version, *, again: bool = False) -> list[Delivery]:
    """Send the digest of a version to whoever wants it and has not got it.

    Args:
        deployment: Whose version it is.
        version: The version.
        again: Whether to send it to those who have got it.

    Raises:
        TesseraError: The version has no digest.
    """
    channels = deployment.settings.notices
    if not any("published" in channel.on for channel in channels):
        return []
    ledger = NoticeLedger(deployment.home.notices)
    notice = of_published(read_digest(version.path), run_id=version.run_id)
    deliveries = send(notice, channels, ledger, again=again)
    ledger.note(notice, [each for each in deliveries if each.status != "sent before"], now=_now())
    return deliveries


def tell_ending(
    deployment: Deployment,
    *,
    event: Event,
    night: dt.date,
    run_id: str,
    step: str | None = None,
    told: str = "",
    problems: tuple[Problem, ...] = (),
    report: str = "",
) -> list[Delivery]:
    """Tell that a night was refused or that its run failed; of each run once, however many steps say so.

    Args:
        deployment: Whose night it is.
        event: Refused, or failed for another reason.
        night: The night.
        run_id: The run.
        step: The step that failed, None where it is not known.
        told: What it said in words for people.
        problems: What stops the night, by the gate.
        report: Where the report is.

    Returns:
        What became of the notice on each channel; nothing where the run's end was told before.
    """
    ledger = NoticeLedger(deployment.home.notices)
    if ledger.knows_end_of(run_id):
        return []
    ledger.note_end(run_id, event, now=_now())
    served = _served(deployment)
    # The same run has published already: what went wrong came after it.
    is_published = served is not None and served.run_id == run_id
    ending = Ending(
        event="failed" if is_published else event,
        company=deployment.settings.company.name,
        night=night,
        run_id=run_id,
        served=f"{served.name} ({served.as_of_date})" if served is not None else None,
        is_published=is_published,
        step=step,
        told=told,
        problems=problems,
        report=report,
    )
    notice = of_ending(ending, secrets=_secrets(deployment))
    deliveries = send(notice, deployment.settings.notices, ledger)
    ledger.note(notice, deliveries, now=_now())
    return deliveries


def _served(deployment: Deployment) -> Version | None:
    try:
        return VersionStore(deployment.home.published).current()
    except TesseraError:
        return None


def _secrets(deployment: Deployment) -> list[Secret]:
    """Every secret of the deployment that is set: none of them may leave in a text, whoever wrote it."""
    names = {source.secret for source in deployment.settings.sources}
    # A user's name is often a word that stands in commands as well.
    names |= {name for channel in deployment.settings.notices for name in (channel.url, channel.password)}
    values = {name: os.environ.get(name, "").strip() for name in sorted(name for name in names if name)}
    return [Secret(name, value) for name, value in values.items() if value]


def _now() -> dt.datetime:
    return dt.datetime.now(tz=dt.UTC)
