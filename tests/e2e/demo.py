#!/usr/bin/env python3
# SPDX-License-Identifier: MPL-2.0
"""The main job, end to end, with real processes: an association with two devices and a landlord with one work offline on the
same rehousing and meet through a sync server that sees ciphertext only. Ends by searching everywhere for what was entered.

usage: demo.py BIN_DIR SOURCE_DIR [--families N] [--keep]
"""
import argparse
import json
import os
import random
import re
import secrets
import socket
import subprocess
import time
import zlib

from world import PASSPHRASE, World, check, field, headline, say


def fields_of(record):
    out = []
    for name, value in record["fields"].items():
        if isinstance(value, list):
            out += [f"{name}={item}" if name == "notes" else f"{name}+={item}" for item in value]
        else:
            out.append(f"{name}={value}")
    return out


def enter_family(device, family):
    records = family["records"]
    woman = next(r for r in records if r["type"] == "person")
    case = device.abri("case", "new", *fields_of(woman))["id"]
    for record in records:
        if record is not woman:
            device.abri("case", "add", case, record["type"], *fields_of(record))
    return case


class ServerMemory:
    """What of the needles stood in the memory of any server process: each is searched before it is stopped, with a canary in it."""
    PLACE = "server: memory of its processes"

    def __init__(self, world, needles, canary):
        self.world, self.needles, self.canary = world, needles, canary
        self.account, self.searched, self.controls = None, [], []

    def stop_server(self):
        server = self.world.server
        subprocess.run([self.world.program("plant_canary"), str(server.port), server.key, self.account, self.canary], check=True)
        place = {self.PLACE: f"pid:{server.process.pid}"}
        self.searched.append(search(self.world, self.needles, place)[self.PLACE])
        self.controls.append(search(self.world, [self.canary], place)[self.PLACE])
        server.stop()

    def row(self):
        return {"hits": sum(one["hits"] for one in self.searched), "bytes": sum(one["bytes"] for one in self.searched),
                "found": [hit for one in self.searched for hit in one["found"]]}

    def control(self):
        """Of the process in which the canary was found least."""
        return min(self.controls, key=lambda one: one["hits"])


def found_and_meet(world, memory):
    server = world.server
    server.start()
    accounts = [server.account(), server.account()]
    memory.account = accounts[0]
    memory.stop_server()
    headline("Offline: two organisations are founded, the server is stopped")
    first, landlord = world.device("association-1"), world.device("landlord")
    world.found(first, "Association des Tilleuls", "fnsf_association", "Awa Lenoir", accounts[0])
    world.found(landlord, "Habitat des Ormes", "landlord", "Noé Vasseur", accounts[1])
    check(first.refused("sync") != 0, "without the server a synchronisation says so and loses nothing")
    server.start()
    headline("Online: a second device joins the association, landlord and association compare fingerprints")
    second = world.device("association-2")
    first.sync()
    landlord.sync()
    world.join(first, second, "--name", "Inès Kermadec", "--role", "social_worker", "housing_referent")
    check(second.abri("status")["organisation"] == "Association des Tilleuls", "the second device belongs to the association")
    shown = world.meet(first, landlord)
    for device in (second, first):
        device.sync()
    return first, second, landlord, shown[0]["id"]


def work_offline(world, memory, first, landlord, families, convention, canary):
    memory.stop_server()
    headline(f"Offline: {len(families)} families, the convention's organisations and a dwelling are entered")
    for organisation in convention["organisations"]:
        first.abri("directory", "new", f"name={organisation['name']}", f"kind={organisation['kind']}", *([f"joined_on={organisation['signed_on']}"] if 'signed_on' in organisation else []))
    cases, began = [], time.time()
    for number, family in enumerate(families, 1):
        cases.append(enter_family(first, family))
        if number % 25 == 0 or number == len(families):
            print(f"\r  {number} of {len(families)} families", end="", flush=True)
    records = sum(len(f["records"]) for f in families)
    say(f"\n  {records} records in {time.time() - began:.0f} s, one process each: {1000 * (time.time() - began) / records:.0f} ms a command")
    dwelling = landlord.abri("dwelling", "new", "reference=ORM-0412", "commune=59350", "typology=t3", "surface=64", "rent=512",
                             "charges=80", f"address=3 allée des Charmes {canary}")["id"]
    found = first.abri("search", families[0]["records"][1]["fields"]["last_name"])
    check(found and found[0]["id"] == cases[0], "a file is found by name while offline")
    return cases, dwelling


