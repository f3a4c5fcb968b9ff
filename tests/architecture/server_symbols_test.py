#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""The server can decrypt nothing: what abri-server takes from libsodium is on a list, and its link map names no object
of abri_crypto.

usage: server_symbols_test.py SOURCE_DIR BUILD_DIR
"""
import pathlib
import re
import subprocess
import sys

ALLOWED = re.compile(
    r"sodium_(init|malloc|allocarray|free|memzero|memcmp|mlock|munlock|mprotect_\w+)"
    r"|randombytes(_\w+)?"
    r"|crypto_generichash(_blake2b)?(_\w+)?"
    r"|crypto_sign(_ed25519)?(_(detached|verify_detached|keypair|seed_keypair|init|update|final_create|final_verify|sk_to_pk"
    r"|ed25519_sk_to_pk|ed25519_detached|ed25519_verify_detached|ed25519_keypair|ed25519_seed_keypair))?"
    r"|crypto_verify_\d+")


def symbols(path, *options):
    text = subprocess.run(["nm", "-D", *options, str(path)], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1].split("@")[0] for line in text.splitlines()}


def sodium_of(program):
    text = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=True).stdout
    match = re.search(r"libsodium\S* => (\S+)", text)
    return match[1] if match else None


def check(program, link_map):
    sodium = sodium_of(program)
    if sodium is None:
        yield f"{program} is not linked with libsodium's shared library: its imports cannot be listed"
        return
    taken = symbols(program, "--undefined-only") & symbols(sodium, "--defined-only")
    if not taken:
        yield f"{program} takes nothing from libsodium: this test looks at the wrong thing"
    for name in sorted(taken):
        if not ALLOWED.fullmatch(name):
            yield f"{program} imports {name}"
    text = link_map.read_text(errors="replace")
    if "libabri_crypto_public.a" not in text:
        yield f"{link_map} does not name libabri_crypto_public.a: this test looks at the wrong thing"
    for library in ("libabri_crypto.a", "libabri_core.a", "libabri_core_net.a"):
        if library in text:
            yield f"{link_map}: {library} is in the server"


def main():
    build = pathlib.Path(sys.argv[2])
    program = build / "bin" / "abri-server"
    if not program.exists():
        print(f"{program} is not built")
        return 1
    findings = list(check(program, build / "bin" / "abri-server.map"))
    print("\n".join(findings) or "the server's libsodium symbols are all on the list")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
