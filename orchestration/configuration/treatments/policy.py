"""A treatment policy, read from its files and checked rule by rule.

Belongs here: what a policy consists of, and what is refused of it. Does not belong here: the form of the files
(policy_settings.py), conditions (``conditions``), SQL (compiled.py).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from pydantic import ValidationError

from orchestration.configuration.conditions.column import Column
from orchestration.configuration.conditions.condition import Compare
from orchestration.configuration.conditions.coverage import TooComplexError, check_is_reached, overlap
from orchestration.configuration.conditions.when import Place, When, WhenReader, Whens, both, gathered
from orchestration.configuration.conditions.words import customer_in_words
from orchestration.configuration.treatments.dimensions import (
    ANY_CHANNEL,
    BY_CODE,
    CONSENT,
    DIMENSIONS,
    NO_CHANNEL,
    Dimension,
)
from orchestration.configuration.treatments.policy_settings import (
    Amount,
    Capacity,
    Fatigue,
    Option,
    PolicyDimension,
    PolicyRule,
    Rest,
)
from orchestration.configuration.treatments.protected import UNPROTECTED_GAINS, why_protected
from orchestration.configuration.yaml_file import YamlFile
from orchestration.errors import TesseraError


@dataclass(frozen=True, kw_only=True)
class TreatmentRule(When):
    """Who gets an option, and how many of them; what the option's channel asks for is among the conditions."""

    code: str
    option: str
    name: str | None
    cost: Amount | None
    capacity: Capacity | None
    fatigue: Fatigue | None

    @property
    def label(self) -> str:
        return self.code

    @property
    def is_limited(self) -> bool:
        """Whether some whom it fits may have to go on to the next rule."""
        return self.capacity is not None or self.fatigue is not None


@dataclass(frozen=True, kw_only=True)
class DimensionPolicy(Whens):
    """The rules of one dimension in the order in which they are asked."""

    dimension: Dimension
    rules: Sequence[TreatmentRule]
    options: Mapping[str, Option]
    otherwise: Rest


