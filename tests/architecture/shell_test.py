#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""Every shell script of the tree, by shellcheck.

usage: shell_test.py SOURCE_DIR [BUILD_DIR]
"""
import pathlib
import re
import subprocess
import sys

import tree


def main():
    root = pathlib.Path(sys.argv[1])
    scripts = []
    for path in tree.files(root):
        with open(root / path, "rb") as file:
            if re.match(rb"#!.*\b(ba)?sh\b", file.readline(80)):
                scripts.append(str(path))
    print(f"{len(scripts)} scripts: {' '.join(scripts)}", flush=True)
    return subprocess.run(["shellcheck", "-x", *scripts], cwd=root).returncode


if __name__ == "__main__":
    sys.exit(main())
