// SPDX-License-Identifier: MPL-2.0
#include "cases/keyring.hpp"

namespace abri::core::cases {

namespace {

/// Values of `secrets.kind`.
enum class SecretKind : std::int64_t {
  device_signing = 1,
  device_box = 2,
  user_seed = 3,
  group_seed = 4,
  chain = 5,
  mailbox = 6,
  account = 7,
  mailbox_key = 8,
  rendezvous = 9,
};

constexpr ByteArray<16> kNone{};

Result<void> store(vault::Database& db, SecretKind kind, BytesView scope, BytesView id,
                   std::uint32_t generation, BytesView value) {
  ABRI_TRY(
      auto insert,
      db.statement(
          "INSERT OR REPLACE INTO secrets(kind, scope, id, generation, value) VALUES(?1, ?2, ?3, ?4, ?5)"));
  return insert.run(static_cast<std::int64_t>(kind), scope, id, generation, value);
}

template <class Secret>
Result<void> store_secret(vault::Database& db, SecretKind kind, BytesView scope, BytesView id,
                          std::uint32_t generation, const Secret& secret) {
  return secret.expose(
      [&](std::span<const std::byte, 32> bytes) { return store(db, kind, scope, id, generation, bytes); });
}

template <class Key, class Map>
auto find(const Map& map, const Key& key) -> const Map::mapped_type* {
  const auto it = map.find(key);
  return it == map.end() ? nullptr : &it->second;
}

}  // namespace

Result<Keyring> Keyring::load(vault::Database& db) {
  Keyring ring;
  ABRI_TRY(auto rows, db.statement("SELECT kind, scope, id, generation, value FROM secrets"));
  for (;;) {
    ABRI_TRY(const bool more, rows.step());
    if (!more) break;
    const auto kind = static_cast<SecretKind>(rows.column_int64(0));
    ABRI_TRY(const auto scope, rows.column_id<LogId>(1));
    ABRI_TRY(const auto id, rows.column_id<GroupId>(2));
    const auto generation = static_cast<std::uint32_t>(rows.column_int64(3));
    const auto value = rows.column_blob(4);
    switch (kind) {
      case SecretKind::device_signing: {
        ABRI_TRY(auto key, crypto::signing_key_from(value));
        ring.device_.emplace(std::move(key));
        break;
      }
      case SecretKind::device_box: {
        ABRI_TRY(auto key, crypto::box_key_from(value));
        ring.boxes_.emplace(generation, std::move(key));
        break;
      }
      case SecretKind::user_seed: {
        ABRI_TRY(auto seed, crypto::UserSeed::from(value));
        ring.users_.emplace(generation, std::move(seed));
        break;
      }
      case SecretKind::group_seed: {
        ABRI_TRY(auto seed, crypto::GroupSeed::from(value));
        ring.groups_.emplace(GroupKeyName{ChainId(scope.array()), id, generation}, std::move(seed));
        break;
      }
      case SecretKind::chain: {
        ABRI_TRY(const auto secret, chain::ChainSecret::from(value));
        ring.chains_.emplace(ChainId(scope.array()), chain::derive_chain_secrets(secret));
        break;
      }
      case SecretKind::mailbox: {
        ABRI_TRY(const auto secret, chain::ChainSecret::from(value));
        ring.mailboxes_.emplace(scope, chain::derive_chain_secrets(secret));
        break;
      }
      case SecretKind::mailbox_key: {
        ABRI_TRY(const auto secret, chain::ChainSecret::from(value));
        ring.mailbox_keys_.emplace(scope, chain::derive_chain_secrets(secret));
        break;
      }
      case SecretKind::rendezvous: {
        Reader in(value);
        ring.rendezvous_ = Rendezvous{scope, in.array<16>()};
        ABRI_CHECK(in.finish("rendezvous"));
        break;
      }
      case SecretKind::account: {
        ABRI_TRY(auto key, crypto::signing_key_from(value));
        ring.accounts_.emplace(AccountId(id.array()), std::move(key));
        break;
      }
    }
  }
  return ring;
}

Result<void> Keyring::make_device(vault::Database& db) {
  if (device_) return {};
  auto signing = crypto::SigningKey::generate();
  auto box = crypto::BoxKey::generate();
  ABRI_CHECK(signing.expose_seed(
      [&](auto seed) { return store(db, SecretKind::device_signing, kNone, kNone, 0, seed); }));
  ABRI_CHECK(store_secret(db, SecretKind::device_box, kNone, kNone, 0, box));
  device_.emplace(std::move(signing));
  boxes_.emplace(0, std::move(box));
  return {};
}

DeviceId Keyring::device_id() const {
  return crypto::device_id(device().public_key());
}

const crypto::BoxKey* Keyring::box(std::uint32_t generation) const {
  return find(boxes_, generation);
}

Result<void> Keyring::add_user_seed(vault::Database& db, const UserId& user, std::uint32_t generation,
                                    crypto::UserSeed seed) {
  ABRI_CHECK(store_secret(db, SecretKind::user_seed, kNone, user.bytes(), generation, seed));
  users_.insert_or_assign(generation, std::move(seed));
  return {};
}

const crypto::UserSeed* Keyring::user_seed(std::uint32_t generation) const {
  return find(users_, generation);
}

Result<void> Keyring::add_group_seed(vault::Database& db, const ChainId& chain, const GroupId& group,
                                     std::uint32_t generation, crypto::GroupSeed seed) {
  ABRI_CHECK(store_secret(db, SecretKind::group_seed, chain.bytes(), group.bytes(), generation, seed));
  const GroupKeyName name{chain, group, generation};
  groups_.insert_or_assign(name, std::move(seed));
  // derived from the seed of a rotation that lost its race
  wrap_keys_.erase(name);
  std::erase_if(feed_keys_, [&](const auto& known) { return known.first.second == generation; });
  return {};
}

const crypto::GroupSeed* Keyring::group_seed(const ChainId& chain, const GroupId& group,
                                             std::uint32_t generation) const {
  return find(groups_, GroupKeyName{chain, group, generation});
}

const crypto::CaseWrapKey* Keyring::wrap_key(const ChainId& chain, const GroupId& group,
                                             std::uint32_t generation) {
  const GroupKeyName name{chain, group, generation};
  if (const auto* known = find(wrap_keys_, name)) return known;
  const auto* seed = find(groups_, name);
  if (seed == nullptr) return nullptr;
  return &wrap_keys_.emplace(name, crypto::case_wrap_key(*seed)).first->second;
}

const crypto::FeedKey* Keyring::feed_key(const ChainId& chain, const GroupId& group, std::uint32_t generation,
                                         const LogId& feed) {
  const std::pair name{feed, generation};
  if (const auto* known = find(feed_keys_, name)) return known;
  const auto* seed = find(groups_, GroupKeyName{chain, group, generation});
  if (seed == nullptr) return nullptr;
  return &feed_keys_.emplace(name, crypto::feed_key(crypto::feed_root_key(*seed), feed, generation))
              .first->second;
}

Result<void> Keyring::add_chain(vault::Database& db, const ChainId& chain, const chain::ChainSecret& secret) {
  ABRI_CHECK(store_secret(db, SecretKind::chain, chain.bytes(), kNone, 0, secret));
  chains_.insert_or_assign(chain, chain::derive_chain_secrets(secret));
  return {};
}

const chain::ChainSecrets* Keyring::chain(const ChainId& chain) const {
  return find(chains_, chain);
}

Result<chain::ChainSecret> Keyring::chain_secret(vault::Database& db, const ChainId& chain) const {
  ABRI_TRY(auto row, db.statement("SELECT value FROM secrets WHERE kind = ?1 AND scope = ?2"));
  ABRI_TRY(const bool found, row.query(static_cast<std::int64_t>(SecretKind::chain), chain));
  if (!found) return Error{Errc::not_found, "secret of a chain"};
  return chain::ChainSecret::from(row.column_blob(0));
}

Result<void> Keyring::add_mailbox(vault::Database& db, const LogId& log, const chain::ChainSecret& secret) {
  ABRI_CHECK(store_secret(db, SecretKind::mailbox, log.bytes(), kNone, 0, secret));
  mailboxes_.insert_or_assign(log, chain::derive_chain_secrets(secret));
  return {};
}

const chain::ChainSecrets* Keyring::mailbox(const LogId& log) const {
  return find(mailboxes_, log);
}

Result<void> Keyring::add_mailbox_key(vault::Database& db, const LogId& log,
                                      const chain::ChainSecret& secret) {
  ABRI_CHECK(store_secret(db, SecretKind::mailbox_key, log.bytes(), kNone, 0, secret));
  mailbox_keys_.insert_or_assign(log, chain::derive_chain_secrets(secret));
  return {};
}

const crypto::ChainKey* Keyring::mailbox_key(const LogId& log) const {
  if (const auto* own = find(mailbox_keys_, log)) return &own->key;
  const auto* secrets = mailbox(log);
  return secrets == nullptr ? nullptr : &secrets->key;
}

Result<void> Keyring::set_rendezvous(vault::Database& db, const Rendezvous& rendezvous) {
  ABRI_CHECK(store(db, SecretKind::rendezvous, rendezvous.log.bytes(), kNone, 0, rendezvous.secret));
  rendezvous_ = rendezvous;
  return {};
}

Result<void> Keyring::add_account(vault::Database& db, const AccountId& account,
                                  const crypto::SigningKey& key) {
  ABRI_CHECK(key.expose_seed(
      [&](auto seed) { return store(db, SecretKind::account, kNone, account.bytes(), 0, seed); }));
  ABRI_TRY(auto copy, key.expose_seed([](auto seed) { return crypto::signing_key_from(seed); }));
  accounts_.insert_or_assign(account, std::move(copy));
  return {};
}

const crypto::SigningKey* Keyring::account(const AccountId& account) const {
  return find(accounts_, account);
}

}  // namespace abri::core::cases
