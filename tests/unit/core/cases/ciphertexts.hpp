// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "unit/core/sync/server_model.hpp"
#include "vault_copy.hpp"

#include <array>
#include <functional>
#include <set>

/// Every ciphertext of a world, and one 32-byte value tried against it in every role that a secret of ours has.
namespace abri::core::test {

using Value = ByteArray<32>;

/// One value as every key that may be made of it.
class Trial {
 public:
  using Key = crypto::ScratchKey<struct TrialKeyTag, 32>;
  using FeedKeys = std::array<Key, 3>;

  explicit Trial(const Value& value);

  /// As an envelope key, an envelope key of the chain whose secret it is, a seed's case-wrap key and key of the seed before.
  [[nodiscard]] const std::array<Key, 4>& keys() const { return keys_; }
  /// As a device's, a user's and a group's box key.
  [[nodiscard]] const std::array<crypto::BoxKey, 3>& boxes() const { return boxes_; }
  /// As a feed's key, its root, and the seed of its group.
  [[nodiscard]] const FeedKeys& feed(const LogId& feed, std::uint32_t epoch) const;
  [[nodiscard]] const Value& value() const { return value_; }

 private:
  Value value_;
  std::array<Key, 4> keys_;
  std::array<crypto::BoxKey, 3> boxes_;
  mutable std::map<std::pair<LogId, std::uint32_t>, FeedKeys> feeds_;
};

struct Ciphertext {
  std::string what;
  std::set<OrganisationId> readers;  ///< who is meant to open it
  std::function<std::optional<Bytes>(const Trial&)> open;
};

/// What one organisation, as auditor of itself, finds on the server: every envelope of its logs, and within them every body, every
/// offered key, every wrap and every sealed name.
/// @param audited  logs that need not be looked at again; what is found is added
std::vector<Ciphertext> ciphertexts_of(const sync::test::ServerModel& server, cases::World& auditor,
                                       std::set<LogId>& audited);

/// Every value of 32 bytes in any column of any table, and every 32 bytes in a row of `secrets` and `meta`.
std::set<Value> values_in(vault::Database& db);

}  // namespace abri::core::test
