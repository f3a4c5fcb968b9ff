# SPDX-License-Identifier: MPL-2.0
"""What Abri's first targets ask for, measured with real processes beside what the machine allows in the same run
(docs/dev/benchmarks.md). Started by scripts/bench.
"""
import argparse
import json
import os
import queue
import statistics
import subprocess
import sys
import time

import profiles
from figures import micro, table
from processes import World, disk_bytes, memory, now_ms
from workload import cases, edited, files, person

FIELDS = list(person(0))
RECORDS_A_FILE = {"cases": 1, "files": 40}
FAN_OUT_EDITS = 200


def say(text):
    print(text, file=sys.stderr, flush=True)


def median(values):
    return statistics.median(values)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(len(ordered) * share * 1000) // 1000) - 1))]


def make_offline(device, shape, records):
    make, size = (cases, 500) if shape == "cases" else (files, 10)
    count = records // RECORDS_A_FILE[shape]
    for first in range(0, count, size):
        device.call("create", files=make(first, min(size, count - first)))
    return count


def share_places(world, source, *targets):
    path = world.path("places")
    source.call("save_places", path=path)
    for target in targets:
        target.call("load_places", path=path)


def push_and_bootstrap(world, shape, records, profile):
    """@return the two devices, connected and settled, and the figures"""
    out = {}
    a = world.founder(world.host())
    a.call("disconnect")
    count = make_offline(a, shape, records)
    before = world.proxy.read() if world.proxy else None
    profile.start(f"{records:,} records made offline, pushed ({shape})", 0, A=a.host.pid, server=world.server.pid)
    begin = a.call("connect")["t"]
    out["push_s"] = (a.settle() - begin) / 1000
    profile.stop()
    between = world.proxy.read() if world.proxy else None
    b = world.invited(world.host(), a, "b")
    profile.start(f"The same read by a fresh device ({shape})", 0, B=b.host.pid, server=world.server.pid)
    begin = b.call("connect")["t"]
    out["bootstrap_s"] = (b.call("held", files=count, records=RECORDS_A_FILE[shape])["t"] - begin) / 1000
    profile.stop()
    if world.proxy:
        total = lambda counts: sum(map(sum, counts))
        out["wire_push"] = (total(between) - total(before)) / records
        out["wire_pull"] = (total(world.proxy.read()) - total(between)) / records
    out["server_rss"] = memory(world.server.pid)[1]
    out["reader_rss"] = memory(b.host.pid)[0]
    a.settle()
    b.settle()
    share_places(world, a, b)
    return a, b, out


def check_same(a, b):
    if a.call("digest") != b.call("digest"):
        raise SystemExit("FAILED: the devices do not hold the same state")


def check_contents(device, records):
    """What arrived is what the workload made."""
    held = device.call("all", fields=FIELDS)
    wrong = sum(texts != list(person(i).values()) for i, texts in enumerate(held))
    if wrong or len(held) != records:
        raise SystemExit(f"FAILED: {wrong} of {len(held)} records differ from the workload")


def next_event(host):
    try:
        return host.events.get(timeout=60)
    except queue.Empty:
        raise SystemExit("FAILED: an edit did not arrive within a minute") from None


def live(world, a, b, samples, records, profile):
    """@return ms until the other device shows the edit, and until it is durable on its own"""
    times, local = [], []
    for k in range(samples + 10):
        if k == 10:
            profile.start("Live edits, one after another", samples, A=a.host.pid, server=world.server.pid, B=b.host.pid)
        index = k * 37 % records
        b.call("watch", items=[{"index": index, "field": "language"}])
        time.sleep(0.003)
        begun = a.call("edits", items=[{"index": index, "field": "language", "value": edited("direct", k)}])
        event = next_event(b.host)
        if k >= 10:
            times.append(event["t"] - begun["t"])
            local.append(begun["ms"])
        time.sleep(0.01)
    profile.stop()
    return times, local


def merge(world, a, b, edits, profile):
    """From reconnecting until each holds the other's edits."""
    for device in (a, b):
        device.settle()
        device.call("disconnect")
    half = edits // 2
    for device, who, field, first in ((a, "A hors ligne", "safe_hours", 0), (b, "B hors ligne", "code_phrase", half)):
        device.call("edits", items=[{"index": first + k, "field": field, "value": edited(who, k)} for k in range(edits)])
    profile.start(f"Two times {edits:,} offline edits, merged", 0, A=a.host.pid, server=world.server.pid, B=b.host.pid)
    begin = min(device.call("connect")["t"] for device in (a, b))
    for _ in range(100):
        for device in (a, b):
            device.settle()
        time.sleep(0.2)
        if a.call("digest") == b.call("digest"):
            break
    profile.stop()
    check_same(a, b)
    return (max(device.call("last_change") for device in (a, b)) - begin) / 1000


