#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""The lints find what they are for: each fault below, planted in a small tree or a small program, is named; the clean tree and the
clean program are clean.

usage: seeded_faults_test.py SOURCE_DIR [BUILD_DIR]
"""
import pathlib
import subprocess
import sys
import tempfile

import include_lint_test
import server_symbols_test
import source_lint_test

HEAD = "// SPDX-License-Identifier: MPL-2.0\n"
CLEAN = {
    "core/src/vault/database.hpp": HEAD + "#include <string>\n#include <abri/base/result.hpp>\n",
    "core/src/vault/database.cpp": HEAD + '#include "vault/database.hpp"\n#include <sqlite3.h>\n// memset( in words\n',
    "core/src/sync/engine.cpp": HEAD + '#include "vault/database.hpp"\n',
    "crypto/src/seal.cpp": HEAD + "#include <sodium.h>\n#include <abri/crypto/seal.hpp>\n",
    "sync-server/src/store/store.hpp": HEAD,
    "sync-server/src/log/log.cpp": HEAD + '#include "store/store.hpp"\n#include <abri/crypto/sign.hpp>\n',
    "scripts/hello": "#!/usr/bin/python3\n# SPDX-License-Identifier: MPL-2.0\nimport sys\n",
}
# (file, its text, what the lint must say)
INCLUDE_FAULTS = [
    ("core/src/vault/a.cpp", "#include <sodium.h>", "sodium.h"),
    ("core/src/sync/a.cpp", "#include <sqlite3.h>", "sqlite3.h"),
    ("core/src/sync/a.cpp", "#include <boost/asio.hpp>", "boost/asio.hpp"),
    ("core/src/sync/a.cpp", "#include <unistd.h>", "unistd.h"),
    ("core/src/merge/a.cpp", '#include "vault/database.hpp"', "vault/database.hpp"),
    ("core/src/vault/a.cpp", '#include "store/store.hpp"', "store/store.hpp"),
    ("crypto/src/a.cpp", "#include <abri/v1/wire.pb.h>", "abri/v1/wire.pb.h"),
    ("crypto/src/public/a.cpp", "#include <abri/crypto/wrap.hpp>", "abri/crypto/wrap.hpp"),
    ("sync-server/src/log/a.cpp", "#include <abri/crypto/aead.hpp>", "abri/crypto/aead.hpp"),
    ("sync-server/src/log/a.cpp", "#include <sqlite3.h>", "sqlite3.h"),
    ("sync-server/src/log/a.cpp", "#  include <abri/core/app.hpp>", "abri/core/app.hpp"),
    ("clients/cli/a.cpp", "#include <abri/core/app.hpp>", "abri/core/app.hpp"),
    ("elsewhere/a.cpp", "", "no rule"),
]
SOURCE_FAULTS = [
    ("core/src/net/a.cpp", "net::co_spawn(x, y, net::detached);", "detached"),
    ("crypto/src/a.cpp", "std::memset(key, 0, 32);", "memset"),
    ("crypto/src/a.cpp", "crypto_box_seal(a, b, c, d);", "crypto_box_seal"),
    ("core/src/sync/a.cpp", "int x = std::rand();", "rand"),
    ("core/src/sync/a.cpp", "std::mt19937_64 g;", "mt19937"),
    ("sync-server/src/a.cpp", "std::thread(f).detach();", "detach"),
    ("tests/unit/core/a_test.cpp", "std::this_thread::sleep_for(1s);", "sleep_for"),
    ("tests/simulation/a_test.cpp", "usleep(5);", "usleep"),
    ("core/src/a.cpp", "\n" * 501, "cut it by concern"),
    ("core/src/a.cpp", "// TO" "DO later", "TO" "DO"),
    ("core/src/a.cpp", 'auto path = "/ho' 'me/someone/x";', "one machine"),
    ("scripts/a", "#!/usr/bin/python3\nimport num" "py\n", "numpy"),
    ("package-lock.json", '{"resol' 'ved": "x"}', "registry"),
]


# What a server may take from libsodium, and functions of it that could decrypt or agree on a key.
CLEAN_SYMBOLS = ["sodium_init", "randombytes_buf", "crypto_generichash", "crypto_sign_verify_detached", "crypto_verify_32"]
SYMBOL_FAULTS = ["crypto_aead_xchacha20poly1305_ietf_decrypt", "crypto_box_seal_open", "crypto_box_beforenm", "crypto_scalarmult",
                 "crypto_secretbox_open_easy", "crypto_kdf_derive_from_key", "crypto_pwhash", "crypto_sign_ed25519_sk_to_curve25519"]
CLEAN_MAP = "libabri_crypto_public.a(hash.cpp.o)\n"
MAP_FAULTS = ["libabri_crypto.a", "libabri_core.a", "libabri_core_net.a"]


def findings_of(check, plant):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in {**CLEAN, **plant}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        return check(root)


def server_findings(symbols, *link_maps, libraries=("-Wl,--no-as-needed", "-lsodium")):
    """What the check of the server's symbols says about a program that calls these functions, for each of the link maps."""
    lines = [f"void {name}(void);" for name in symbols]
    lines += ["int main(int count, char **words) {", "  (void)words;", "  if (count > 1) {", *[f"    {name}();" for name in symbols],
              "  }", "  return 0;", "}"]
    with tempfile.TemporaryDirectory() as folder:
        program, source, link_map = (pathlib.Path(folder) / name for name in ("program", "program.c", "program.map"))
        source.write_text("\n".join(lines) + "\n")
        subprocess.run(["cc", "-o", program, source, *libraries], check=True)
        for text in link_maps:
            link_map.write_text(text)
            yield list(server_symbols_test.check(program, link_map))


