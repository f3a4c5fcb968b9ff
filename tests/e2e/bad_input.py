#!/usr/bin/env python3
# SPDX-License-Identifier: MPL-2.0
"""Everything wrong that a person, or a program of the same user, can hand to the command line and its agent. Each time: the exit code
that docs/guide/fr/commandes.md gives the error, a message in each language that does not speak of a bug, and nothing lost: the state
digest is the one before.

usage: bad_input.py BIN_DIR SOURCE_DIR [--seed N] [--keep]
"""
import argparse
import json
import os
import random
import re
import secrets
import socket
import subprocess
import threading
import time

from bad_servers import (
    clocks_off,
    forgetful_server,
    leave_nothing_unsaid,
    refuse_servers,
    refuse_silence,
    synchronise_at_once,
)
from bad_vaults import refuse_passphrases, spoilt_vaults
from judge import Judge, documented_codes
from world import World, check, headline, raw_values, say


def refuse_garbage(world, judge, device):
    """What is no request at the agent's socket, which only programs of the same user reach."""
    headline("Garbage on the agent's socket")
    folder = os.path.join(device.environment["XDG_RUNTIME_DIR"], "abri")
    paths = [os.path.join(folder, name) for name in os.listdir(folder)]
    check(len(paths) == 1 and os.stat(paths[0]).st_mode & 0o777 == 0o600 and os.stat(folder).st_mode & 0o777 == 0o700, "the socket is this user's alone")

    def talk(line, expected):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(paths[0])
            try:
                connection.sendall(line)
                answer = connection.makefile("rb").readline()
            except (BrokenPipeError, ConnectionResetError):
                answer = b""
        said = json.loads(answer) if answer else {}
        error = said.get("error")
        if error not in expected and f"{error} at {said.get('where')}" not in expected:
            judge.failed(f"{line[:60]!r}: {answer!r}")

    def request(**fields):
        return json.dumps({"version": 1, "command": "status", **fields}).encode() + b"\n"

    before = device.digest()
    for line, expected in (
            (random.randbytes(4000).replace(b"\n", b" ") + b"\n", ["malformed"]),
            (b"\n", ["malformed"]),
            (b"[1, 2]\n", ["malformed"]),
            (b"null\n", ["malformed"]),
            (b'{"version": 1}\n', ["malformed"]),
            (b'{"version": "1", "command": "status"}\n', ["malformed"]),
            (b'{"version": 1, "command": 7}\n', ["malformed"]),
            (b'{"version": 1, "command": "status"' + b"\n", ["malformed"]),
            (b"[" * 100000 + b"\n", ["malformed"]),
            (b'{"version": 1, "command": "status", "arguments": ' + b'{"a":' * 50 + b"1" + b"}" * 51 + b"\n", ["malformed"]),
            (b'{"version": 1, "command": "\xff\xfe"}\n', ["malformed", "not_found"]),
            (b"a" * (2 * 1024 * 1024) + b"\n", ["too_large", None]),
            (request(version=2), ["version_unsupported"]),
            (request(version=-1), ["version_unsupported"]),
            (request(command="case.erase"), ["not_found"]),
            (request(command=""), ["not_found"]),
            (request(command="case.show"), ["invalid_argument"]),
            (request(command="case.show", arguments=["x"]), ["invalid_argument"]),
            (request(command="case.show", arguments={"id": 7}), ["invalid_argument"]),
            (request(command="case.new", arguments={"fields": "last_name=x"}), ["not_joined", "invalid_argument"]),
            (request(command="conflict.resolve", arguments={"id": "", "record": "", "field": "", "choice": 1 << 62}), ["invalid_argument"]),
            *((request(command="search", arguments={"words": "a", "limit": limit}), ["invalid_argument at limit"]) for limit in (-5, 0, 1001, "5", 2.5)),
    ):
        talk(line, expected)
    for _ in range(40):  # a line that never ends
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(paths[0])
            connection.sendall(request()[:20])
    check(device.digest() == before, "the agent answers each with its error, goes on, and nothing changed")


