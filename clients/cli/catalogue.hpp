// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <map>
#include <string_view>

namespace abri::cli {

/// One text in both languages. "{}" stands for what is put in.
struct Message {
  std::string_view french;
  std::string_view english;
};

using Catalogue = std::map<std::string_view, Message>;

/// What the program says and asks.
const Catalogue& texts();
/// What errors mean and what to do: "error.CODE", "error.CODE.PLACE" where a place needs words of its own, and "what.PLACE", the
/// name of a place.
const Catalogue& error_texts();
/// Why something was refused or left out, as the agent knows it: "reason.WHY" (agent/reasons.hpp), "obstacle.WHY" (agent/obstacles.hpp).
const Catalogue& reason_texts();

}  // namespace abri::cli
