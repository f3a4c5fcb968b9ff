# SPDX-License-Identifier: MPL-2.0
"""What the lints share: the files of the tree, and C++ text without its comments."""
import os
import pathlib
import re

SKIPPED = {"build", "node_modules", ".git", "__pycache__"}
CXX = {".cpp", ".hpp", ".h"}


def files(root):
    """Every file of the tree but what is built or fetched, as paths relative to `root`."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        for name in sorted(set(names) - SKIPPED):  # .git is a file in a worktree
            yield (pathlib.Path(folder) / name).relative_to(root)


def cxx_files(root):
    return (path for path in files(root) if path.suffix in CXX)


def without_comments(text):
    """The C++ text with comments blanked out; lines keep their numbers."""
    pattern = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.S)
    return pattern.sub(lambda m: m[0] if m[0].startswith('"') else re.sub(r"[^\n]", " ", m[0]), text)


def report(findings):
    """Prints `findings`; the exit code of a lint."""
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings")
    return 1 if findings else 0
