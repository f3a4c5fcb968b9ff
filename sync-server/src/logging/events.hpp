// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/error.hpp>

#include <cstdint>
#include <initializer_list>

namespace abri::server {

enum class LogLevel : std::uint8_t { info, warning, error, off };

/// A text that stood in the source when it was compiled. Ids, addresses and anything a peer sent cannot become one.
class LogName {
 public:
  consteval LogName(const char* literal) : text_(literal) {}  // NOLINT(google-explicit-constructor)
  [[nodiscard]] const char* text() const { return text_; }

 private:
  const char* text_;
};

/// A count or a code beside an event. Never an id.
struct LogField {
  LogName name{""};
  std::uint64_t value{0};
};

/// The server's log: events and counters on standard error, one line each; no identifier, no network address, no text of
/// a peer.
/// @threads any
void set_log_level(LogLevel lowest);
void log_event(LogLevel level, LogName event, std::initializer_list<LogField> fields = {});
/// The error's code, its place in our source, and the number of the library below.
void log_error(LogName event, const Error& error);

}  // namespace abri::server
