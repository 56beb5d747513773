"""Which models and which ways of segmenting changed since the version before.

Belongs here: comparing fingerprints, decisions and what is available. Does not belong here: how good models are (the
mart ``model_metrics`` and the explorer).
"""

from __future__ import annotations

from collections.abc import Iterable

from orchestration.digest.content import Chapter, Line, chapter, line, name_of, one_line
from orchestration.digest.numbers import Numbers
from orchestration.digest.reading import Edition

PAGE = "Predictions"
_MOST = 3
_TITLE = "Models and ways of segmenting"
_AVAILABLE = "available"
_DECISIONS = {
    "promoted": "is published",
    "serving": "stays published, by the model learnt earlier",
    "other_model": "is not published, because another model was better",
    "baseline": "is not published, the simple baseline is",
    "not_learned": "could not be learnt",
}
_LONGEST_REASON = 110


def models(tonight: Edition, before: Edition | None, numbers: Numbers) -> Chapter:
    """The chapter: against the version before, or what there is where it is the first."""
    lines = _all(tonight, numbers) if before is None else _changed(tonight, before)
    return chapter(_TITLE, lines or [line("No model changed, and the same ways of segmenting are there.")], most=_MOST)


def _all(tonight: Edition, numbers: Numbers) -> list[Line]:
    schemes = tonight.rows["segmentation_schemes"]
    absent = [row for row in schemes if row["status"] != _AVAILABLE]
    told = f"{numbers.count(len(schemes) - len(absent))} of {numbers.count(len(schemes))} ways of segmenting are there"
    if absent:
        told += f"; {name_of(absent[0]['scheme_name'])} is not: {_reason(absent[0]['status_reason'])}"
    lines = [line(f"{told}.", page="Segments")]
    if tonight.models:
        lines.append(line(f"Models in use: {_listed(tonight.models)}.", page=PAGE))
    left_out = [model for model, (decision, _) in tonight.decisions.items() if decision in ("baseline", "not_learned")]
    return lines + [_decided(tonight, model) for model in sorted(left_out)]


def _changed(tonight: Edition, before: Edition) -> list[Line]:
    lines = []
    then = {row["scheme"]: row for row in before.rows["segmentation_schemes"]}
    for row in tonight.rows["segmentation_schemes"]:
        is_there = row["status"] == _AVAILABLE
        was_there = row["scheme"] in then and then[row["scheme"]]["status"] == _AVAILABLE
        if is_there != was_there:
            why = "" if is_there else f": {_reason(row['status_reason'])}"
            text = f"{name_of(row['scheme_name'])} is {'available now' if is_there else 'no longer available'}{why}."
            lines.append(line(text, page="Segments"))
    gone = set(then) - {row["scheme"] for row in tonight.rows["segmentation_schemes"]}
    lines += [line(f"{name_of(then[scheme]['scheme_name'])} is gone.", page="Segments") for scheme in sorted(gone)]
    lines += [
        _decided(tonight, model)
        for model in sorted(tonight.decisions)
        if model not in before.decisions or before.decisions[model][0] != tonight.decisions[model][0]
    ]
    learnt = {name: code for name, code in tonight.models.items() if before.models.get(name) != code}
    if learnt:
        lines.append(line(f"Learnt anew: {_listed(learnt)}.", page=PAGE))
    if lost := before.models.keys() - tonight.models.keys():
        lines.append(line(f"No longer in use: {_listed(lost)}.", page=PAGE))
    return lines


def _decided(tonight: Edition, model: str) -> Line:
    decision, reason = tonight.decisions[model]
    told = f"The model {_words(model)} {_DECISIONS.get(decision, decision)}"
    return line(f"{told}: {_reason(reason)}." if reason else f"{told}.", page=PAGE)


def _reason(text: object) -> str:
    return one_line(str(text or "the reason is not known"), _LONGEST_REASON).rstrip(".")


def _words(model: str) -> str:
    return name_of(model.replace("__", ": ").replace("_", " "))


def _listed(models: Iterable[str]) -> str:
    return ", ".join(_words(name) for name in sorted(models))
