// SPDX-License-Identifier: MPL-2.0
#include "bench/limits/limits.hpp"
#include "vault/database.hpp"

#include <abri/base/account_code.hpp>
#include <abri/core/app.hpp>
#include <abri/crypto/random.hpp>

#include <array>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace abri::bench {
namespace {

constexpr int kFilesAround = 2000;            // an edit meets a vault in use, not an empty one
constexpr std::size_t kRecordBytes = 600;     // of a merged `person`
constexpr std::size_t kOperationBytes = 100;  // of what waits to be sent

/// Two tables with rows of the sizes that one edit writes.
class BareStore {
 public:
  static Result<BareStore> open(const std::filesystem::path& file) {
    ABRI_TRY(auto db, core::vault::Database::open_or_create(file, crypto::DatabaseKey::generate()));
    ABRI_CHECK(db.execute(
        "CREATE TABLE records(id BLOB PRIMARY KEY NOT NULL, state BLOB NOT NULL) STRICT, WITHOUT ROWID;"
        "CREATE TABLE pending(id INTEGER PRIMARY KEY NOT NULL, payload BLOB NOT NULL) STRICT"));
    BareStore store(std::move(db));
    ABRI_CHECK(store.fill());
    return store;
  }

  /// Edits of `count` records from `first` on, in one transaction.
  Result<void> edit(std::size_t first, std::size_t count) {
    return core::vault::in_transaction(db_, [&]() -> Result<void> {
      for (std::size_t i = 0; i < count; ++i) {
        ABRI_TRY(auto update, db_.statement("UPDATE records SET state = ?2 WHERE id = ?1"));
        ABRI_CHECK(update.run(ids_[(first + i) % ids_.size()], random(kRecordBytes)));
        ABRI_TRY(auto insert, db_.statement("INSERT INTO pending(payload) VALUES(?1)"));
        ABRI_CHECK(insert.run(random(kOperationBytes)));
      }
      return {};
    });
  }

 private:
  explicit BareStore(core::vault::Database db) : db_(std::move(db)) {}

  Result<void> fill() {
    return core::vault::in_transaction(db_, [&]() -> Result<void> {
      ABRI_TRY(auto insert, db_.statement("INSERT INTO records(id, state) VALUES(?1, ?2)"));
      for (int i = 0; i < kFilesAround; ++i) {
        ids_.push_back(crypto::random_id<CaseId>());
        ABRI_CHECK(insert.run(ids_.back(), random(kRecordBytes)));
      }
      return {};
    });
  }
  BytesView random(std::size_t size) {
    crypto::random_bytes(std::span(bytes_).first(size));
    return BytesView(bytes_).first(size);
  }

  core::vault::Database db_;
  std::vector<CaseId> ids_;
  std::array<std::byte, kRecordBytes> bytes_{};
};

std::vector<core::FieldEdit> person(int number) {
  return {{.field = "role", .value = "victim"},
          {.field = "last_name", .value = "Lefèvre"},
          {.field = "first_name", .value = "Aïcha"},
          {.field = "used_name", .value = "DOS-2026-" + std::to_string(number)},
          {.field = "birth_date", .value = "1984-05-12"},
          {.field = "phone", .value = "06 39 98 11 22"},
          {.field = "safe_phone", .value = "06 39 98 33 44"},
          {.field = "safe_hours", .value = "renouvellement de titre de séjour"},
          {.field = "code_phrase", .value = "12 allée des Châtaigniers | " + std::string(270, 'n')},
          {.field = "language", .value = "en attente de pièces"},
          {.field = "marital_status", .value = "married"},
          {.field = "interpreter", .value = "true"}};
}

struct EditedVault {
  std::unique_ptr<core::App> app;
  std::vector<std::pair<CaseId, RecordId>> places;
};

Result<EditedVault> make_vault(const std::filesystem::path& folder) {
  ABRI_TRY(auto passphrase, crypto::SecretText::from("mesure de tous les jours"));
  core::AppOptions options{
      .directory = folder / "vault",
      .keystore_directory = folder / "state",
      .clock = [] { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); },
      .passphrase_parameters = crypto::PassphraseParameters::floor()};
  EditedVault vault;
  ABRI_TRY(vault.app, core::App::create(options, std::move(passphrase)));
  AccountCode account;
  account.id = crypto::random_id<AccountId>();
  crypto::random_bytes(account.seed);
  ABRI_CHECK(vault.app->create_organisation({.name = "Association des Tilleuls",
                                             .kind = "fnsf_association",
                                             .person = "Awa Lenoir",
                                             .server_address = "127.0.0.1:1",
                                             .server_key = crypto::random_id<Hash>().hex(),
                                             .account = encode_account_code(account)}));
  ABRI_CHECK(vault.app->batch([&]() -> Result<void> {
    for (int i = 0; i < kFilesAround; ++i) {
      ABRI_TRY(const auto file, vault.app->create_case(person(i)));
      ABRI_TRY(const auto view, vault.app->show(file, /*reveal=*/false));
      vault.places.emplace_back(file, view.records.front().id);
    }
    return {};
  }));
  return vault;
}

}  // namespace

std::vector<double> time_fsync(const std::filesystem::path& folder, int count) {
  const auto file = folder / "fsync";
  const int descriptor = ::open(file.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  std::vector<double> times;
  const std::array<char, 4096> page{};
  for (int i = 0; i < count && descriptor >= 0; ++i) {
    const auto begin = Clock::now();
    if (::write(descriptor, page.data(), page.size()) < 0 || ::fsync(descriptor) != 0) break;
    times.push_back(ms_since(begin));
  }
  ::close(descriptor);
  std::filesystem::remove(file);
  return times;
}

Result<EditTimes> time_edits(const std::filesystem::path& folder, int count) {
  ABRI_TRY(auto bare, BareStore::open(folder / "bare.db"));
  ABRI_TRY(auto vault, make_vault(folder / "device"));
  EditTimes times;
  for (int i = 0; i < count; ++i) {
    const auto index = static_cast<std::size_t>(i) * 37 % kFilesAround;
    const auto& [file, record] = vault.places[index];
    const std::vector<core::FieldEdit> edit{{.field = "language", .value = "langue no " + std::to_string(i)}};
    auto begin = Clock::now();
    ABRI_CHECK(vault.app->edit(file, record, edit));
    times.edit.push_back(ms_since(begin));
    begin = Clock::now();
    ABRI_CHECK(bare.edit(index, 1));
    times.bare.push_back(ms_since(begin));
  }
  return times;
}

Result<std::vector<double>> time_rows(const std::filesystem::path& folder, std::size_t rows, int count) {
  ABRI_TRY(auto bare, BareStore::open(folder / "rows.db"));
  std::vector<double> times;
  for (int i = 0; i < count; ++i) {
    const auto begin = Clock::now();
    ABRI_CHECK(bare.edit(static_cast<std::size_t>(i) * rows, rows));
    times.push_back(ms_since(begin));
  }
  return times;
}

}  // namespace abri::bench
