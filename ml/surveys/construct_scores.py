"""One number per construct and respondent, from the several statements that measure it.

Belongs here: means of statements, centred on the person. Does not belong here: which respondents are left out
(``answer_matrix``), what becomes of the numbers.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.errors import ModelInputError
from ml.surveys.answer_matrix import AnswerMatrix
from ml.surveys.class_naming import Statement, plain_words

OWNER = "construct_scores"
# With two centred constructs one is the other turned round.
FEWEST_CONSTRUCTS = 3


def construct_scores(matrix: AnswerMatrix) -> pd.DataFrame:
    """Return how much more each respondent agrees with a construct than with all of them.

    The mean over the construct's statements that were answered, less the respondent's mean over the constructs
    (ipsatisation, Cunningham, Cunningham & Green 1977), so that whoever agrees with everything is like everybody else
    and a construct with many statements does not weigh more. Means of several statements are nearer to the normal
    distribution of a latent class than a tick on five places is.

    Args:
        matrix: Answers as shares of the scale, turned towards what they measure, not centred.

    Returns:
        One row per respondent of the matrix, one column per construct, sorted; between -1 and 1; NaN where none of the
        construct's statements was answered.

    Raises:
        ModelInputError: The answers are centred already, or measure fewer than three constructs.
    """
    constructs = matrix.items["construct"]
    named = sorted(str(name) for name in constructs.dropna().unique())
    if matrix.ipsatised or len(named) < FEWEST_CONSTRUCTS:
        raise ModelInputError(
            f"{OWNER}: these answers have no scores of constructs",
            expected=f"answers that are not centred, to statements on {FEWEST_CONSTRUCTS} constructs or more",
            found=("centred" if matrix.ipsatised else "not centred") + f" answers, constructs {', '.join(named)}",
            fix="say of each statement which construct it measures",
        )
    columns = []
    for name in named:
        answers = matrix.answers[list(constructs.index[constructs == name])].to_numpy()
        given = (~np.isnan(answers)).sum(axis=1)
        # One item after the other, so that the sum does not depend on how numpy pairs them.
        total = np.zeros(len(answers))
        for column in answers.T:
            total += np.nan_to_num(column)
        columns.append(np.divide(total, given, out=np.full(len(answers), np.nan), where=given > 0))
    scores = np.column_stack(columns)
    with np.errstate(invalid="ignore"):
        own = np.array([np.nanmean(row) if not np.isnan(row).all() else np.nan for row in scores])
    return pd.DataFrame(scores - own[:, None], index=matrix.answers.index, columns=named)


def construct_statements(constructs: list[str], *, prefix: str = "") -> dict[str, Statement]:
    """Return words for constructs, from their names.

    Args:
        constructs: Names.
        prefix: A beginning that says what kind of construct it is, and no word to a reader.
    """
    words = {name: plain_words(name.removeprefix(prefix)) or plain_words(name) for name in constructs}
    return {
        name: Statement(aspect=told, high=f"agree with statements on {told}", low=f"disagree with statements on {told}")
        for name, told in words.items()
    }
