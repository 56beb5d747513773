#!/bin/sh
# Makes .venv from a lock on a machine that has only Python 3.11 or 3.12: "setup.sh" what running needs, "setup.sh dev"
# also what tests and linters need. Set PYTHON to choose one.
set -eu
cd "$(dirname "$0")/.."

lock=requirements.lock
# Who has the development packages keeps them.
if [ "${1:-}" = dev ] || [ -e .venv/.ready-dev ]; then
    lock=requirements-dev.lock
fi

supported='import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 12)))'
found=
for python in ${PYTHON:-} python3 python3.12 python3.11 python; do
    if "$python" -c "$supported" 2>/dev/null; then
        found=$python
        break
    fi
done
if [ -z "$found" ]; then
    echo "Tessera needs Python 3.11 or 3.12; found $(python3 --version 2>&1 || echo none)." >&2
    echo "Install one, or name it: make run PYTHON=/path/to/python3.12" >&2
    exit 2
fi

if ! .venv/bin/python -c "$supported" 2>/dev/null; then
    rm -rf .venv
    "$found" -m venv .venv
fi
echo "Setting up .venv with $(.venv/bin/python --version) from $lock (about a minute the first time)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check "$(grep -o '^uv==[0-9.]*' "$lock")"
# A certificate that pip was told to trust (a company's proxy, say) holds for uv too.
if [ -z "${SSL_CERT_FILE:-}" ] && [ -n "${PIP_CERT:-}" ]; then
    export SSL_CERT_FILE="$PIP_CERT"
fi
.venv/bin/uv pip sync --quiet --python .venv/bin/python --compile-bytecode "$lock"
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