def rehouse(world, memory, devices, landlord_id, case, dwelling, phones):
    first, second, landlord = devices
    headline("The server starts: everything meets")
    world.server.start()
    began = time.time()
    first.sync()
    pushed = time.time() - began
    began = time.time()
    second.sync()
    say(f"  sent in {pushed:.1f} s, read by the second device in {time.time() - began:.1f} s")
    check(first.digest() == second.digest(), "both devices of the association hold the same state")
    request = first.abri("request", "send", case, landlord_id)["id"]
    first.sync()
    landlord.sync()
    second.sync()
    headline("What the landlord sees of the request")
    say(landlord.screen("request", "show", request))
    check(not landlord.abri("case", "list"), "the landlord has no case")
    memory.stop_server()
    headline("Offline: the landlord proposes; both devices of the association edit the same case")
    for action in ("acknowledge", "search"):
        landlord.abri("request", "advance", request, action)
    landlord.abri("proposal", "new", request, dwelling)
    edit_concurrently(first, second, case, phones)
    world.server.start()
    for device in (first, second, landlord, first, second):
        device.sync()
    headline("Everything converges, and what needs a person is shown")
    say(first.screen("conflict", "list"))
    check(first.digest() == second.digest(), "both devices hold the same state after concurrent edits")
    waiting = {one["field"]["name"]: one["field"]["values"] for one in first.abri("conflict", "list")}
    check(set(waiting) == {"safe_phone", "level"}, "two conflicts wait for a person: the safe phone and the danger level")
    check(all(value["raw"] == "" and value["tag"] for value in waiting["safe_phone"]), "a phone in conflict is marked and not shown")
    level = field(first.records(case, "danger_assessment")[0], "level")
    check({value["raw"] for value in level["values"]} == {"established", "watch"}, "both danger levels are shown")
    check(field(first.records(case, "person")[0], "language")["values"][0]["raw"] == "dari", "the harmless field merged by itself")
    proposals = first.records(request, "housing_proposal")
    check(field(proposals[0], "reference")["values"][0]["raw"] == "ORM-0412", "the association sees the proposed dwelling")
    check(first.abri("request", "list")[0]["state"] == "proposed", "the request is under proposal")
    person = first.records(case, "person")[0]["id"]
    kept = first.abri("conflict", "resolve", case, person, "safe_phone", waiting["safe_phone"][0]["tag"])["kept"]
    check(kept["tag"] == waiting["safe_phone"][0]["tag"] and "raw" not in kept, "the answer says which phone was kept, and does not show it")
    for device in (first, second):
        device.sync()
    check(len(second.abri("conflict", "list")) == 1, "a choice made on one device settles it on the other")
    check(first.digest() == second.digest(), "and the states are equal again")


def edit_concurrently(first, second, case, phones):
    for device, phone, level in ((first, phones[0], "established"), (second, phones[1], "watch")):
        person = device.records(case, "person")[0]["id"]
        danger = device.records(case, "danger_assessment")[0]["id"]
        device.abri("case", "set", case, person, f"safe_phone={phone}")
        device.abri("case", "set", case, danger, f"level={level}")
    first.abri("case", "set", case, first.records(case, "person")[0]["id"], "language=dari")


def with_stored_phones(texts):
    """And each telephone number in the forms that it has without blanks and in the vault."""
    phones = [text.replace(" ", "") for text in texts if re.fullmatch(r"0[1-9]( [0-9]{2}){4}", text)]
    return texts | set(phones) | {"+33" + phone[1:] for phone in phones}


def dump(world, what, folder, environment=None):
    target = world.path(f"{what}-opened.bin")
    with open(target, "wb") as out:
        subprocess.run([world.program("dump_database"), what, folder], stdout=out, check=True, env=environment, input=(PASSPHRASE + "\n").encode())
    return target


