"""What is wrong with a policy is told with its file, its line, what was expected, what was found and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from orchestration.configuration.deployment import load_deployment
from orchestration.errors import TesseraError
from orchestration.repository import ROOT
from tests.support.deployments import write_config
from tests.unit.treatments.policies import read

POLICY = """\
win_back:
  options:
    voucher: {name: Voucher, channel: any}
    call: {name: Call, channel: phone}
    none: Nothing
  rules:
    - code: worth_it
      option: voucher
      when: {rfm_segment_code: lost, p_return_90d: "< 50%"}
      cost: 5
      capacity: {budget: 100, by: margin_at_risk}
      fatigue: {contacts: 3, days: 30}
    - code: others_who_left
      option: call
      when:
        rfm_segment_code: lost
  otherwise: none
"""


def refused(folder: Path, old: str, new: str) -> TesseraError:
    assert POLICY.count(old) >= 1, old
    with pytest.raises(TesseraError) as caught:
        read(folder, POLICY.replace(old, new, 1))
    return caught.value


def test_the_policy_of_these_tests_is_a_good_one(tmp_path: Path) -> None:
    policy = read(tmp_path, POLICY)["win_back"]
    assert [rule.code for rule in policy.rules] == ["worth_it", "others_who_left"]
    assert policy.otherwise.option == "none"
    # What a channel needs is among the conditions, whether they say so or not.
    assert "is_contactable_by_phone" in policy.rules[1].columns


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("win_back:", "winback:", 1, "there is no dimension 'winback'"),
        ("option: call", "option: phone_call", 14, "there is no option 'phone_call' of win_back"),
        ("  otherwise: none", "  otherwise: nothing", 17, "there is no option 'nothing' of win_back"),
        ("  otherwise: none", "  otherwise: voucher", 17, "voucher cannot be given to everybody else"),
        ("code: others_who_left", "code: worth_it", 13, "two rules of win_back have the same code"),
        ("code: others_who_left", "code: otherwise", 17, "two rules of win_back have the same code"),
        ("rfm_segment_code: lost,", "rfm_segment_code: loste,", 9, "the condition on rfm_segment_code cannot be read"),
        ("rfm_segment_code: lost,", "rfm_segment: lost,", 9, "there is no column 'rfm_segment'"),
        ('"< 50%"', '"< 50% and > 60%"', 7, "the rule of worth_it can never hold"),
        ("        rfm_segment_code: lost\n", "        order_count: '< 0'\n", 13, "can never hold"),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, told: str) -> None:
    error = refused(tmp_path, old, new)
    assert told in error.what
    assert f"policy.yml line {line}:" in error.what
    assert error.expected
    assert error.fix


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  otherwise: none\n", "", "win_back.otherwise: there is no otherwise"),
        (
            "budget: 100",
            "budget: -1",
            "line 11: win_back.rules.1.capacity.budget: Input should be",
        ),
        ("budget: 100", "budget: .nan", "line 11"),
        ("budget: 100", "budget: true", "True does not fit; write an amount"),
        ("      cost: 5\n", "", "a budget needs the cost of one customer"),
        ("budget: 100, by", "by", "it says nothing of how many"),
        ("by: margin_at_risk", "by: measured_gain", "write a fallback with by: measured_gain"),
        ("by: margin_at_risk", "by: luck", "line 11: win_back.rules.1.capacity.by"),
        ("contacts: 3", "contacts: 0", "line 12: win_back.rules.1.fatigue.contacts"),
        ("days: 30", "days: 30, weeks: 2", "there is no such key"),
        ("channel: phone", "channel: pigeon", "line 4: win_back.options.call"),
        ("code: worth_it", "code: Worth It", "write a code of small letters"),
        ("      when:\n        rfm_segment_code: lost\n", "", "win_back.rules.2.when: Field required"),
    ],
)
def test_what_is_no_form_of_a_policy_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    error = refused(tmp_path, old, new)
    assert error.what.endswith("is not a valid policy")
    assert told in error.found


def test_a_rule_whose_customers_an_open_rule_has_taken_is_refused_and_one_after_a_limit_is_not(tmp_path: Path) -> None:
    # The same conditions twice are right where the first rule has few places only.
    again = POLICY.replace(', p_return_90d: "< 50%"', "").replace("option: call", "option: voucher")
    assert len(read(tmp_path, again)["win_back"].rules) == 2
    without = again.replace("      capacity: {budget: 100, by: margin_at_risk}\n", "")
    without = without.replace("      fatigue: {contacts: 3, days: 30}\n", "")
    with pytest.raises(TesseraError) as caught:
        read(tmp_path, without)
    assert "nobody is left for the rule of others_who_left" in caught.value.what
    assert "worth_it (line 7)" in caught.value.found


class TestPriorities:
    TEXT = POLICY.replace("      cost: 5\n", "      cost: 5\n      priority: 2\n").replace(
        "      option: call\n", "      option: call\n      priority: 1\n"
    )

    def test_the_smaller_priority_is_asked_first(self, tmp_path: Path) -> None:
        rules = read(tmp_path, self.TEXT)["win_back"].rules
        assert [rule.code for rule in rules] == ["others_who_left", "worth_it"]

    def test_two_rules_that_fit_one_customer_need_different_ones(self, tmp_path: Path) -> None:
        with pytest.raises(TesseraError) as caught:
            read(tmp_path, self.TEXT.replace("priority: 1", "priority: 2"))
        assert "the rules worth_it and others_who_left contradict each other" in caught.value.what
        assert "rfm_segment_code lost" in caught.value.found

    def test_rules_that_fit_nobody_both_may_have_the_same(self, tmp_path: Path) -> None:
        apart = self.TEXT.replace("priority: 1", "priority: 2").replace(
            "        rfm_segment_code: lost\n", "        rfm_segment_code: champions\n"
        )
        assert len(read(tmp_path, apart)["win_back"].rules) == 2

    def test_all_rules_have_one_or_none(self, tmp_path: Path) -> None:
        with pytest.raises(TesseraError, match="has no priority and others have one"):
            read(tmp_path, self.TEXT.replace("      priority: 1\n", ""))


def test_only_dimensions_that_contact_somebody_know_fatigue(tmp_path: Path) -> None:
    text = """
