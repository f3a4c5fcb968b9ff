// SPDX-License-Identifier: MPL-2.0
#include "vault/vault.hpp"

#include "vault/anchor.hpp"
#include "vault/files.hpp"
#include "vault/migrations.hpp"
#include "vault/readers.hpp"
#include "vault/slots.hpp"

#include <abri/crypto/random.hpp>

#include <optional>

namespace abri::core::vault {
namespace {

constexpr std::uint64_t kFoldFrames = 4000;  ///< 16 MiB of log
constexpr std::size_t kPageBytes = 4096;

std::filesystem::path database_file(const std::filesystem::path& directory) {
  return directory / "vault.db";
}
std::filesystem::path slots_file(const std::filesystem::path& directory) {
  return directory / "slots";
}
std::filesystem::path lock_file(const std::filesystem::path& directory) {
  return directory / "lock";
}

Result<void> remove_leftovers(const std::filesystem::path& directory) {
  for (const char* name : {"vault.db", "vault.db-wal", "vault.db-shm", "slots.new"}) {
    ABRI_CHECK(remove_file(directory / name));
  }
  return {};
}

/// An empty database with its tables, folded and closed.
Result<void> make_database(const std::filesystem::path& file, const crypto::DatabaseKey& key) {
  ABRI_TRY(auto db, Database::open_or_create(file, key));
  ABRI_CHECK(migrate(db));
  return db.checkpoint();
}

Result<bool> has_stale_mark(Database& db) {
  ABRI_TRY(auto select, db.statement("SELECT 1 FROM meta WHERE key = 'stale'"));
  return select.step();
}

/// After a mismatch every page is read: what is damaged is no vault to go on with.
Result<void> verify_all(Database& db, const std::filesystem::path& file) {
  ABRI_TRY(auto pages, db.statement("PRAGMA page_count"));
  ABRI_CHECK(pages.step());
  const auto expected = static_cast<std::uint64_t>(pages.column_int64(0)) * kPageBytes;
  pages.reset();
  const auto sound = db.verify();
  if (!sound && size_or_zero(file) < expected) return Error{Errc::not_a_vault, "Vault::open: truncated"};
  return sound;
}

}  // namespace

struct Vault::State final : CommitListener {
  State(std::filesystem::path directory_in, FileDescriptor lock_in, crypto::DatabaseKey key_in,
        Slots slots_in, Keystore& keystore_in)
      : directory(std::move(directory_in)),
        keystore(keystore_in),
        lock(std::move(lock_in)),
        slots(std::move(slots_in)),
        key(std::move(key_in)),
        keeper(database_file(directory), keystore, slots.vault().hex()),
        readers(std::make_shared<ReaderPool>(database_file(directory), *key)) {}

  Result<void> before_transaction() override {
    if (folding || log_frames < kFoldFrames) return {};
    static_cast<void>(fold());  // busy or full: later; a failed disk shows in the transaction itself
    return {};
  }
  void after_commit(std::uint32_t wal_frames, bool durable) noexcept override {
    log_frames = wal_frames;
    if (durable) keeper.follow(wal_frames);  // an anchor must never be newer than what a loss of power leaves
  }

  Result<void> fold() {
    const auto quiet = readers->quiet();
    if (!quiet) return Error{Errc::storage_busy, "Vault: a reader is out"};
    db->set_durable(true);  // the generation is durable before the anchor names it
    folding = true;
    auto done = keeper.fold(*db);
    if (done) log_frames = 0;
    folding = false;
    return done;
  }

  Result<void> open();
  Result<void> start_session(bool files_are_fresh);

