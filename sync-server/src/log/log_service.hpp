// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "log/requests.hpp"
#include "store/store.hpp"

#include <abri/base/time.hpp>
#include <abri/crypto/merkle.hpp>
#include <abri/crypto/sign.hpp>

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace abri::server {

/// The logic of logs: who may do what to which, where an entry lands, which head is signed. Knows no socket, thread or
/// clock: time is an argument.
///
/// @threads one thread at a time (the storage thread)
class LogService {
 public:
  /// @param store  outlives the service
  /// @param key    signs heads; outlives the service
  LogService(LogStore& store, const crypto::SigningKey& key);
  ~LogService();
  LogService(const LogService&) = delete;
  LogService& operator=(const LogService&) = delete;

  /// Carries out requests that write (`OpenLog`, `AppendEntries`, `RotateKeys`) in order and in one transaction: when it
  /// returns, what the answers claim is durable. Where the store fails each is answered UNAVAILABLE, nothing happened, and
  /// `fault` names the error. Where what it holds of one log is damaged, that log is answered DAMAGED, now and in future, and
  /// the others go on.
  Commit write(std::vector<Job> jobs, Time now);

  /// Carries out requests that only read (`ProveCapability`, `BeginReading`, `ReadEntries`). Faults as with `write`.
  Commit read(const std::vector<Job>& jobs, Time now);

  /// Creates a quota account.
  /// @errors Errc::malformed  the store is damaged; what else it holds can be asked for as before
  Result<void> add_account(const Account& account);

  static bool is_write(const LogRequest& request);

 private:
  struct LogState;
  struct Batch;

  /// A null pointer where there is no such log.
  Result<LogState*> state(const LogId& id);
  void forget_all();
  LogAnswer failed(const Error& error, const LogId& log, std::optional<Error>& fault);

  Result<LogAnswer> open(const OpenLog& request);
  Result<LogAnswer> rotate(const RotateKeys& request);
  Result<void> append(Batch& batch, const Job& job, const AppendEntries& request);
  Result<void> append_new(Batch& batch, LogState& log, const AppendEntries& request, Run& run);
  Result<void> finish_run(Batch& batch, const LogState& log, Run run, bool grew);
  Result<LogAnswer> answer(const LogRequest& request, std::uint64_t now_ms);
  Result<LogAnswer> prove(const ProveCapability& request);
  Result<LogAnswer> begin_reading(const BeginReading& request, std::uint64_t now_ms);
  Result<LogAnswer> read_entries(const ReadEntries& request, std::uint64_t now_ms);
  Result<Piece> piece(const LogState& log, std::uint64_t first, std::size_t max_bytes, std::uint64_t now_ms);
  Result<void> run_batch(Batch& batch, const std::vector<Job>& jobs, std::size_t& current);
  Result<bool> within_quota(const AccountId& account, std::uint64_t more_bytes);

  [[nodiscard]] crypto::NodeSource nodes(const LogState& log) const;
  void sign(const LogId& log, SignedHead& head) const;
  void sign_all(Commit& commit) const;

  LogStore& store_;
  const crypto::SigningKey& key_;
  crypto::SigningPublicKey
      decoy_;  // verified against where a log or account is unknown, so that this takes as long
  std::list<LogState> recent_;  // most recently used first
  std::unordered_map<LogId, std::list<LogState>::iterator> cache_;
  struct Quota {
    std::uint64_t bytes{0};
    std::uint64_t max_bytes{0};
  };
  std::unordered_map<AccountId, Quota> quotas_;
  std::unordered_set<LogId> damaged_;  // refused until the next start: nobody asks the disk again and again
};

}  // namespace abri::server
