"""Every segment as a persona: who they are, what they need, how they buy and feel, what to do, how sure that is.

Belongs here: sentences about a segment, each made from values of published marts. Does not belong here: reading marts,
laying pages out (``explorer``), deciding treatments.
"""
