"""The digest: what a marketer should know of a night, on one screen, as files of the published version.

Belongs here: what of two versions' marts is told, in which words, as Markdown, HTML and plain text. Does not belong
here: sending it (``notices``), the explorer, writing and serving versions (``publishing``).
"""