def refuse_values(judge, device):
    headline("Ids and values")
    case = device.abri("case", "new", "last_name=Marchwyn", "safe_phone=0639980012")["id"]
    sheet = device.abri("case", "add", case, "needs_sheet", "adults=1")["id"]
    location = device.abri("case", "add", case, "location", "kind=home")["id"]
    person = device.records(case, "person")[0]["id"]
    refuse = lambda *rest, **more: judge.refused(device, *rest, **more)
    refuse("an unknown case", "not_found", "case", "show", "0123456789abcdef0123456789abcdef", where="case")
    refuse("an id that is too short", "invalid_argument", "case", "show", case[:3], where="case")
    refuse("an id that is none", "invalid_argument", "case", "show", "Marchwyn", where="case")
    refuse("an id that is too long", "not_found", "case", "show", case + "00", where="case")
    refuse("an unknown record", "not_found", "case", "set", case, "00000000", "adults=2", where="record")
    refuse("an unknown field", "not_found", "case", "set", case, sheet, "adlts=2", where="field")
    refuse("an unknown type of record", "not_found", "case", "add", case, "sheet", "adults=2", where="type")
    refuse("a record that belongs elsewhere", "not_permitted", "case", "add", case, "dwelling", "reference=X", where="type")
    refuse("a field without a value", "invalid_argument", "case", "set", case, sheet, "adults", where="fields")
    for what, record, text in (
            ("a word for a number", sheet, "adults=deux"),
            ("a number out of range", sheet, "adults=-1"),
            ("a number that is too long", sheet, "adults=99999999999999999999"),
            ("neither yes nor no", sheet, "lift=peut-être"),
            ("a date that is none", sheet, "assessed_on=2026-02-30"),
            ("a date in another form", sheet, "assessed_on=30/02/2026"),
            ("a choice that is not offered", sheet, "urgency=bientôt"),
            ("a commune that does not exist", sheet, "wanted_communes+=99999"),
            ("a commune's name for its code", location, "commune=Lille"),
            ("an item to take out of notes", sheet, "notes-=x"),
            ("a word for a telephone number", person, "safe_phone=chez sa mère"),
            ("a telephone number with a digit too few", person, "phone=06 39 98 00 1"),
            ("an emergency number", person, "safe_phone=17"),
            ("a country's code and no number", person, "phone=+32"),
            ("a latitude beyond the pole", location, "latitude=91"),
            ("a decimal comma", location, "latitude=50,6292"),
    ):
        field = re.match(r"[a-z_]+", text).group()
        refuse(what, "invalid_argument", "case", "set", case, record, text, where=field)
    refuse("text that is no UTF-8", "malformed", "case", "set", case, location, b"address=\xff\xfe".decode("utf-8", "surrogateescape"), where="request")
    refuse("a text of 20,000 characters", "too_large", "case", "set", case, location, "address=" + "x" * 20000, where="address")
    refuse("one good and one bad field", "invalid_argument", "case", "set", case, sheet, "adults=3", "children=-2", where="children")
    check(raw_values(device.records(case, "needs_sheet")[0], "adults") == ["1"], "of one good and one bad field neither was taken")
    refuse("a field given twice", "invalid_argument", "case", "set", case, person, "safe_phone=0639980012", "safe_phone=0639980013", where="safe_phone")
    refuse("a value of two megabytes", "too_large", "case", "set", case, location, "address=-", where="request", typed="x" * 2_000_000 + "\n")
    refuse("the roles that she has already", "invalid_argument", "roles", "set", "Awa Lenoir", "administrator", "head", "social_worker",
           "housing_referent", where="set_role same")
    refuse("nobody to lead any more", "invalid_argument", "roles", "set", "Awa Lenoir", "social_worker", where="set_role last")
    refuse("roles for a new person without a name", "invalid_argument", "device", "invite", "--role", "social_worker", where="name of the person")
    refuse("an organisation with a wrong SIREN", "invalid_argument", "directory", "new", "name=X", "kind=landlord", "siren=123456789", where="siren")
    refuse("a conflict that is none", "not_found", "conflict", "resolve", case, sheet, "adults", "1", where="conflict")
    refuse("a choice of nothing", "invalid_argument", "conflict", "resolve", case, sheet, "adults", where="choice")
    refuse("a request to nobody", "not_found", "request", "send", case, "Habitat", where="landlord")
    refuse("an unknown step", "not_found", "request", "advance", case, "acknowledge", where="record")
    refuse("roles of an unknown person", "not_found", "roles", "set", "00000000", "head", where="user")
    for what, command in (("no command", []), ("an unknown command", ["case", "lst"]), ("an argument too few", ["case", "show"]),
                          ("an argument too many", ["status", "now"]), ("an unknown option", ["status", "--now"]),
                          ("a language that it does not speak", ["--lang", "de", "status"])):
        done = device.run(*command, as_json=False)
        if done.returncode != 2 or "--help" not in done.stderr:
            judge.failed(f"{what}: {done.returncode}: {done.stderr}")
        else:
            say(f"  ok: {what}: {done.stderr.strip()}")
    return case, sheet


