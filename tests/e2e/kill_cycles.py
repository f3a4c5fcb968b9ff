#!/usr/bin/env python3
# SPDX-License-Identifier: MPL-2.0
"""CS-01 with real processes: two devices edit and synchronise while the server and their agents are killed with SIGKILL at random
moments. A ledger keeps every edit whose command returned success. At the end all of it is on both devices and on a third one that
reads everything from the server, their digests are equal, and nobody accuses the server.

usage: kill_cycles.py BIN_DIR [--cycles N] [--seed N] [--keep]
"""
import argparse
import json
import random
import secrets
import threading
import time
from collections import Counter

from world import World, check, headline, raw_values, say

# What a command may answer while processes are killed around it: done, locked (the agent died), no network, timed out.
EXPECTED = {0, 10, 30, 31}
EXISTS = 4
COMMUNES = ["59009", "59350", "59368", "59512", "59599", "62041", "62119", "62193", "80021", "02691"]


class Failures(list):
    """What went wrong in a thread; the main one reports it."""

    def watch(self, work, *arguments):
        def body():
            try:
                work(*arguments)
            except BaseException as problem:  # also SystemExit
                self.append(problem)
        thread = threading.Thread(target=body)
        thread.start()
        return thread

    def report(self):
        if self:
            raise self[0]


class Worker:
    """One person at one device. `ledger` holds what must be there in the end, as (case, record, field, value)."""

    def __init__(self, device, name, seed):
        self.device, self.name, self.random = device, name, random.Random(seed)
        self.ledger, self.mine, self.answers = [], [], Counter()
        self.written = 0

    def command(self, *command, also=()):
        done = self.device.run(*command)
        self.answers[done.returncode] += 1
        if done.returncode not in EXPECTED and done.returncode not in also:
            raise SystemExit(f"FAILED: {self.name}: abri {' '.join(command)}: {done.returncode}: {done.stdout}{done.stderr}")
        return done

    def new_text(self):
        self.written += 1
        return f"{self.name} {self.written:04} {self.random.getrandbits(40):010x}"

    def open_case(self):
        text = self.new_text()
        done = self.command("case", "new", f"last_name={text}", "language=french")
        if done.returncode != 0:
            return
        case = json.loads(done.stdout)["id"]
        self.ledger.append((case, "person", "last_name", text))
        self.mine.append(Case(case, text))

    def add_sheet(self, case):
        text = self.new_text()
        # a case has one: it is there where it was saved and the answer never came
        done = self.command("case", "add", case.id, "needs_sheet", f"notes={text}", also=(EXISTS,))
        if done.returncode == 0:
            case.sheet = json.loads(done.stdout)["id"]
            self.ledger.append((case.id, "needs_sheet", "notes", text))
        elif done.returncode == EXISTS:
            shown = self.command("case", "show", case.id)
            if shown.returncode == 0:
                case.sheet = next(r["id"] for r in json.loads(shown.stdout)["records"] if r["type"] == "needs_sheet")

    def note(self, case):
        text = self.new_text()
        if self.command("case", "set", case.id, case.sheet, f"notes={text}").returncode == 0:
            self.ledger.append((case.id, "needs_sheet", "notes", text))

    def wish(self, case):
        commune = self.random.choice(COMMUNES)
        if self.command("case", "set", case.id, case.sheet, f"wanted_communes+={commune}").returncode == 0:
            self.ledger.append((case.id, "needs_sheet", "wanted_communes", commune))

    def adults(self, case):
        """A field that the last writer wins: only its owner writes it, so the last success stands, or an attempt after it."""
        value = str(self.random.randrange(1, 9))
        case.attempts.append(value)
        if self.command("case", "set", case.id, case.sheet, f"adults={value}").returncode == 0:
            case.attempts = [value]
            case.confirmed = True

    def edit(self, others):
        """One edit of a case of this person, or a note in somebody else's."""
        if not self.mine or self.random.random() < 0.15:
            return self.open_case()
        case = self.random.choice(self.mine)
        if not case.sheet:
            return self.add_sheet(case)
        shared = [c for c in others if c.known]
        if shared and self.random.random() < 0.4:
            return self.random.choice([self.note, self.wish])(self.random.choice(shared))
        return self.random.choice([self.note, self.wish, self.adults])(case)

    def edits(self, count, others):
        for _ in range(count):
            self.edit(others)

    def sync(self):
        self.command("sync")

    def reopen(self):
        if self.device.agent() is None:
            self.device.unlock()


class Case:
    def __init__(self, case, title):
        self.id, self.title, self.sheet, self.known = case, title, None, False
        self.attempts, self.confirmed = [], False


