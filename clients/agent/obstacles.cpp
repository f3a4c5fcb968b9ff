// SPDX-License-Identifier: MPL-2.0
#include "agent/obstacles.hpp"

#include <algorithm>

namespace abri::agent {

namespace json = boost::json;

namespace {

std::string_view meaning(Errc code, std::string_view refused) {
  if (code == Errc::rate_limited) return "account_full";
  if (code == Errc::not_permitted) return refused;
  if (code == Errc::too_large) return "too_large";
  if (code == Errc::out_of_sync) return "other_side";
  if (code == Errc::storage_failed) return "damaged";  // an error of the own disk ends the connection
  return "unexpected";
}

}  // namespace

std::vector<Obstacle> obstacles(const std::vector<core::sync::LogStatus>& logs, bool joined,
                                std::uint64_t unsent) {
  const auto refused = [](const auto& log) { return log.error == Errc::not_permitted; };
  const bool takes_nothing = unsent > 0 && !logs.empty() && std::ranges::all_of(logs, refused);
  const auto* not_permitted = !joined ? "code_unknown" : takes_nothing ? "account_unknown" : "refused";
  std::vector<Obstacle> out;
  for (const auto& log : logs) {
    if (!log.error || log.stopped) continue;
    const Obstacle one{meaning(*log.error, not_permitted), log.error};
    if (std::ranges::find(out, one) == out.end()) out.push_back(one);
  }
  return out;
}

std::vector<Obstacle> obstacles(const core::sync::Status& status, core::App& app) {
  const auto view = app.status();
  if (!view) return {};
  return obstacles(status.logs, !view->organisation.empty(), view->unsent);
}

json::array to_json(const std::vector<Obstacle>& obstacles) {
  json::array out;
  for (const auto& one : obstacles) {
    json::object said{{"why", one.why}};
    if (one.code) said["code"] = to_string(*one.code);
    out.push_back(std::move(said));
  }
  return out;
}

}  // namespace abri::agent
