// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "unit/core/cases/people_world.hpp"

#include <optional>

namespace abri::core::test {

/// A copy of a device's vault, opened beside the device itself: what a thief who knows the passphrase holds, or a test that
/// wants to see the tables.
class VaultCopy {
 public:
  explicit VaultCopy(const PersonDevice& device) {
    REQUIRE(std::filesystem::exists(device.folder()));
    folder_ = std::filesystem::temp_directory_path() / ("abri-" + crypto::random_id<CaseId>().hex());
    std::filesystem::copy(device.folder(), folder_, std::filesystem::copy_options::recursive);
    keystore_.emplace(folder_ / "state");
    auto opened = vault::Vault::open(folder_ / "vault", passphrase(), *keystore_);
    REQUIRE(opened);
    vault_.emplace(std::move(*opened));
    world_ = open_world(**vault_->database(), device.now());
  }
  VaultCopy(const VaultCopy&) = delete;
  VaultCopy& operator=(const VaultCopy&) = delete;
  ~VaultCopy() {
    world_.reset();
    vault_.reset();
    std::filesystem::remove_all(folder_);
  }

  [[nodiscard]] cases::World& world() { return *world_; }
  [[nodiscard]] vault::Database& db() { return world_->db; }
  /// How many notices of a kind were written.
  [[nodiscard]] std::int64_t notices(std::string_view kind) {
    auto row = db().statement("SELECT count(*) FROM notices WHERE kind = ?1");
    REQUIRE(row);
    REQUIRE(*row->query(kind));
    return row->column_int64(0);
  }

 private:
  std::filesystem::path folder_;
  std::optional<vault::FileKeystore> keystore_;
  std::optional<vault::Vault> vault_;
  std::unique_ptr<cases::World> world_;
};

}  // namespace abri::core::test
