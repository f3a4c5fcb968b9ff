// SPDX-License-Identifier: MPL-2.0
#include "cli/agent_client.hpp"

#include "agent/socket_path.hpp"

#include <array>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace abri::cli {

namespace json = boost::json;

namespace {

Reply broken(const char* where) {
  Reply reply;
  reply.error = "internal";
  reply.where = where;
  return reply;
}

/// The agent has gone.
Reply gone() {
  Reply reply;
  reply.error = "locked";
  reply.where = "agent";
  return reply;
}

Reply parse_reply(const json::object& object) {
  Reply reply;
  reply.ok = object.contains("ok") && object.at("ok").is_bool() && object.at("ok").as_bool();
  if (const auto* result = object.if_contains("result")) reply.result = *result;
  if (const auto* error = object.if_contains("error"); error != nullptr && error->is_string())
    reply.error = error->as_string();
  if (const auto* where = object.if_contains("where"); where != nullptr && where->is_string())
    reply.where = where->as_string();
  if (const auto* reason = object.if_contains("reason"); reason != nullptr && reason->is_object())
    reply.reason = reason->as_object();
  if (const auto* warnings = object.if_contains("warnings"); warnings != nullptr && warnings->is_array())
    reply.warnings = warnings->as_array();
  return reply;
}

Reply parse_line(const std::string& line) {
  boost::system::error_code failed;
  const auto value = json::parse(line, failed);
  if (failed || !value.is_object()) return broken("agent");
  return parse_reply(value.as_object());
}

std::string agent_program() {
  std::error_code failed;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
  return failed ? "abri-agent" : (self.parent_path() / "abri-agent").string();
}

std::vector<std::string> agent_arguments(const AgentStart& start) {
  std::vector<std::string> out{agent_program(), "--vault", start.vault.string(), "--passphrase-fd",
                               std::to_string(start.passphrase_fd)};
  if (start.create) out.emplace_back("--create");
  if (start.next_passphrase_fd >= 0) {
    out.emplace_back("--next-passphrase-fd");
    out.push_back(std::to_string(start.next_passphrase_fd));
  }
  if (start.idle_seconds > 0) {
    out.emplace_back("--idle");
    out.push_back(std::to_string(start.idle_seconds));
  }
  return out;
}

std::string read_all(int descriptor) {
  std::string out;
  std::array<char, 512> piece{};
  for (;;) {
    const auto got = read(descriptor, piece.data(), piece.size());
    if (got <= 0) return out;
    out.append(piece.data(), static_cast<std::size_t>(got));
    if (out.find('\n') != std::string::npos) return out;
  }
}

}  // namespace

Result<AgentClient> AgentClient::connect(const std::filesystem::path& vault) {
  const auto path = agent::socket_path(vault).string();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return Error{Errc::invalid_argument, "XDG_RUNTIME_DIR"};
  path.copy(address.sun_path, path.size());
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return Error{Errc::internal, "socket", errno};
  AgentClient client(socket);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return Error{Errc::locked, "agent"};
  return client;
}

AgentClient::AgentClient(AgentClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), buffer_(std::move(other.buffer_)) {}

AgentClient::~AgentClient() {
  if (socket_ >= 0) close(socket_);
}

bool AgentClient::read_line(std::string& line) {
  for (;;) {
    const auto end = buffer_.find('\n');
    if (end != std::string::npos) {
      line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return true;
    }
    std::array<char, 65536> piece{};
    const auto got = read(socket_, piece.data(), piece.size());
    if (got <= 0) return false;
    buffer_.append(piece.data(), static_cast<std::size_t>(got));
  }
}

Reply AgentClient::call(const std::string& command, json::object arguments, const std::string& language,
                        const std::function<void(const json::object&)>& progress) {
  const auto line = json::serialize(json::object{{"version", agent::kProtocolVersion},
                                                 {"command", command},
                                                 {"arguments", std::move(arguments)},
                                                 {"language", language}}) +
                    "\n";
  if (line.size() > agent::kMaxRequestBytes) {
    Reply reply;
    reply.error = "too_large";
    reply.where = "request";
    return reply;
  }
  for (std::size_t sent = 0; sent < line.size();) {
    const auto done = ::send(socket_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (done <= 0) return gone();
    sent += static_cast<std::size_t>(done);
  }
  std::string answer;
  while (read_line(answer)) {
    boost::system::error_code failed;
    const auto value = json::parse(answer, failed);
    if (failed || !value.is_object()) return broken("agent");
    const auto* step = value.as_object().if_contains("progress");
    if (step == nullptr) return parse_reply(value.as_object());
    if (progress && step->is_object()) progress(step->as_object());
  }
  return gone();
}

Reply start_agent(const AgentStart& start) {
  std::array<int, 2> ready{};
  if (pipe(ready.data()) != 0) return broken("pipe");
  const auto arguments = agent_arguments(start);
  std::vector<char*> argv;
  for (const auto& argument : arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));  // NOLINT: execv takes it so
  argv.push_back(nullptr);
  const auto child = fork();
  if (child < 0) return broken("fork");
  if (child == 0) {
    dup2(ready[1], STDOUT_FILENO);
    close(ready[0]);
    close(ready[1]);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(ready[1]);
  const auto line = read_all(ready[0]);
  close(ready[0]);
  // an agent that serves goes on by itself; one that only made or changed something has ended
  int status = 0;
  waitpid(child, &status, start.create || start.next_passphrase_fd >= 0 ? 0 : WNOHANG);
  if (line.empty()) return broken("abri-agent");
  return parse_line(line);
}

}  // namespace abri::cli