def steer_nothing(device):
    """Text that would steer a terminal is kept as it is and shown harmless: as text and as JSON."""
    headline("Escape sequences")
    name = "\x1b]0;x\x07\x1b[2JMarchwyn\u009b31m\u202e\x7f"
    case = device.abri("case", "new", f"last_name={name}", "language=\x1b[1m")["id"]
    for command in (("case", "list"), ("case", "show", case, "--reveal"), ("search", "marchwyn"), ("case", "show", "\x1b[2J"), ("\x1b[2J",)):
        for as_json in (True, False):
            done = device.run(*command, as_json=as_json)
            raw = [c for c in done.stdout + done.stderr if c != "\n" and (ord(c) < 32 or 0x7f <= ord(c) < 0xa0 or c == "\u202e")]
            check(not raw, f"abri {' '.join(command)!a}{' as JSON' if as_json else ''} shows no control character")
    check(raw_values(device.records(case, "person")[0], "last_name") == [name], "and the text is what was entered")


def say_aloud(device, case):
    """What a person must know is said once, in her language, and keeps nobody from going on."""
    headline("What is said aloud")
    saved = device.run("--lang", "fr", "case", "add", case, "location", "kind=home", "address=3 allée des Charmes", as_json=False)
    check(saved.returncode == 0 and "seule à pouvoir lire cette adresse" in " ".join(saved.stdout.split()), "an address that one person alone can read")
    shown = device.run("--lang", "en", "status", as_json=False).stdout
    check("Second secret" in shown and device.environment["XDG_STATE_HOME"] in shown, "the status says where the second secret of the vault lies")


