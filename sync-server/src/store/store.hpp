// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>
#include <abri/base/result.hpp>
#include <abri/base/time.hpp>
#include <abri/crypto/sign.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace abri::server {

/// A quota account: an opaque id under which logs are created, nothing else.
struct Account {
  AccountId id;
  crypto::SigningPublicKey key;  ///< Ed25519; opens logs
  std::uint64_t max_bytes{0};    ///< `counted_bytes` of entries, over all its logs
  std::uint32_t max_logs{0};
};

/// What the store keeps of a log besides its entries.
struct LogRow {
  LogId id;
  AccountId account;
  crypto::SigningPublicKey owner_key;
  crypto::SigningPublicKey read_key;
  crypto::SigningPublicKey write_key;
  std::uint32_t number{0};        ///< the store's short name of the log; set by `create_log`
  std::uint64_t size{0};          ///< number of entries
  std::uint64_t bytes{0};         ///< sum of what they count for (`limits::counted_bytes`)
  std::uint64_t last_time_ms{0};  ///< leaf time of the last entry
};

/// How much an account holds.
struct Usage {
  std::uint64_t bytes{0};
  std::uint32_t logs{0};
};

/// One entry to be written. The views live until `append` returns.
struct NewEntry {
  Hash id;  ///< content-derived: BLAKE2b-256(label "abri/1.entry", entry)
  std::uint64_t time_ms{0};
  BytesView bytes;
};

/// One complete subtree of a log's Merkle tree.
struct Node {
  std::uint32_t level{0};  ///< 0: a leaf
  std::uint64_t index{0};  ///< from the left, at that level
  Hash hash;
};

/// Takes one entry of a range: its leaf time and its bytes, a view that lives for the call. Returns whether to go on.
using EntrySink = std::function<bool(std::uint64_t time_ms, BytesView bytes)>;

/// Where accounts, logs and entries are kept. The embedded store (`store/sqlite`) implements it; PostgreSQL will.
///
/// Writing calls belong inside `in_transaction`. What its body wrote is durable (fsync) when it returns without error, and
/// undone entirely when it returns an error.
///
/// @errors of every call: Errc::storage_failed, Errc::storage_full, Errc::storage_busy;
///         Errc::malformed  what it reads is damaged: whatever is asked next fails too, until `reopen`
/// @threads one thread at a time (the storage thread)
class LogStore {
 public:
  LogStore() = default;
  LogStore(const LogStore&) = delete;
  LogStore& operator=(const LogStore&) = delete;
  virtual ~LogStore() = default;

  virtual Result<void> in_transaction(const std::function<Result<void>()>& body) = 0;

  /// @errors Errc::already_exists
  virtual Result<void> add_account(const Account& account) = 0;
  virtual Result<std::optional<Account>> account(const AccountId& id) = 0;
  virtual Result<Usage> usage(const AccountId& id) = 0;

  /// Sets `row.number`. @errors Errc::already_exists
  virtual Result<void> create_log(LogRow& row) = 0;
  virtual Result<std::optional<LogRow>> log(const LogId& id) = 0;
  virtual Result<void> set_keys(std::uint32_t log, const crypto::SigningPublicKey& read_key,
                                const crypto::SigningPublicKey& write_key) = 0;

  /// Position of an entry in a log, if it holds it.
  virtual Result<std::optional<std::uint64_t>> find(std::uint32_t log, const Hash& entry) = 0;
  /// Writes entries from position `row.size` on, their subtrees' nodes, and the new totals of the log.
  virtual Result<void> append(const LogRow& row, std::span<const NewEntry> entries,
                              std::span<const Node> nodes) = 0;
  /// Gives entries from `first` on to `sink`, in order, until it returns false or the log ends.
  virtual Result<void> read(std::uint32_t log, std::uint64_t first, const EntrySink& sink) = 0;
  /// The root of a subtree that was completed; that it is missing is damage.
  virtual Result<Hash> node(std::uint32_t log, std::uint32_t level, std::uint64_t index) = 0;

  /// Begins anew on the same files, outside a transaction. What was committed is there again.
  virtual Result<void> reopen() = 0;

  /// Housekeeping for when nothing waits. `force`: also when it takes long.
  virtual Result<void> tidy(bool force) = 0;
};

}  // namespace abri::server
