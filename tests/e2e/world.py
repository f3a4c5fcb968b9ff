# SPDX-License-Identifier: MPL-2.0
"""Real processes on this machine for the end-to-end tests: one sync server, people's devices with a vault and an agent each, reached
by nothing but the command line. Debian's Python, no module.
"""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

PASSPHRASE = "tilleul et sapin bleu"


def say(text):
    print(text, flush=True)


def headline(text):
    say(f"\n\033[1m== {text}\033[0m" if sys.stdout.isatty() else f"\n== {text}")


def check(condition, what):
    if not condition:
        raise SystemExit(f"FAILED: {what}")
    say(f"  ok: {what}")


def field(record, name):
    return next(f for f in record["fields"] if f["name"] == name)


def raw_values(record, name):
    """What stands in a field, none where it was never set."""
    return [value["raw"] for f in record["fields"] if f["name"] == name for value in f["values"]]


class Proxy:
    """Between clients and server: writes down every byte that passes on the wire."""

    def __init__(self, target, record):
        self.target, self.record = target, open(record, "ab", buffering=0)
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        try:
            server = socket.create_connection(("127.0.0.1", self.target), timeout=10)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=self.pump, args=(server, client), daemon=True).start()
        self.pump(client, server)

    def pump(self, source, sink):
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                with self.lock:
                    self.record.write(data)
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Server:
    def __init__(self, world, tapped):
        self.world, self.tapped, self.process, self.key = world, tapped, None, None
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]

    def command(self, *more):
        return [self.world.program("abri-server"), "--data", self.world.path("server"), *more]

    def start(self):
        environment = dict(os.environ)
        if self.tapped:
            tap = os.path.join(self.world.path("inside-tls"), "tap")
            environment.update(LD_PRELOAD=self.world.program("tls_tap.so"), ABRI_TLS_TAP=tap)
        with open(self.world.path("server.log"), "ab") as log:
            self.process = subprocess.Popen(self.command("--port", str(self.port)), stdout=subprocess.PIPE, stderr=log,
                                            env=environment, text=True)
        if not self.process.stdout.readline():
            raise SystemExit("FAILED: the server does not start; see its log")
        self.key = self.process.stdout.readline().split()[-1]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.ended()

    def kill(self):
        self.process.kill()
        self.ended()

    def ended(self):
        self.process.wait(timeout=40)
        self.process.stdout.close()
        self.process = None

    def account(self, *options):
        return subprocess.run(self.command("account", "add", *options), check=True, capture_output=True, text=True).stdout.strip()


