#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""What no source may contain, and what each must: licence line, length, banned words, machine paths.

usage: source_lint_test.py SOURCE_DIR [BUILD_DIR]
"""
import ast
import pathlib
import re
import sys

import tree

MAX_LINES = 500
PRODUCT = ("proto/", "crypto/", "core/", "sync-server/", "clients/")
SOURCES = {".cpp", ".hpp", ".h", ".S", ".proto", ".cmake", ".py", ".mjs", ".js", ".sh", ".sql"}

# (folders, pattern, why): searched in C++ without its comments.
BANNED = [
    (("",), r"\bnet::detached|\basio::detached|,\s*detached\s*\)", "every co_spawn has a completion that receives the exception"),
    (("",), r"\.detach\(\)", "a thread is joined"),
    (PRODUCT, r"\bmemset\s*\(", "the compiler drops it: wipe through crypto/"),
    (PRODUCT, r"\bcrypto_box_seal", "no context is bound: use the wrap of protocol.md section 5"),
    (("",), r"\bstd::rand\b|\bs?rand\s*\(", "product code: crypto's random; tests: a printed seed"),
    (PRODUCT, r"\bstd::(mt19937|random_device|default_random_engine)", "randomness comes from crypto/"),
    (("tests/unit/", "tests/simulation/"), r"\bsleep_(for|until)\b|\b(u|nano)?sleep\s*\(", "no sleep: the clock is a port"),
    (PRODUCT, r"\bsqlite3_temp_directory\b", "nothing is written in clear"),
]
# Searched in every text file, comments included. Written so that this file does not match.
BANNED_TEXT = [
    (r"/(home|root|work|Users)/[A-Za-z]", "a path of one machine"),
    (r"registry\.[a-z]+js\.|deb\.debian\.|[a-z]+\.pythonhosted\.|\"resolved\":", "the address of a registry"),
]
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b|[Nn]ot (yet )?impl" r"emented")


def is_source(path, text):
    return path.suffix in SOURCES or path.name == "CMakeLists.txt" or text.startswith("#!")


def read(path):
    """The text of the file, or None if it is binary."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def imports_of(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module.split(".")[0]


def check_python(root, path, text):
    """Debian's Python runs it without any module from elsewhere."""
    beside = {file.stem for file in (root / path).parent.glob("*.py")}
    return [f"{path}: imports {name}, which is not in Python's own library" for name in imports_of(text)
            if name not in sys.stdlib_module_names and name not in beside]


def check_cxx(path, text):
    code = tree.without_comments(text)
    for folders, pattern, why in BANNED:
        if str(path).startswith(folders):
            for match in re.finditer(pattern, code):
                yield f"{path}:{code[:match.start()].count(chr(10)) + 1}: {match[0].strip()}: {why}"


def check_file(root, path, text):
    lines = text.split("\n")
    if is_source(path, text):
        if not any("SPDX-License-Identifier: MPL-2.0" in line for line in lines[:3]):
            yield f"{path}: no SPDX-License-Identifier: MPL-2.0 in the first lines"
        if len(lines) > MAX_LINES and path.suffix != ".proto":  # a schema is one list
            yield f"{path}: {len(lines)} lines, more than {MAX_LINES}: cut it by concern"
        match = UNFINISHED.search(text)
        if match:
            yield f"{path}:{text[:match.start()].count(chr(10)) + 1}: {match[0]}: finish it or write an issue"
    if path.suffix in tree.CXX:
        yield from check_cxx(path, text)
    if path.suffix == ".py" or re.match(r"#!.*python3", lines[0]):
        yield from check_python(root, path, text)
    for pattern, what in BANNED_TEXT:
        match = re.search(pattern, text)
        if match:
            yield f"{path}:{text[:match.start()].count(chr(10)) + 1}: {match[0]}: {what}"


def check(root):
    findings = []
    for path in tree.files(root):
        text = read(root / path)
        if text is not None:
            findings.extend(check_file(root, path, text))
    return findings


if __name__ == "__main__":
    sys.exit(tree.report(check(pathlib.Path(sys.argv[1]))))