def refuse_codes(world, judge, first):
    headline("Codes")
    second, third = world.device("second"), world.device("third")
    code = first.abri("device", "invite", "--name", "Inès Kermadec", "--role", "social_worker")["code"]
    partner = first.abri("partner", "invite")["code"]
    first.sync()
    swapped = next(code[:i] + code[i + 1] + code[i] + code[i + 2:] for i in range(len(code) - 1)
                   if code[i] != code[i + 1] and "-" not in code[i:i + 2])
    changed = code[:6] + ("7" if code[6] != "7" else "8") + code[7:]
    for what, text in (("a mistyped code", changed), ("a code with two characters swapped", swapped), ("half a code", code[:len(code) // 2]),
                       ("a word for a code", "sésame"), ("a partner's code for a device's", partner)):
        judge.refused(second, what, "malformed", "device", "join", text)
    judge.refused(first, "a device's code for a partner's", "malformed", "partner", "accept", code)
    judge.refused(first, "a code on a device that belongs to an organisation", "already_exists", "device", "join", code)
    judge.refused(first, "the own partner's code", "already_exists", "partner", "accept", partner)
    judge.refused(first, "an invitation with a role that does not exist", "invalid_argument", "device", "invite", "--name", "X", "--role", "chef")
    judge.refused(second, "a partner before there is an organisation", "not_joined", "partner", "invite")
    second.abri("device", "join", code)
    for device in (second, first, second):
        device.sync()
    check(second.status()["organisation"] == "Association des Tilleuls", "after all of this the right code works")
    third.abri("device", "join", code)
    for device in (third, first, third, second):
        device.run("sync")
    check(third.status()["organisation"] == "" and len(first.abri("people")) == 2, "a code that was used already lets nobody in")
    judge.refused(third, "a case on a device that was not let in", "not_joined", "case", "new", "last_name=Intrus")
    judge.refused(first, "a fingerprint before the partner has answered", "out_of_sync", "partner", "confirm", "12345 12345 12345 12345 12345",
                  where="partner")
    judge.refused(second, "keys that only an administrator invites with", "not_permitted", "device", "invite", "--name", "X", "--role", "head")
    judge.refused(second, "a partner invited by somebody who may not", "not_permitted", "partner", "invite")
    return second


def refuse_steps(world, judge, first, case, sheet):
    headline("Steps of a request")
    landlord = world.device("landlord")
    world.found(landlord, "Habitat des Ormes", "landlord", "Noé Vasseur", world.server.account())
    landlord.sync()
    first.sync()
    other = first.abri("partner", "invite")["code"]
    first.sync()
    landlord.abri("partner", "accept", other)
    for device in (landlord, first, landlord):
        device.sync()
    partner = next(p for p in first.abri("partner", "list") if p["joined"])
    empty = first.abri("case", "new", "last_name=Vesprée")["id"]
    first.abri("case", "set", case, sheet, "typology_min=T3", "urgency=immediate", "wanted_communes+=59350")
    judge.refused(first, "a request before the fingerprint was compared", "not_found", "request", "send", case, "Habitat des Ormes", where="partner")
    judge.refused(first, "another fingerprint", "auth_failed", "partner", "confirm", "12345 12345 12345 12345 12345")
    judge.refused(first, "an empty fingerprint", "auth_failed", "partner", "confirm", "")
    for device in (first, landlord):
        device.abri("partner", "confirm", partner["fingerprint"])
    for device in (first, landlord, first):
        device.sync()
    judge.refused(first, "a request without a needs sheet", "invalid_argument", "request", "send", empty, "Habitat des Ormes", where="needs_sheet")
    first.abri("case", "add", empty, "needs_sheet", "adults=1")
    judge.refused(first, "a request without what a landlord needs", "invalid_argument", "request", "send", empty, "Habitat des Ormes", where="typology_min")
    request = first.abri("request", "send", case, "Habitat des Ormes")["id"]
    judge.refused(first, "a request for a request", "invalid_argument", "request", "send", request, "Habitat des Ormes", where="not_a_case")
    first.sync()
    landlord.sync()
    judge.refused(first, "the landlord's step taken by the association", "not_permitted", "request", "advance", request, "acknowledge")
    judge.refused(landlord, "a step too early", "illegal_transition", "request", "advance", request, "propose")
    judge.refused(landlord, "a step that does not exist", "illegal_transition", "request", "advance", request, "evict")
    judge.refused(landlord, "a proposal of no dwelling", "not_found", "proposal", "new", request, "00000000")
    judge.refused(landlord, "a dwelling without its commune", "invalid_argument", "dwelling", "new", "reference=X", "typology=T3", where="commune")
    landlord.abri("request", "advance", request, "acknowledge")
    record = landlord.records(request, "relocation_request")[0]["id"]
    judge.refused(landlord, "a refusal without a reason", "invalid_argument", "request", "advance", request, "decline", where="decline_reason")
    judge.refused(landlord, "an edit of what the association wrote", "not_permitted", "case", "set", request, record, "adults=7")
    judge.refused(landlord, "a case in an organisation without cases", "not_found", "case", "show", case)
    dwelling = landlord.abri("dwelling", "new", "reference=ORM-0412", "commune=59350", "typology=T3")["id"]
    judge.refused(first, "a proposal by the association", "not_found", "proposal", "new", request, dwelling)
    landlord.abri("request", "advance", request, "search")
    landlord.abri("proposal", "new", request, dwelling)
    judge.refused(landlord, "a visit that has no date", "illegal_transition", "proposal", "advance", request, "plan_visit")
    landlord.sync()
    first.sync()
    first.abri("proposal", "advance", request, "position")
    judge.refused(first, "the same step twice", "illegal_transition", "proposal", "advance", request, "position")
    said = " ".join(first.run("--lang", "fr", "proposal", "advance", request, "position", as_json=False).stderr.split())
    check("Positionnée" in said and "refuse = Refuser" in said and "reject" not in said, "a step that is not possible names those that are, on this side")
    landlord.abri("proposal", "new", request, landlord.abri("dwelling", "new", "reference=ORM-0413", "commune=59350", "typology=T3")["id"])
    landlord.sync()
    first.sync()
    judge.refused(first, "a step of one of two proposals", "invalid_argument", "proposal", "advance", request, "position", where="which_record")
    said = first.run("--lang", "fr", "proposal", "advance", request, "position", as_json=False).stderr
    check("ORM-0412" in said and "ORM-0413" in said and "Positionnée" in said, "both are named with what tells them apart")
    fresh = next(r["id"] for r in first.records(request, "housing_proposal") if raw_values(r, "reference") == ["ORM-0413"])
    check(fresh[:8] in said, "and with their ids")
    first.abri("proposal", "advance", request, "position", "--record", fresh)


def choose_what_was_seen(judge, first, second, case):
    """A number chooses the value that stood beside it on the screen, or nothing."""
    headline("Choosing between values")
    person = first.records(case, "person")[0]["id"]
    for device in (first, second, first):
        device.sync()
    words = ("conflict", "resolve", case, person, "safe_phone")
    values = lambda: first.abri("conflict", "list", "--reveal")[0]["field"]["values"]
    first.abri("case", "set", case, person, "safe_phone=0639980021")
    second.abri("case", "set", case, person, "safe_phone=0639980022")
    second.sync()
    first.sync()
    judge.refused(first, "a number that stood nowhere yet", "conflict", *words, "1", where="choice")
    seen = values()
    second.abri("case", "set", case, person, "safe_phone=0639980023")
    second.sync()
    first.sync()
    judge.refused(first, "a number of a list that has changed", "conflict", *words, "2", where="choice")
    judge.refused(first, "the mark of a value that is gone", "not_found", *words, seen[1]["tag"], where="tag")
    now = values()
    check(now[0]["tag"] == seen[0]["tag"] and now[1]["tag"] != seen[1]["tag"], "the mark of a value stays its own")
    judge.refused(first, "a number that none of them has", "invalid_argument", *words, "3", where="choice")
    said = first.run("--lang", "fr", *words, "2", as_json=False).stdout
    check(now[1]["tag"] in said and "Inès Kermadec" in said and "98 00 23" not in said, f"the answer says which value was kept: {said.strip()}")
    check(raw_values(first.records(case, "person")[0], "safe_phone") == [now[1]["raw"]], "and it is the one that was seen")


def answer_somebody(device):
    """An answer that reaches nobody is not told as a success."""
    headline("Output that is lost")
    with open("/dev/full", "w", encoding="utf-8") as full:
        lost = subprocess.run(device.arguments("--lang", "fr", "device", "invite", as_json=False), stdout=full, stderr=subprocess.PIPE, text=True,
                              env=device.environment)
    check(lost.returncode == 44 and "pas pu être écrite" in lost.stderr, "a full disk")
    closed = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", *device.arguments("status")], stderr=subprocess.PIPE, text=True, env=device.environment)
    check(closed.returncode == 44, "a closed output")
    check(device.run("status").returncode == 0, "the agent goes on")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin_dir")
    parser.add_argument("source_dir")
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    parser.add_argument("--keep", action="store_true", help="keep the folder with vaults and log")
    options = parser.parse_args()
    began = time.time()
    random.seed(options.seed)
    world = World(options.bin_dir)
    try:
        say(f"seed {options.seed}, folder {world.folder}")
        judge = Judge(documented_codes(options.source_dir))
        world.server.start()
        first = refuse_passphrases(world, judge)
        spoilt_vaults(world, judge, first)
        refuse_garbage(world, judge, first)
        silence = threading.Thread(target=refuse_silence, args=(world, judge), daemon=True)
        silence.start()
        world.found(first, "Association des Tilleuls", "fnsf_association", "Awa Lenoir", world.server.account())
        first.sync()
        case, sheet = refuse_values(judge, first)
        steer_nothing(first)
        say_aloud(first, case)
        second = refuse_codes(world, judge, first)
        choose_what_was_seen(judge, first, second, case)
        answer_somebody(first)
        refuse_steps(world, judge, first, case, sheet)
        refuse_servers(world, judge)
        leave_nothing_unsaid(world, judge)
        synchronise_at_once(world)
        clocks_off(world, first, second, case, world.program("clock_shift.so"))
        silence.join()
        forgetful_server(world, judge, first)
        check(not judge.failures, "\n".join(["every refusal was the right one", *judge.failures]))
        say(f"\n{judge.count} refusals judged, in {time.time() - began:.0f} s.")
    finally:
        world.close(options.keep)


if __name__ == "__main__":
    main()
