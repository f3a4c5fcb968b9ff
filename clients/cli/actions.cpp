// SPDX-License-Identifier: MPL-2.0
#include "cli/actions.hpp"

#include "cli/agent_client.hpp"
#include "cli/dashes.hpp"
#include "cli/explain.hpp"
#include "cli/messages.hpp"
#include "cli/passphrase.hpp"
#include "cli/print.hpp"
#include "cli/terminal.hpp"

#include <filesystem>
#include <iostream>

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
void warn(const Options& options, const json::array& warnings) {
  if (options.json) return;
  for (const auto& warning : warnings)
    if (warning == "stale") std::cerr << text("status.stale", options.spoken()) << "\n";
}

bool exists(const Options& options) {
  std::error_code ignored;
  return std::filesystem::exists(options.vault, ignored);
}

/// That it is done.
void say(const Options& options, const char* key, const json::value& result = json::object{}) {
  static_cast<void>(show(options, result, [key](const json::value& shown, Language language) {
    return std::string(text(key, language)) + "\n" + print_keystore(shown, language);
  }));
}

/// A passphrase to hand to the agent: from the descriptor given, or typed.
Result<int> passphrase(int given, const char* prompt, bool twice, Language language) {
  if (given >= 0) return given;
  return prompt_passphrase(prompt, twice, language);
}

int start(const Options& options, bool create, bool change, const char* done) {
  if (!create && !exists(options)) return fail(options, "not_a_vault", "missing");
  AgentStart start;
  start.vault = options.vault;
  start.create = create;
  start.idle_seconds = options.idle_seconds;
  const auto present = passphrase(options.passphrase_fd, create ? "prompt.next" : "prompt.passphrase", create,
                                  options.spoken());
  if (!present) return fail(options, present.error());
  start.passphrase_fd = *present;
  if (change) {
    const auto next = passphrase(options.next_passphrase_fd, "prompt.next", true, options.spoken());
    if (!next) return fail(options, next.error());
    start.next_passphrase_fd = *next;
  }
  const auto reply = start_agent(start);
  if (!reply.ok) return fail(options, reply.error, reply.where);
  say(options, done, reply.result);
  return 0;
}

}  // namespace

int fail(const Options& options, const std::string& error, const std::string& where,
         const json::object& reason) {
  if (options.json) {
    json::object out{{"ok", false}, {"error", error}, {"where", where}};
    if (!reason.empty()) out["reason"] = reason;
    std::cout << serialized(out) << "\n";
  } else {
    std::cerr << printable(explain(error, where, reason, options.spoken())) << "\n";
  }
  return exit_code(error);
}

int ask(Options& options, const std::string& command, const Printer& printer) {
  auto agent = AgentClient::connect(options.vault);
  if (!agent && !exists(options)) return fail(options, "not_a_vault", "missing");
  if (!agent) return fail(options, agent.error());
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
  warn(options, reply.warnings);
  return show(options, reply.result, printer);
}

int create_vault(const Options& options) {
  if (AgentClient::connect(options.vault)) return fail(options, "already_exists", "open vault");
  return start(options, true, false, "init.done");
}

int unlock(const Options& options) {
  if (AgentClient::connect(options.vault)) {
    say(options, "unlock.done");
    return 0;
  }
  return start(options, false, false, "unlock.done");
}

int lock(const Options& options) {
  auto agent = AgentClient::connect(options.vault);
  if (!agent) {
    say(options, "lock.already");
    return 0;
  }
  const auto reply = agent->call("lock", {}, options.language);
  if (!reply.ok) return fail(options, reply.error, reply.where);
  // the vault is closed when the agent has gone
  for (int i = 0; i < 500 && AgentClient::connect(options.vault); ++i) usleep(10'000);
  say(options, "lock.done");
  return 0;
}

int change_passphrase(const Options& options) {
  if (AgentClient::connect(options.vault)) {
    if (const int locked = lock(options); locked != 0) return locked;
  }
  return start(options, false, true, "passphrase.done");
}

}  // namespace abri::cli
