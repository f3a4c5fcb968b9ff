# SPDX-License-Identifier: MPL-2.0
"""The figures of a run: their targets, and the bare limit of the same run that each stands beside."""
import json
import os
import statistics
import subprocess

# figure: target, unit, words
TARGETS = {
    "local_edit_ratio": (2.0, "times", "durable local edit of one field"),
    "push_20000_s": (2.0, "s", "20,000 records made offline, pushed (cases)"),
    "bootstrap_20000_s": (2.5, "s", "the same read by a fresh device (cases)"),
    "push_files_20000_s": (2.0, "s", "20,000 records made offline, pushed (files)"),
    "bootstrap_files_20000_s": (2.5, "s", "the same read by a fresh device (files)"),
    "live_p50_ms": (None, "ms", "live edit until the other device shows it, p50"),
    "live_p99_ms": (None, "ms", "live edit, p99"),
    "live_local_p50_ms": (None, "ms", "of it until the edit is durable on its device, p50"),
    "live_floor_p50_ms": (None, "ms", "bare TLS echo and two fsyncs, p50"),
    "merge_2x1000_s": (0.8, "s", "two times 1,000 offline edits, merged"),
    "fanout_200x49_s": (2.0, "s", "200 edits of 200 cases to 49 reading vaults"),
    "wire_edit_bytes": (450, "B", "one-field edit, one way"),
    "wire_live_edit_total_bytes": (1100, "B", "live edit there and back, with everything"),
    "wire_batch_op_bytes": (50, "B", "an operation, 50 edits of one compartment"),
    "wire_push_bytes_per_record": (700, "B", "pushed, a record"),
    "wire_pull_bytes_per_record": (700, "B", "pulled, a record"),
    "client_disk_bytes_per_record": (1500, "B", "vault, a record"),
    "server_disk_bytes_per_record": (1057, "B", "server's store, a record"),
    "client_rss_mb": (100, "MiB", "device after unlock"),
    "server_rss_mb": (100, "MiB", "server, at its greatest"),
}
LIVE_ABOVE_FLOOR_MS = 1.5
# A message of less than 126 bytes: a record of TLS 1.3 (header 5, kind 1, tag 16) and the head of a WebSocket frame.
FRAME_UP, FRAME_DOWN = 22 + 6, 22 + 2


def limit_of(name, out):
    """The bare limit that a figure stands beside: docs/dev/benchmarks.md says what each is."""
    machine, plain = out["machine"], out["plain"]
    rows = lambda count: count * machine["bare_rows_1000_ms"] / 1e6  # seconds
    seals = lambda count: count / machine["seal_600_per_s"]
    records, readers = out["records"], out["readers"]
    limits = {
        "local_edit_ratio": lambda: f"{machine['local_edit_p50_ms']:.2f} ms, bare transaction {machine['bare_transaction_p50_ms']:.2f} ms",
        "push": lambda: f"bare seals {seals(records):.2f} s, bare rows {rows(records):.2f} s",
        "bootstrap": lambda: f"bare seals {seals(records):.2f} s, bare rows {rows(records):.2f} s",
        "live_p50_ms": lambda: f"floor {out['live_floor_p50_ms']:.2f} ms",
        "live_p99_ms": lambda: f"echo {machine['tls_echo_600_p99_ms']:.2f} ms, fsync {machine['fsync_p99_ms']:.2f} ms, p99 each",
        "live_local_p50_ms": lambda: f"bare transaction {machine['bare_transaction_p50_ms']:.2f} ms",
        "live_floor_p50_ms": lambda: f"echo {machine['tls_echo_600_p50_ms']:.2f} ms, fsync {machine['fsync_p50_ms']:.2f} ms",
        "merge_2x1000_s": lambda: f"1,000 bare rows in one transaction {rows(1000):.3f} s",
        "fanout_200x49_s": lambda: f"{readers} x 200 bare rows, one vault after another {rows(200 * readers):.2f} s",
        "wire_edit_bytes": lambda: f"its text in one frame {plain['short_edit'] + FRAME_UP:.0f} B",
        "wire_live_edit_total_bytes": lambda: f"its text in two frames, an empty one back {2 * plain['edit'] + FRAME_UP + 2 * FRAME_DOWN:.0f} B",
        "wire_batch_op_bytes": lambda: f"its text {plain['batch_op']:.0f} B",
        "wire_p": lambda: f"its texts {plain['record']:.0f} B",
        "client_disk": lambda: f"its texts {plain['record']:.0f} B",
        "server_disk": lambda: f"its texts {plain['record']:.0f} B",
        "client_rss_mb": lambda: f"with an empty vault {out['client_empty_rss_mb']:.1f} MiB",
        "server_rss_mb": lambda: f"with an empty store {out['server_empty_rss_mb']:.1f} MiB",
    }
    return next(limit() for key, limit in limits.items() if name.startswith(key))


def table(out):
    lines = [f"{'':52} {'figure':>9} {'':6} {'target':>8} {'':7} bare limit of the same run"]
    for name, (target, unit, words) in TARGETS.items():
        if name == "live_p50_ms":
            target = out["live_floor_p50_ms"] + LIVE_ABOVE_FLOOR_MS
        verdict = "" if target is None else "ok" if out[name] <= target else "MISSED"
        lines.append(f"{words:52} {out[name]:9.2f} {unit:6} {'-' if target is None else f'{target:.4g}':>8} {verdict:7} {limit_of(name, out)}")
    lines += ["", f"{'single operations (Google Benchmark)':52} {'Abri':>9} {'':6} {'bare':>8} {'':7} times"]
    for name, one in out["micro"].items():
        lines.append(f"{name:52} {one['us']:9.2f} {'us':6} {one['bare_us']:8.2f} {'':7} {one['ratio']:.2f}")
    return "\n".join(lines)


def micro(bin_dir):
    """Single operations beside the bare library: what is called x stands beside x_bare. Repeated in random order, so that a swing of the
    machine meets both."""
    done = subprocess.run([os.path.join(bin_dir, "bench_micro"), "--benchmark_format=json", "--benchmark_repetitions=7", "--benchmark_min_time=0.05",
                           "--benchmark_enable_random_interleaving=true"], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    times = {}
    for one in sorted(json.loads(done.stdout)["benchmarks"], key=lambda one: one["family_index"]):
        if one["run_type"] == "iteration":
            times.setdefault(one["run_name"], []).append(one["cpu_time"] / 1000)  # its unit is ns
    mid = {name: statistics.median(each) for name, each in times.items()}
    return {name: {"us": round(us, 3), "bare_us": round(mid[f"{name}_bare"], 3), "ratio": round(us / mid[f"{name}_bare"], 2)}
            for name, us in mid.items() if not name.endswith("_bare")}
