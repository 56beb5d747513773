"""A deployment: validated settings, the contracts they switch on, and the home they run in.

Belongs here: putting ``tessera.yml``, the contracts and the scheme catalogue together and saying clearly what does
not fit. Does not belong here: running anything.
"""

from __future__ import annotations

import datetime as dt
import difflib
import os
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from data_contracts.contract import Contract, load_contracts
from orchestration.configuration.audiences import compile_audiences
from orchestration.configuration.campaign_settings import campaigns_variable
from orchestration.configuration.combined_pair import COMBINED, served_pair
from orchestration.configuration.conditions.column import Column
from orchestration.configuration.custom_schemes.compiled import compile_schemes
from orchestration.configuration.customer_columns import customer_columns
from orchestration.configuration.history_code import history_code
from orchestration.configuration.schemes import Scheme, SchemeStatus, catalogued_schemes, status_of
from orchestration.configuration.secrets import read_secret
from orchestration.configuration.settings import Settings, keys_at, source_files
from orchestration.configuration.source_settings import Source
from orchestration.configuration.target_settings import check_targets, segments_known, targets_variable
from orchestration.configuration.thresholds import check_thresholds, default_thresholds
from orchestration.configuration.treatments.compiled import compiled_policy
from orchestration.configuration.treatments.measured_gains import served_lifts
from orchestration.configuration.treatments.policy import DimensionPolicy
from orchestration.configuration.treatments.treatment_policy import treatment_policy
from orchestration.configuration.yaml_file import YamlFile, read_yaml_file
from orchestration.errors import TesseraError
from orchestration.home import Home
from orchestration.repository import INBOUND_CONTRACTS, OUTBOUND_CONTRACTS, SEGMENTATION_MODELS

