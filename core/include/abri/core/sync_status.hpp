// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/error.hpp>
#include <abri/base/id.hpp>
#include <abri/base/time.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace abri::core::sync {

/// What the connection to the server is doing.
enum class State : std::uint8_t {
  offline,      ///< no connection; the next attempt has its time, or there is no server yet
  connecting,   ///< the transport or the handshake is on its way
  catching_up,  ///< connected, not everything is read yet
  live,         ///< everything that may be read is read; new entries come as they are appended
  stopped,      ///< by the device, or for good: see `Status::error` (Errc::wrong_server)
};

/// The English identifier of a state, for JSON and logs; stable.
constexpr std::string_view to_string(State state) {
  switch (state) {
    case State::offline:
      return "offline";
    case State::connecting:
      return "connecting";
    case State::catching_up:
      return "catching_up";
    case State::live:
      return "live";
    case State::stopped:
      return "stopped";
  }
  return "unknown";
}

/// Where one log that this device follows stands.
struct LogStatus {
  LogId log;
  std::uint64_t size{0};      ///< entries held and applied
  std::uint64_t sending{0};   ///< entries sent and not yet back in the log
  bool caught_up{false};      ///< read to its end
  bool stopped{false};        ///< evidence against the server: not followed any more
  std::optional<Errc> error;  ///< why it is not followed or not written to at the moment
};

/// Where the synchronisation stands, at one moment.
struct Status {
  State state{State::offline};
  std::optional<Errc> error;         ///< what ended the last connection or attempt; none once live again
  std::optional<Time> last_contact;  ///< last frame of the server that this device pinned
  /// How far the clock by which the server signs heads is ahead of this device's: where logs differ, the one furthest off.
  /// One of the two is wrong above `limits::kLeafTimeTolerance`: leaf times are no evidence then, and a person is to be told.
  std::optional<std::chrono::milliseconds> server_clock_ahead;
  bool settled{false};  ///< live and nothing waits to be sent, but for logs that show an error
  std::vector<LogStatus> logs;
};

}  // namespace abri::core::sync
