"""Put symback into a page: Pyodide and Temml from npm, wheels from PyPI, all in one folder.

    python docs/_site/browser.py build/site/try

The folder is served as it is, by any server of files; its pages ask for nothing outside of it.
Needs npm, pip and their registries while it builds.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
NPM = {"pyodide": "pyodide@314", "temml": "temml@0.13"}
PURE = ("sympy>=1.13,<2", "mpmath", "jinja2>=3.1", "click>=8.1")
ENGINE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")


def build(folder: Path) -> None:
    """Fill a folder with the page and all that it loads."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in (Path(__file__).parent / "try").iterdir():
        shutil.copy(source, folder)
    with tempfile.TemporaryDirectory() as work:
        _from_npm(Path(work), folder)
        _wheels(Path(work), folder / "packages")


def _from_npm(work: Path, folder: Path) -> None:
    command = ["npm", "install", "--no-save", "--ignore-scripts", "--silent", *NPM.values()]
    subprocess.run(command, cwd=work, check=True)
    engine, setter = folder / "pyodide", folder / "temml"
    engine.mkdir(exist_ok=True)
    setter.mkdir(exist_ok=True)
    for name in (*ENGINE, "pyodide-lock.json"):
        shutil.copy(work / "node_modules" / "pyodide" / name, engine)
    for name in ("temml.mjs", "Temml-Local.css", "Temml.woff2"):
        shutil.copy(work / "node_modules" / "temml" / "dist" / name, setter)


def _wheels(work: Path, folder: Path) -> None:
    """The packages, each as one archive; MarkupSafe in its pure form, which has no wheel."""
    folder.mkdir(exist_ok=True)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "download", "--no-deps", "-d", str(work / "w"), *PURE], check=True)
    subprocess.run([*pip, "wheel", "--no-deps", "-w", str(work / "w"), str(ROOT)], check=True)
    source = work / "s"
    subprocess.run(
        [*pip, "download", "--no-deps", "--no-binary", ":all:", "-d", str(source), "markupsafe"],
        check=True,
    )
    names = []
    for wheel in sorted((work / "w").glob("*.whl")):
        name = f"{wheel.name.split('-')[0]}.zip"
        _archive(zipfile.ZipFile(wheel), folder / name)
        names.append(name)
    (archive,) = source.iterdir()
    with tarfile.open(archive) as tar, zipfile.ZipFile(folder / "markupsafe.zip", "w") as out:
        for member in tar.getmembers():
            _, _, inside = member.name.partition("/src/")
            if inside.endswith(".py"):
                content = tar.extractfile(member)
                assert content is not None
                out.writestr(inside, content.read())
    (folder / "packages.json").write_text(json.dumps([*names, "markupsafe.zip"]), encoding="utf-8")


def _archive(wheel: zipfile.ZipFile, path: Path) -> None:
    """A wheel without its tests, which are half of SymPy."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for name in wheel.namelist():
            if "/tests/" not in name:
                out.writestr(name, wheel.read(name))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    build(Path(sys.argv[1]))