CONFIG_VARIABLE = "TESSERA_CONFIG"
CONFIG_NAME = "tessera.yml"
# Where a value stands in the file: keys and positions in lists.
Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Deployment:
    """One company's pipeline: what it reads, what it builds and where it keeps things."""

    settings: Settings
    config_path: Path
    home: Home
    inbound: dict[str, Contract]
    outbound: dict[str, Contract]
    catalog: tuple[Scheme, ...]
    # The deployment's own schemes, as the dbt model takes them.
    custom_schemes: tuple[dict[str, Any], ...] = ()
    # The campaigns that have an audience, as the dbt models take them.
    audiences: tuple[dict[str, Any], ...] = ()
    # The two schemes whose cross the served version has chosen.
    served_pair: tuple[str, ...] = ()

    @property
    def catalog_schemes(self) -> tuple[str, ...]:
        """Every scheme of the catalogue, whether it is built or not."""
        return tuple(scheme.name for scheme in self.catalog)

    @cached_property
    def scheme_status(self) -> tuple[SchemeStatus, ...]:
        """Of every scheme of the catalogue whether it is built, and why not."""
        return tuple(
            status_of(
                scheme,
                switched=self.settings.schemes,
                connected=self.entities_on,
                is_chosen=bool(self.combined_pair),
            )
            for scheme in self.catalog
        )

    @cached_property
    def combined_pair(self) -> tuple[str, ...]:
        """The two schemes that ``combined`` is made of: those that the served version has chosen, if both are built."""
        if not self.settings.schemes.get(COMBINED, True):
            return ()
        built = {str(scheme["scheme"]) for scheme in self.custom_schemes}
        for scheme in self.catalog:
            if scheme.name != COMBINED and scheme.method == "rule":
                status = status_of(scheme, switched=self.settings.schemes, connected=self.entities_on)
                built |= {scheme.name} if status.is_available else set()
        return self.served_pair if set(self.served_pair) <= built else ()

    @property
    def schemes(self) -> tuple[str, ...]:
        """Schemes that are switched on and have the sources they need, in the catalogue's order."""
        return tuple(status.scheme for status in self.scheme_status if status.is_available)

    @property
    def model_schemes(self) -> tuple[str, ...]:
        """Of these the ones whose segments an estimator finds and names each night; the others are rules in dbt."""
        return tuple(scheme.name for scheme in self.catalog if scheme.method == "model" and scheme.name in self.schemes)

    @property
    def derived_schemes(self) -> tuple[str, ...]:
        """Of these the ones whose segments a dbt model works out from the data."""
        return tuple(
            scheme.name for scheme in self.catalog if scheme.segments == "derived" and scheme.name in self.schemes
        )

    @property
    def bounded_schemes(self) -> tuple[str, ...]:
        """Of these the ones with boundaries learned from the data: a model ``int_boundaries__<scheme>`` lists them."""
        return tuple(
            scheme for scheme in self.schemes if (SEGMENTATION_MODELS / f"int_boundaries__{scheme}.sql").is_file()
        )

    @property
    def demand_schemes(self) -> tuple[str, ...]:
        """Schemes by whose segments demand is told, of those that are built."""
        built = {*self.schemes, *(str(scheme["scheme"]) for scheme in self.custom_schemes)}
        return tuple(scheme for scheme in self.settings.demand.schemes if scheme in built)

    @cached_property
    def customer_columns(self) -> dict[str, Column]:
        """What conditions on customers may ask, by name."""
        return customer_columns(self.outbound["customers"], schemes=self.catalog, custom_schemes=self.custom_schemes)

    @property
    def policy_path(self) -> Path | None:
        """The deployment's own treatment policy; None where the project's decides everything."""
        named = self.settings.treatments.policy
        return None if named is None else self.config_path.parent / named

    @cached_property
    def treatment_policy(self) -> dict[str, DimensionPolicy]:
        """Who gets what: each dimension of treatment with its rules."""
        return treatment_policy(self.policy_path, columns=self.customer_columns, custom_schemes=self.custom_schemes)

    @property
    def suppressions_file(self) -> Path | None:
        """The list of who must not be contacted, if there is one."""
        file = self.settings.suppressions.file
        return None if file is None else self.config_path.parent / file

    @cached_property
    def sources_on(self) -> dict[str, list[Source]]:
        """Inbound contracts that are fed, with the entries that feed them."""
        on: dict[str, list[Source]] = defaultdict(list)
        for source in self.settings.sources:
            on[source.contract].append(source)
        return dict(on)

    def files_of(self, source: Source) -> list[Path]:
        """Return the files of a source entry; of snapshots the last by name.

        Raises:
            TesseraError: A listed file does not exist or a pattern matches nothing.
        """
        files = source_files(source, folder=self.config_path.parent)
        missing = [file for file in files if not file.is_file()]
        if missing or not files:
            raise TesseraError(
                f"source {source.contract}: "
                + (f"{missing[0]} does not exist" if missing else f"nothing matches {', '.join(source.files or ())}"),
                expected="every file that tessera.yml lists",
                found="no such file",
                fix=f"deliver the file or correct the source in {self.config_path}",
            )
        # Of snapshots only the newest counts: an older one would put deleted rows back.
        return [max(files, key=lambda file: file.name)] if source.is_snapshot else files

    def check_source(self, source: Source) -> None:
        """Make sure, without connecting to anything, that a source can be read.

        Raises:
            TesseraError: A file is missing, or a secret is not set.
        """
        if source.files is not None:
            self.files_of(source)
        if source.secret is not None:
            read_secret(source.secret, wanted_by=f"source {source.contract}")

    @cached_property
    def entities_on(self) -> dict[str, tuple[str, ...]]:
        """Canonical entities that are fed, with the contracts that feed them."""
        fed: dict[str, list[str]] = defaultdict(list)
        for contract_id in sorted(self.sources_on):
            for feed in self.inbound[contract_id].rules.feeds:
                fed[feed.entity].append(contract_id)
        return {entity: tuple(contracts) for entity, contracts in fed.items()}

    @property
    def dbt_vars(self) -> dict[str, Any]:
        """The dbt variables of this deployment: what is on, and the thresholds that differ from their defaults."""
        staging_models: dict[str, list[str]] = defaultdict(list)
        for contract_id in sorted(self.sources_on):
            for feed in self.inbound[contract_id].rules.feeds:
                staging_models[feed.entity].append(feed.model)
        return {
            "sources_on": sorted(self.sources_on),
            "staging_models": dict(staging_models),
            "schemes": list(self.schemes),
            "catalog_schemes": list(self.catalog_schemes),
            "model_schemes": list(self.model_schemes),
            "derived_schemes": list(self.derived_schemes),
            "bounded_schemes": list(self.bounded_schemes),
            "scheme_status": [status.as_variable() for status in self.scheme_status],
            "custom_schemes": list(self.custom_schemes),
            "combined_pair": list(self.combined_pair),
            "demand_schemes": list(self.demand_schemes),
            "treatment_policy": compiled_policy(
                self.treatment_policy,
                custom_schemes=self.custom_schemes,
                lifts=served_lifts(
                    self.home.published, schemes={*self.schemes, *(str(s["scheme"]) for s in self.custom_schemes)}
                ),
            ),
            "campaigns": campaigns_variable(self.settings.campaigns),
            "audience_campaigns": list(self.audiences),
            "kpi_targets": targets_variable(self.settings.targets),
            "base_currency": self.settings.company.currency,
            "identity_matching": self.settings.identity.matching,
            "default_country": self.settings.identity.default_country or "",
            "source_priority": list(self.settings.identity.source_priority),
            "attitude_constructs": list(self.settings.surveys.attitude_constructs),
            "history_code": history_code(
                {
                    # How numbers are written changes none of them.
                    "company": self.settings.company.model_dump(exclude={"locale"}),
                    "identity": self.settings.identity.model_dump(),
                    "surveys": self.settings.surveys.model_dump(),
                    "thresholds": self.settings.thresholds,
                }
            ),
            **self.settings.thresholds,
        }


