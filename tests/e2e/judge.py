# SPDX-License-Identifier: MPL-2.0
"""Judges what a command refuses: the right word, the documented exit code, something to do, and nothing lost."""
import json
import os
import re

from world import say


def documented_codes(source_dir):
    with open(os.path.join(source_dir, "docs/guide/fr/commandes.md"), encoding="utf-8") as file:
        return {name: int(code) for code, name in re.findall(r"^\| (\d+) \| `([a-z_]+)` \|", file.read(), re.M)}


class Judge:
    """Judges refusals, always in the same way. Goes on after a wrong one: all are told at the end."""
    def __init__(self, codes):
        self.codes, self.count, self.failures = codes, 0, []

    def failed(self, problem):
        self.failures.append(problem)
        say(f"  FAILED: {problem}")

    def outcome(self, what, error, where, answers):
        """`answers`: the same command as JSON, in French, in English."""
        as_json, french, english = answers
        said = json.loads(as_json.stdout.splitlines()[-1]) if as_json.stdout.startswith("{") else {}
        texts = [french.stderr.strip(), english.stderr.strip()]
        self.count += 1
        if any(done.returncode != self.codes[error] for done in answers) or said.get("error") != error or (where is not None and said.get("where") != where):
            self.failed(f"{what}: {[done.returncode for done in answers]} {as_json.stdout.strip()} {as_json.stderr}, not {error} {self.codes[error]} at {where}")
        elif not all(texts) or texts[0] == texts[1] or any("{}" in t or "::" in t or "bug" in t or "Une erreur d'Abri" in t for t in texts):
            self.failed(f"{what}: messages {texts}")
        else:
            say(f"  ok: {what}: {' '.join(texts[0].split())}")

    def refused(self, device, what, error, *command, where=None, typed=""):
        """An open vault refuses a command and stays as it is."""
        before = device.digest()
        self.told(device, what, error, *command, where=where, typed=typed)
        if device.digest() != before:
            self.failed(f"{what}: something changed")

    def told(self, device, what, error, *command, where=None, typed=""):
        """The same where there is no state to compare."""
        answers = [device.run(*command, typed=typed)]
        answers += [device.run("--lang", language, *command, as_json=False, typed=typed) for language in ("fr", "en")]
        self.outcome(what, error, where, answers)

    def shut(self, device, what, error, *command, where=None, **passphrases):
        """A vault that is not open refuses a command with a passphrase."""
        answers = [device.with_passphrase(*command, **passphrases)]
        answers += [device.with_passphrase(*command, "--lang", language, as_json=False, **passphrases) for language in ("fr", "en")]
        self.outcome(what, error, where, answers)
