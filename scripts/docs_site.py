"""Build the documentation site out of the README and the pages of docs/.

Pages are written for a Git host, where links lead to files. On the site the README is the first page, and a file of
the repository that a page links to lies beside the pages.

Belongs here: putting the pages in place, calling the builder, the command line. Does not belong here: the look and the
order of the site (``mkdocs.yml``, ``site_theme``), the generated pages (``scheme_pages``).

    python -m scripts.docs_site    write site/
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from orchestration.errors import TesseraError
from orchestration.repository import ROOT
from scripts.pages.links import with_links

CONFIGURATION = "mkdocs.yml"
# Where files of the repository lie that pages link to.
FILES = "files"
_THEME = "scripts/site_theme"
_FOLDER = re.compile(r"^(\s*)- (\w+)/README\.md$", flags=re.MULTILINE)


def build_site(site: Path) -> str:
    """Build the site; any warning fails, above all a link or anchor that leads nowhere.

    Args:
        site: The folder to write; what is in it is replaced.

    Returns:
        What the builder said.

    Raises:
        TesseraError: The builder refused a page, or a page links to what is not there.
    """
    with tempfile.TemporaryDirectory() as folder:
        workplace = Path(folder)
        put_in_place(workplace)
        done = subprocess.run(
            [sys.executable, "-m", "zensical", "build", "--strict", "--clean"],
            cwd=workplace,
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        if done.returncode:
            raise TesseraError(
                "the documentation site is not built",
                expected="pages without a warning",
                found=said.strip() or f"exit code {done.returncode}",
                fix="mend what it names",
            )
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(workplace / "site", site)
        return said


def put_in_place(folder: Path) -> None:
    """Write pages, pictures, theme and configuration, as the builder takes them, into a folder.

    Raises:
        TesseraError: A page links to what is not there, or to what is not of the repository.
    """
    shutil.copytree(ROOT / _THEME, folder / _THEME)
    configuration = (ROOT / CONFIGURATION).read_text(encoding="utf-8")
    (folder / CONFIGURATION).write_text(_FOLDER.sub(_with_its_pages, configuration), encoding="utf-8")
    docs = folder / "docs"
    shutil.copytree(ROOT / "docs" / "images", docs / "images")
    for page in pages():
        text = with_links(page.read_text(encoding="utf-8"), lambda target, page=page: _on_site(page, target, docs))
        path = docs / _place(page)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def pages() -> Iterator[Path]:
    """Every page of the site, as the repository has it."""
    yield ROOT / "README.md"
    yield from sorted((ROOT / "docs").rglob("*.md"))


def _place(path: Path) -> Path:
    """Where a file of the repository lies below the site's docs."""
    if path == ROOT / "README.md":
        return Path("index.md")
    below = path.relative_to(ROOT)
    if below.parts[0] == "docs":
        return Path(*below.parts[1:])
    return Path(FILES) / below


def _on_site(page: Path, target: str, docs: Path) -> str:
    """What a page's link becomes on the site; a linked file of the repository is copied there."""
    name, mark, heading = target.partition("#")
    if not name or re.match(r"[a-z][a-z0-9+.-]*:", name):
        return target
    found = (page.parent / name).resolve()
    if found.is_dir():
        found = found / "README.md"
    if not found.is_file() or ROOT not in found.parents:
        raise TesseraError(
            f"{page.relative_to(ROOT)}: a link leads nowhere",
            expected="a file of the repository, or a folder with a README.md",
            found=target,
            fix="correct the link",
        )
    place = _place(found)
    if place.parts[0] == FILES:
        (docs / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found, docs / place)
    return Path(os.path.relpath(docs / place, (docs / _place(page)).parent)).as_posix() + mark + heading


def _with_its_pages(match: re.Match[str]) -> str:
    """A folder's index in the navigation, and the folder's other pages below it."""
    folder = ROOT / "docs" / match[2]
    others = sorted(path.name for path in folder.glob("*.md") if path.name != "README.md")
    lines = [f"{match[1]}    - {match[2]}/{name}" for name in others]
    return "\n".join([match[0], f"{match[1]}- One by one:", *lines])


def main() -> int:
    """Run the command line; returns the exit code."""
    try:
        build_site(ROOT / "site")
    except TesseraError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"written: site ({sum(1 for _ in pages())} pages); open site/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
