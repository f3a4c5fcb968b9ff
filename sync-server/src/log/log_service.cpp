// SPDX-License-Identifier: MPL-2.0
#include "log/log_service.hpp"

#include <abri/base/limits.hpp>
#include <abri/crypto/hash.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace abri::server {
namespace {

constexpr std::size_t kMaxCachedLogs = 4096;
constexpr std::size_t kMaxCachedQuotas = 4096;
constexpr std::size_t kMaxDamagedLogs = 4096;
constexpr std::uint32_t kRetryMs = 1000;

LogAnswer refused(v1::WireErrorCode code, const LogId& log = {}) {
  return Refused{.code = code, .log = log, .retry_ms = code == v1::UNAVAILABLE ? kRetryMs : 0};
}

}  // namespace

struct LogService::LogState {
  LogRow row;
  crypto::Frontier frontier;
};

struct LogService::Batch {
  std::uint64_t now_ms{0};
  Commit commit;
  std::unordered_map<LogId, std::shared_ptr<Publication>> by_log;
};

LogService::LogService(LogStore& store, const crypto::SigningKey& key)
    : store_(store), key_(key), decoy_(key.public_key()) {}
LogService::~LogService() = default;

bool LogService::is_write(const LogRequest& request) {
  return std::holds_alternative<OpenLog>(request) || std::holds_alternative<AppendEntries>(request) ||
         std::holds_alternative<RotateKeys>(request);
}

Result<void> LogService::add_account(const Account& account) {
  const auto added = store_.in_transaction([&] { return store_.add_account(account); });
  if (added) return {};
  std::optional<Error> fault;
  failed(added.error(), {}, fault);
  return *fault;
}

crypto::NodeSource LogService::nodes(const LogState& log) const {
  return [this, number = log.row.number](unsigned level, std::uint64_t index) {
    return store_.node(number, level, index);
  };
}

Result<LogService::LogState*> LogService::state(const LogId& id) {
  if (const auto found = cache_.find(id); found != cache_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second);
    return &recent_.front();
  }
  ABRI_TRY(const auto row, store_.log(id));
  if (!row) return static_cast<LogState*>(nullptr);
  LogState log{.row = *row, .frontier = {}};
  ABRI_TRY(log.frontier, crypto::Frontier::load(row->size, nodes(log)));
  if (recent_.size() >= kMaxCachedLogs) {
    cache_.erase(recent_.back().row.id);
    recent_.pop_back();
  }
  recent_.push_front(std::move(log));
  cache_.emplace(id, recent_.begin());
  return &recent_.front();
}

void LogService::forget_all() {
  cache_.clear();
  recent_.clear();
  quotas_.clear();
}

void LogService::sign_all(Commit& commit) const {
  for (auto& reply : commit.replies) {
    if (auto* appended = std::get_if<Appended>(&reply.what)) sign(appended->log, appended->head);
  }
  for (auto& publication : commit.publications) {
    for (auto& run : publication->runs) sign(publication->log, run.receipt.head);
  }
}

void LogService::sign(const LogId& log, SignedHead& head) const {
  head.signature = key_.sign(crypto::labels::kHead, wire::head_body(log, head.size, head.root, head.time_ms));
}

Commit LogService::write(std::vector<Job> jobs, Time now) {
  Commit out;
  while (!jobs.empty()) {
    Batch batch{.now_ms = to_millis(now), .commit = {}, .by_log = {}};
    std::size_t current = jobs.size();
    const auto done = store_.in_transaction([&] { return run_batch(batch, jobs, current); });
    if (done) {
      sign_all(batch.commit);
      std::ranges::move(batch.commit.replies, std::back_inserter(out.replies));
      out.publications = std::move(batch.commit.publications);
      break;
    }
    forget_all();
    if (done.error().code != Errc::malformed || current == jobs.size()) {  // not one log's
      out.fault = done.error();
      if (out.fault->code == Errc::malformed) out.fault->code = Errc::storage_failed;
      for (const auto& job : jobs) {
        out.replies.push_back(Reply{job.connection, job.request, refused(v1::UNAVAILABLE, log_of(job.what))});
      }
      break;
    }
    // One log is damaged: without it the others are tried again.
    const auto& job = jobs[current];
    out.replies.push_back(
        Reply{job.connection, job.request, failed(done.error(), log_of(job.what), out.fault)});
    jobs.erase(jobs.begin() + static_cast<std::ptrdiff_t>(current));
  }
  return out;
}

