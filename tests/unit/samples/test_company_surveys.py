"""What the simulated customers answer and say in public agrees with what they truly need and feel."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd


def test_answers_are_those_the_respondent_would_give(company) -> None:
    needs = company.true("needs").set_index("person_id")
    owner = company.true("records").query("source == 'typeform__responses'").set_index("record_id")["person_id"]
    items = company.true("survey_items").set_index("question_id")["item"]
    typeform = json.loads((company.data / "typeform_responses.json").read_text(encoding="utf-8"))
    compared = 0
    for response in typeform["items"]:
        true = needs.loc[owner[response["response_id"]]]
        for answer in response["answers"]:
            if answer["type"] == "number":
                assert answer["number"] == true[items[answer["field"]["id"]]]
                compared += 1
            elif answer["field"]["ref"] == "reason":
                assert answer["choice"]["label"] == true["reason"]
            elif answer["field"]["ref"] == "ideas":
                assert answer["choices"]["labels"] == list(true["ideas"])
    assert compared > 500


def test_every_question_that_was_answered_is_described(company) -> None:
    questions = pd.read_csv(company.data / "survey_questions.csv").set_index("question_id")
    typeform = json.loads((company.data / "typeform_responses.json").read_text(encoding="utf-8"))
    fields = {
        answer["field"]["id"]: answer["field"]["ref"]
        for response in typeform["items"]
        for answer in response["answers"]
        if answer["type"] != "email"
    }
    assert set(fields) == set(questions.index)
    chosen = questions[~questions["kind"].isin(["likert", "csat"])].rename(index=fields)
    assert chosen[["kind", "construct"]].to_dict("index") == {
        "reason": {"kind": "choice", "construct": "benefit"},
        "ideas": {"kind": "multi", "construct": "inspiration"},
        "delivery": {"kind": "choice", "construct": "delivery"},
    }
    assert chosen[["scale_min", "scale_max"]].isna().all(axis=None)
    scales = questions.loc[questions["kind"].isin(["likert", "csat"]), ["scale_min", "scale_max"]]
    assert scales.eq([1, 5]).all(axis=None)


def test_classes_of_needs_answer_differently(company) -> None:
    needs = company.true("needs").groupby("needs_class").mean(numeric_only=True)
    assert needs.loc["price_value", "price_1"] > needs.loc["curated_home", "price_1"] + 1.5
    assert needs.loc["design_novelty", "novelty_1"] > needs.loc["easy_everyday", "novelty_1"] + 1.5
    assert needs.loc["thoughtful_gifts", "gifting_1"] > needs.loc["reliable_supply", "gifting_1"] + 1.5


def test_content_customers_give_better_scores(company) -> None:
    people = company.true("people").set_index("person_id")
    owner = company.true("records").query("source == 'delighted__responses'").set_index("record_id")["person_id"]
    delighted = json.loads((company.data / "delighted_responses.json").read_text(encoding="utf-8"))
    scores = pd.Series({item["id"]: item["score"] for item in delighted}, dtype=float)
    content = scores.index.map(owner).map(people["satisfaction"]).to_numpy()
    good = scores.between(0, 10).to_numpy()
    assert np.corrcoef(scores[good], content[good])[0, 1] > 0.5


def test_content_customers_speak_well_in_public(company) -> None:
    people = company.true("people").set_index("person_id")["satisfaction"]
    owner = company.true("records").query("source == 'brandwatch__mentions'")
    owner = owner.set_index("record_id")["person_id"]
    mentions = pd.read_csv(company.data / "brandwatch_mentions.csv", dtype=str)
    content = mentions["Resource Id"].map(owner).map(people)
    means = content.groupby(mentions["Sentiment"]).mean()
    assert means["positive"] > means["neutral"] > means["negative"]


def test_attitudes_are_answered_as_they_are_held(company) -> None:
    attitudes = company.true("attitudes").set_index("person_id")
    owner = company.true("records").query("source == 'typeform__responses'").set_index("record_id")["person_id"]
    items = company.true("attitude_items").set_index("question_id")["item"]
    questions = pd.read_csv(company.data / "survey_questions_attitudes.csv").set_index("question_id")
    assert set(questions.index) == set(items.index)
    assert questions["construct"].str.startswith("attitude_").all()
    assert 3 <= questions["reversed"].sum() < len(questions) / 2
    typeform = json.loads((company.data / "typeform_attitudes.json").read_text(encoding="utf-8"))
    assert len(typeform["items"]) > 80
    skipped, hasty = 0, []
    for response in typeform["items"]:
        true = attitudes.loc[owner[response["response_id"]]]
        for answer in response["answers"]:
            assert answer["number"] == true[items[answer["field"]["id"]]]
        skipped += len(items) - len(response["answers"])
        took = pd.Timestamp(response["submitted_at"]) - pd.Timestamp(response["landed_at"])
        if true["is_straight_liner"]:
            hasty.append(took.total_seconds())
            assert len({answer["number"] for answer in response["answers"]}) == 1
    assert 0 < skipped < 0.06 * len(items) * len(typeform["items"])
    assert all(seconds < 60 for seconds in hasty)


def test_classes_of_attitudes_agree_with_their_own_statements(company) -> None:
    attitudes = (
        company.true("attitudes").query("not is_straight_liner").groupby("attitude_class").mean(numeric_only=True)
    )
    for name, item in (
        ("stage_setters", "att_pride_1"),
        ("careful_planners", "att_thrift_1"),
        ("nature_minded", "att_nature_1"),
        ("comfort_seekers", "att_ease_1"),
    ):
        assert attitudes.loc[name, item] > attitudes[item].drop(name).max() + 0.5
    # A reversed statement is what the class does not say.
    assert attitudes.loc["nature_minded", "att_nature_3"] < attitudes["att_nature_3"].drop("nature_minded").min() - 0.5
