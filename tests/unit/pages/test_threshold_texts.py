"""What the comments of ``dbt_project.yml`` say of a threshold."""

from __future__ import annotations

from scripts.pages.threshold_texts import read_thresholds


def test_a_comment_holds_for_the_lines_below_it_without_its_title() -> None:
    thresholds = read_thresholds()
    assert thresholds["rfm_window_days"].meaning.startswith("Days of the window")
    assert thresholds["lifecycle_cooling_days"].meaning == thresholds["lifecycle_active_days"].meaning
    assert thresholds["lifecycle_reference_gap_days"].meaning.startswith("Median days")
