"""The found schemes of the project.

Belongs here: the list. Does not belong here: a scheme.
"""

from __future__ import annotations

from orchestration.found_segments.clusters import CLUSTERS

FOUND_SCHEMES = {scheme.name: scheme for scheme in (CLUSTERS,)}
