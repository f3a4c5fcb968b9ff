// SPDX-License-Identifier: MPL-2.0
//
// DR-04: SQLCipher authenticates pages, not history. The anchor does.
#include "vault/anchor.hpp"
#include "vault_support.hpp"

#include <random>

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::core::vault;
using test::get;
using test::put;

namespace {

constexpr std::size_t kPage = 4096;

/// The files of a vault, as a thief of a moment copies them and puts them back.
struct Snapshot {
  explicit Snapshot(const test::AliceVault& alice)
      : file(test::read_text(alice.file())), log(test::read_text(alice.log())) {}
  void restore(const test::AliceVault& alice) const {
    test::write_text(alice.file(), file);
    test::write_text(alice.log(), log);
    std::filesystem::remove(alice.directory() / "vault.db-shm");
  }
  std::string file;
  std::string log;
};

void copy_files(const std::filesystem::path& from, const std::filesystem::path& to) {
  using std::filesystem::copy_options;
  std::filesystem::copy(from, to, copy_options::recursive | copy_options::overwrite_existing);
}

/// A vault that ends without locking leaves its files as they stand at this moment.
Snapshot crash(const test::AliceVault& alice, Vault vault) {
  const Snapshot files(alice);
  const auto anchors = [&] {
    std::vector<std::pair<std::filesystem::path, std::string>> out;
    for (const auto& entry : std::filesystem::directory_iterator(alice.temp / "keystore")) {
      out.emplace_back(entry.path(), test::read_text(entry.path()));
    }
    return out;
  }();
  REQUIRE(vault.lock());
  for (const auto& [path, content] : anchors) test::write_text(path, content);
  files.restore(alice);
  return files;
}

}  // namespace

TEST_CASE("rollback: DR-04 an older copy of the file is stale, until a full synchronisation confirms it",
          "[core][vault]") {
  test::AliceVault alice;
  {
    auto vault = alice.create();
    put(vault, "address", "shown");
  }
  const Snapshot old(alice);
  {
    auto vault = alice.open();
    put(vault, "address", "hidden");
  }
  old.restore(alice);
  {
    auto vault = alice.open();
    CHECK(get(vault, "address") == "shown");  // the attack itself works:
    CHECK(vault.stale());                     // it is noticed
    CHECK(vault.require_fresh().error().code == Errc::stale_vault);
  }
  {
    auto vault = alice.open();
    CHECK(vault.stale());  // still: opening again does not launder it
    REQUIRE(vault.confirm_fresh());
    CHECK_FALSE(vault.stale());
  }
  CHECK_FALSE(alice.open().stale());
}

TEST_CASE("rollback: DR-04 any single page put back to its older state is noticed", "[core][vault]") {
  test::AliceVault alice;
  {
    auto vault = alice.create();
    for (int i = 0; i < 40; ++i) put(vault, "row" + std::to_string(i), std::string(300, 'a'));
  }
  const auto old = test::read_text(alice.file());
  {
    auto vault = alice.open();
    for (int i = 0; i < 40; ++i) put(vault, "row" + std::to_string(i), std::string(300, 'b'));
  }
  const Snapshot present(alice);
  const auto keystore = alice.temp / "keystore";
  const auto saved = alice.temp / "keystore.saved";
  copy_files(keystore, saved);
  std::size_t changed = 0;
  for (std::size_t at = 0; at + kPage <= std::min(old.size(), present.file.size()); at += kPage) {
    if (old.compare(at, kPage, present.file, at, kPage) == 0) continue;
    ++changed;
    INFO("page " << at / kPage + 1);
    copy_files(saved, keystore);
    present.restore(alice);
    auto mixed = present.file;
    mixed.replace(at, kPage, old, at, kPage);
    test::write_text(alice.file(), mixed);
    const auto vault = alice.try_open();
    // Some mixtures are no sound database at all, which is noticed as well.
    CHECK((!vault || vault->stale()));
  }
  CHECK(changed >= 3);
  copy_files(saved, keystore);
  present.restore(alice);
  CHECK_FALSE(alice.open().stale());  // the oracle is not blind: the untouched files are fresh
}

TEST_CASE("rollback: DR-04 after a crash the log counts: whole it is fresh, deleted or older it is stale",
          "[core][vault]") {
  test::AliceVault alice;
  auto vault = alice.create();
  put(vault, "address", "shown");
  const Snapshot earlier(alice);
  put(vault, "address", "hidden");
  const auto last = crash(alice, std::move(vault));
  std::string expected = "hidden";
  bool stale = true;
  SECTION("untouched") {
    stale = false;
  }
  SECTION("deleted") {
    std::filesystem::remove(alice.log());
    expected = "(none)";
  }
  SECTION("an earlier log") {
    earlier.restore(alice);
    expected = "shown";
  }
  SECTION("its last commit cut off") {
    test::write_text(alice.log(), last.log.substr(0, earlier.log.size()));
    expected = "shown";
  }
  auto reopened = alice.open();
  CHECK(get(reopened, "address") == expected);
  CHECK(reopened.stale() == stale);
}

