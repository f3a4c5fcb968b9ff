// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/result.hpp>

#include <filesystem>
#include <functional>
#include <string>

#include <boost/json.hpp>

namespace abri::cli {

/// The answer of the agent, or why there is none.
struct Reply {
  bool ok{false};
  boost::json::value result;
  std::string error;  ///< identifier of `Errc`
  std::string where;
  boost::json::object reason;   ///< what the refused field would take, agent/reasons.hpp
  boost::json::array warnings;  ///< what to know besides the result
};

/// One conversation with the agent of a vault.
class AgentClient {
 public:
  /// @errors Errc::locked  no agent answers
  static Result<AgentClient> connect(const std::filesystem::path& vault);
  AgentClient(AgentClient&& other) noexcept;
  AgentClient& operator=(AgentClient&&) = delete;
  AgentClient(const AgentClient&) = delete;
  AgentClient& operator=(const AgentClient&) = delete;
  ~AgentClient();

  /// Sends a request and waits for its answer.
  /// @param progress  called with each line of progress before it
  Reply call(const std::string& command, boost::json::object arguments, const std::string& language,
             const std::function<void(const boost::json::object&)>& progress = {});

 private:
  explicit AgentClient(int socket) : socket_(socket) {}
  bool read_line(std::string& line);
  int socket_;
  std::string buffer_;
};

/// How to start the agent.
struct AgentStart {
  std::filesystem::path vault;
  bool create{false};
  int passphrase_fd{-1};
  int next_passphrase_fd{-1};
  int idle_seconds{0};  ///< 0: the agent's own
};

/// Starts `abri-agent`, which stands beside this program, and waits until it says how it went.
Reply start_agent(const AgentStart& start);

}  // namespace abri::cli
