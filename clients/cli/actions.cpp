// SPDX-License-Identifier: MPL-2.0
#include "cli/actions.hpp"

#include "cli/agent_client.hpp"
#include "cli/answer.hpp"
#include "cli/dashes.hpp"
#include "cli/explain.hpp"
#include "cli/messages.hpp"
#include "cli/passphrase.hpp"
#include "cli/print.hpp"
#include "cli/terminal.hpp"

#include <cerrno>
#include <filesystem>
#include <iostream>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace abri::cli {

namespace json = boost::json;

namespace {

int fail(const Options& options, const Error& error) {
  return fail(options, std::string(to_string(error.code)), error.where);
}

/// @return the exit code: an answer of another shape than this program knows is a bug, told as one
int show(const Options& options, const json::value& result, const Printer& printer) {
  if (options.json) {
    std::cout << serialized(result) << "\n";
    return 0;
  }
  try {
    std::cout << printer(printable_answer(result), options.spoken());
  } catch (const std::exception&) {
    return fail(options, "internal", "answer");
  }
  return 0;
}

/// What to know before reading the answer.
void warn(const Options& options, const Reply& reply) {
  if (options.json) return;
  for (const auto& warning : reply.warnings) {
    if (warning == "stale") std::cerr << print_text(text("status.stale", options.spoken()));
    if (warning.is_object() && reply.result.is_array())
      std::cerr << print_text(
          text("search.more", options.spoken(),
               {std::to_string(reply.result.as_array().size()), number_at(warning.as_object(), "found")}));
  }
}

/// Is there a vault, be it a damaged one?
bool exists(const Options& options) {
  std::error_code ignored;
  const std::filesystem::path vault(options.vault);
  return std::filesystem::exists(vault / "slots", ignored) ||
         std::filesystem::exists(vault / "vault.db", ignored);
}

/// Does an agent hold the vault that this session does not reach? Whoever opens a vault locks its file "lock".
bool held_elsewhere(const Options& options) {
  const int file = open((std::filesystem::path(options.vault) / "lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool held = flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close(file);
  return held;
}

/// Why no agent answers.
int fail_without_agent(const Options& options, const Error& error) {
  if (!exists(options)) return fail(options, "not_a_vault", "missing");
  if (error.code == Errc::locked && held_elsewhere(options)) return fail(options, "storage_busy", "session");
  return fail(options, error);
}

/// That it is done.
int say(const Options& options, const char* key, const json::value& result = json::object{}) {
  return show(options, result, [key](const json::value& shown, Language language) {
    return print_text(text(key, language)) + print_keystore(shown, language);
  });
}

/// The passphrase to hand to the agent: from the descriptor given, or typed.
Result<int> passphrase(const Options& options) {
  if (options.passphrase_fd >= 0) return options.passphrase_fd;
  return prompt_passphrase("prompt.passphrase", false, options.spoken());
}
/// A new one, long enough.
Result<int> new_passphrase(int given, const Options& options) {
  if (given >= 0) return check_new_passphrase(given);
  return prompt_passphrase("prompt.next", true, options.spoken());
}

/// Has the vault closed. @return 0, or the exit code of what was told
int end_agent(const Options& options, AgentClient& agent) {
  const auto reply = agent.call("lock", {}, options.language);
  // "locked": its idle time was over, and it closed the vault by itself
  if (!reply.ok && reply.error != to_string(Errc::locked)) return fail(options, reply.error, reply.where);
  // the vault is closed when the agent has gone
  for (int i = 0; i < 500 && AgentClient::connect(options.vault); ++i) usleep(10'000);
  return 0;
}

/// The vault that is open already locks after another time from now on.
int set_idle(const Options& options, AgentClient& agent) {
  const auto reply = agent.call("idle", {{"seconds", options.idle_seconds}}, options.language);
  if (!reply.ok) return fail(options, reply.error, reply.where);
  const json::object result{{"idle_seconds", options.idle_seconds}};
  return show(options, result, [&options](const json::value&, Language language) {
    return print_text(text("unlock.already", language)) +
           print_text(text("unlock.idle", language, {std::to_string(options.idle_seconds)}));
  });
}

/// Starts the agent and says how it went.
/// @param reason  what to say besides where it refuses (explain.hpp)
int start(const Options& options, const AgentStart& start, const char* done,
          const json::object& reason = {}) {
  const auto reply = start_agent(start);
  if (!reply.ok) return fail(options, reply.error, reply.where, reason);
  return say(options, done, reply.result);
}

}  // namespace

int fail(const Options& options, const std::string& error, const std::string& where,
         const json::object& reason) {
  if (options.json) {
    json::object out{{"ok", false}, {"error", error}, {"where", where}};
    if (!reason.empty()) out["reason"] = reason;
    std::cout << serialized(out) << "\n";
  } else {
    std::cerr << print_text(printable(explain(error, where, reason, options.spoken())));
  }
  return exit_code(error);
}

int ask(Options& options, const std::string& command, const Printer& printer) {
  auto agent = AgentClient::connect(options.vault);
  if (!agent) return fail_without_agent(options, agent.error());
  if (const auto read = read_dashes(options); !read) return fail(options, read.error());
  const bool terminal = isatty(STDERR_FILENO) != 0 && !options.json;
  bool progress_shown = false;
  const auto reply = agent->call(command, options.arguments, options.language, [&](const json::object& step) {
    if (!terminal) return;
    progress_shown = true;
    std::cerr << "\r" << print_progress(step, options.spoken()) << std::flush;
  });
  if (progress_shown) std::cerr << "\n";
  if (!reply.ok) return fail(options, reply.error, reply.where, reply.reason);
  warn(options, reply);
  return show(options, reply.result, printer);
}

int create_vault(const Options& options) {
  if (AgentClient::connect(options.vault)) return fail(options, "already_exists", "open vault");
  const auto first = new_passphrase(options.passphrase_fd, options);
  if (!first) return fail(options, first.error());
  return start(options, {.vault = options.vault, .create = true, .passphrase_fd = *first}, "init.done");
}

int unlock(const Options& options) {
  auto agent = AgentClient::connect(options.vault);
  if (agent && options.idle_seconds > 0) return set_idle(options, *agent);
  if (agent) return say(options, "unlock.already");
  if (!exists(options)) return fail(options, "not_a_vault", "missing");
  const auto present = passphrase(options);
  if (!present) return fail(options, present.error());
  return start(options,
               {.vault = options.vault, .passphrase_fd = *present, .idle_seconds = options.idle_seconds},
               "unlock.done");
}

int lock(const Options& options) {
  auto agent = AgentClient::connect(options.vault);
  if (!agent && exists(options) && !held_elsewhere(options)) return say(options, "lock.already");
  if (!agent) return fail_without_agent(options, agent.error());
  if (const int failed = end_agent(options, *agent); failed != 0) return failed;
  return say(options, "lock.done");
}

int change_passphrase(const Options& options) {
  if (!exists(options)) return fail(options, "not_a_vault", "missing");
  const auto present = passphrase(options);
  if (!present) return fail(options, present.error());
  const auto next = new_passphrase(options.next_passphrase_fd, options);
  if (!next) return fail(options, next.error());
  // only from here on is the vault closed: whether the present passphrase is right shows when it opens
  auto agent = AgentClient::connect(options.vault);
  if (agent)
    if (const int failed = end_agent(options, *agent); failed != 0) return failed;
  return start(options, {.vault = options.vault, .passphrase_fd = *present, .next_passphrase_fd = *next},
               "passphrase.done", agent ? json::object{{"locked_now", true}} : json::object{});
}

}  // namespace abri::cli