def unmask(folder):
    """A client masks its WebSocket frames (RFC 6455, 5.3): the server reads them unmasked, and so must the search."""
    for name in [n for n in os.listdir(folder) if n.endswith(".in")]:
        with open(os.path.join(folder, name), "rb") as file:
            stream = file.read()
        with open(os.path.join(folder, name + ".unmasked"), "wb") as out:
            at = 0
            while at + 6 <= len(stream):
                if stream.startswith(b"GET ", at):  # another connection in the same file
                    at = stream.index(b"\r\n\r\n", at) + 4
                    continue
                size, at = stream[at + 1] & 0x7F, at + 2
                wide = {126: 2, 127: 8}.get(size, 0)
                if wide:
                    size, at = int.from_bytes(stream[at:at + wide], "big"), at + wide
                mask, payload = stream[at:at + 4], stream[at + 4:at + 4 + size]
                at += 4 + size
                pad = (mask * (len(payload) // 4 + 1))[:len(payload)]
                out.write((int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")).to_bytes(len(payload), "big"))
    return folder


def search(world, needles, places):
    path = world.path("needles.txt")
    with open(path, "w", encoding="utf-8") as out:
        out.write("\n".join(needles) + "\n")
    done = subprocess.run([world.program("leak_search"), path, *[f"{name}={place}" for name, place in places.items()]], check=True, capture_output=True, text=True)
    os.remove(path)
    return {row["place"]: row for row in map(json.loads, done.stdout.splitlines())}


def leak_search(world, memory, landlord, needles, canaries):
    headline("The leak search")
    with socket.create_connection(("127.0.0.1", world.proxy.port)) as plain:
        plain.sendall(zlib.compress(canaries["raw"].encode()))
        time.sleep(0.3)
    with open(os.path.join(world.path("server"), "canary"), "w", encoding="utf-16-le") as planted:
        planted.write(canaries["files"])
    with open(world.path("server.log"), "a", encoding="utf-8") as planted:
        planted.write(canaries["log"] + "\n")
    memory.stop_server()
    landlord.lock()
    places = {
        "server: all its files": world.path("server"),
        "server: its store, opened with its key": dump(world, "store", world.path("server")),
        "server: its log": world.path("server.log"),
        "traffic on the wire": world.path("raw-traffic.bin"),
        "traffic as the server reads it inside TLS": unmask(world.path("inside-tls")),
        "landlord: its vault, opened with its key": dump(world, "vault", landlord.vault, landlord.environment),
    }
    rest = [search(world, some, places) for some in (needles, list(canaries.values()))]
    rows = {memory.PLACE: memory.row(), **rest[0]}
    controls = {memory.PLACE: memory.control(), **rest[1]}
    say(f"  {len(needles)} texts entered (names, addresses, telephone numbers, notes), each in 14 encodings;")
    say(f"  {len(memory.searched)} server processes, each searched before it was stopped, a canary planted in it:")
    for place, row in rows.items():
        seen = "found" if controls[place]["hits"] else "NOT FOUND"
        say(f"  {row['hits']:3d} hits in {row['bytes'] / 1e6:8.1f} MB  {place}  (planted canary: {seen})")
        for hit in row["found"]:
            say(f"      {hit['encoding']}: {hit['text'][:40]}")
    check(all(row["bytes"] > 0 for row in rows.values()), "every place had something to search")
    check(all(row["hits"] > 0 for row in controls.values()), "the search finds a planted canary in each place")
    check(sum(row["hits"] for row in rows.values()) == 0, "zero hits")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin_dir")
    parser.add_argument("source_dir")
    parser.add_argument("--families", type=int, default=300)
    parser.add_argument("--keep", action="store_true", help="keep the folder with vaults and traffic")
    options = parser.parse_args()
    began = time.time()
    world = World(options.bin_dir, observed=True)
    try:
        seed = secrets.randbits(32)
        say(f"seed {seed}, folder {world.folder}")
        random.seed(seed)
        generated = json.loads(subprocess.run([world.program("generate_families"), "--seed", str(seed), "--count", str(options.families), "--json"],
                                              check=True, capture_output=True, text=True).stdout)["families"]
        with open(os.path.join(options.source_dir, "core/data/convention.json"), encoding="utf-8") as file:
            convention = json.load(file)
        canaries = {name: "canari-" + secrets.token_hex(12) for name in ("wire", "raw", "files", "log", "vault")}
        phones = [f"06 39 98 {random.randrange(100):02} {random.randrange(100):02}" for _ in range(2)]
        needles = sorted(with_stored_phones({text for family in generated for text in family["sensitive"] if len(text) >= 8} | set(phones)))
        memory = ServerMemory(world, needles, canaries["wire"])
        first, second, landlord, landlord_id = found_and_meet(world, memory)
        cases, dwelling = work_offline(world, memory, first, landlord, generated, convention, canaries["vault"])
        rehouse(world, memory, (first, second, landlord), landlord_id, cases[0], dwelling, phones)
        leak_search(world, memory, landlord, needles, canaries)
        say(f"\nAll of it held, in {time.time() - began:.0f} s.")
    finally:
        world.close(options.keep)


if __name__ == "__main__":
    main()
