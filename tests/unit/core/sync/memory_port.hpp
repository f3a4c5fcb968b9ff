// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "sync/port.hpp"

#include <abri/crypto/hash.hpp>
#include <abri/crypto/init.hpp>
#include <abri/crypto/merkle.hpp>
#include <abri/crypto/random.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace abri::core::sync::test {

inline const bool kInitialised = crypto::initialise().has_value();

/// The keys of one log, shared by the devices of a test.
struct LogKeys {
  explicit LogKeys(LogKind k) : kind(k) {
    crypto::random_bytes(salt);
    id = crypto::log_id(owner.public_key().bytes(), salt);
  }
  LogKind kind;
  crypto::SigningKey owner{crypto::SigningKey::generate()};
  crypto::SigningKey read{crypto::SigningKey::generate()};
  crypto::SigningKey write{crypto::SigningKey::generate()};
  ByteArray<16> salt{};
  LogId id;
};
using LogKeysPtr = std::shared_ptr<LogKeys>;

/// A quota account of a test's server.
struct TestAccount {
  AccountId id{crypto::random_id<AccountId>()};
  crypto::SigningKey key{crypto::SigningKey::generate()};
};

/// A device that keeps its logs in memory: entries are opaque, nothing is ever refused unless the test says so.
class MemoryPort final : public Port {
 public:
  struct Log {
    LogKeysPtr keys;
    bool opened{true};
    crypto::Frontier frontier;
    std::vector<Bytes> entries;
    std::vector<std::uint64_t> times_ms;
    std::vector<Hash> roots;
    std::optional<SignedHead> kept;
    std::deque<Bytes> outbox;
    int races_lost{0};
  };
  struct Evidence {
    LogId log;
    std::string what;
    std::optional<SignedHead> head;
  };

  Log& add(LogKeysPtr keys, bool opened = true) {
    Log log;
    log.keys = std::move(keys);
    log.opened = opened;
    return logs.emplace_back(std::move(log));
  }
  Log& at(const LogId& id) {
    return *std::ranges::find_if(logs, [&](const Log& log) { return log.keys->id == id; });
  }
  void write(const LogId& id, std::string_view text) { at(id).outbox.push_back(to_bytes(text)); }

  std::optional<crypto::SigningPublicKey> server_key() override { return pinned; }
  std::string server_address() override { return address; }
  std::vector<Cursor> cursors() override {
    std::vector<Cursor> out;
    for (const auto& log : logs) {
      out.push_back({.log = log.keys->id,
                     .kind = log.keys->kind,
                     .size = log.frontier.size(),
                     .frontier = log.frontier.encode(),
                     .last_time_ms = log.times_ms.empty() ? 0 : log.times_ms.back(),
                     .opened = log.opened,
                     .stopped = std::ranges::any_of(
                         evidences, [&](const Evidence& e) { return e.log == log.keys->id; })});
    }
    return out;
  }
  std::optional<SignedHead> kept_head(const LogId& id) override { return at(id).kept; }
  Result<void> keep_head(const LogId& id, const SignedHead& head) override {
    auto& kept = at(id).kept;
    if (!kept || head.size > kept->size) kept = head;
    return {};
  }
  Result<OpenParameters> open_parameters(const LogId& id) override {
    const auto& keys = *at(id).keys;
    return OpenParameters{.account = account->id,
                          .salt = keys.salt,
                          .owner_key = keys.owner.public_key(),
                          .read_key = keys.read.public_key(),
                          .write_key = keys.write.public_key()};
  }
  Result<crypto::Signature> sign_open(const LogId&, BytesView body) override {
    return account->key.sign(crypto::labels::kOpen, body);
  }
  Result<crypto::Signature> sign_prove(const LogId& id, Capability capability, BytesView body) override {
    const auto& keys = *at(id).keys;
    return (capability == Capability::read ? keys.read : keys.write).sign(crypto::labels::kProve, body);
  }
  Result<void> opened(const LogId& id) override {
    at(id).opened = true;
    return {};
  }
  Result<Applied> apply(const Arrived& arrived) override {
    ++applies;
    if (before_apply) {
      if (const auto allowed = before_apply(arrived); !allowed) return allowed.error();
    }
    auto& log = at(arrived.log);
    ABRI_ASSERT(arrived.first == log.frontier.size());
    ABRI_ASSERT(arrived.entries.size() == arrived.times_ms.size());
    ABRI_ASSERT(arrived.entries.size() == arrived.roots.size());
    for (std::size_t i = 0; i < arrived.entries.size(); ++i) {
      log.entries.push_back(to_bytes(arrived.entries[i]));
      log.times_ms.push_back(arrived.times_ms[i]);
      log.roots.push_back(arrived.roots[i]);
      const auto own = std::ranges::find_if(
          log.outbox, [&](const Bytes& entry) { return std::ranges::equal(entry, arrived.entries[i]); });
      if (own != log.outbox.end()) log.outbox.erase(own);
    }
    auto frontier = crypto::Frontier::decode(arrived.frontier);
    ABRI_ASSERT(frontier.has_value());
    log.frontier = *frontier;
    if (arrived.head) static_cast<void>(keep_head(arrived.log, *arrived.head));
    if (after_apply) return after_apply(arrived);
    return Applied{};
  }
  Result<std::optional<Outgoing>> outgoing(const LogId& id, std::size_t max_bytes, Time now) override {
    auto& log = at(id);
    if (log.outbox.empty() || (send_after && now < *send_after)) return std::optional<Outgoing>{};
    Outgoing out;
    std::size_t bytes = 0;
    for (const auto& entry : log.outbox) {
      if (!out.entries.empty() && bytes + entry.size() > max_bytes) break;
      bytes += entry.size();
      out.entries.push_back(entry);
    }
    if (log.keys->kind == LogKind::chain) out.expected_size = expected(log);
    return std::optional{std::move(out)};
  }
  std::optional<Time> next_outgoing_time() override { return send_after; }
  Upkeep upkeep(Time now) override { return do_upkeep ? do_upkeep(now) : Upkeep{}; }
  Result<void> lost_race(const LogId& id) override {
    auto& log = at(id);
    ++log.races_lost;
    made_for_[id] = log.frontier.size();
    return {};
  }
  void evidence(const LogId& id, const char* what, const std::optional<SignedHead>& head) override {
    evidences.push_back({id, what, head});
  }

  /// Links are made for the size at which the first of them was written, until a race is lost.
  void make_links_now(const LogId& id) { made_for_[id] = at(id).frontier.size(); }

  std::deque<Log> logs;
  std::shared_ptr<TestAccount> account;
  std::optional<crypto::SigningPublicKey> pinned;
  std::string address{"server:7443"};
  std::vector<Evidence> evidences;
  std::optional<Time> send_after;  ///< the coalescing pause
  std::function<Result<void>(const Arrived&)> before_apply;
  std::function<Applied(const Arrived&)> after_apply;
  std::function<Upkeep(Time)> do_upkeep;
  int applies{0};

 private:
  std::uint64_t expected(const Log& log) const {
    const auto made = made_for_.find(log.keys->id);
    return made == made_for_.end() ? log.frontier.size() : made->second;
  }
  std::unordered_map<LogId, std::uint64_t> made_for_;
};

}  // namespace abri::core::sync::test