def load_deployment(config: Path | None = None, home: Path | None = None) -> Deployment:
    """Read and validate a deployment.

    Args:
        config: The ``tessera.yml``; else ``TESSERA_CONFIG``, else ``./tessera.yml``, else the sample in the home.
        home: The state folder; else ``TESSERA_HOME``, else ``.tessera``.

    Raises:
        TesseraError: Something does not fit; names the file, the line, what was expected and what to write.
        data_contracts.contract.ContractError: A contract of the project is broken.
    """
    located_home = Home.locate(home)
    path = _locate_config(config, located_home)
    file = read_yaml_file(path)
    settings = _validate(file)
    check_thresholds(settings.thresholds, file=file)
    catalog = catalogued_schemes()
    schemes = [scheme.name for scheme in catalog]
    inbound = load_contracts(INBOUND_CONTRACTS)
    contracts: dict[Place, str] = {
        ("sources", index, "contract"): source.contract for index, source in enumerate(settings.sources)
    }
    for key in ("source_priority", "one_record_per_customer"):
        contracts |= {("identity", key, at): name for at, name in enumerate(getattr(settings.identity, key))}
    _check_names(contracts, known=inbound, file=file, thing="contract")
    _check_names({("schemes", name): name for name in settings.schemes}, known=schemes, file=file, thing="scheme")
    _check_names(
        {("demand", "schemes", at): name for at, name in enumerate(settings.demand.schemes)},
        known=[*schemes, *settings.custom_schemes],
        file=file,
        thing="scheme",
    )
    deployment = Deployment(
        settings=settings,
        config_path=path,
        home=located_home,
        inbound=inbound,
        outbound=load_contracts(OUTBOUND_CONTRACTS, repeated={"scheme": schemes}),
        catalog=catalog,
        custom_schemes=compile_schemes(
            settings.custom_schemes, catalogued={scheme.name: scheme.title for scheme in catalog}, file=file
        ),
        served_pair=served_pair(located_home.published),
    )
    check_targets(settings.targets, segments=segments_known(catalog, deployment.custom_schemes), file=file)
    _check_sources_fit(deployment, file=file)
    # Read here, so that what is wrong with it is told before anything runs.
    _ = deployment.treatment_policy
    _check_something_to_build(deployment)
    audiences = compile_audiences(
        settings.campaigns,
        catalog=deployment.customer_columns,
        thresholds={**default_thresholds(), **settings.thresholds},
        file=file,
    )
    return replace(deployment, audiences=audiences)