def server_faults():
    """What the check of the server's symbols does not find."""
    clean, linked, nameless = server_findings(CLEAN_SYMBOLS, CLEAN_MAP, CLEAN_MAP + "\n".join(MAP_FAULTS), "")
    if clean:
        yield f"the clean program has findings: {clean}"
    for library in MAP_FAULTS:
        if not any(line.endswith(f" {library} is in the server") for line in linked):
            yield f"not found in a link map: {library}"
    found, = server_findings(CLEAN_SYMBOLS + SYMBOL_FAULTS, CLEAN_MAP)
    for name in SYMBOL_FAULTS:
        if not any(line.endswith(f" imports {name}") for line in found):
            yield f"not found in a program: {name}"
    # what would be clean since it is another program than the server
    idle, = server_findings([], CLEAN_MAP)
    alone, = server_findings([], CLEAN_MAP, libraries=())
    for what, findings in (("takes nothing from libsodium", idle), ("is not linked with libsodium", alone),
                           ("does not name libabri_crypto_public.a", nameless)):
        if not any(what in line for line in findings):
            yield f"not found: one that {what}"


def main():
    rules = include_lint_test.read_rules(pathlib.Path(__file__).with_name("include_rules.txt"))
    lints = [(lambda root: include_lint_test.check(root, rules), INCLUDE_FAULTS), (source_lint_test.check, SOURCE_FAULTS)]
    wrong = []
    for check, faults in lints:
        if findings_of(check, {}):
            wrong.append(f"the clean tree has findings: {findings_of(check, {})}")
        for name, text, expected in faults:
            head = "" if text.startswith("#!") else HEAD
            found = findings_of(check, {name: head + text + "\n"})
            if not any(name in line and expected in line for line in found):
                wrong.append(f"not found in {name}: {text.strip() or expected}")
    if not any("no SPDX" in line for line in findings_of(source_lint_test.check, {"core/src/a.cpp": "int x;\n"})):
        wrong.append("not found: a source without a licence line")
    wrong += server_faults()
    count = len(INCLUDE_FAULTS) + len(SOURCE_FAULTS) + 1 + len(SYMBOL_FAULTS) + len(MAP_FAULTS) + 3
    print("\n".join(wrong) or f"{count} planted faults found")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