def fan_out(bin_dir, edits, readers, profile):
    world = World(bin_dir)
    try:
        a = world.founder(world.host())
        make_offline(a, "cases", edits)
        a.call("connect")
        a.settle()
        hosts = [world.host(), world.host()]
        devices = []
        for k in range(readers):
            reader = world.invited(hosts[k % 2], a, f"r{k}")
            reader.call("connect")
            reader.call("held", files=edits, records=1)
            devices.append(reader)
        share_places(world, a, *devices)
        for reader in devices:
            reader.call("watch", items=[{"index": k, "field": "language"} for k in range(edits)])
        a.settle()
        time.sleep(0.5)
        profile.start(f"{edits} edits of {edits} cases to {readers} reading vaults", 0, A=a.host.pid, server=world.server.pid,
                      half_the_readers=hosts[0].pid)
        begin = a.call("edits", items=[{"index": k, "field": "language", "value": edited("diffusion", k)} for k in range(edits)])["t"]
        last = max(next_event(host)["t"] for k, host in ((k, hosts[k % 2]) for k in range(readers)) for _ in range(edits))
        profile.stop()
        return (last - begin) / 1000
    finally:
        world.close()


def mean_bytes(texts):
    return round(statistics.fmean(len(text.encode()) for text in texts), 1)


def bytes_on_the_wire(bin_dir, records):
    world = World(bin_dir, counted=True)
    try:
        a, b, figures = push_and_bootstrap(world, "cases", records, profiles.Profile())
        out = {"wire_push_bytes_per_record": figures["wire_push"], "wire_pull_bytes_per_record": figures["wire_pull"]}
        count = 100
        short_edit = "langue {}".format

        def edits(value):
            time.sleep(2.5)
            before = world.proxy.read()
            for k in range(count):
                a.call("edits", items=[{"index": k * 31 % records, "field": "language", "value": value(k)}])
                time.sleep(0.015)
            for device in (a, b):
                device.settle()
            time.sleep(0.3)
            after = world.proxy.read()
            up = max(x[0] - y[0] for x, y in zip(after, before))  # by the connection of the author
            return up / count, (sum(map(sum, after)) - sum(map(sum, before))) / count

        out["wire_edit_bytes"], out["wire_live_short_total_bytes"] = edits(short_edit)
        out["wire_long_edit_bytes"], out["wire_live_edit_total_bytes"] = edits(lambda k: edited("octets", k))
        # a person's sheet filled in: fifty edits of one compartment, sent together
        short = [name for name in FIELDS if name not in ("role", "code_phrase", "safe_phone", "safe_hours", "used_name")]
        items = [{"index": 7, "field": short[k % len(short)], "value": person(100 + k)[short[k % len(short)]]} for k in range(50)]
        time.sleep(2.5)
        before = world.proxy.read()
        a.call("edits", items=items, together=True)
        a.settle()
        time.sleep(0.3)
        after = world.proxy.read()
        out["wire_batch_op_bytes"] = max(x[0] - y[0] for x, y in zip(after, before)) / len(items)
        out["plain"] = {"record": mean_bytes("".join(person(i).values()) for i in range(records)),
                        "short_edit": mean_bytes(short_edit(k) for k in range(count)),
                        "edit": mean_bytes(edited("octets", k) for k in range(count)),
                        "batch_op": mean_bytes(item["value"] for item in items)}
        return out
    finally:
        world.close()


def empty_memory(world):
    """Of the server without a log and of a device with an empty vault."""
    device = world.host().device("empty")
    device.call("open", folder=world.path("empty"))
    out = memory(world.server.pid)[0], memory(device.host.pid)[0]
    device.host.stop()
    return out


