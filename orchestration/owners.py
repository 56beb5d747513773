"""Who answers for which stage of the night.

Belongs here: owners by Dagster group. Does not belong here: owners of segments (the segment catalogue).
"""

OWNERS = {
    "raw": "team:data-engineering",
    "staging": "team:data-engineering",
    "seeds": "team:marketing",
    "canonical": "team:data-engineering",
    "identity": "team:data-engineering",
    "matching": "team:data-science",
    "features": "team:analytics-engineering",
    "outcomes": "team:analytics-engineering",
    "ml": "team:data-science",
    "segmentations": "team:marketing",
    "evaluation": "team:data-science",
    "demand": "team:analytics-engineering",
    "treatments": "team:marketing",
    "campaigns": "team:marketing",
    "kpis": "team:analytics-engineering",
    "marts": "team:analytics-engineering",
    "gate": "team:data-engineering",
    "publish": "team:data-engineering",
}
