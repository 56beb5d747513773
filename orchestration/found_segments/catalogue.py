"""The found schemes of the project.

Belongs here: the list. Does not belong here: a scheme.
"""

from __future__ import annotations

from orchestration.found_segments.benefits import BENEFITS
from orchestration.found_segments.clusters import CLUSTERS
from orchestration.found_segments.needs import NEEDS
from orchestration.found_segments.psychographic import PSYCHOGRAPHIC

FOUND_SCHEMES = {scheme.name: scheme for scheme in (NEEDS, BENEFITS, PSYCHOGRAPHIC, CLUSTERS)}