def main_run(bin_dir, shape, options, profile):
    world = World(bin_dir)
    try:
        server_empty, client_empty = empty_memory(world)
        a, b, out = push_and_bootstrap(world, shape, options.records, profile)
        out.update(server_empty=server_empty, client_empty=client_empty)
        check_same(a, b)
        if shape == "cases":
            check_contents(b, options.records)
            out["limits_before"] = limits(bin_dir, world.path("limits-1"))
            out["live"], out["live_local"] = live(world, a, b, options.live, options.records, profile)
            out["limits_after"] = limits(bin_dir, world.path("limits-2"))
            out["merge_s"] = merge(world, a, b, min(1000, options.records // 2), profile)
        for device in (a, b):
            device.call("close")
        reopened = world.host().device("b")
        reopened.call("open", folder=world.path("b"))
        reopened.call("connect")
        reopened.settle()
        out["client_rss"] = memory(reopened.host.pid)[0]
        reopened.call("close")
        world.stop_server()
        out["client_disk"] = disk_bytes(world.path("b")) / options.records
        out["server_disk"] = disk_bytes(world.path("server")) / options.records
        return out
    finally:
        world.close()


def limits(bin_dir, folder):
    done = subprocess.run([os.path.join(bin_dir, "bench_limits"), folder, "200"], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def collect(bin_dir, options):
    runs = {"cases": [], "files": []}
    for number in range(options.runs):
        for shape in runs:
            begin = now_ms()
            run = main_run(bin_dir, shape, options, profiles.Profile())
            runs[shape].append(run)
            say(f"run {number + 1}, {shape}: push {run['push_s']:.2f} s, bootstrap {run['bootstrap_s']:.2f} s"
                + (f", merge {run['merge_s']:.2f} s, live p50 {median(run['live']):.2f} ms" if shape == "cases" else "")
                + f"  ({(now_ms() - begin) / 1000:.0f} s)")
    fans = [fan_out(bin_dir, FAN_OUT_EDITS, options.readers, profiles.Profile()) for _ in range(options.runs)]
    say("fan-out: " + ", ".join(f"{x:.2f} s" for x in fans))
    wire = bytes_on_the_wire(bin_dir, min(options.records, 2000))
    by_case, by_file = runs["cases"], runs["files"]
    machine = [run[which] for run in by_case for which in ("limits_before", "limits_after")]
    mid = lambda name: median([m[name] for m in machine])
    times = [t for run in by_case for t in run["live"]]
    out = {
        "records": options.records, "runs": options.runs, "readers": options.readers,
        "local_edit_ratio": median([m["local_edit_p50_ms"] / m["bare_transaction_p50_ms"] for m in machine]),
        "push_20000_s": median([r["push_s"] for r in by_case]),
        "bootstrap_20000_s": median([r["bootstrap_s"] for r in by_case]),
        "push_files_20000_s": median([r["push_s"] for r in by_file]),
        "bootstrap_files_20000_s": median([r["bootstrap_s"] for r in by_file]),
        "live_p50_ms": median(times), "live_p99_ms": percentile(times, 0.99),
        "live_local_p50_ms": median([t for run in by_case for t in run["live_local"]]),
        "live_floor_p50_ms": mid("tls_echo_600_p50_ms") + 2 * mid("fsync_p50_ms"),
        "merge_2x1000_s": median([r["merge_s"] for r in by_case]),
        "fanout_200x49_s": median(fans),
        **wire,
        "client_disk_bytes_per_record": median([r["client_disk"] for r in by_case]),
        "server_disk_bytes_per_record": median([r["server_disk"] for r in by_case]),
        "client_rss_mb": max(max(r["client_rss"], r["reader_rss"]) for r in by_case + by_file),
        "server_rss_mb": max(r["server_rss"] for r in by_case + by_file),
        "client_empty_rss_mb": median([r["client_empty"] for r in by_case + by_file]),
        "server_empty_rss_mb": median([r["server_empty"] for r in by_case + by_file]),
        "machine": {name: mid(name) for name in machine[0]},
        "micro": micro(bin_dir),
        "load": os.getloadavg()[0],
    }
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in out.items()}


def profile_phases(bin_dir, options):
    """Each phase once with perf: what it takes is no figure, where the time goes is."""
    profiles.check()
    profile = profiles.Profile(bin_dir)
    load = os.getloadavg()[0]
    for shape in RECORDS_A_FILE:
        main_run(bin_dir, shape, options, profile)
    fan_out(bin_dir, FAN_OUT_EDITS, options.readers, profile)
    print(f"# Where the time goes\n\n`scripts/bench --profile` on {os.cpu_count()} processors, load {load:.1f} before; read with "
          f"docs/dev/benchmarks.md.\n\n{profile.markdown()}", end="")


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin_dir", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--quick", action="store_true", help="520 records, one run: does it all still work")
    parser.add_argument("--profile", action="store_true", help="with perf, instead of the figures: where the time of each phase goes, as Markdown")
    parser.add_argument("--records", type=int, default=20000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--live", type=int, default=200, help="samples of a live edit")
    parser.add_argument("--readers", type=int, default=49)
    options = parser.parse_args()
    if options.quick:
        options.records, options.runs, options.live, options.readers = 520, 1, 20, 4
    bin_dir = os.path.abspath(options.bin_dir)
    if options.profile:
        return profile_phases(bin_dir, options)
    out = collect(bin_dir, options)
    say(table(out))
    if options.json:
        print(json.dumps(out))


if __name__ == "__main__":
    main()
