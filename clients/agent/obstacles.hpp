// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/core/app.hpp>
#include <abri/core/sync_status.hpp>

#include <optional>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

/// What keeps a device from exchanging everything with a server that it reached.
namespace abri::agent {

/// The identifier of the error of a synchronisation that left something out. None of `Errc`: nothing failed here.
inline constexpr std::string_view kIncomplete = "incomplete";

/// One reason why something was not exchanged.
///   account_full     the account has no room on the server, or too much was sent at once
///   account_unknown  the server takes nothing of this organisation: it does not know the account
///   code_unknown     it does not know the code by which this device joins: whoever gave it has not synchronised
///   refused          it gives or takes a part of it no more, or does not know it yet
///   too_large        it takes no entry of that size
///   damaged          it cannot read a part of what it keeps
///   other_side       something that comes before is still missing there
///   unexpected       any other error, named by `code`
///   waiting          edits wait, and no log says why
struct Obstacle {
  std::string_view why;
  std::optional<Errc> code;
  friend bool operator==(const Obstacle&, const Obstacle&) = default;
};

/// @param logs    every log that the device follows
/// @param joined  the device belongs to an organisation
/// @param unsent  edits that the server has not acknowledged
std::vector<Obstacle> obstacles(const std::vector<core::sync::LogStatus>& logs, bool joined,
                                std::uint64_t unsent);
/// The same for an open vault; each reason once.
std::vector<Obstacle> obstacles(const core::sync::Status& status, core::App& app);

/// [{"why": "account_full", "code": "rate_limited"}]
boost::json::array to_json(const std::vector<Obstacle>& obstacles);

}  // namespace abri::agent
