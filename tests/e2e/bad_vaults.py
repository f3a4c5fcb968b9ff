# SPDX-License-Identifier: MPL-2.0
"""Passphrases that are wrong, vaults that are missing, held by another process or spoilt."""
import os
import pty
import random
import shutil
import signal
import termios
import time

from world import PASSPHRASE, Device, check, headline


def refuse_passphrases(world, judge):
    headline("Passphrases and vaults")
    device = Device(world, "first")
    world.devices.append(device)
    for command in ("status", "lock"):
        judge.told(device, f"abri {command} where there is no vault", "not_a_vault", command, where="missing")
    judge.shut(device, "a vault that is not there", "not_a_vault", "unlock", where="missing")
    judge.shut(device, "a short passphrase", "weak_parameters", "init", passphrase="trois k")
    judge.shut(device, "a passphrase of seven letters that take fourteen bytes", "weak_parameters", "init", passphrase="éàüöïâê")
    judge.shut(device, "an empty passphrase", "invalid_argument", "init", passphrase="")
    made = device.with_passphrase("init", "--lang", "fr", as_json=False)
    check(made.returncode == 0 and "s'ouvre avec deux secrets" in " ".join(made.stdout.split()), "a new vault says that its second secret is a file, and what that means")
    device.unlock()
    judge.refused(device, "a case before there is an organisation", "not_joined", "case", "new", "last_name=Marchwyn")
    judge.refused(device, "a synchronisation before there is an organisation", "not_joined", "sync")
    second = Device(world, "first")  # the same vault from a session with another runtime folder
    second.environment = dict(device.environment, XDG_RUNTIME_DIR=world.path("elsewhere"))
    os.mkdir(world.path("elsewhere"), 0o700)
    judge.shut(second, "a vault that another process holds", "storage_busy", "unlock")
    for command in ("status", "lock"):
        judge.told(second, f"abri {command} of a vault that is open in another session", "storage_busy", command, where="session")
    judge.shut(device, "a second vault over an open one", "already_exists", "init", where="open vault")
    device.lock()
    judge.told(device, "a command on a locked vault", "locked", "status")
    os.makedirs(world.path("open/abri"), 0o755)
    second.environment["XDG_RUNTIME_DIR"] = world.path("open")
    judge.shut(second, "a folder for the socket that others may read", "not_permitted", "unlock", where="socket directory")
    judge.shut(device, "a second vault in the same folder", "already_exists", "init")
    judge.shut(device, "a wrong passphrase", "wrong_passphrase", "unlock", passphrase=PASSPHRASE + " ")
    judge.shut(device, "a passphrase of a megabyte", "too_large", "unlock", passphrase="a" * 60000)
    judge.shut(device, "a change with a wrong passphrase", "wrong_passphrase", "passphrase", passphrase="un deux trois", following="quatre cinq six")
    judge.shut(device, "a change to a short passphrase", "weak_parameters", "passphrase", following="court")
    device.unlock()
    unlock_twice(device)
    interrupt_prompt(device)
    return device


def unlock_twice(device):
    again = device.with_passphrase("unlock", "--lang", "fr", passphrase="n'importe laquelle", as_json=False)
    check(again.returncode == 0 and "déjà ouvert" in again.stdout, "abri unlock on an open vault says that it was open and that no passphrase was looked at")
    device.with_passphrase("unlock", "--idle", "1")
    end = time.time() + 60
    while device.agent() is not None and time.time() < end:
        time.sleep(0.05)
    check(device.agent() is None, "and --idle holds from then on")
    device.unlock()
    changed = device.with_passphrase("passphrase", "--lang", "fr", following=PASSPHRASE, as_json=False)
    check(changed.returncode == 0 and changed.stdout.startswith("Phrase de passe changée."), "a changed passphrase is what abri passphrase speaks of first")
    device.unlock()


def interrupt_prompt(device):
    """A terminal whose echo a prompt took away has it back when the prompt is interrupted."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        child, terminal = pty.fork()
        if child == 0:
            os.execve(device.world.program("abri"), device.arguments("passphrase", as_json=False), device.environment)
        echoes = lambda: bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
        while echoes():
            time.sleep(0.01)
        if number == signal.SIGINT:
            os.write(terminal, b"\x03")
        else:
            os.kill(child, number)
        _, status = os.waitpid(child, 0)
        check(echoes() and os.WIFSIGNALED(status) and os.WTERMSIG(status) == number, f"{number.name} at a prompt ends the program and leaves the echo on")
        os.close(terminal)
    device.unlock()


def spoilt_vaults(world, judge, device):
    """Copies of a vault, each spoilt in its own way; the vault itself is untouched."""
    device.lock()
    size = os.path.getsize(os.path.join(device.vault, "vault.db"))
    copy = Device(world, "spoilt")
    copy.environment["XDG_STATE_HOME"] = device.environment["XDG_STATE_HOME"]

    def spoil(what, change, error="not_a_vault"):
        shutil.rmtree(copy.vault, ignore_errors=True)
        shutil.copytree(device.vault, copy.vault)
        change(copy.vault)
        judge.shut(copy, what, error, "unlock")

    def overwrite(name, content):
        def change(folder):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        return change

    for length in (0, 1, size // 2, size - 1):
        spoil(f"a vault cut after {length} bytes", lambda folder, n=length: os.truncate(os.path.join(folder, "vault.db"), n))
    spoil("a text file in the place of the vault", overwrite("vault.db", b"Cher journal,\n" * 600))
    spoil("random bytes in the place of the vault", overwrite("vault.db", random.randbytes(size)))
    spoil("a database in clear in the place of the vault", overwrite("vault.db", b"SQLite format 3\0" + bytes(4080)), "unsafe_storage")
    spoil("a vault without its slots", lambda folder: os.remove(os.path.join(folder, "slots")))
    spoil("slots of another program", overwrite("slots", random.randbytes(300)))
    spoil("slots cut in the middle", lambda folder: os.truncate(os.path.join(folder, "slots"), 50))
    shutil.rmtree(copy.vault)
    copy.environment["XDG_STATE_HOME"] = world.path("another-state")
    shutil.copytree(device.vault, copy.vault)
    judge.shut(copy, "a copy on another device", "not_found", "unlock")
    shutil.rmtree(copy.vault)
    device.unlock()
