"""Where the project's own files are.

Belongs here: paths inside the checkout. Does not belong here: paths of a deployment (``home``).
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DBT_PROJECT = ROOT / "dbt_project"
SCHEME_CATALOG = DBT_PROJECT / "seeds" / "scheme_catalog.csv"
SEGMENT_CATALOG = DBT_PROJECT / "seeds" / "segment_catalog.csv"
SEGMENTATION_MODELS = DBT_PROJECT / "models" / "segmentations"
INBOUND_CONTRACTS = ROOT / "data_contracts" / "inbound"
OUTBOUND_CONTRACTS = ROOT / "data_contracts" / "outbound"
WORKSPACE = ROOT / "workspace.yaml"
