// SPDX-License-Identifier: MPL-2.0
#include "cli/passphrase.hpp"

#include "agent/passphrase_length.hpp"
#include "cli/messages.hpp"

#include <abri/base/limits.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigaction
#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

namespace abri::cli {

namespace {

/// A buffer that reaches no swap and is wiped at the end.
struct Line {
  std::array<char, limits::kMaxPassphraseBytes> bytes{};
  std::size_t size{0};
  Line() { mlock(bytes.data(), bytes.size()); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() {
    explicit_bzero(bytes.data(), bytes.size());
    munlock(bytes.data(), bytes.size());
  }
  [[nodiscard]] std::string_view text() const { return {bytes.data(), size}; }
};

/// The signals that end a program at its terminal, remembered until the terminal is as it was.
constexpr std::array<int, 4> kEnding{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
volatile std::sig_atomic_t ended_by = 0;
extern "C" void remember_signal(int number) {
  ended_by = number;
}

/// The terminal without echo, for one scope. A signal that would have ended the program within ends it when the echo is back.
class SilentTerminal {
 public:
  explicit SilentTerminal(int terminal) : terminal_(terminal) {
    sigset_t blocked;
    sigemptyset(&blocked);
    struct sigaction remember{};
    remember.sa_handler = remember_signal;
    for (std::size_t i = 0; i < kEnding.size(); ++i) {
      sigaction(kEnding[i], nullptr, &actions_[i]);
      if (actions_[i].sa_handler == SIG_IGN) continue;
      sigaddset(&blocked, kEnding[i]);
      sigaction(kEnding[i], &remember, nullptr);
    }
    // they arrive while `read_byte` waits, and at no other time
    pthread_sigmask(SIG_BLOCK, &blocked, &unblocked_);
    tcgetattr(terminal_, &before_);
    auto silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(terminal_, TCSAFLUSH, &silent);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  ~SilentTerminal() {
    tcsetattr(terminal_, TCSAFLUSH, &before_);
    for (std::size_t i = 0; i < kEnding.size(); ++i) sigaction(kEnding[i], &actions_[i], nullptr);
    pthread_sigmask(SIG_SETMASK, &unblocked_, nullptr);
    if (ended_by != 0) static_cast<void>(raise(ended_by));
  }

  /// False at the end of the input, or where the program is to end.
  bool read_byte(char& c) const {
    pollfd input{terminal_, POLLIN, 0};
    while (ppoll(&input, 1, nullptr, &unblocked_) < 0)
      if (errno != EINTR || ended_by != 0) return false;
    return read(terminal_, &c, 1) == 1;
  }

 private:
  int terminal_;
  termios before_{};
  sigset_t unblocked_{};
  std::array<struct sigaction, kEnding.size()> actions_{};
};

void ask(int terminal, std::string_view question, Line& line) {
  static_cast<void>(!write(terminal, question.data(), question.size()));
  const SilentTerminal silent(terminal);
  for (char c = 0; line.size < line.bytes.size() && silent.read_byte(c) && c != '\n';)
    line.bytes[line.size++] = c;
  static_cast<void>(!write(terminal, "\n", 1));
}

/// A line from a descriptor, without its end.
Result<void> read_line(int descriptor, Line& line) {
  for (char c = 0;;) {
    const auto got = read(descriptor, &c, 1);
    if (got < 0) return Error{Errc::invalid_argument, "passphrase-fd"};
    if (got == 0 || c == '\n') break;
    if (line.size == line.bytes.size()) return Error{Errc::too_large, "SecretText"};
    line.bytes[line.size++] = c;
  }
  if (line.size == 0) return Error{Errc::invalid_argument, "passphrase"};
  return {};
}

/// @return  the reading end of a pipe that holds the line
Result<int> in_pipe(const Line& line) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return Error{Errc::internal, "pipe", errno};
  const bool written = write(ends[1], line.bytes.data(), line.size) == static_cast<ssize_t>(line.size);
  close(ends[1]);
  if (written) return ends[0];
  close(ends[0]);
  return Error{Errc::internal, "pipe", errno};
}

Result<int> new_in_pipe(const Line& line) {
  if (!agent::long_enough(line.text())) return Error{Errc::weak_parameters, "passphrase"};
  return in_pipe(line);
}

}  // namespace

Result<int> prompt_passphrase(const char* message_key, bool is_new, Language language) {
  const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (terminal < 0) return Error{Errc::invalid_argument, "passphrase-fd"};
  for (int tries = 0; tries < 3; ++tries) {
    Line line;
    ask(terminal, text(message_key, language), line);
    if (is_new) {
      Line again;
      ask(terminal, text("prompt.again", language), again);
      if (line.text() != again.text()) {
        std::fprintf(stderr, "%s\n", std::string(text("prompt.differ", language)).c_str());
        continue;
      }
    }
    close(terminal);
    return is_new ? new_in_pipe(line) : in_pipe(line);
  }
  close(terminal);
  return Error{Errc::invalid_argument, "passphrase"};
}

Result<int> check_new_passphrase(int descriptor) {
  Line line;
  ABRI_CHECK(read_line(descriptor, line));
  return new_in_pipe(line);
}

}  // namespace abri::cli