/// @param current  which job is under way; their number once all are done
Result<void> LogService::run_batch(Batch& batch, const std::vector<Job>& jobs, std::size_t& current) {
  for (current = 0; current < jobs.size(); ++current) {
    const auto& job = jobs[current];
    if (const auto log = log_of(job.what); damaged_.contains(log)) {
      batch.commit.replies.push_back(Reply{job.connection, job.request, refused(v1::DAMAGED, log)});
      continue;
    }
    if (const auto* request = std::get_if<AppendEntries>(&job.what)) {
      ABRI_CHECK(append(batch, job, *request));
      continue;
    }
    auto answer = std::holds_alternative<OpenLog>(job.what) ? open(std::get<OpenLog>(job.what))
                                                            : rotate(std::get<RotateKeys>(job.what));
    if (!answer) return answer.error();
    batch.commit.replies.push_back(Reply{job.connection, job.request, *std::move(answer)});
  }
  return {};
}

/// What is answered where the store failed.
/// @param fault  takes what the server has to know of it
LogAnswer LogService::failed(const Error& error, const LogId& log, std::optional<Error>& fault) {
  const auto tell = [&](const Error& what) {
    if (!fault || fault->code == Errc::malformed)
      fault = what;  // a failure of the whole store counts for more
  };
  if (error.code != Errc::malformed) {
    tell(error);
    return refused(v1::UNAVAILABLE, log);
  }
  if (!log.is_zero() && damaged_.size() < kMaxDamagedLogs) damaged_.insert(log);
  forget_all();
  const auto again = store_.reopen();
  tell(again ? error : again.error());
  return Refused{.code = v1::DAMAGED, .log = log, .retry_ms = 0, .costly = true};
}

Result<LogAnswer> LogService::open(const OpenLog& request) {
  ABRI_TRY(const auto account, store_.account(request.account));
  const bool valid =
      crypto::verify(account ? account->key : decoy_, crypto::labels::kOpen, request.body, request.signature)
          .has_value();
  if (!account || !valid) return refused(v1::NOT_PERMITTED);
  LogRow row{.id = crypto::log_id(request.owner_key.bytes(), request.salt),
             .account = request.account,
             .owner_key = request.owner_key,
             .read_key = request.read_key,
             .write_key = request.write_key};
  ABRI_TRY(const LogState* const existing, state(row.id));
  if (existing != nullptr) {
    const bool same = existing->row.account == row.account && existing->row.read_key == row.read_key &&
                      existing->row.write_key == row.write_key;
    if (!same) return refused(v1::CONFLICT, row.id);
    return LogAnswer(Opened{});
  }
  ABRI_TRY(const auto usage, store_.usage(request.account));
  if (usage.logs >= account->max_logs) return refused(v1::QUOTA, row.id);
  ABRI_CHECK(store_.create_log(row));
  return LogAnswer(Opened{});
}

Result<LogAnswer> LogService::rotate(const RotateKeys& request) {
  ABRI_TRY(LogState* const log, state(request.log));
  if (log == nullptr || log->row.owner_key != request.owner_key) {
    return refused(v1::NOT_PERMITTED, request.log);
  }
  ABRI_CHECK(store_.set_keys(log->row.number, request.read_key, request.write_key));
  log->row.read_key = request.read_key;
  log->row.write_key = request.write_key;
  return LogAnswer(Rotated{request.log});
}

Result<bool> LogService::within_quota(const AccountId& account, std::uint64_t more_bytes) {
  auto found = quotas_.find(account);
  if (found == quotas_.end()) {
    ABRI_TRY(const auto row, store_.account(account));
    if (!row) return false;
    ABRI_TRY(const auto usage, store_.usage(account));
    if (quotas_.size() >= kMaxCachedQuotas) quotas_.clear();
    found = quotas_.emplace(account, Quota{usage.bytes, row->max_bytes}).first;
  }
  auto& quota = found->second;
  if (more_bytes > quota.max_bytes || quota.bytes > quota.max_bytes - more_bytes) return false;
  quota.bytes += more_bytes;
  return true;
}

