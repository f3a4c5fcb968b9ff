// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>

#include <string>
#include <variant>
#include <vector>

namespace abri::core::sync {

/// Opens a connection. Ends in `on_connected` or `on_disconnected`.
struct Connect {
  std::string address;  ///< "host:port"
};
/// Sends one binary message.
struct Send {
  Bytes frame;
};
/// Ends the connection, or the attempt, after everything sent before it. Ends in `on_disconnected`.
struct Disconnect {};

using Action = std::variant<Connect, Send, Disconnect>;
/// To be carried out in order.
using Actions = std::vector<Action>;

}  // namespace abri::core::sync
