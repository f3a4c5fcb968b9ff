// SPDX-License-Identifier: MPL-2.0
#include "cli/passphrase.hpp"

#include "cli/messages.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigaction
#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero
#include <termios.h>
#include <unistd.h>

namespace abri::cli {

namespace {

/// At most so many bytes are taken of a line, as `limits::kMaxPassphraseBytes`.
constexpr std::size_t kMaxLine = 1024;

/// A buffer that is wiped at the end.
struct Line {
  std::array<char, kMaxLine> bytes{};
  std::size_t size{0};
  Line() = default;
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() { explicit_bzero(bytes.data(), bytes.size()); }
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

bool same(const Line& a, const Line& b) {
  return a.size == b.size &&
         std::equal(a.bytes.begin(), a.bytes.begin() + static_cast<std::ptrdiff_t>(a.size), b.bytes.begin());
}

}  // namespace

Result<int> prompt_passphrase(const char* message_key, bool twice, Language language) {
  const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (terminal < 0) return Error{Errc::invalid_argument, "passphrase-fd"};
  for (int tries = 0; tries < 3; ++tries) {
    Line line;
    ask(terminal, text(message_key, language), line);
    if (twice) {
      Line again;
      ask(terminal, text("prompt.again", language), again);
      if (!same(line, again)) {
        std::fprintf(stderr, "%s\n", std::string(text("prompt.differ", language)).c_str());
        continue;
      }
    }
    std::array<int, 2> ends{};
    close(terminal);
    if (pipe(ends.data()) != 0) return Error{Errc::internal, "pipe", errno};
    const bool written = write(ends[1], line.bytes.data(), line.size) == static_cast<ssize_t>(line.size);
    close(ends[1]);
    if (!written) return Error{Errc::internal, "pipe", errno};
    return ends[0];
  }
  close(terminal);
  return Error{Errc::invalid_argument, "passphrase"};
}

}  // namespace abri::cli