Result<void> LogService::append(Batch& batch, const Job& job, const AppendEntries& request) {
  const auto refuse = [&](v1::WireErrorCode code) -> Result<void> {
    batch.commit.replies.push_back(Reply{job.connection, job.request, refused(code, request.log)});
    return {};
  };
  ABRI_TRY(LogState* const log, state(request.log));
  if (log == nullptr || log->row.write_key != request.write_key) return refuse(v1::NOT_PERMITTED);

  // Where does each entry stand already, or where will it?
  Run run{.origin = job.connection, .request = job.request, .first = log->row.size};
  run.receipt.log = request.log;
  std::unordered_map<Hash, std::uint64_t> fresh;
  std::uint64_t fresh_bytes = 0;
  for (const auto& entry : request.entries) {
    const auto id = crypto::entry_hash(as_bytes(entry));
    ABRI_TRY(const auto held, store_.find(log->row.number, id));
    if (held) {
      run.receipt.positions.push_back(*held);
      continue;
    }
    const auto [place, added] = fresh.try_emplace(id, log->row.size + fresh.size());
    if (added) fresh_bytes += limits::counted_bytes(entry.size());
    run.receipt.positions.push_back(place->second);
  }
  if (fresh.empty()) {
    return finish_run(batch, *log, std::move(run), /*grew=*/false);
  }
  if (request.expected_size && *request.expected_size != log->row.size) return refuse(v1::CONFLICT);
  ABRI_TRY(const bool fits, within_quota(log->row.account, fresh_bytes));
  if (!fits) return refuse(v1::QUOTA);
  ABRI_CHECK(append_new(batch, *log, request, run));
  return finish_run(batch, *log, std::move(run), /*grew=*/true);
}

Result<void> LogService::append_new(Batch& batch, LogState& log, const AppendEntries& request, Run& run) {
  const auto time_ms = std::max(batch.now_ms, log.row.last_time_ms);
  std::vector<NewEntry> rows;
  std::vector<Node> subtrees;
  const auto keep = [&](unsigned level, std::uint64_t index, const Hash& hash) {
    subtrees.push_back(Node{level, index, hash});
  };
  const auto first = log.row.size;
  for (std::size_t i = 0; i < request.entries.size(); ++i) {
    if (run.receipt.positions[i] != first + rows.size()) continue;  // held before, or twice in this request
    const auto& entry =
        run.entries.emplace_back(request.entries[i]);  // the transaction may have to be repeated
    run.times_ms.push_back(time_ms);
    rows.push_back(NewEntry{crypto::entry_hash(as_bytes(entry)), time_ms, {}});
    log.frontier.append(crypto::leaf_hash(from_millis(time_ms), rows.back().id), keep);
    log.row.bytes += limits::counted_bytes(entry.size());
  }
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].bytes = as_bytes(run.entries[i]);
  ABRI_CHECK(store_.append(log.row, rows, subtrees));
  log.row.size += rows.size();
  log.row.last_time_ms = time_ms;
  return {};
}

Result<void> LogService::finish_run(Batch& batch, const LogState& log, Run run, bool grew) {
  auto& receipt = run.receipt;
  receipt.head = SignedHead{.size = log.row.size,
                            .root = log.frontier.root(),
                            .time_ms = std::max(batch.now_ms, log.row.last_time_ms),
                            .signature = {}};
  for (const auto position : receipt.positions) {
    std::uint64_t time_ms = log.row.last_time_ms;
    if (position < run.first || !grew) {
      ABRI_CHECK(store_.read(log.row.number, position, [&](std::uint64_t held_ms, BytesView) {
        time_ms = held_ms;
        return false;
      }));
    }
    receipt.times_ms.push_back(time_ms);
  }
  if (!grew) {
    batch.commit.replies.push_back(Reply{run.origin, run.request, std::move(receipt)});
    return {};
  }
  auto& publication = batch.by_log[receipt.log];
  if (!publication) {
    publication = std::make_shared<Publication>(Publication{receipt.log, {}});
    batch.commit.publications.push_back(publication);
  }
  publication->runs.push_back(std::move(run));
  return {};
}

