// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "chain/envelope.hpp"
#include "feed/entry.hpp"
#include "vault/database.hpp"

#include <abri/crypto/keys.hpp>

#include <map>
#include <optional>
#include <tuple>

namespace abri::core::cases {

/// Every secret that this device holds but the compartments' keys, which are many and stay in the vault. Loaded at unlock, wiped
/// with the object. Adding writes to the vault in the caller's transaction first.
/// @threads core strand only
class Keyring {
 public:
  static Result<Keyring> load(vault::Database& db);

  // --- this device
  [[nodiscard]] bool has_device() const { return device_.has_value(); }
  /// Makes signing and box key of this device, once in its life.
  Result<void> make_device(vault::Database& db);
  [[nodiscard]] const crypto::SigningKey& device() const {
    ABRI_ASSERT(device_.has_value());
    return *device_;
  }
  [[nodiscard]] DeviceId device_id() const;
  /// The box key of a generation; null where it is not (or no more) here.
  [[nodiscard]] const crypto::BoxKey* box(std::uint32_t generation) const;

  // --- this person
  Result<void> add_user_seed(vault::Database& db, const UserId& user, std::uint32_t generation,
                             crypto::UserSeed seed);
  [[nodiscard]] const crypto::UserSeed* user_seed(std::uint32_t generation) const;

  // --- groups, by chain
  Result<void> add_group_seed(vault::Database& db, const ChainId& chain, const GroupId& group,
                              std::uint32_t generation, crypto::GroupSeed seed);
  [[nodiscard]] const crypto::GroupSeed* group_seed(const ChainId& chain, const GroupId& group,
                                                    std::uint32_t generation) const;
  [[nodiscard]] const crypto::CaseWrapKey* wrap_key(const ChainId& chain, const GroupId& group,
                                                    std::uint32_t generation);
  [[nodiscard]] const crypto::FeedKey* feed_key(const ChainId& chain, const GroupId& group,
                                                std::uint32_t generation, const LogId& feed);

  // --- chains and mailboxes
  Result<void> add_chain(vault::Database& db, const ChainId& chain, const chain::ChainSecret& secret);
  [[nodiscard]] const chain::ChainSecrets* chain(const ChainId& chain) const;
  Result<chain::ChainSecret> chain_secret(vault::Database& db, const ChainId& chain) const;
  Result<void> add_mailbox(vault::Database& db, const LogId& log, const chain::ChainSecret& secret);
  /// The secrets that open the mailbox at the server.
  [[nodiscard]] const chain::ChainSecrets* mailbox(const LogId& log) const;
  /// Another secret for the messages in a mailbox, in place of an earlier one.
  Result<void> add_mailbox_key(vault::Database& db, const LogId& log, const chain::ChainSecret& secret);
  /// The key of the messages in a mailbox; null where there is none.
  [[nodiscard]] const crypto::ChainKey* mailbox_key(const LogId& log) const;

  /// The mailbox by which this person came in, and the secret of its code: whoever may not open mailboxes brings her own devices in
  /// through it.
  struct Rendezvous {
    LogId log;
    ByteArray<16> secret{};
  };
  Result<void> set_rendezvous(vault::Database& db, const Rendezvous& rendezvous);
  [[nodiscard]] const std::optional<Rendezvous>& rendezvous() const { return rendezvous_; }

  /// The quota account of the organisation, while only this device knows it (before genesis) or once opened from it.
  Result<void> add_account(vault::Database& db, const AccountId& account, const crypto::SigningKey& key);
  [[nodiscard]] const crypto::SigningKey* account(const AccountId& account) const;

 private:
  using GroupKeyName = std::tuple<ChainId, GroupId, std::uint32_t>;

  std::optional<crypto::SigningKey> device_;
  std::map<std::uint32_t, crypto::BoxKey> boxes_;
  std::map<std::uint32_t, crypto::UserSeed> users_;
  std::map<GroupKeyName, crypto::GroupSeed> groups_;
  std::map<GroupKeyName, crypto::CaseWrapKey> wrap_keys_;
  std::map<std::pair<LogId, std::uint32_t>, crypto::FeedKey> feed_keys_;
  std::map<ChainId, chain::ChainSecrets> chains_;
  std::map<LogId, chain::ChainSecrets> mailboxes_;
  std::map<LogId, chain::ChainSecrets> mailbox_keys_;
  std::optional<Rendezvous> rendezvous_;
  std::map<AccountId, crypto::SigningKey> accounts_;
};

}  // namespace abri::core::cases