class Device:
    """One person's device: its own vault, its own agent, only the command line."""

    def __init__(self, world, name):
        self.world, self.name, self.vault = world, name, world.path(name)
        self.environment = dict(os.environ, XDG_STATE_HOME=world.path(name + "-state"), XDG_RUNTIME_DIR=world.path("run"),
                                LANG="fr_FR.UTF-8")
        self.environment.pop("LC_ALL", None)
        self.environment.pop("LC_MESSAGES", None)

    def arguments(self, *more, as_json=True):
        return [self.world.program("abri"), "--vault", self.vault, *(["--json"] if as_json else []), *more]

    def run(self, *command, as_json=True, typed=""):
        """The finished command: code, output and message are for the caller to judge."""
        return subprocess.run(self.arguments(*command, as_json=as_json), capture_output=True, text=True, env=self.environment,
                              input=typed)

    def with_passphrase(self, command, *more, passphrase=PASSPHRASE, following=None, as_json=True):
        """A command that takes the passphrase, and perhaps the next one, from descriptors."""
        descriptors, options = [], []
        for option, text in (("--passphrase-fd", passphrase), ("--next-passphrase-fd", following)):
            if text is None:
                continue
            read, write = os.pipe()
            os.write(write, (text + "\n").encode())
            os.close(write)
            descriptors.append(read)
            options += [option, str(read)]
        try:
            return subprocess.run(self.arguments(command, *options, *more, as_json=as_json), pass_fds=descriptors,
                                  env=self.environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        finally:
            for read in descriptors:
                os.close(read)

    def begin(self, *command):
        """The same, still running."""
        return subprocess.Popen(self.arguments(*command), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=self.environment, stdin=subprocess.DEVNULL)

    def unlock(self):
        done = self.with_passphrase("unlock")
        if done.returncode != 0:
            raise SystemExit(f"FAILED: {self.name}: abri unlock: {done.stdout}{done.stderr}")

    def create(self):
        done = self.with_passphrase("init")
        if done.returncode != 0:
            raise SystemExit(f"FAILED: {self.name}: abri init: {done.stdout}{done.stderr}")
        self.unlock()
        return self

    def abri(self, *command):
        done = self.run(*command)
        if done.returncode != 0:
            raise SystemExit(f"FAILED: {self.name}: abri {' '.join(command)}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def refused(self, *command):
        return self.run(*command).returncode

    def screen(self, *command):
        shown = self.run(*command, as_json=False)
        return shown.stdout + shown.stderr

    def sync(self):
        return self.abri("sync")

    def status(self):
        return self.abri("status")

    def digest(self):
        return self.abri("status", "--digest")["digest"]

    def records(self, case, kind):
        return [r for r in self.abri("case", "show", case, "--reveal")["records"] if r["type"] == kind]

    def lock(self):
        self.run("lock")

    def agent(self):
        """Number of the process that holds this vault, None where it is locked."""
        wanted = [self.world.program("abri-agent"), "--vault", self.vault]
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    words = file.read().decode(errors="replace").split("\0")
            except OSError:
                continue
            if words[:3] == wanted:
                return int(entry)
        return None

    def kill(self):
        """Ends the agent with SIGKILL. @return whether there was one"""
        process = self.agent()
        if process is None:
            return False
        os.kill(process, signal.SIGKILL)
        while os.path.exists(f"/proc/{process}") and self.agent() == process:
            time.sleep(0.001)
        return True


class World:
    """A folder with everything in it. `observed`: what passes on the wire and inside TLS is written down for the leak search."""

    def __init__(self, bin_dir, observed=False):
        self.bin_dir, self.folder = os.path.abspath(bin_dir), tempfile.mkdtemp(prefix="abri-e2e-")
        os.mkdir(self.path("run"), 0o700)
        self.server = Server(self, observed)
        self.port = self.server.port
        if observed:
            os.mkdir(self.path("inside-tls"), 0o700)
            self.proxy = Proxy(self.server.port, self.path("raw-traffic.bin"))
            self.port = self.proxy.port
        self.devices = []

    def path(self, name):
        return os.path.join(self.folder, name)

    def program(self, name):
        return os.path.join(self.bin_dir, name)

    def device(self, name):
        device = Device(self, name)
        self.devices.append(device)
        return device.create()

    def found(self, device, name, kind, person, account):
        device.abri("organisation", "create", "--name", name, "--kind", kind, "--person", person, "--server",
                    f"127.0.0.1:{self.port}", "--server-key", self.server.key, "--account", account)

    def join(self, first, second, *options):
        """The second device joins the organisation of the first; the server must run."""
        code = first.abri("device", "invite", *options)["code"]
        first.sync()
        second.abri("device", "join", code)
        for device in (second, first, second):
            device.sync()

    def meet(self, first, other):
        """Two organisations trust each other after comparing the fingerprint. @return what each sees of the other"""
        code = first.abri("partner", "invite")["code"]
        first.sync()
        other.abri("partner", "accept", code)
        for device in (other, first):
            device.sync()
        shown = [device.abri("partner", "list")[0] for device in (first, other)]
        check(shown[0]["fingerprint"] == shown[1]["fingerprint"], f"both read the same fingerprint: {shown[0]['fingerprint']}")
        for device, partner in zip((first, other), shown):
            device.abri("partner", "confirm", partner["fingerprint"])
        for device in (first, other, first):
            device.sync()
        return shown

    def close(self, keep):
        for device in self.devices:
            device.lock()
        if self.server.process:
            self.server.stop()
        if keep:
            say(f"kept: {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
