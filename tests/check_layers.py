#!/usr/bin/env python3
"""Fails on an include that goes against the direction of the layers. usage: check_layers.py SRC_FOLDER

base <- domain <- {image, nn, search, catalog, filing} <- faces(image, nn) <- app <- {http, train} <- cli(http)
"""
import pathlib
import re
import sys

FOUNDATION = {"base", "domain"}
FEATURES = {"image", "nn", "search", "catalog", "filing"}
MAY_INCLUDE = {
    "base": set(),
    "domain": {"base"},
    **{feature: FOUNDATION for feature in FEATURES},
    "faces": FOUNDATION | {"image", "nn"},
    "app": FOUNDATION | FEATURES | {"faces"},
    **{front: FOUNDATION | FEATURES | {"faces", "app"} for front in ("http", "train")},
    "cli": FOUNDATION | FEATURES | {"faces", "app", "http"},
}


def wrong_arrows(source):
    for path in sorted(source.rglob("*")):
        if path.suffix not in {".h", ".cc"}:
            continue
        folder = path.relative_to(source).parts[0]
        if folder not in MAY_INCLUDE:
            yield f"{path}: {folder}/ is no layer of this project"
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            include = re.match(r'\s*#include "([^"/]+)/', line)
            if include and include[1] != folder and include[1] not in MAY_INCLUDE[folder]:
                yield f"{path}:{number}: {folder}/ may not include {include[1]}/"


def main():
    source = pathlib.Path(sys.argv[1])
    if not any(source.rglob("*.cc")):
        sys.exit(f"no sources in {source}")
    found = list(wrong_arrows(source))
    print("\n".join(found))
    sys.exit(1 if found else 0)


main()