@dataclass(frozen=True)
class Policies:
    """What policies are read with: every column that rules may ask, and the deployment's own schemes."""

    catalog: Mapping[str, Column]
    custom_schemes: Sequence[Mapping[str, Any]]

    def read(self, file: YamlFile, *, standard: Mapping[str, DimensionPolicy]) -> dict[str, DimensionPolicy]:
        """Read a policy file.

        Args:
            file: The file; each key of it is a dimension.
            standard: What holds of dimensions that the file does not name, whose options the file may use too; empty
                where the file has to name all of them.

        Raises:
            TesseraError: Something does not fit; names the file, the line, what was expected and what to write.
        """
        content = file.content
        if not isinstance(content, dict) or not content:
            raise _error(
                file,
                (),
                "it is not a policy",
                expected="dimensions, each with its rules and otherwise",
                found="nothing" if not content else type(content).__name__,
                fix="begin with a line such as support_tier: and see docs/treatments.md",
            )
        for name in content:
            if name not in BY_CODE:
                close = difflib.get_close_matches(str(name), BY_CODE, n=1)
                raise _error(
                    file,
                    (str(name),),
                    f"there is no dimension {name!r}",
                    expected=f"one of {', '.join(BY_CODE)}",
                    found=str(name),
                    fix=f"did you mean {close[0]}?" if close else "correct the dimension's name",
                )
        missing = [name for name in BY_CODE if name not in content and name not in standard]
        if missing:
            raise _error(
                file,
                (),
                "dimensions are missing",
                expected=f"every one of {', '.join(BY_CODE)}",
                found=f"no {', '.join(missing)}",
                fix="add them, each with otherwise at least",
            )
        return {
            dimension.code: self._dimension(dimension, content[dimension.code], file, standard)
            if dimension.code in content
            else standard[dimension.code]
            for dimension in DIMENSIONS
        }

    def _dimension(
        self, dimension: Dimension, written: Any, file: YamlFile, standard: Mapping[str, DimensionPolicy]
    ) -> DimensionPolicy:
        settings = _validated(dimension, written, file)
        place: Place = (dimension.code,)
        known = standard[dimension.code].options if dimension.code in standard else {}
        options = _options(dimension, {**known, **settings.options}, file)
        _check_option(settings.otherwise.option, options, (*place, "otherwise"), file)
        if options[settings.otherwise.option].channel != NO_CHANNEL:
            raise _error(
                file,
                (*place, "otherwise"),
                f"{settings.otherwise.option} cannot be given to everybody else",
                expected="an option that needs no channel, as not everybody can be contacted",
                found=f"an option with the channel {options[settings.otherwise.option].channel}",
                fix="write an option such as none, and a rule for this one",
            )
        reader = WhenReader(self.catalog, file)
        rules = [
            self._rule(dimension, rule, options, reader, (*place, "rules", index))
            for index, rule in enumerate(settings.rules)
        ]
        _check_codes(rules, settings.otherwise, file, place)
        whens = gathered(rules, catalog=self.catalog, file=file)
        _check_priorities(settings, rules, whens, file=file, place=place)
        asked = sorted(zip(settings.rules, rules, strict=True), key=lambda pair: pair[0].priority or 0)
        policy = DimensionPolicy(
            dimension=dimension,
            rules=tuple(rule for _, rule in asked),
            columns=whens.columns,
            in_days=whens.in_days,
            options=options,
            otherwise=settings.otherwise,
        )
        _check_reached(policy, file=file, place=place)
        return policy

    def _rule(
        self,
        dimension: Dimension,
        settings: PolicyRule,
        options: Mapping[str, Option],
        reader: WhenReader,
        place: Place,
    ) -> TreatmentRule:
        file = reader.file
        _check_option(settings.option, options, (*place, "option"), file)
        if settings.fatigue and not dimension.is_contact:
            raise _error(
                file,
                (*place, "fatigue"),
                f"{dimension.code} contacts nobody",
                expected=f"fatigue in {', '.join(each.code for each in DIMENSIONS if each.is_contact)} only",
                found=f"fatigue in the rule {settings.code}",
                fix="remove the line",
            )
        when = reader.when(settings.when, (*place, "when"))
        rule = TreatmentRule(
            **_with_consent(when, options[settings.option]),
            line=file.line_of((*place, "code")),
            code=settings.code,
            option=settings.option,
            name=settings.name,
            cost=settings.cost,
            capacity=settings.capacity,
            fatigue=settings.fatigue,
        )
        if dimension.is_price:
            self._check_price(rule, settings, file, place)
        return rule

    def _check_price(self, rule: TreatmentRule, settings: PolicyRule, file: YamlFile, place: Place) -> None:
        """Refuse a rule on prices that anything protected decides, however deep in its conditions it stands."""
        for column in rule.columns:
            why = why_protected(column, custom_schemes=self.custom_schemes)
            if why is not None:
                raise _error(
                    file,
                    (*place, "when"),
                    f"the rule {rule.code} decides a price by {column}",
                    expected="conditions on what customers buy, which nothing protected is part of",
                    found=f"{column}: {why}",
                    fix=f"ask something else instead of {column}, such as rfm_segment_code or order_365d_count",
                )
        if settings.capacity and settings.capacity.by not in UNPROTECTED_GAINS:
            raise _error(
                file,
                (*place, "capacity"),
                f"the rule {rule.code} decides a price by {settings.capacity.by}",
                expected=f"by: {' or '.join(sorted(UNPROTECTED_GAINS))}",
                found=f"{settings.capacity.by}, which models have learnt from the country too",
                fix="rank by margin_365d, or remove the capacity",
            )


def _validated(dimension: Dimension, written: Any, file: YamlFile) -> PolicyDimension:
    try:
        return PolicyDimension.model_validate(written if written is not None else {})
    except ValidationError as error:
        problems = []
        for problem in error.errors(include_url=False):
            # Steps of unions and validators are no keys of the file.
            location = (dimension.code, *(step for step in problem["loc"] if not str(step).startswith("function-")))
            place = ".".join(str(step + 1 if isinstance(step, int) else step) for step in location)
            told = problem["msg"].removeprefix("Value error, ")
            if problem["type"] == "missing" and location[-1] == "otherwise":
                told = "there is no otherwise, so that a customer whom no rule fits would get nothing"
            elif problem["type"] == "extra_forbidden":
                told = "there is no such key"
            problems.append(f"line {file.line_of(location)}: {place}: {told}")
        raise TesseraError(
            f"{file.path} is not a valid policy",
            expected="the form described in docs/treatments.md",
            found="\n            ".join(problems),
            fix="correct " + ("this line" if len(problems) == 1 else "these lines"),
        ) from error


def _options(dimension: Dimension, options: Mapping[str, Option], file: YamlFile) -> dict[str, Option]:
    """The options of a dimension; where options are channels, each needs the consent to itself."""
    if not dimension.is_channel:
        return dict(options)
    for code in options:
        if code not in {*CONSENT, NO_CHANNEL}:
            raise _error(
                file,
                (dimension.code, "options", code),
                f"{code} is not a channel whose consent is known",
                expected=f"one of {', '.join(CONSENT)}, {NO_CHANNEL}",
                found=code,
                fix="remove the option: nobody may be contacted without consent",
            )
    return {code: option.model_copy(update={"channel": code}) for code, option in options.items()}