class Killer:
    """Kills and starts again what it is told to, at a random moment of a stretch of work."""

    def __init__(self, world, workers, seed):
        self.world, self.workers, self.random, self.kills = world, workers, random.Random(seed), Counter()

    def strike(self, longest):
        time.sleep(self.random.uniform(0, longest))
        if self.random.random() < 0.7:
            self.world.server.kill()
            self.kills["server"] += 1
            time.sleep(self.random.uniform(0, 0.03))
            self.world.server.start()
        if self.random.random() < 0.35:
            time.sleep(self.random.uniform(0, longest / 2))
            if self.random.choice(self.workers).device.kill():
                self.kills["agent"] += 1


def cycle(workers, killer, failures):
    """Everybody edits, then everybody synchronises; in one of the two, or in both, something dies."""
    editing = [failures.watch(w.edits, 3, o.mine[:]) for w, o in (workers, workers[::-1])]
    if killer.random.random() < 0.4:
        editing.append(failures.watch(killer.strike, 0.15))
    for thread in editing:
        thread.join()
    failures.report()
    reopening = [failures.watch(w.reopen) for w in workers]
    for thread in reopening:
        thread.join()
    syncing = [failures.watch(w.sync) for w in workers]
    if killer.random.random() < 0.8:
        syncing.append(failures.watch(killer.strike, 0.06))
    for thread in syncing:
        thread.join()
    failures.report()
    for worker in workers:
        worker.reopen()


def learn(workers):
    """Which needs sheets have come to the other device by now: a person can only edit what she sees."""
    for worker, other in (workers, workers[::-1]):
        for case in worker.mine:
            if case.sheet and not case.known:
                shown = other.device.run("case", "show", case.id)
                case.known = shown.returncode == 0 and case.sheet in shown.stdout


def settle(devices):
    for _ in range(10):
        for device in devices:
            device.sync()
        if len({device.digest() for device in devices}) == 1:
            return
    raise SystemExit(f"FAILED: digests differ: {[device.digest() for device in devices]}")


def missing(device, worker):
    """Entries of a ledger that a device lacks."""
    out, shown = [], {}
    for case, kind, name, value in worker.ledger:
        if case not in shown:
            shown[case] = device.abri("case", "show", case, "--reveal")["records"]
        if not any(value in raw_values(record, name) for record in shown[case] if record["type"] == kind):
            out.append((case, kind, name, value))
    for case in worker.mine:
        if not case.confirmed:
            continue
        sheet = next(record for record in shown[case.id] if record["id"] == case.sheet)
        if not set(raw_values(sheet, "adults")) <= set(case.attempts) or not raw_values(sheet, "adults"):
            out.append((case.id, "needs_sheet", "adults", case.attempts))
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin_dir")
    parser.add_argument("--cycles", type=int, default=50)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    parser.add_argument("--keep", action="store_true", help="keep the folder with vaults and log")
    options = parser.parse_args()
    began = time.time()
    world = World(options.bin_dir)
    try:
        say(f"seed {options.seed}, folder {world.folder}")
        world.server.start()
        first, second = world.device("first"), world.device("second")
        world.found(first, "Association des Tilleuls", "fnsf_association", "Awa Lenoir", world.server.account())
        first.sync()
        world.join(first, second, "--name", "Inès Kermadec", "--role", "social_worker")
        workers = [Worker(device, device.name, options.seed + i) for i, device in enumerate((first, second))]
        killer, failures = Killer(world, workers, options.seed + 2), Failures()
        headline(f"{options.cycles} cycles of edits and synchronisation under SIGKILL")
        for number in range(1, options.cycles + 1):
            cycle(workers, killer, failures)
            if number % 5 == 0 or number == options.cycles:
                learn(workers)
                say(f"  {number} of {options.cycles} cycles, {time.time() - began:.0f} s, killed: {dict(killer.kills)}, "
                    f"edits kept: {sum(len(w.ledger) for w in workers)}, exit codes: {dict(workers[0].answers + workers[1].answers)}")
        headline("Everybody synchronises in peace")
        settle([first, second])
        third = world.device("third")
        world.join(first, third, "--name", "Maud Perrin", "--role", "social_worker")
        settle([first, second, third])
        say("  ok: three devices hold the same state, one of which read all of it from the server")
        for worker in workers:
            for device in (first, second, third):
                lost = missing(device, worker)
                check(not lost, f"{device.name} holds all {len(worker.ledger)} acknowledged edits of {worker.name}" + (f": {lost[:3]}" if lost else ""))
        for device in (first, second, third):
            status = device.status()
            check(not status["evidence"] and not status["stale"] and status["unsent"] == 0, f"{device.name} accuses nobody and has nothing left to send")
        check(killer.kills["server"] * 4 >= options.cycles and killer.kills["agent"] * 10 >= options.cycles, f"enough was killed: {dict(killer.kills)}")
        say(f"\nNothing was lost, in {time.time() - began:.0f} s.")
    finally:
        world.close(options.keep)


if __name__ == "__main__":
    main()