TEST_CASE("rollback: DR-04 a log laid beside a vault that was closed in order is noticed", "[core][vault]") {
  test::AliceVault alice;
  auto vault = alice.create();
  put(vault, "address", "shown");
  const auto log = test::read_text(alice.log());
  put(vault, "address", "hidden");
  REQUIRE(vault.lock());
  test::write_text(alice.log(), log);
  CHECK(alice.open().stale());
}

TEST_CASE("rollback: DR-04 of random mixtures of states only the last one is fresh", "[core][vault]") {
  test::AliceVault alice;
  std::vector<Snapshot> states;
  auto vault = alice.create();
  std::mt19937 random(Catch::getSeed());
  for (int i = 0; i < 12; ++i) {
    put(vault, "row" + std::to_string(random() % 4), std::string(1 + random() % 3000, 'x'));
    if (i % 5 == 4) {
      REQUIRE(vault.lock());
      vault = alice.open();
    }
    states.emplace_back(alice);
  }
  const auto last = crash(alice, std::move(vault));
  const auto keystore = alice.temp / "keystore";
  const auto saved = alice.temp / "keystore.saved";
  copy_files(keystore, saved);
  for (int i = 0; i < 15; ++i) {
    const auto file = random() % states.size();
    const auto log = random() % states.size();
    const bool same = states[file].file == last.file && states[log].log == last.log;
    INFO("file of state " << file << ", log of state " << log);
    copy_files(saved, keystore);
    last.restore(alice);
    test::write_text(alice.file(), states[file].file);
    test::write_text(alice.log(), states[log].log);
    const auto opened = alice.try_open();
    CHECK((opened && !opened->stale()) == same);
  }
  copy_files(saved, keystore);
  last.restore(alice);
  CHECK_FALSE(alice.open().stale());
}

TEST_CASE("rollback: DR-04 a vault without its anchor is stale", "[core][vault]") {
  test::AliceVault alice;
  alice.create();
  for (const auto& entry : std::filesystem::directory_iterator(alice.temp / "keystore")) {
    if (entry.path().extension() != ".anchor") continue;
    SECTION("removed") {
      std::filesystem::remove(entry.path());
    }
    SECTION("damaged") {
      test::write_text(entry.path(), "\x01");
    }
  }
  CHECK(alice.open().stale());
}

TEST_CASE("anchor: it comes back as it was written, and other bytes are refused", "[core][vault]") {
  const Anchor anchor{.at_rest = true,
                      .generation = 7,
                      .file = Hash(ByteArray<32>{std::byte{1}}),
                      .log_frames = 9,
                      .log = Hash(ByteArray<32>{std::byte{2}})};
  auto bytes = anchor.encode();
  REQUIRE(bytes.size() == Anchor::kSize);
  const auto back = Anchor::decode(bytes);
  REQUIRE(back);
  CHECK((back->at_rest && back->generation == 7 && back->log_frames == 9));
  CHECK((back->file == anchor.file && back->log == anchor.log));
  CHECK(Anchor::decode(BytesView(bytes).first(81)).error().code == Errc::malformed);
  CHECK(Anchor::decode({}).error().code == Errc::malformed);
  bytes[0] = std::byte{2};
  CHECK(Anchor::decode(bytes).error().code == Errc::version_unsupported);
}

TEST_CASE("rollback: a loss of power takes deferred commits only, and leaves no stale vault",
          "[core][vault]") {
  test::AliceVault alice;
  auto vault = alice.create();
  put(vault, "edit", "kept");
  const Snapshot on_disk(alice);
  {
    const DeferredCommits deferred(**vault.database(), true);
    put(vault, "received", "given again");
  }
  CHECK(get(vault, "received") == "given again");
  crash(alice, std::move(vault));

  SECTION("the end of the log was not on the disk yet") {
    on_disk.restore(alice);
    auto after = alice.open();
    CHECK_FALSE(after.stale());
    CHECK(get(after, "edit") == "kept");
    CHECK(get(after, "received") == "(none)");
  }
  SECTION("the program ended and the machine did not: nothing is missing") {
    auto after = alice.open();
    CHECK_FALSE(after.stale());
    CHECK(get(after, "received") == "given again");
  }
}

TEST_CASE("rollback: DR-04 the next commit that waits for the disk anchors the deferred ones too",
          "[core][vault]") {
  test::AliceVault alice;
  auto vault = alice.create();
  put(vault, "edit", "kept");
  const Snapshot before(alice);
  {
    const DeferredCommits deferred(**vault.database(), true);
    put(vault, "received", "given again");
  }
  put(vault, "edit", "changed");
  crash(alice, std::move(vault));
  before.restore(alice);
  CHECK(alice.open().stale());
}