def _locate_config(config: Path | None, home: Home) -> Path:
    candidates = [Path(CONFIG_NAME), *sorted(home.samples.glob(f"*/{CONFIG_NAME}"))]
    given = config or (Path(os.environ[CONFIG_VARIABLE]) if os.environ.get(CONFIG_VARIABLE) else None)
    if given is None:
        given = next((candidate for candidate in candidates if candidate.is_file()), None)
    if given is None or not given.is_file():
        raise TesseraError(
            "there is no configuration",
            expected=f"a file {given or CONFIG_NAME}",
            found="no such file",
            fix="name it with --config, or put a sample in place with: tessera sample completejourney",
        )
    return given.resolve()


def _validate(file: YamlFile) -> Settings:
    try:
        return Settings.model_validate(file.content if file.content is not None else {})
    except ValidationError as error:
        problems = []
        for problem in error.errors(include_url=False):
            location = problem["loc"]
            place = ".".join(str(step + 1 if isinstance(step, int) else step) for step in location) or "the file"
            told = problem["msg"].removeprefix("Value error, ")
            if problem["type"] == "extra_forbidden":
                told = f"there is no such key; write one of {', '.join(keys_at(location))}"
            problems.append(f"line {file.line_of(location)}: {place}: {told}")
        raise TesseraError(
            f"{file.path} is not a valid configuration",
            expected="the form described in docs/bring-your-data.md",
            found="\n            ".join(problems),
            fix="correct " + ("this line" if len(problems) == 1 else "these lines"),
        ) from error


def _check_names(names: Mapping[Place, str], *, known: Collection[str], file: YamlFile, thing: str) -> None:
    for place, name in names.items():
        if name not in known:
            close = difflib.get_close_matches(name, list(known), n=1)
            raise TesseraError(
                f"{file.path} line {file.line_of(place)}: there is no {thing} {name!r}",
                expected=f"one of {', '.join(sorted(known))}",
                found=name,
                fix=f"did you mean {close[0]}?" if close else f"correct the {thing}'s name",
            )


def _check_sources_fit(deployment: Deployment, *, file: YamlFile) -> None:
    seen: set[tuple[str, str]] = set()
    for index, source in enumerate(deployment.settings.sources):
        place = f"{file.path} line {file.line_of(['sources', index])}: source {source.contract}"
        if source.files is not None:
            continue
        if (source.contract, source.origin) in seen:
            raise TesseraError(
                f"{place}: it is read from the same place twice",
                expected="one entry for one table or address",
                found=source.origin,
                fix="remove one of the entries",
            )
        seen.add((source.contract, source.origin))
        if not source.is_snapshot and not deployment.inbound[source.contract].primary_key:
            raise TesseraError(
                f"{place}: its contract has no primary key",
                expected="a key, because rows around the cursor are read again and only a key tells them from new ones",
                found="increments of a table without a key",
                fix="declare delivery: snapshot (and no cursor), or a key in the contract",
            )


def _check_something_to_build(deployment: Deployment) -> None:
    if "order_lines" not in deployment.entities_on:
        raise TesseraError(
            f"{deployment.config_path}: no transaction source is connected",
            expected="a contract that feeds order lines, such as transactions__order_lines",
            found=", ".join(sorted(deployment.sources_on)),
            fix="add the source of your order lines",
        )
    if not deployment.schemes and not deployment.custom_schemes:
        raise TesseraError(
            f"{deployment.config_path}: no scheme is left to build",
            expected="at least one scheme that is on and has its sources",
            found="; ".join(f"{status.scheme}: {status.reason}" for status in deployment.scheme_status),
            fix="switch one on under schemes, or write one under custom_schemes",
        )


def tonight(deployment: Deployment, date: dt.date | None = None) -> dt.date:
    """Return the night to run: the asked date, checked against the deployment's nights, or the default one."""
    settings = deployment.settings
    night = settings.night_or_default(date, now=dt.datetime.now(tz=dt.UTC))
    last = settings.night_or_default(None, now=dt.datetime.now(tz=dt.UTC))
    if not settings.nights.first <= night <= last:
        raise TesseraError(
            f"{night} is not a night of this deployment",
            expected=f"a date from {settings.nights.first} to {last}",
            found=str(night),
            fix=f"choose another --date, or change nights in {deployment.config_path}",
        )
    return night
