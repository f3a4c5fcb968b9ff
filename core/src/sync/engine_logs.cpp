// SPDX-License-Identifier: MPL-2.0
// What the engine asks of the server: which logs it follows, and what it sends.
#include "sync/engine.hpp"
#include "sync/frames.hpp"

#include <abri/base/limits.hpp>

#include <algorithm>

namespace abri::core::sync {
namespace {

using namespace std::chrono_literals;
constexpr auto kSendPause = 5s;
constexpr std::chrono::milliseconds kHeldFirst = 5s;
constexpr std::chrono::milliseconds kHeldMost = 5min;
/// Bytes of entries on their way in all logs together, so that a long backlog of many logs does not fill the memory.
constexpr std::size_t kMaxOnTheWay = std::size_t{4} * 1024 * 1024;

}  // namespace

void Engine::load_logs() {
  reload_ = false;
  const auto cursors = port_.cursors();
  const auto before = std::exchange(order_, {});
  for (const bool chains : {true, false}) {
    for (const auto& cursor : cursors) {
      if ((cursor.kind == LogKind::chain) == chains) load_log(cursor);
    }
  }
  if (order_ == before) return;
  for (const auto& id : before) {
    if (std::ranges::find(order_, id) != order_.end()) continue;
    leave(logs_.at(id), Phase::idle, std::nullopt);
    logs_.erase(id);
  }
  changed();
}

void Engine::load_log(const Cursor& cursor) {
  order_.push_back(cursor.log);
  const auto found = logs_.find(cursor.log);
  if (found != logs_.end()) {
    auto& log = found->second;
    log.opened = log.opened || cursor.opened;
    if (log.phase != Phase::idle || log.tail.size() == cursor.size) return;
  }
  auto tail = LogTail::from(cursor, port_.kept_head(cursor.log));
  const bool sound = tail.has_value();
  if (!sound) tail = LogTail::from(Cursor{.log = cursor.log, .frontier = {}}, std::nullopt);
  if (sound && found != logs_.end()) tail->inherit(found->second.tail);
  auto& log = logs_.insert_or_assign(cursor.log, Log(cursor.kind, *std::move(tail))).first->second;
  log.opened = cursor.opened;
  if (cursor.stopped) {
    log.phase = Phase::stopped;
    log.error = Errc::server_misbehaved;
  } else if (!sound) {
    log.phase = Phase::failed;
    log.error = Errc::malformed;
  }
}

void Engine::pump(Time now) {
  if (link_ != Link::up) return;
  if (reload_) load_logs();
  for (const auto& id : order_) {
    auto& log = logs_.at(id);
    if (log.kind == LogKind::chain && log.phase == Phase::idle) follow(log);
  }
  // Feeds name links of the chains: read in this order, nothing has to be asked for twice.
  if (!chains_busy()) {
    for (const auto& id : order_) {
      if (auto& log = logs_.at(id); log.phase == Phase::idle) follow(log);
    }
  }
  update_state();
  if (state_ == State::live) keep_up(now);
  if (!push_all(now)) return;
  outgoing_at_ = port_.next_outgoing_time();
  if (outgoing_at_ && *outgoing_at_ <= now) outgoing_at_.reset();  // was asked for just now
}

void Engine::keep_up(Time now) {
  const auto upkeep = port_.upkeep(now);
  upkeep_at_ = upkeep.next;
  if (upkeep.done) ask_all();
}

bool Engine::push_all(Time now) {
  std::size_t on_the_way = 0;
  for (auto& [id, log] : logs_) {
    settle_race(log);
    on_the_way += log.window.bytes();
  }
  bool asked = false;
  for (const auto& id : order_) {
    if (on_the_way >= kMaxOnTheWay) break;
    auto& log = logs_.at(id);
    on_the_way -= log.window.bytes();
    asked = push(log, now) || asked;
    on_the_way += log.window.bytes();
  }
  return asked;
}

bool Engine::chains_busy() const {
  return std::ranges::any_of(logs_, [](const auto& item) {
    const Log& log = item.second;
    return log.kind == LogKind::chain && !log.given_up() && !log.caught_up;
  });
}

void Engine::update_state() {
  const bool read = std::ranges::all_of(
      logs_, [](const auto& item) { return item.second.given_up() || item.second.caught_up; });
  const auto next = read ? State::live : State::catching_up;
  if (next == state_) return;
  state_ = next;
  changed();
  if (next != State::live) return;
  error_.reset();
  // A server lets nobody stay who proved nothing: a device that is refused everything comes back less and less often.
  const auto followed = [](const auto& item) { return item.second.phase == Phase::following; };
  if (logs_.empty() || std::ranges::any_of(logs_, followed)) backoff_.reset();
  ask_all();
}

void Engine::follow(Log& log) {
  if (!log.opened && !open(log)) return;
  if (!prove(log, Capability::read)) return;
  log.phase = Phase::subscribing;
  log.caught_up = false;
  log.subscription = ask(Asked::subscribe, log.tail.log(),
                         subscribe_frame(log.tail.log(), log.tail.size(), log.tail.root()));
}

bool Engine::open(Log& log) {
  const auto& id = log.tail.log();
  const auto parameters = port_.open_parameters(id);
  if (!parameters) {
    leave(log, Phase::held, parameters.error().code);
    return false;
  }
  const auto body =
      wire::open_body(handshake_, parameters->account, parameters->salt, parameters->owner_key.array(),
                      parameters->read_key.array(), parameters->write_key.array());
  const auto signature = port_.sign_open(id, body);
  if (!signature) {
    leave(log, Phase::held, signature.error().code);
    return false;
  }
  ask(Asked::open, id, open_frame(*parameters, *signature));
  return true;
}

bool Engine::prove(Log& log, Capability capability) {
  const auto& id = log.tail.log();
  const auto body = wire::prove_body(handshake_, id, static_cast<std::uint8_t>(capability));
  const auto signature = port_.sign_prove(id, capability, body);
  if (!signature) {
    if (capability == Capability::read) leave(log, Phase::held, signature.error().code);
    return false;
  }
  ask(capability == Capability::read ? Asked::prove_read : Asked::prove_write, id,
      prove_frame(id, capability, *signature));
  return true;
}

std::uint32_t Engine::ask(Asked what, const LogId& log, v1::Frame frame) {
  frame.set_request(++last_request_);
  requests_.emplace(last_request_, Request{what, log});
  send(frame);
  return last_request_;
}

void Engine::leave(Log& log, Phase phase, std::optional<Errc> why) {
  const bool subscribed = log.phase == Phase::subscribing || log.phase == Phase::following;
  log.subscription = 0;
  log.pieces.clear();
  log.piece_bytes = 0;
  log.phase = phase;
  log.error = why;
  log.caught_up = false;
  changed();
  if (!subscribed || link_ != Link::up) return;
  v1::Frame frame;
  frame.mutable_unsubscribe()->set_log(to_field(log.tail.log()));
  ask(Asked::unsubscribe, log.tail.log(), std::move(frame));
}

/// What it waits for may stand in a chain that came no further here: the chains are read again, at once and then less and less often.
void Engine::hold(Log& log) {
  leave(log, Phase::held, Errc::out_of_sync);
  log.retry = last_event_ + log.held_delay;
  log.held_delay = std::clamp(log.held_delay * 2, kHeldFirst, kHeldMost);
}

/// Their new heads are younger than all that was held.
void Engine::read_chains_again() {
  for (auto& [id, log] : logs_) {
    if (log.kind == LogKind::chain && log.phase == Phase::following && log.caught_up)
      leave(log, Phase::idle, std::nullopt);
  }
}

void Engine::release_held() {
  for (auto& [id, log] : logs_) {
    if (log.phase == Phase::held) {
      log.phase = Phase::idle;
      log.retry.reset();
      log.error.reset();
    }
    keys_changed(log);
  }
}

void Engine::keys_changed(Log& log) {
  if (log.phase == Phase::refused && log.error == Errc::not_permitted) log.phase = Phase::idle;
  if (log.write_error != Errc::not_permitted) return;
  log.write_error.reset();
  log.write_retry.reset();
  log.ask = true;
}

void Engine::ask_all() {
  for (auto& [id, log] : logs_) log.ask = true;
}

void Engine::settle_race(Log& log) {
  if (!log.lost_at || log.phase != Phase::following || !log.caught_up || log.tail.size() <= *log.lost_at)
    return;
  log.lost_at.reset();
  log.ask = true;
  if (const auto made = port_.lost_race(log.tail.log()); !made) {
    cannot_send(log, made.error().code, kSendPause, last_event_);
  }
}

void Engine::cannot_send(Log& log, Errc why, std::chrono::milliseconds pause, Time now) {
  log.write_error = why;
  log.write_retry = now + pause;
  changed();
}

Result<std::optional<Outgoing>> Engine::outgoing(Log& log, Time now) {
  const auto& id = log.tail.log();
  auto waiting = port_.outgoing(id, wire::kMaxAppendBytes, now);
  if (!waiting || !*waiting || !(*waiting)->expected_size) return waiting;
  if (*(*waiting)->expected_size == log.tail.size()) return waiting;
  // Others came first while we were reading: the links are made again before they are even sent.
  ABRI_CHECK(port_.lost_race(id));
  waiting = port_.outgoing(id, wire::kMaxAppendBytes, now);
  if (waiting && *waiting && (*waiting)->expected_size && *(*waiting)->expected_size != log.tail.size()) {
    return Error{Errc::conflict, "outgoing"};
  }
  return waiting;
}

bool Engine::push(Log& log, Time now) {
  if (!log.ask || log.phase != Phase::following || !log.caught_up) return false;
  if (log.write_retry || log.lost_at || !log.window.empty()) return false;
  log.ask = false;
  auto waiting = outgoing(log, now);
  if (!waiting) {
    cannot_send(log, waiting.error().code, kSendPause, now);
    return true;
  }
  log.waits = waiting->has_value();
  if (!log.waits) return true;
  if (!log.write_proven) log.write_proven = prove(log, Capability::write);
  if (!log.write_proven) {
    cannot_send(log, Errc::not_permitted, kSendPause, now);
    return true;
  }
  auto batch = SendWindow::cut(**std::move(waiting));
  const auto request = ask(Asked::append, log.tail.log(), append_frame(log.tail.log(), batch));
  log.window.add(std::move(batch), request);
  changed();
  return true;
}

}  // namespace abri::core::sync
