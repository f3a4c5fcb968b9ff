# SPDX-License-Identifier: MPL-2.0
"""Where the processor time of each phase goes, by process and kind of work: scripts/bench --profile, with perf."""
import collections
import os
import re
import shutil
import subprocess
import tempfile
import time

from processes import cpu_seconds

HERTZ = 1999
# The first pattern that fits decides. What runs in the kernel is named after the functions that led there.
KERNEL = (
    ("kernel: fsync", r"fsync|fdatasync"),
    ("kernel: reading and writing files", r"ext4|xfs|btrfs|jbd2|iomap|blk_|submit_bio|generic_file|pwrite|pread|ftruncate|fcntl"),
    ("kernel: network", r"tcp_|inet_|sock_|skb_|net_rx|__sys_(send|recv)"),
    ("kernel: memory", r"page_fault|handle_mm|mmap|munmap|madvise|mprotect|sys_brk"),
    ("kernel: pipes", r"pipe_"),
    ("kernel: waiting, waking, switching", r"epoll|poll|futex|schedule|nanosleep|eventfd|timerfd|switch|wake|rseq"),
    ("kernel: rest", r""),
)
# What was called on the way to it, whatever library it is in: SQLCipher and TLS share OpenSSL.
CALLED = (
    ("SQLCipher: encrypting and authenticating pages", r"sqlcipher_|sqlite3Codec"),
    ("TLS", r"\bSSL_|libssl"),
)
LIBRARIES = (
    ("libsodium", r"libsodium"),
    ("Protocol Buffers", r"libprotobuf"),
    ("libc, libstdc++: memory and text", r"libc\.|libstdc|libm\.|ld-linux|vdso"),
    ("OpenSSL, for either", r"libcrypto"),
    ("other libraries", r""),
)
# A program's own functions, by their names; SQLite's are told by its library's symbols.
OWN = (
    ("Protocol Buffers", r"^google::protobuf|^abri::v1::"),
    ("Asio, Beast, JSON", r"^(void |bool |auto )?(boost::|non-virtual thunk to boost)"),
    ("Abri: merging", r"abri::core::merge|abri::proto"),
    ("Abri: cryptography around libsodium", r"abri::crypto"),
    ("Abri: rest", r"abri::"),
    ("C++ templates", r""),
)
SQLITE = "SQLite"


def check():
    """Stops where perf is missing or may not record."""
    if not shutil.which("perf"):
        raise SystemExit("scripts/bench --profile needs perf: apt-get install linux-perf. Everything else works without it.")
    with tempfile.TemporaryDirectory(prefix="abri-perf-") as folder:
        tried = subprocess.run(["perf", "record", "-q", "-o", os.path.join(folder, "data"), "true"], capture_output=True, text=True)
    if tried.returncode:
        raise SystemExit("perf may not record here; as root, or after `sysctl kernel.perf_event_paranoid=1`, it may:\n" + tried.stderr)


def sqlite_symbols(bin_dir):
    archive = os.path.join(os.path.dirname(bin_dir), "libabri_sqlcipher.a")
    listed = subprocess.run(["nm", "--defined-only", "-f", "posix", archive], check=True, capture_output=True, text=True).stdout
    return {line.split()[0] for line in listed.splitlines() if line and not line.endswith(":")}


def first(groups, text):
    return next(name for name, pattern in groups if re.search(pattern, text))


class Profile:
    """perf over the processes of one phase. Without `bin_dir`, nothing: what is measured is not profiled at the same time."""

    def __init__(self, bin_dir=None):
        self.sqlite = sqlite_symbols(bin_dir) if bin_dir else None
        self.phases = []

    def start(self, what, count, **processes):
        """@param count  of what the phase does that many times, for the processor time of one"""
        if self.sqlite is None:
            return
        self.folder = tempfile.TemporaryDirectory(prefix="abri-perf-")
        self.what, self.count, self.processes = what, count, processes
        self.file = os.path.join(self.folder.name, "data")
        self.perf = subprocess.Popen(["perf", "record", "-q", "--call-graph", "dwarf,8192", "-F", str(HERTZ), "-o", self.file,
                                      "-p", ",".join(map(str, processes.values()))],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        self.before = {name: cpu_seconds(pid) for name, pid in processes.items()}
        self.begin = time.monotonic()

    def stop(self):
        if self.sqlite is None:
            return
        wall = time.monotonic() - self.begin
        used = {name: cpu_seconds(pid) - self.before[name] for name, pid in self.processes.items()}
        self.perf.terminate()
        self.perf.wait()
        told = subprocess.run(["perf", "script", "--no-inline", "-i", self.file, "-F", "pid,ip,sym,dso"], capture_output=True, text=True,
                              errors="replace").stdout
        self.folder.cleanup()
        names = {pid: name for name, pid in self.processes.items()}
        groups = {name: collections.Counter() for name in self.processes}
        functions = {name: collections.Counter() for name in self.processes}
        for sample in told.split("\n\n"):
            head, *frames = sample.strip().split("\n")
            if not frames or int(head) not in names:
                continue
            chain = [re.match(r"\s*[0-9a-f]+ (.*) \((.*)\)$", frame).groups() for frame in frames if frame.endswith(")")]
            name = names[int(head)]
            groups[name][self.group(chain)] += 1
            functions[name][short(*chain[0])] += 1
        self.phases.append((self.what, self.count, wall, used, groups, functions))

    def group(self, chain):
        """@param chain  (function, library), the innermost first"""
        symbol, library = chain[0]
        if "kernel" in library:
            return first(KERNEL, " ".join(name for name, where in chain if "kernel" in where))
        called = " ".join(f"{name} {where}" for name, where in chain)
        for name, pattern in CALLED:
            if re.search(pattern, called):
                return name
        if ".so" in library or "vdso" in library:
            return first(LIBRARIES, library)
        return SQLITE if symbol in self.sqlite else first(OWN, symbol)

    def markdown(self):
        return "\n".join(line for phase in self.phases for line in lines_of(*phase))


def short(symbol, library):
    """The assembly of libraries is without names: the library stands for it."""
    return os.path.basename(library) if symbol == "[unknown]" else re.sub(r"[(<].*", "", symbol.replace("(anonymous namespace)::", ""))[:60]


def lines_of(what, count, wall, used, groups, functions):
    share = lambda name, group: 100 * groups[name][group] / max(1, sum(groups[name].values()))
    rows = sorted({group for counts in groups.values() for group in counts}, key=lambda group: -sum(share(name, group) * used[name] for name in used))
    each = [f"{name} {seconds:.2f} s" + (f" ({1000 * seconds / count:.2f} ms each)" if count else "") for name, seconds in used.items()]
    yield f"## {what}\n"
    yield f"{wall:.2f} s under perf; processor time: {', '.join(each)}. Shares of it in per cent:\n"
    yield f"| kind of work | {' | '.join(groups)} |"
    yield "|---|" + "---:|" * len(groups)
    for group in rows:
        if max(share(name, group) for name in groups) >= 1:
            yield f"| {group} | {' | '.join(f'{share(name, group):.0f}' for name in groups)} |"
    yield ""
    for name, counts in functions.items():
        total = max(1, sum(counts.values()))
        yield f"* {name}: " + ", ".join(f"`{symbol}` {100 * number / total:.0f}" for symbol, number in counts.most_common(6))
    yield ""
