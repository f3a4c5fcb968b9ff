// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/language.hpp>

#include <functional>
#include <string>

#include <boost/json.hpp>

/// What commands do: talk to the agent or start it, show the answer or the error. Each returns the exit code.
namespace abri::cli {

/// What every command may be told, and what the chosen command needs.
struct Options {
  std::string vault;
  std::string language;
  bool json{false};
  int passphrase_fd{-1};
  int next_passphrase_fd{-1};
  int idle_seconds{0};
  boost::json::object arguments;  ///< of the request to the agent
  [[nodiscard]] Language spoken() const { return language == "en" ? Language::english : Language::french; }
};

/// The text of an answer.
using Printer = std::function<std::string(const boost::json::value&, Language)>;

/// Says what went wrong, by the identifier of `Errc`.
/// @param reason  what the agent knows of it (explain.hpp)
int fail(const Options& options, const std::string& error, const std::string& where,
         const boost::json::object& reason = {});
/// One request to the agent, answered on the screen.
int ask(Options& options, const std::string& command, const Printer& printer);

int create_vault(const Options& options);
int unlock(const Options& options);
int lock(const Options& options);
int change_passphrase(const Options& options);

}  // namespace abri::cli