support_tier:
  options: {vip: VIP, standard: Standard}
  rules:
    - {code: some, option: vip, when: {order_count: "> 1"}, fatigue: {contacts: 3, days: 30}}
  otherwise: standard
"""
    with pytest.raises(TesseraError, match="support_tier contacts nobody"):
        read(tmp_path, text)


def test_a_channel_of_which_no_consent_is_known_cannot_be_an_option(tmp_path: Path) -> None:
    text = """
contact_channel:
  options: {email: E-mail, whatsapp: WhatsApp, none: None}
  otherwise: none
"""
    with pytest.raises(TesseraError, match="whatsapp is not a channel whose consent is known"):
        read(tmp_path, text)


@pytest.mark.parametrize("text", ["", "[]", "just words", "42"])
def test_a_file_that_is_no_policy_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(TesseraError, match="it is not a policy"):
        read(tmp_path, text)


class TestDeployment:
    def test_the_projects_policy_holds_where_the_companys_file_says_nothing_else(self, tmp_path: Path) -> None:
        (tmp_path / "my_policy.yml").write_text(
            "support_tier:\n  rules:\n    - code: regulars\n      option: vip\n      when: {order_365d_count: '>= 5'}\n"
            "  otherwise: standard\n",
            encoding="utf-8",
        )
        config = write_config(tmp_path, more="treatments: {policy: my_policy.yml}\n")
        policy = load_deployment(config, tmp_path / "home").treatment_policy
        assert [rule.code for rule in policy["support_tier"].rules] == ["regulars"]
        assert "call_the_valuable" in [rule.code for rule in policy["detractor_follow_up"].rules]

    def test_what_is_wrong_with_it_is_told_when_the_deployment_is_read(self, tmp_path: Path) -> None:
        config = write_config(tmp_path, more="treatments: {policy: my_policy.yml}\n")
        with pytest.raises(TesseraError, match=r"my_policy\.yml does not exist"):
            load_deployment(config, tmp_path / "home")
        (tmp_path / "my_policy.yml").write_text("support_tier: {otherwise: gold}\n", encoding="utf-8")
        with pytest.raises(TesseraError, match="there is no option 'gold' of support_tier"):
            load_deployment(config, tmp_path / "home")

    def test_a_policy_is_no_part_of_what_past_dates_are_computed_from(self, tmp_path: Path) -> None:
        plain = load_deployment(write_config(tmp_path / "plain"), tmp_path / "home").dbt_vars
        (tmp_path / "own").mkdir()
        (tmp_path / "own" / "p.yml").write_text("support_tier: {otherwise: vip}\n", encoding="utf-8")
        own = load_deployment(write_config(tmp_path / "own", more="treatments: {policy: p.yml}\n"), tmp_path / "home")
        assert own.dbt_vars["treatment_policy"] != plain["treatment_policy"]
        assert own.dbt_vars["history_code"] == plain["history_code"]


def test_the_policies_of_the_guide_can_be_read(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "treatments.md").read_text(encoding="utf-8")
    setting, *policies = re.findall(r"^```yaml\n(.*?)^```", guide, flags=re.MULTILINE | re.DOTALL)
    assert len(policies) == 2
    for policy in policies:
        (tmp_path / "my_policy.yml").write_text(policy, encoding="utf-8")
        read_policy = load_deployment(write_config(tmp_path, more=setting), tmp_path / "home").treatment_policy
        (dimension,) = yaml.safe_load(policy)
        assert read_policy[dimension].rules[0].line > 1
