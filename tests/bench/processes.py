# SPDX-License-Identifier: MPL-2.0
"""The processes of a run: the sync server, hosts of devices, and a proxy that counts what passes between them."""
import json
import os
import queue
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

STEP_SECONDS = int(os.environ.get("STEP_SECONDS", 240))


def memory(pid):
    """Resident memory now and at its greatest, in MiB."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        lines = dict(line.split(":", 1) for line in file)
    return tuple(int(lines[key].split()[0]) / 1024 for key in ("VmRSS", "VmHWM"))


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def disk_bytes(folder):
    return sum(os.lstat(os.path.join(at, name)).st_blocks * 512 for at, _, names in os.walk(folder) for name in names)


class Host:
    """One process of bench_device; `send` returns at once, `wait` with the answer."""

    def __init__(self, program, log):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        self.pid, self.last, self.answers, self.lock, self.events = self.process.pid, 0, {}, threading.Lock(), queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            message = json.loads(line)
            if "event" in message:
                self.events.put(message)
            else:
                self.answers[message["id"]].put(message)
        for waiting in list(self.answers.values()):
            waiting.put({"error": f"bench_device ended with {self.process.wait()}"})

    def send(self, method, client, **arguments):
        with self.lock:
            self.last += 1
            number = self.last
            self.answers[number] = queue.Queue()
            self.process.stdin.write(json.dumps({"id": number, "method": method, "client": client, **arguments}).encode() + b"\n")
            self.process.stdin.flush()
        return number

    def wait(self, number):
        try:
            message = self.answers[number].get(timeout=STEP_SECONDS)
        except queue.Empty:
            raise SystemExit(f"step {number} of a device was not done in {STEP_SECONDS} s") from None
        del self.answers[number]
        if "error" in message:
            raise SystemExit(f"bench_device: {message['error']}")
        return message["value"]

    def call(self, method, client, **arguments):
        if "BENCH_STEPS" in os.environ:
            print(f"{time.monotonic():.3f} {client} {method}", file=sys.stderr)
        return self.wait(self.send(method, client, **arguments))

    def device(self, client):
        return Device(self, client)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


class Device:
    def __init__(self, host, client):
        self.host, self.client = host, client

    def call(self, method, **arguments):
        return self.host.call(method, self.client, **arguments)

    def send(self, method, **arguments):
        return self.host.send(method, self.client, **arguments)

    def settle(self):
        return self.call("settled")["t"]


class World:
    """A folder with a server and everything that belongs to one measurement; goes with it."""

    def __init__(self, bin_dir, counted=False):
        self.bin_dir, self.folder, self.hosts = bin_dir, tempfile.mkdtemp(prefix="abri-bench-", dir=os.environ.get("BENCH_TMP")), []
        self.log = open(self.path("log"), "ab")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.start_server()
        self.proxy = Proxy(self.port) if counted else None
        self.address = f"127.0.0.1:{self.proxy.port if counted else self.port}"

    def path(self, name):
        return os.path.join(self.folder, name)

    def server_command(self, *more):
        return [os.path.join(self.bin_dir, "abri-server"), "--data", self.path("server"), *more]

    def start_server(self):
        self.server = subprocess.Popen(self.server_command("--port", str(self.port)), stdout=subprocess.PIPE, stderr=self.log, text=True)
        if not self.server.stdout.readline():
            raise SystemExit("the server does not start; see its log in " + self.folder)
        self.key = self.server.stdout.readline().split()[-1]

    def stop_server(self):
        self.server.terminate()
        self.server.wait(timeout=60)
        self.server.stdout.close()

    def host(self):
        self.hosts.append(Host(os.path.join(self.bin_dir, "bench_device"), self.log))
        return self.hosts[-1]

    def founder(self, host, client="a"):
        """A device that founded its organisation, known to the server, disconnected."""
        account = subprocess.run(self.server_command("account", "add"), check=True, capture_output=True, text=True).stdout.strip()
        device = host.device(client)
        device.call("open", folder=self.path(client))
        device.call("found", server=self.address, key=self.key, account=account)
        device.call("connect")
        device.settle()
        return device

    def invited(self, host, by, client):
        """A fresh vault with the code of an invitation; `by` is connected."""
        code = by.call("invite")
        by.call("connect")
        by.settle()
        device = host.device(client)
        device.call("open", folder=self.path(client))
        device.call("join", code=code)
        return device

    def close(self):
        for host in self.hosts:
            host.stop()
        if self.server.poll() is None:
            self.stop_server()
        if self.proxy:
            self.proxy.stop()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Proxy:
    """Counts the payload of TCP both ways, handshakes and acknowledgements of the protocol included. A process of its own."""

    def __init__(self, target):
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__), str(target)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def read(self):
        """Bytes so far: [[up, down] for each connection in the order of their coming]."""
        self.process.stdin.write("read\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)


def run_proxy(target):
    """One thread: what arrives at one end of a pair is counted and sent at the other."""
    selector, counts = selectors.DefaultSelector(), []
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    selector.register(listener, selectors.EVENT_READ, None)
    selector.register(sys.stdin, selectors.EVENT_READ, "command")

    def pass_on(source, sink, count, way):
        data = b""
        try:
            data = source.recv(1 << 18)
            sink.sendall(data)
        except OSError:
            data = b""
        count[way] += len(data)
        if not data:
            for end in (source, sink):
                try:
                    selector.unregister(end)
                except (KeyError, ValueError):
                    pass
                end.close()

    while True:
        for ready, _ in selector.select():
            if ready.data is None:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", target))
                counts.append([0, 0])
                for source, sink, way in ((client, server, 0), (server, client, 1)):
                    source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    selector.register(source, selectors.EVENT_READ, (source, sink, counts[-1], way))
            elif ready.data == "command":
                if not sys.stdin.readline():
                    return
                print(json.dumps(counts), flush=True)
            elif ready.fileobj.fileno() >= 0:
                pass_on(*ready.data)


def now_ms():
    return time.monotonic() * 1000


if __name__ == "__main__":
    run_proxy(int(sys.argv[1]))
