# SPDX-License-Identifier: MPL-2.0
"""What a device makes of servers that are none, that lie, refuse or keep silent, and of clocks that are off."""
import json
import os
import secrets
import shutil
import socket
import ssl
import subprocess
import threading
import time

from world import check, headline, raw_values


def listen(answer):
    """A server that is no Abri server. @return its port"""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=answer, args=(connection,), daemon=True).start()
    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


def speak_http(connection):
    with connection:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")


def web_server(world):
    """A web server in TLS: what a mistyped address may lead to."""
    key, certificate = world.path("web.key"), world.path("web.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                    "-out", certificate, "-days", "1", "-subj", "/CN=localhost"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def answer(connection):
        try:
            with context.wrap_socket(connection, server_side=True) as inside:
                inside.recv(4096)
                inside.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        except OSError:
            pass
    return listen(answer)


def organisation(world, name, port, key, code):
    device = world.device(name)
    device.abri("organisation", "create", "--name", name, "--kind", "landlord", "--person", "Noé Vasseur", "--server",
                f"127.0.0.1:{port}", "--server-key", key, "--account", code)
    return device


def refuse_silence(world, judge):
    """Takes the deadline of a connection three times, so it goes on beside the others."""
    port = listen(lambda connection: connection.recv(1) and time.sleep(60))
    device = organisation(world, "silent", port, world.server.key, world.server.account())
    judge.refused(device, "a server that says nothing", "timed_out", "sync")


def refuse_servers(world, judge):
    headline("Servers")
    account = world.server.account()
    device = world.device("founding")
    given = {"--name": "X", "--kind": "landlord", "--person": "Y", "--server": f"127.0.0.1:{world.port}", "--server-key": world.server.key,
             "--account": account}
    for what, option, value, where in (
            ("an organisation without a name", "--name", "", "name"), ("a kind that does not exist", "--kind", "château", "kind"),
            ("a server without a port", "--server", "abri.example.org", "server_address"),
            ("half a server key", "--server-key", world.server.key[:32], "server_key"),
            ("a mistyped account code", "--account", account[:-1] + ("a" if account[-1] != "a" else "b"), "account")):
        options = [word for pair in {**given, option: value}.items() for word in pair]
        judge.refused(device, what, "invalid_argument", "organisation", "create", *options, where=where)
    wrong = secrets.token_hex(32)
    for what, error, port, key in (
            ("a server with another key", "wrong_server", world.port, wrong), ("nobody at that address", "network_lost", 9, world.server.key),
            ("a web server in clear", "network_lost", listen(speak_http), world.server.key),
            ("a web server in TLS", "network_lost", web_server(world), world.server.key)):
        judge.refused(organisation(world, what.replace(" ", "-"), port, key, account), what, error, "sync")


def leave_nothing_unsaid(world, judge):
    """What the server does not take, or did not get, is never told as synchronised."""
    headline("What was not exchanged")
    full = organisation(world, "full", world.port, world.server.key, world.server.account("--max-bytes", "40000"))
    full.sync()
    case = full.abri("case", "new", "last_name=Marchwyn")["id"]
    full.abri("case", "add", case, "needs_sheet", *[f"notes+={'x' * 16000}" for _ in range(3)])
    judge.refused(full, "an account that is full", "incomplete", "sync", where="account_full")
    shown = full.run("--lang", "fr", "status", as_json=False).stdout
    check([o["why"] for o in full.status()["obstacles"]] == ["account_full"] and "son compte y est plein" in " ".join(shown.split()),
          "the status says so too")
    elsewhere = subprocess.run([world.program("abri-server"), "--data", world.path("other-server"), "account", "add"],
                               check=True, capture_output=True, text=True).stdout.strip()
    stranger = organisation(world, "stranger", world.port, world.server.key, elsewhere)
    judge.refused(stranger, "an account of another server", "incomplete", "sync", where="account_unknown")
    check(stranger.status()["unsent"] > 0, "and what was not taken still waits")


def synchronise_at_once(world):
    headline("Two synchronisations at once")
    device = organisation(world, "twice", world.port, world.server.key, world.server.account())
    for _ in range(12):
        device.abri("directory", "new", "name=Habitat des Ormes", "kind=landlord")
        both = [device.begin("sync") for _ in range(2)]
        said = [(process.communicate()[0].strip(), process.returncode) for process in both]
        if any(code != 0 for _, code in said):
            raise SystemExit(f"FAILED: of two synchronisations at once one failed: {said}")
    check(device.status()["connection"] == "stopped", "both end well, and the last one ends the connection")
    silent = organisation(world, "stopped", listen(lambda connection: connection.recv(1) and time.sleep(60)), world.server.key,
                          world.server.account())
    waiting = silent.begin("sync")
    while silent.status()["connection"] != "connecting":
        time.sleep(0.01)
    silent.abri("sync", "--stop")
    said = json.loads(waiting.communicate()[0])
    check(waiting.returncode == 42 and said["error"] == "cancelled", f"a synchronisation that somebody stops was interrupted: {said}")


def clocks_off(world, first, second, case, shift_library):
    headline("A clock that is years off")
    person = first.records(case, "person")[0]["id"]
    first.sync()
    second.sync()
    for what, years in (("ahead", 6), ("behind", -6)):
        second.lock()
        second.environment.update(LD_PRELOAD=shift_library, ABRI_CLOCK_SHIFT=str(years * 365 * 86400))
        second.unlock()
        second.abri("case", "set", case, person, f"first_name=Horloge{what}", "language=dari")
        written = next(f for f in second.records(case, "person")[0]["fields"] if f["name"] == "first_name")["values"][0]["written_ms"]
        if years > 0 and written / 1000 - time.time() < 5 * 365 * 86400:
            raise SystemExit("FAILED: the clock of the agent was not shifted")
        second.sync()
        first.sync()
        shown = first.records(case, "person")[0]
        check(raw_values(shown, "first_name") == [f"Horloge{what}"], f"an edit by a clock {abs(years)} years {what} arrives")
        first.abri("case", "set", case, person, "first_name=Lou")
        first.sync()
        second.sync()
        for device in (first, second):
            check(raw_values(device.records(case, "person")[0], "first_name") == ["Lou"], f"{device.name}: a later edit by a right clock wins over it")
            status = device.status()
            check(not status["evidence"] and not status["stale"], f"{device.name}: nobody is accused because of a clock")
        check(first.digest() == second.digest(), "both devices hold the same state")
        second.lock()
        del second.environment["LD_PRELOAD"], second.environment["ABRI_CLOCK_SHIFT"]
        second.unlock()


def forgetful_server(world, judge, device):
    """A server set back to an old copy of its store: it does not know any more what it signed."""
    headline("A server that forgets")
    kept = world.path("server-kept")
    world.server.stop()
    shutil.copytree(world.path("server"), kept)
    world.server.start()
    device.abri("case", "new", "last_name=Oubliette")
    device.sync()
    world.server.stop()
    shutil.rmtree(world.path("server"))
    os.rename(kept, world.path("server"))
    world.server.start()
    judge.refused(device, "a server that lost what it signed for", "server_misbehaved", "sync")
    check(device.status()["evidence"] and device.abri("search", "oubliette"), "the status keeps what the server was caught at, the device what it lost")
