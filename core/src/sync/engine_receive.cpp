// SPDX-License-Identifier: MPL-2.0
// What the engine makes of the server's frames.
#include "sync/engine.hpp"
#include "sync/frames.hpp"

#include <abri/base/limits.hpp>

#include <algorithm>

namespace abri::core::sync {
namespace {

/// Credit goes back in pieces of this size, so that it costs few frames.
constexpr std::size_t kCreditPiece = std::size_t{128} * 1024;
/// Frames of a catch-up are applied together up to here: each transaction waits for the disk and writes scattered pages again.
constexpr std::size_t kPieceBytes = std::size_t{768} * 1024;

/// Views into frames that follow one another.
Run joined(const std::deque<v1::Entries>& pieces) {
  Run all{.first = pieces.front().first(), .entries = {}, .times_ms = {}, .ids = {}};
  for (const auto& piece : pieces) {
    const auto run = *parse_run(piece);  // collected, so that it parses
    all.entries.insert(all.entries.end(), run.entries.begin(), run.entries.end());
    all.times_ms.insert(all.times_ms.end(), run.times_ms.begin(), run.times_ms.end());
  }
  return all;
}

}  // namespace

void Engine::dispatch(const v1::Frame& frame, Time now) {
  if (link_ == Link::greeting) {
    if (frame.has_welcome()) return welcome(frame.welcome(), now);
    if (frame.has_error()) return error(0, frame.error(), now);
    return disconnect(Errc::malformed);
  }
  last_contact_ = now;
  switch (frame.kind_case()) {
    case v1::Frame::kEntries:
      return entries(frame.request(), frame.entries(), now);
    case v1::Frame::kReceipt:
      return receipt(frame.request(), frame.receipt(), now);
    case v1::Frame::kDone:
      return done(frame.request());
    case v1::Frame::kError:
      return error(frame.request(), frame.error(), now);
    case v1::Frame::kPing: {
      v1::Frame pong;
      pong.set_request(frame.request());
      pong.mutable_pong();
      return send(pong);
    }
    case v1::Frame::kPong:
      return;
    default:
      return disconnect(Errc::malformed);  // what only clients send, or a kind of a newer version
  }
}

void Engine::welcome(const v1::Welcome& welcome, Time now) {
  if (welcome.version() != wire::kProtocolVersion) return disconnect(Errc::version_unsupported);
  const auto key = crypto::SigningPublicKey::from(as_bytes(welcome.server_key()));
  const auto signature = crypto::Signature::from(as_bytes(welcome.signature()));
  if (!key || !signature || welcome.nonce().size() != wire::kNonceBytes) return disconnect(Errc::malformed);
  handshake_.server_nonce = to_array<wire::kNonceBytes>(as_bytes(welcome.nonce()));
  if (*key != server_key_ ||
      !crypto::verify(server_key_, crypto::labels::kWelcome, wire::welcome_body(handshake_), *signature)) {
    wanted_ = false;
    return disconnect(Errc::wrong_server);
  }
  link_ = Link::up;
  greeting_deadline_.reset();
  last_contact_ = now;
  state_ = State::catching_up;
  for (auto& [id, log] : logs_) {
    auto fresh = Log(log.kind, std::move(log.tail));
    fresh.phase = log.phase == Phase::stopped ? Phase::stopped : Phase::idle;
    fresh.error = log.phase == Phase::stopped ? log.error : std::nullopt;
    fresh.opened = log.opened;
    fresh.tail.forget_clock();
    log = std::move(fresh);
  }
  load_logs();
}

bool Engine::accept(Log& log, const Finding& finding) {
  if (finding.fine()) return true;
  if (finding.kind == Finding::Kind::malformed) {
    disconnect(Errc::malformed);
    return false;
  }
  port_.evidence(log.tail.log(), finding.what, finding.head);
  leave(log, Phase::stopped, Errc::server_misbehaved);
  log.window.clear();
  return false;
}

void Engine::entries(std::uint32_t request, const v1::Entries& message, Time now) {
  const auto id = LogId::from(as_bytes(message.log()));
  if (!id) return disconnect(Errc::malformed);
  return_credit(credit_bytes(message));
  const auto found = logs_.find(*id);
  if (found == logs_.end()) return;
  auto& log = found->second;
  const bool ours = request != 0 && request == log.subscription;
  const bool first = log.phase == Phase::subscribing && ours;
  // What a subscription that was given up still sends is of no interest: the next one brings it again.
  if (!first && (log.phase != Phase::following || (request != 0 && !ours))) return;

  auto run = parse_run(message);
  if (!run) return disconnect(Errc::malformed);
  const auto head = head_of(log, message.has_head() ? &message.head() : nullptr, *run);
  const auto consistency = parse_hashes(message.consistency());
  if (!head || !consistency) return disconnect(Errc::malformed);
  if (*head && !accept(log, log.tail.check_signature(**head, server_key_))) return;
  if (first) {
    if (message.first() != log.tail.size() || (!*head && message.first() > 0))
      return disconnect(Errc::malformed);
    const auto count = static_cast<std::size_t>(message.entries_size());
    if (*head && !accept(log, log.tail.begin(**head, count, *consistency))) return;
    log.phase = Phase::following;
    log.retry_delay = std::chrono::milliseconds{0};
    log.error.reset();
  }
  // A server that sends nothing in many frames would only fill the memory.
  if (!*head && request != 0 && message.entries().empty()) return disconnect(Errc::malformed);
  if (!collect(log, message)) return disconnect(Errc::malformed);
  if (!*head && request != 0 && log.piece_bytes < kPieceBytes) return;
  const auto pieces = std::exchange(log.pieces, {});
  log.piece_bytes = 0;
  if (pieces.size() > 1) run = joined(pieces);
  follow_up(log, *std::move(run), *head, request == 0 && log.caught_up, now);
}

/// The head of a frame; where it leaves its root out, with that of the tree to which the frame's entries lead.
Result<std::optional<SignedHead>> Engine::head_of(const Log& log, const v1::Head* head, Run& run) {
  if (head == nullptr || !head->root().empty()) return parse_head(head);
  return parse_head(head, log.tail.root_after(run, head->size()));
}

/// Puts a well-formed frame behind those of the same catch-up. False: it does not follow them.
bool Engine::collect(Log& log, const v1::Entries& message) {
  if (!log.pieces.empty()) {
    const auto& last = log.pieces.back();
    if (message.first() != last.first() + static_cast<std::uint64_t>(last.entries_size())) return false;
  }
  for (const auto& entry : message.entries()) log.piece_bytes += limits::counted_bytes(entry.size());
  log.pieces.push_back(message);
  return true;
}

void Engine::follow_up(Log& log, Run run, const std::optional<SignedHead>& head, bool live, Time now) {
  if (run.first < log.tail.size()) {  // sent before, by a receipt: a repetition changes nothing
    const auto known = std::min<std::uint64_t>(log.tail.size() - run.first, run.entries.size());
    const auto count = static_cast<std::ptrdiff_t>(known);
    run.entries.erase(run.entries.begin(), run.entries.begin() + count);
    run.times_ms.erase(run.times_ms.begin(), run.times_ms.begin() + count);
    run.first += known;
    if (run.entries.empty() && (!head || head->size < log.tail.size())) return;
  }
  LogTail::Step step;
  if (!accept(log, log.tail.follow(std::move(run), head, live, now, step))) return;
  if (!apply(log, step, now)) return;
  log.caught_up = head && head->size == log.tail.size();
  if (log.kind == LogKind::chain && log.caught_up) release_held();
}

bool Engine::apply(Log& log, LogTail::Step& step, Time now) {
  const auto head = step.arrived.head;
  if (step.arrived.entries.empty()) {
    log.tail.commit(step, now);
    changed();
    return !head || keep_head(log, *head);
  }
  const auto what = port_.apply(step.arrived);
  if (!what) {
    // The head stays a promise, whenever the entries come again.
    if (!head || (accept(log, log.tail.expect(*head)) && keep_head(log, *head)))
      apply_failed(log, what.error().code);
    return false;
  }
  if (!log.window.empty()) {
    for (std::size_t i = 0; i < step.ids.size(); ++i) log.window.applied(step.ids[i], step.arrived.first + i);
    log.window.tidy();
  }
  log.tail.commit(step, now);
  log.held_delay = {};
  reload_ = reload_ || what->logs_changed;
  log.ask = true;
  if (log.kind != LogKind::feed) release_held();
  if (state_ == State::live) ask_all();  // an answer to what came may wait
  changed();
  return true;
}

/// What the server signed binds it also where no entry came along, or not yet.
bool Engine::keep_head(Log& log, const SignedHead& head) {
  const auto kept = port_.keep_head(log.tail.log(), head);
  if (!kept) apply_failed(log, kept.error().code);
  return kept.has_value();
}

void Engine::apply_failed(Log& log, Errc why) {
  switch (why) {
    case Errc::out_of_sync:
      return hold(log);
    case Errc::locked:
    case Errc::cancelled:
    case Errc::storage_busy:
    case Errc::storage_full:
    case Errc::storage_failed:
      return disconnect(why);
    default:
      return leave(log, Phase::failed, why);
  }
}

void Engine::return_credit(std::size_t bytes) {
  credit_owed_ += bytes;
  if (credit_owed_ < kCreditPiece) return;
  v1::Frame frame;
  frame.mutable_credit()->set_bytes(static_cast<std::uint32_t>(credit_owed_));
  credit_owed_ = 0;
  send(frame);
}

void Engine::receipt(std::uint32_t request, const v1::Receipt& message, Time now) {
  const auto asked = requests_.find(request);
  if (asked == requests_.end() || asked->second.what != Asked::append) return disconnect(Errc::malformed);
  const auto id = asked->second.log;
  requests_.erase(asked);
  const auto found = logs_.find(id);
  if (found == logs_.end()) return;
  auto& log = found->second;
  auto* batch = log.window.find(request);
  if (batch == nullptr) return;
  const auto count = static_cast<int>(batch->items.size());
  if (!message.has_head() || message.positions_size() != count || message.times_ms_size() != count)
    return disconnect(Errc::malformed);
  for (const auto position : message.positions()) {
    if (position >= message.head().size()) return disconnect(Errc::malformed);
  }
  const auto& places = message.positions();
  if (std::ranges::adjacent_find(places, std::ranges::greater_equal{}) != places.end()) {
    accept(log, {Finding::Kind::evidence, "order: the server took entries in another order", {}});
    return;
  }
  receipted(log, *batch, message, now);
}

void Engine::receipted(Log& log, SendWindow::Batch& batch, const v1::Receipt& message, Time now) {
  Run run;  // what follows what is held: the rest stands further on and comes with `Entries`, or the receipt is a lie
  run.first = log.tail.size();
  std::vector<std::size_t> further;
  for (std::size_t i = 0; i < batch.items.size(); ++i) {
    const auto& item = batch.items[i];
    const auto position = message.positions(static_cast<int>(i));
    if (item.position == position) continue;
    if (log.phase != Phase::following || position != run.first + run.entries.size()) {
      further.push_back(i);
      continue;
    }
    run.entries.emplace_back(item.entry);
    run.times_ms.push_back(message.times_ms(static_cast<int>(i)));
    run.ids.push_back(item.id);
  }
  const auto head = head_of(log, &message.head(), run);
  // A log that was left meanwhile cannot compute a root; its next subscription brings a whole head.
  const bool computable = log.phase == Phase::following || !message.head().root().empty();
  if (!head && computable) return disconnect(Errc::malformed);
  if (head && !accept(log, log.tail.check_signature(**head, server_key_))) return;
  batch.receipted = true;
  for (const auto i : further) {
    const auto index = static_cast<int>(i);
    if (!accept(log, log.tail.expect(message.positions(index), message.times_ms(index), batch.items[i].id)))
      return;
  }
  log.ask = true;
  const bool whole = batch.items.size() == run.entries.size();
  log.window.tidy();  // ends the batch where it has come back whole
  if (!run.entries.empty()) {
    LogTail::Step step;
    const auto own = whole ? *head : std::nullopt;
    if (!accept(log, log.tail.follow(std::move(run), own, log.caught_up, now, step))) return;
    const bool was_caught_up = log.caught_up;
    if (!apply(log, step, now)) return;
    log.caught_up = was_caught_up && (*head)->size == log.tail.size();
  }
  if (whole || !head) return changed();
  if (accept(log, log.tail.expect(**head))) keep_head(log, **head);
  changed();
}

void Engine::done(std::uint32_t request) {
  const auto asked = requests_.find(request);
  if (asked == requests_.end()) return;
  const auto [what, id] = asked->second;
  if (what == Asked::subscribe || what == Asked::append) return disconnect(Errc::malformed);
  requests_.erase(asked);
  const auto found = logs_.find(id);
  if (what != Asked::open || found == logs_.end()) return;
  found->second.opened = true;
  if (const auto saved = port_.opened(id); !saved) apply_failed(found->second, saved.error().code);
}

}  // namespace abri::core::sync