Commit LogService::read(const std::vector<Job>& jobs, Time now) {
  Commit out;
  for (const auto& job : jobs) {
    const auto log = log_of(job.what);
    auto what = damaged_.contains(log) ? refused(v1::DAMAGED, log) : answer(job.what, to_millis(now));
    if (!what) what = failed(what.error(), log, out.fault);
    out.replies.push_back(Reply{job.connection, job.request, *std::move(what)});
  }
  return out;
}

Result<LogAnswer> LogService::answer(const LogRequest& request, std::uint64_t now_ms) {
  if (const auto* proof = std::get_if<ProveCapability>(&request)) return prove(*proof);
  if (const auto* begin = std::get_if<BeginReading>(&request)) return begin_reading(*begin, now_ms);
  if (const auto* range = std::get_if<ReadEntries>(&request)) return read_entries(*range, now_ms);
  return refused(v1::UNAVAILABLE);
}

Result<LogAnswer> LogService::prove(const ProveCapability& request) {
  ABRI_TRY(const LogState* const log, state(request.log));
  auto key = decoy_;
  if (log != nullptr) {
    switch (request.capability) {
      case v1::CAPABILITY_READ:
        key = log->row.read_key;
        break;
      case v1::CAPABILITY_WRITE:
        key = log->row.write_key;
        break;
      case v1::CAPABILITY_OWNER:
        key = log->row.owner_key;
        break;
      default:
        break;
    }
  }
  const bool valid = crypto::verify(key, crypto::labels::kProve, request.body, request.signature).has_value();
  if (log == nullptr || !valid) return refused(v1::NOT_PERMITTED, request.log);
  return LogAnswer(Proven{request.log, request.capability, key});
}

Result<LogAnswer> LogService::begin_reading(const BeginReading& request, std::uint64_t now_ms) {
  ABRI_TRY(const LogState* const log, state(request.log));
  if (log == nullptr || log->row.read_key != request.read_key) {
    return refused(v1::NOT_PERMITTED, request.log);
  }
  ReadingBegun begun;
  if (request.size > log->row.size) return refused(v1::INCONSISTENT, request.log);
  if (request.size > 0) {
    ABRI_TRY(const auto root, crypto::root_at(request.size, nodes(*log)));
    if (root != request.root) return refused(v1::INCONSISTENT, request.log);
    ABRI_TRY(begun.consistency, crypto::consistency_proof(request.size, log->row.size, nodes(*log)));
  }
  begun.head = SignedHead{.size = log->row.size,
                          .root = log->frontier.root(),
                          .time_ms = std::max(now_ms, log->row.last_time_ms),
                          .signature = {}};
  sign(request.log, begun.head);
  ABRI_TRY(begun.piece, piece(*log, request.size, request.max_bytes, now_ms));
  return LogAnswer(std::move(begun));
}

Result<LogAnswer> LogService::read_entries(const ReadEntries& request, std::uint64_t now_ms) {
  ABRI_TRY(const LogState* const log, state(request.log));
  if (log == nullptr || log->row.read_key != request.read_key) {
    return refused(v1::NOT_PERMITTED, request.log);
  }
  ABRI_TRY(auto read, piece(*log, request.first, request.max_bytes, now_ms));
  return LogAnswer(std::move(read));
}

Result<Piece> LogService::piece(const LogState& log, std::uint64_t first, std::size_t max_bytes,
                                std::uint64_t now_ms) {
  Piece out{.log = log.row.id, .first = first, .log_size = log.row.size};
  std::size_t left = std::min(max_bytes, wire::kMaxAppendBytes);
  ABRI_CHECK(store_.read(log.row.number, first, [&](std::uint64_t time_ms, BytesView bytes) {
    if (bytes.size() > left || out.entries.size() >= limits::kMaxEntriesPerFrame) return false;
    left -= bytes.size();
    out.entries.emplace_back(as_text(bytes));
    out.times_ms.push_back(time_ms);
    return true;
  }));
  if (first + out.entries.size() == log.row.size) {
    out.head = SignedHead{.size = log.row.size,
                          .root = log.frontier.root(),
                          .time_ms = std::max(now_ms, log.row.last_time_ms),
                          .signature = {}};
    sign(log.row.id, *out.head);
  }
  return out;
}

}  // namespace abri::server
