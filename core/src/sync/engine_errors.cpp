// SPDX-License-Identifier: MPL-2.0
// What the engine makes of refusals.
#include "sync/engine.hpp"

#include <algorithm>

namespace abri::core::sync {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds kRetryFirst = 5s;
constexpr std::chrono::milliseconds kRetryMost = 5min;
constexpr std::chrono::milliseconds kQuotaPause = 10min;

/// A server cannot ask for more patience than this.
std::chrono::milliseconds patience(const v1::WireError& message) {
  return std::min(std::chrono::milliseconds{message.retry_ms()}, kQuotaPause);
}

Errc meaning(v1::WireErrorCode code) {
  switch (code) {
    case v1::VERSION_UNSUPPORTED:
      return Errc::version_unsupported;
    case v1::NOT_PERMITTED:
      return Errc::not_permitted;
    case v1::CONFLICT:
      return Errc::conflict;
    case v1::TOO_LARGE:
      return Errc::too_large;
    case v1::RATE_LIMITED:
    case v1::QUOTA:
      return Errc::rate_limited;
    case v1::INCONSISTENT:
      return Errc::server_misbehaved;
    case v1::UNAVAILABLE:
      return Errc::network_lost;
    case v1::DAMAGED:
      return Errc::storage_failed;
    default:
      return Errc::malformed;
  }
}

}  // namespace

void Engine::error(std::uint32_t request, const v1::WireError& message, Time now) {
  const auto asked = requests_.find(request);
  if (asked != requests_.end()) {
    const auto what = asked->second;
    requests_.erase(asked);
    return refused(what, request, message, now);
  }
  const auto id = LogId::from(as_bytes(message.log()));
  const auto found = id ? logs_.find(*id) : logs_.end();
  if (message.code() == v1::NOT_PERMITTED && link_ == Link::up) {
    // A capability was replaced: it is proven again, with the newest key that this device has.
    if (found == logs_.end() || found->second.phase != Phase::following) return;
    leave(found->second, Phase::idle, std::nullopt);
    found->second.write_proven = false;
    return;
  }
  if (message.code() == v1::DAMAGED &&
      link_ == Link::up) {  // the server cannot read on: this log waits, the others go on
    if (found != logs_.end() && found->second.phase == Phase::following)
      refuse(found->second, meaning(message.code()), patience(message), now);
    return;
  }
  reconnect_at_least_ = patience(message);
  disconnect(meaning(message.code()));
}

void Engine::refused(const Request& request, std::uint32_t number, const v1::WireError& message, Time now) {
  const auto found = logs_.find(request.log);
  if (found == logs_.end() || request.what == Asked::unsubscribe) return;
  auto& log = found->second;
  const auto code = message.code();
  switch (code) {
    case v1::NOT_PERMITTED:
    case v1::CONFLICT:
    case v1::TOO_LARGE:
    case v1::RATE_LIMITED:
    case v1::QUOTA:
    case v1::INCONSISTENT:
    case v1::UNAVAILABLE:
    case v1::DAMAGED:
      break;
    default:
      return disconnect(meaning(code));
  }
  if (request.what == Asked::append) return append_refused(log, number, message, now);
  if (request.what == Asked::prove_write) {
    log.write_proven = false;
    return cannot_send(log, meaning(code), std::max(patience(message), kRetryFirst), now);
  }
  // Anything else follows from an earlier refusal.
  if (log.phase != Phase::subscribing && log.phase != Phase::following) return;
  if (request.what == Asked::subscribe && number != log.subscription) return;
  if (request.what == Asked::subscribe && code == v1::INCONSISTENT) {
    accept(log,
           {Finding::Kind::evidence, "rollback: the server does not know the history that it signed", {}});
    return;
  }
  if (code == v1::UNAVAILABLE) {
    reconnect_at_least_ = patience(message);
    return disconnect(Errc::network_lost);
  }
  refuse(log, meaning(code), code == v1::QUOTA ? kQuotaPause : patience(message), now);
}

void Engine::append_refused(Log& log, std::uint32_t number, const v1::WireError& message, Time now) {
  const auto* batch = log.window.find(number);
  if (batch == nullptr) return;
  const auto expected = batch->expected_size;
  log.window.clear();
  log.ask = true;
  changed();
  switch (message.code()) {
    case v1::CONFLICT:
      log.lost_at = expected.value_or(log.tail.size());
      return;
    case v1::RATE_LIMITED:
    case v1::UNAVAILABLE:
      log.write_retry = now + std::max(patience(message), 100ms);
      return;
    case v1::QUOTA:
      return cannot_send(log, Errc::rate_limited, kQuotaPause, now);
    case v1::NOT_PERMITTED:
      log.write_proven = false;
      return cannot_send(log, Errc::not_permitted, kRetryFirst, now);
    default:
      return cannot_send(log, meaning(message.code()), kRetryMost, now);
  }
}

void Engine::refuse(Log& log, Errc why, std::chrono::milliseconds at_least, Time now) {
  log.retry_delay = std::clamp(log.retry_delay * 2, kRetryFirst, kRetryMost);
  log.retry = now + std::max(log.retry_delay, at_least);
  if (log.phase == Phase::subscribing) log.phase = Phase::refused;  // nothing to unsubscribe from
  leave(log, Phase::refused, why);
}

}  // namespace abri::core::sync
