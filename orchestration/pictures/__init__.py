"""Small pictures as SVG, for metadata of assets and other readers that show data addresses.

Belongs here: bars, lines and their common frame, out of plain numbers and words. Does not belong here: what is shown.
"""