  std::filesystem::path directory;
  Keystore& keystore;
  FileDescriptor lock;
  Slots slots;
  std::optional<crypto::DatabaseKey> key;  // empty: locked
  AnchorKeeper keeper;                     // its descriptor of the file closes after `db`
  std::shared_ptr<ReaderPool> readers;
  std::optional<Database> db;
  std::uint64_t log_frames{0};  // in the write-ahead log, the deferred ones too
  bool stale{false};
  bool folding{false};
};

Result<void> Vault::State::open() {
  const auto file = database_file(directory);
  if (const auto size = size_or_zero(file); size == 0 || size % kPageBytes != 0) {
    return Error{Errc::not_a_vault, "Vault::open"};
  }
  ABRI_TRY(const bool files_are_fresh, keeper.open());
  ABRI_TRY(db, Database::open_or_create(file, *key));
  return start_session(files_are_fresh);
}

Result<void> Vault::State::start_session(bool files_are_fresh) {
  ABRI_TRY(const int version, schema_version(*db));
  if (version == 0) return Error{Errc::not_a_vault, "Vault::open"};
  if (version > static_cast<int>(migrations().size())) return Error{Errc::version_unsupported, "Vault::open"};
  if (!files_are_fresh) ABRI_CHECK(verify_all(*db, database_file(directory)));
  ABRI_TRY(const auto generation, read_generation(*db));
  ABRI_TRY(const bool marked, has_stale_mark(*db));
  stale = marked || !files_are_fresh || generation < keeper.found_generation();
  db->listen(this);
  const auto next = std::max(generation, keeper.found_generation()) + 1;
  ABRI_CHECK(in_transaction(*db, [&]() -> Result<void> {
    ABRI_CHECK(write_generation(*db, next));
    if (!stale) return {};
    return db->execute("INSERT OR REPLACE INTO meta(key, value) VALUES('stale', x'')");
  }));
  ABRI_CHECK(migrate(*db));
  // The anchor describes other files: take it anew. (The mark in the vault keeps it stale.)
  return stale ? fold() : Result<void>{};
}

Vault::Vault(std::unique_ptr<State> state) : state_(std::move(state)) {}
Vault::Vault(Vault&&) noexcept = default;
Vault& Vault::operator=(Vault&& other) noexcept {
  if (state_) static_cast<void>(lock());
  state_ = std::move(other.state_);
  return *this;
}
Vault::~Vault() {
  if (state_) static_cast<void>(lock());
}

Result<Vault> Vault::create(const std::filesystem::path& directory, const crypto::SecretText& passphrase,
                            const crypto::PassphraseParameters& parameters, Keystore& keystore) {
  ABRI_CHECK(parameters.check());
  ABRI_CHECK(make_directory(directory));
  ABRI_TRY(auto lock, take_lock(lock_file(directory)));
  if (size_or_zero(slots_file(directory)) > 0) return Error{Errc::already_exists, "Vault::create"};
  // The slots are written last: without them there is no vault yet, whatever a crash left.
  ABRI_CHECK(remove_leftovers(directory));
  auto key = crypto::DatabaseKey::generate();
  Slots slots(crypto::random_id<VaultId>());
  ABRI_CHECK(slots.add(passphrase, parameters, key, keystore));
  ABRI_CHECK(make_database(database_file(directory), key));
  ABRI_CHECK(AnchorKeeper(database_file(directory), keystore, slots.vault().hex()).rest());
  ABRI_CHECK(slots.save(slots_file(directory)));
  auto state =
      std::make_unique<State>(directory, std::move(lock), std::move(key), std::move(slots), keystore);
  ABRI_CHECK(state->open());
  return Vault(std::move(state));
}

Result<Vault> Vault::open(const std::filesystem::path& directory, const crypto::SecretText& passphrase,
                          Keystore& keystore) {
  auto lock = take_lock(lock_file(directory));
  if (!lock) {
    return lock.error().code == Errc::not_found ? Error{Errc::not_a_vault, "Vault::open"} : lock.error();
  }
  ABRI_TRY(auto slots, Slots::load(slots_file(directory)));
  ABRI_TRY(auto opened, slots.open(passphrase, keystore));
  auto state =
      std::make_unique<State>(directory, *std::move(lock), std::move(opened.key), std::move(slots), keystore);
  ABRI_CHECK(state->open());
  return Vault(std::move(state));
}

Result<Database*> Vault::database() {
  if (locked()) return Error{Errc::locked, "Vault::database"};
  return &*state_->db;
}

Result<ReadConnection> Vault::reader() {
  const auto pool = state_->readers;
  ABRI_TRY(auto db, pool->lend());
  return ReadConnection(pool, std::move(db));
}

Result<void> Vault::lock() {
  if (locked()) return {};
  auto& state = *state_;
  state.readers->close();
  Result<void> done = state.db->failed() ? Error{Errc::storage_failed, "Vault::lock"} : state.fold();
  state.db.reset();
  state.key.reset();
  if (done) done = state.keeper.rest();
  state.lock = FileDescriptor();
  return done;
}

bool Vault::locked() const {
  return !state_->db.has_value();
}

Result<void> Vault::change_passphrase(const crypto::SecretText& current, const crypto::SecretText& next,
                                      const crypto::PassphraseParameters& parameters) {
  if (locked()) return Error{Errc::locked, "Vault::change_passphrase"};
  auto slots = state_->slots;
  ABRI_TRY(const auto opened, slots.open(current, state_->keystore));
  const auto old = slots.remove(opened.index);
  ABRI_CHECK(slots.add(next, parameters, *state_->key, state_->keystore));
  ABRI_CHECK(slots.save(slots_file(state_->directory)));
  state_->slots = std::move(slots);
  return state_->keystore.erase_secret(old.hex());
}

Result<void> Vault::add_passphrase(const crypto::SecretText& passphrase,
                                   const crypto::PassphraseParameters& parameters) {
  if (locked()) return Error{Errc::locked, "Vault::add_passphrase"};
  auto slots = state_->slots;
  ABRI_CHECK(slots.add(passphrase, parameters, *state_->key, state_->keystore));
  ABRI_CHECK(slots.save(slots_file(state_->directory)));
  state_->slots = std::move(slots);
  return {};
}

Result<void> Vault::remove_passphrase(const crypto::SecretText& passphrase) {
  if (locked()) return Error{Errc::locked, "Vault::remove_passphrase"};
  auto slots = state_->slots;
  ABRI_TRY(const auto opened, slots.open(passphrase, state_->keystore));
  if (slots.size() == 1) return Error{Errc::conflict, "Vault::remove_passphrase"};
  const auto old = slots.remove(opened.index);
  ABRI_CHECK(slots.save(slots_file(state_->directory)));
  state_->slots = std::move(slots);
  return state_->keystore.erase_secret(old.hex());
}

bool Vault::stale() const {
  return state_->stale;
}

Result<void> Vault::require_fresh() const {
  if (stale()) return Error{Errc::stale_vault, "Vault"};
  return {};
}

Result<void> Vault::confirm_fresh() {
  if (locked()) return Error{Errc::locked, "Vault::confirm_fresh"};
  if (!stale()) return {};
  auto& db = *state_->db;
  ABRI_CHECK(in_transaction(db, [&] { return db.execute("DELETE FROM meta WHERE key = 'stale'"); }));
  state_->stale = false;
  return {};
}

ReadConnection::ReadConnection(std::shared_ptr<ReaderPool> pool, Database db)
    : pool_(std::move(pool)), db_(std::move(db)) {}
ReadConnection::ReadConnection(ReadConnection&& other) noexcept = default;
ReadConnection::~ReadConnection() {
  if (pool_) pool_->give_back(std::move(db_));
}

}  // namespace abri::core::vault
