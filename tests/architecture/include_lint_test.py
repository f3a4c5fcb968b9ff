#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""Who includes whom: every #include of the tree against include_rules.txt.

usage: include_lint_test.py SOURCE_DIR [BUILD_DIR]
"""
import pathlib
import re
import sys

import tree

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
POSIX = re.compile(
    r"^(sys|netinet|arpa|linux)/|^(unistd|fcntl|poll|termios|pwd|grp|signal|errno|dirent|netdb|pthread|sched|spawn|syslog|string|stdlib)\.h$")
STANDARD = re.compile(r"^[a-z_]+$")
# Where a component's private headers, "folder/name.hpp", are found.
PRIVATE_ROOTS = ["core/src", "sync-server/src", "crypto/src", "proto/src", "clients", "tests"]


def read_rules(path):
    rules = {}
    for line in path.read_text().splitlines():
        line = line.split("#")[0].strip()
        if line:
            folder, _, allowed = line.partition(":")
            rules[folder.strip()] = [word.strip() for word in allowed.split(",") if word.strip()]
    return rules


def rule_for(path, rules):
    """The rule of the longest folder that contains `path`, or None."""
    folders = [folder for folder in rules if path.is_relative_to(folder)]
    return max(folders, key=len) if folders else None


def under(name, prefix):
    return name in (prefix, prefix + ".hpp") or name.startswith(prefix + "/")


def angle_allowed(name, allowed):
    if STANDARD.match(name):
        return True
    if POSIX.match(name):
        return "posix" in allowed
    return any(under(name, prefix) for prefix in allowed)


def quoted_allowed(root, path, name, allowed):
    """A private header: of the own folder, or "folder/…" of the own component where the rule names the folder."""
    if (root / path.parent / name).exists() and "/" not in name:
        return True
    for private in PRIVATE_ROOTS:
        inside = path.is_relative_to(private) or path.is_relative_to("tests")
        if inside and (root / private / name).exists():
            target = pathlib.Path(private, name)
            if target.parent == path.parent or path.is_relative_to(target.parent):
                return True
            return "*" in allowed or any(under(name, prefix) for prefix in allowed)
    return False


def check(root, rules):
    findings = []
    for path in tree.cxx_files(root):
        folder = rule_for(path, rules)
        if folder is None:
            findings.append(f"{path}: no rule for this folder in include_rules.txt")
            continue
        text = tree.without_comments((root / path).read_text())
        for match in INCLUDE.finditer(text):
            bracket, name = match.groups()
            line = text[:match.start(1)].count("\n") + 1
            if bracket == "<":
                fine = angle_allowed(name, rules[folder])
            else:
                fine = quoted_allowed(root, path, name, rules[folder])
            if not fine:
                findings.append(f"{path}:{line}: {folder} may not include {bracket}{name}{bracket.replace('<', '>')}")
    return findings


def main():
    rules = read_rules(pathlib.Path(__file__).with_name("include_rules.txt"))
    return tree.report(check(pathlib.Path(sys.argv[1]), rules))


if __name__ == "__main__":
    sys.exit(main())
