// SPDX-License-Identifier: MPL-2.0
#include "sync/engine.hpp"

#include "sync/frames.hpp"

#include <abri/base/limits.hpp>
#include <abri/proto/codec.hpp>

#include <algorithm>

namespace abri::core::sync {
namespace {

using namespace std::chrono_literals;
constexpr auto kReconnectFirst = 500ms;
constexpr auto kReconnectMost = 60s;
constexpr auto kGreetingDeadline = 10s;
constexpr auto kPingAfter = 45s;
constexpr auto kPongDeadline = 30s;
/// Events are never further apart while connected: a larger step is the clock's.
constexpr auto kClockStep = 5min;

void no_later(std::optional<Time>& time, Time limit) {
  if (time) time = std::min(*time, limit);
}
void earliest(std::optional<Time>& best, const std::optional<Time>& other) {
  if (other && (!best || *other < *best)) best = other;
}

}  // namespace

Engine::Engine(Port& port, std::uint64_t seed)
    : port_(port), backoff_(seed, kReconnectFirst, kReconnectMost) {}

Actions Engine::start(Time now) {
  tick(now);
  if (wanted_) return take();
  wanted_ = true;
  state_ = State::offline;
  error_.reset();
  backoff_.reset();
  changed();
  if (link_ == Link::down) {
    connect();
  } else {  // the connection before is being closed
    restart_ = true;
    state_ = State::connecting;
  }
  return take();
}

Actions Engine::stop() {
  wanted_ = false;
  restart_ = false;
  reconnect_at_.reset();
  if (link_ != Link::down && link_ != Link::closing) {
    actions_.emplace_back(Disconnect{});
    link_ = Link::closing;
  }
  state_ = State::stopped;
  changed();
  return take();
}

void Engine::connect() {
  reconnect_at_.reset();
  auto address = port_.server_address();
  const auto key = port_.server_key();
  if (address.empty() || !key) return;
  server_key_ = *key;
  link_ = Link::connecting;
  state_ = State::connecting;
  changed();
  actions_.emplace_back(Connect{std::move(address)});
}

void Engine::disconnect(Errc why) {
  if (link_ == Link::down || link_ == Link::closing) return;
  actions_.emplace_back(Disconnect{});
  link_ = Link::closing;
  error_ = why;
  changed();
}

Actions Engine::on_connected(const wire::Exporter& exporter, const wire::Nonce& client_nonce, Time now) {
  tick(now);
  if (link_ != Link::connecting) return take();
  link_ = Link::greeting;
  handshake_ = {.client_nonce = client_nonce, .exporter = exporter};
  last_request_ = 0;
  requests_.clear();
  credit_owed_ = 0;
  last_received_ = now;
  greeting_deadline_ = now + kGreetingDeadline;
  last_sent_ = now;
  send(hello_frame(client_nonce));
  return take();
}

Actions Engine::on_disconnected(Time now, Errc why) {
  tick(now);
  if (link_ == Link::down) return take();
  if (link_ != Link::closing) error_ = why;
  link_ = Link::down;
  greeting_deadline_.reset();
  pong_deadline_.reset();
  outgoing_at_.reset();
  upkeep_at_.reset();
  for (auto& [id, log] : logs_) log.caught_up = false;
  changed();
  if (!wanted_) {
    state_ = State::stopped;
    return take();
  }
  state_ = State::offline;
  if (std::exchange(restart_, false)) {
    connect();
    return take();
  }
  reconnect_at_ = now + std::max(backoff_.next(), reconnect_at_least_);
  reconnect_at_least_ = 0ms;
  return take();
}

Actions Engine::on_frame(BytesView frame, Time now) {
  tick(now);
  if (link_ != Link::greeting && link_ != Link::up) return take();
  auto parsed = proto::parse<v1::Frame>(frame, limits::kMaxFrameBytes);
  if (!parsed) {
    disconnect(parsed.error().code);
    return take();
  }
  last_received_ = now;
  pong_deadline_.reset();
  dispatch(*parsed, now);
  pump(now);
  return take();
}

Actions Engine::on_time(Time now) {
  tick(now);
  if (link_ == Link::down && reconnect_at_ && *reconnect_at_ <= now) connect();
  if (link_ == Link::greeting && greeting_deadline_ && *greeting_deadline_ <= now)
    disconnect(Errc::timed_out);
  if (link_ == Link::up) {
    keep_alive(now);
    retry_logs(now);
    if (outgoing_at_ && *outgoing_at_ <= now) {
      outgoing_at_.reset();
      ask_all();
    }
    pump(now);
  }
  return take();
}

Actions Engine::on_local(Time now) {
  tick(now);
  if (link_ == Link::up) {
    reload_ = true;
    ask_all();
    pump(now);
  } else if (wanted_ && link_ == Link::down && !reconnect_at_) {
    connect();  // there was no server yet
  }
  return take();
}

void Engine::tick(Time now) {
  if (now - last_event_ > kClockStep || now < last_event_) {
    for (auto& [id, log] : logs_) log.tail.forget_clock();
  }
  if (now < last_event_) {  // the clock was set back: deadlines would be far away
    last_received_ = std::min(last_received_, now);
    last_sent_ = std::min(last_sent_, now);
    no_later(reconnect_at_, now + kReconnectMost);
    no_later(greeting_deadline_, now + kGreetingDeadline);
    no_later(pong_deadline_, now + kPongDeadline);
    no_later(outgoing_at_, now);
    no_later(upkeep_at_, now);
    for (auto& [id, log] : logs_) {
      no_later(log.retry, now + kReconnectMost);
      no_later(log.write_retry, now + kReconnectMost);
    }
  }
  last_event_ = now;
}

void Engine::keep_alive(Time now) {
  if (pong_deadline_) {
    if (*pong_deadline_ <= now) disconnect(Errc::timed_out);
    return;
  }
  if (now - std::min(last_received_, last_sent_) < kPingAfter) return;
  v1::Frame frame;
  frame.mutable_ping();
  send(frame);
  pong_deadline_ = now + kPongDeadline;
}

void Engine::retry_logs(Time now) {
  bool held = false;
  for (auto& [id, log] : logs_) {
    if (log.phase == Phase::held && log.retry && *log.retry <= now) {
      log.retry.reset();
      held = true;
    }
    if (log.phase == Phase::refused && log.retry && *log.retry <= now) log.phase = Phase::idle;
    if (log.write_retry && *log.write_retry <= now) {
      log.write_retry.reset();
      log.write_error.reset();
      log.ask = true;
    }
  }
  if (held) read_chains_again();
}

void Engine::send(const v1::Frame& frame) {
  if (link_ != Link::greeting && link_ != Link::up) return;
  last_sent_ = last_event_;
  actions_.emplace_back(Send{proto::serialise(frame)});
}

std::optional<Time> Engine::next_deadline() const {
  std::optional<Time> best;
  if (link_ == Link::down) earliest(best, reconnect_at_);
  if (link_ == Link::greeting) earliest(best, greeting_deadline_);
  if (link_ != Link::up) return best;
  earliest(best, pong_deadline_ ? *pong_deadline_ : std::min(last_received_, last_sent_) + kPingAfter);
  earliest(best, outgoing_at_);
  earliest(best, upkeep_at_);
  for (const auto& [id, log] : logs_) {
    if (log.phase == Phase::refused || log.phase == Phase::held) earliest(best, log.retry);
    earliest(best, log.write_retry);
  }
  return best;
}

bool Engine::settled() const {
  if (state_ != State::live || outgoing_at_) return false;
  return std::ranges::all_of(logs_, [](const auto& item) {
    const Log& log = item.second;
    if (log.given_up()) return true;
    if (log.write_error) return true;
    return log.caught_up && log.window.empty() && !log.waits && !log.lost_at;
  });
}

Status Engine::status() const {
  Status status;
  status.state = state_;
  status.error = error_;
  status.last_contact = last_contact_;
  status.settled = settled();
  status.logs.reserve(order_.size());
  for (const auto& id : order_) {
    const auto& log = logs_.at(id);
    const auto ahead = log.tail.clock_ahead();
    auto& most = status.server_clock_ahead;
    if (ahead && (!most || std::chrono::abs(*ahead) > std::chrono::abs(*most))) most = ahead;
    status.logs.push_back({.log = id,
                           .size = log.tail.size(),
                           .sending = log.window.entries(),
                           .caught_up = log.caught_up,
                           .stopped = log.phase == Phase::stopped,
                           .error = log.error ? log.error : log.write_error});
  }
  return status;
}

}  // namespace abri::core::sync
