"""The drawing library that the page carries, so that it needs no network.

Belongs here: getting Vega-Lite with vega-embed as one script. Does not belong here: charts (``script/``).
"""

from __future__ import annotations

from functools import cache


@cache
def vega_script() -> str:
    """Vega, Vega-Lite and vega-embed as one classic script; made once a process, as it costs seconds.

    Returns:
        A script that sets ``window.vegaEmbed``; the bundler's own short names stay inside it.
    """
    # Imported here because the commands that write no page should not wait for it.
    import vl_convert

    # The function's own stub asks for the snippet that may be left out.
    bundle = vl_convert.javascript_bundle()  # type: ignore[call-arg]
    return f"(function(){{\n{bundle}\n}})();"