def _with_consent(when: When, option: Option) -> dict[str, Any]:
    """The conditions of a rule, and that the customer may be contacted as its option needs."""
    allowed = Compare("=", True)
    if option.channel in CONSENT:
        return {"always": both(when.always, {CONSENT[option.channel]: allowed}), "alternatives": when.alternatives}
    if option.channel == ANY_CHANNEL:
        reachable = [(box, column) for box in when.boxes for column in CONSENT.values()]
        # Who must not be reachable by one channel may still be by another.
        possible = [(box, column) for box, column in reachable if column not in box or box[column].holds(True)]
        boxes = tuple(both(box, {column: allowed}) for box, column in possible or reachable)
        return {"always": {}, "alternatives": boxes}
    return {"always": when.always, "alternatives": when.alternatives}


def _check_option(option: str, options: Mapping[str, Option], place: Place, file: YamlFile) -> None:
    if option not in options:
        close = difflib.get_close_matches(option, options, n=1)
        raise _error(
            file,
            place,
            f"there is no option {option!r} of {place[0]}",
            expected=f"one of {', '.join(options) or 'the options that the dimension lists'}",
            found=option,
            fix=f"did you mean {close[0]}?" if close else "correct it, or give the new one a name under options",
        )


def _check_codes(rules: Iterable[TreatmentRule], otherwise: Rest, file: YamlFile, place: Place) -> None:
    seen: dict[str, int] = {}
    rest = (otherwise.code, file.line_of((*place, "otherwise")))
    for code, line in [*((rule.code, rule.line) for rule in rules), rest]:
        if code in seen:
            raise TesseraError(
                f"{file.path} line {line}: two rules of {place[0]} have the same code",
                expected="a code of its own for every rule of a dimension",
                found=f"{code} here and on line {seen[code]}",
                fix="rename one of them",
            )
        seen[code] = line


def _check_priorities(
    settings: PolicyDimension, rules: Sequence[TreatmentRule], whens: Whens, *, file: YamlFile, place: Place
) -> None:
    without = [rule.line for rule, said in zip(rules, settings.rules, strict=True) if said.priority is None]
    if without and len(without) < len(rules):
        raise TesseraError(
            f"{file.path} line {without[0]}: a rule of {place[0]} has no priority and others have one",
            expected="a priority in every rule of a dimension, or in none, where the order of the file counts",
            found=f"{len(rules) - len(without)} of {len(rules)} rules with a priority",
            fix="write one here, 1 being asked first, or remove the others",
        )
    for (first, one), (second, other) in combinations(zip(rules, settings.rules, strict=True), 2):
        if one.priority is not None and one.priority == other.priority:
            customer = _searched(lambda a=first, b=second: overlap(whens, a, b), file, place, len(rules))
            if customer is not None:
                raise TesseraError(
                    f"{file.path} line {second.line}: the rules {first.code} and {second.code} contradict each other",
                    expected="different priorities, or conditions that no customer meets both of",
                    found=f"priority {one.priority} twice (line {first.line}), and both fit a customer with "
                    f"{customer_in_words(whens, customer) or 'any values'}",
                    fix="give the one that should win the smaller priority",
                )


def _check_reached(policy: DimensionPolicy, *, file: YamlFile, place: Place) -> None:
    for number, rule in enumerate(policy.rules):
        # Whoever has no place in a rule with a limit goes on, so only rules without one take everybody.
        earlier = [other for other in policy.rules[:number] if not other.is_limited]
        _searched(lambda a=rule, b=earlier: check_is_reached(policy, a, b, file=file), file, place, len(policy.rules))


def _searched(search: Any, file: YamlFile, place: Place, count: int) -> Any:
    try:
        return search()
    except TooComplexError as error:
        raise _error(
            file,
            place,
            f"the rules of {place[0]} are too many to check",
            expected="rules whose combinations can be gone through; each further column multiplies them",
            found=f"{count} rules, {error}",
            fix="ask fewer columns, or make a scheme of them and ask its segments",
        ) from error


def _error(file: YamlFile, place: Place, what: str, *, expected: str, found: str, fix: str) -> TesseraError:
    return TesseraError(f"{file.path} line {file.line_of(place)}: {what}", expected=expected, found=found, fix=fix)
