// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/keyring.hpp"
#include "chain/state.hpp"
#include "merge/clock.hpp"
#include "merge/operation.hpp"
#include "sync/port.hpp"
#include "vault/vault.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace abri::core::cases {

/// One row of `logs`, kept in memory while the vault is open.
struct Log {
  std::int64_t number{0};
  LogId id;
  sync::LogKind kind{sync::LogKind::feed};
  ChainId chain;
  GroupId group;
  bool opened{true};
  bool stopped{false};
  std::uint64_t size{0};
  Bytes frontier;
  std::optional<sync::SignedHead> head;
  crypto::LogSalt salt;
  std::uint32_t epoch{0};  ///< of a feed
  std::uint32_t turn{0};   ///< chain sequence of the last turn
};

/// A head of a chain whose entries are all here, as the server showed it last since the vault was opened.
struct Whole {
  std::uint64_t signed_ms{0};  ///< when the server signed it
  std::uint64_t heads{0};      ///< how many of that kind came
};

/// Entries of a feed among which there are some that no key opens.
struct Unopened {
  std::uint64_t last{0};   ///< position of the last one that came along
  std::uint64_t heads{0};  ///< of `Whole`: as many must have come before they are junk
};

/// A chain with the links that wait here to be appended.
struct Chain {
  chain::ChainState confirmed;  ///< what the log says
  chain::ChainState state;      ///< with our waiting links on top
  bool waiting{false};          ///< there are waiting links
};

/// Everything that one open vault keeps in memory. The modules of this folder are functions over it; each that changes
/// something is called within a transaction of `db` and may be rolled back with it, but for what it says.
/// @threads core strand only
struct World {
  vault::Database& db;
  std::function<Time()> clock;
  Keyring keyring;

  std::map<LogId, Log> logs;
  std::map<ChainId, Chain> chains;

  ChainId organisation;  ///< zero before this device belongs to one
  UserId user;
  feed::Incarnation incarnation;
  merge::HybridClock hybrid_clock;
  std::uint64_t next_counter{1};    ///< of dots
  std::map<LogId, Time> sealed_at;  ///< when entries of a feed were last made: they are coalesced
  /// Rows of `pending` and `outbox` that change a case: what the server has not acknowledged of it. No zeros.
  std::unordered_map<CaseId, std::uint64_t> unsent;
  bool flush{false};             ///< a person saved: do not wait for the coalescing pause
  bool stale{false};             ///< restored or rolled back: nothing is sealed before everything was read
  std::set<LogId> read_to_head;  ///< while stale: what was read since
  std::map<LogId, Whole> whole;  ///< by the chain's log
  std::map<LogId, Unopened> unopened;  ///< by feed

  [[nodiscard]] Time now() const { return clock(); }
  [[nodiscard]] Chain* own_chain();
  [[nodiscard]] Chain* chain(const ChainId& id);
  [[nodiscard]] Log* log(const LogId& id);
  /// This device's number on a chain, 0 where it is not (yet) on it.
  [[nodiscard]] std::uint32_t device_number(const ChainId& id) const;
  /// Organisation of this device: of genesis, known once the own chain is.
  [[nodiscard]] OrganisationId own_organisation() const;
  [[nodiscard]] chain::Roles own_roles() const;
  /// The group whose feed takes new files: the team, or the landlord's referents.
  [[nodiscard]] const chain::Group* case_group() const;
  void count_unsent(const CaseId& id) { ++unsent[id]; }
  void count_sent(const CaseId& id);
};

/// Loads secrets, logs and chains of the vault, in place of what is in memory: at unlock, and after a transaction that failed.
Result<void> load_world(World& world);
/// Counts again what was not acknowledged.
Result<void> load_unsent(World& world);
/// Draws the incarnation of a new life (restored.hpp).
Result<void> renew_incarnation(World& world);

Result<std::optional<Bytes>> get_meta(vault::Database& db, std::string_view key);
Result<void> set_meta(vault::Database& db, std::string_view key, BytesView value);

/// Adds or rewrites a row of `logs`; a new one gets its number.
Result<void> store_log(World& world, Log& log);
/// Starts to follow a log; harmless where it is followed already.
Result<Log*> follow(World& world, Log log);

/// What others wrote must not stop this device from reading on: an error in it becomes a notice. Errors of the vault stay errors.
Result<void> pass_over(World& world, const LogId& log, const Result<void>& done);

/// Something that a person or an administrator should know.
Result<void> notice(World& world, std::string_view kind, const LogId& log, BytesView detail);

}  // namespace abri::core::cases
