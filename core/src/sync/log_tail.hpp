// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "sync/port.hpp"

#include <abri/crypto/merkle.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace abri::core::sync {

/// Hybrid clocks have 48 bits of milliseconds: no honest time is beyond.
inline constexpr std::uint64_t kTimeEnd = std::uint64_t{1} << 48;

/// What the server sent is fine, breaks the protocol (the connection ends and everything is asked again), or is evidence: only
/// a server that lies can have sent it.
struct Finding {
  enum class Kind : std::uint8_t { fine, malformed, evidence };
  Kind kind{Kind::fine};
  const char* what{""};
  std::optional<SignedHead> head;  ///< the signed part of the evidence

  [[nodiscard]] bool fine() const { return kind == Kind::fine; }
};

/// Consecutive entries of a log as they came in one frame. Views into it.
struct Run {
  std::uint64_t first{0};
  std::vector<BytesView> entries;
  std::vector<std::uint64_t> times_ms;
  std::vector<Hash> ids;  ///< content-derived id of each entry, where known; else they are computed
};

/// The end of one log as this device knows it: recomputes the tree entry by entry and holds every signed head, receipt and
/// leaf time of the server against it. Pure.
///
/// @source docs/protocol.md, sections "Sync" and "A server that lies"
class LogTail {
 public:
  /// @errors Errc::malformed  the stored frontier is damaged or has another size
  static Result<LogTail> from(const Cursor& cursor, const std::optional<SignedHead>& kept);

  [[nodiscard]] std::uint64_t size() const { return frontier_.size(); }
  [[nodiscard]] Hash root() const { return frontier_.root(); }
  [[nodiscard]] const LogId& log() const { return log_; }

  /// The root of the tree that ends with a run, for a head that leaves it out. Fills in the run's ids.
  /// @param size  of that tree; nothing where the run does not lead there from what is held
  [[nodiscard]] std::optional<Hash> root_after(Run& run, std::uint64_t size) const;
  /// Checks the signature of a head.
  [[nodiscard]] Finding check_signature(const SignedHead& head, const crypto::SigningPublicKey& server) const;
  /// Checks the first head of a subscription that began at `size()`: the log did not shrink, and what is held is its
  /// beginning.
  /// @param count  entries in the same frame
  Finding begin(const SignedHead& head, std::size_t count, std::span<const Hash> consistency);

  /// What follows from a run, before it is applied.
  struct Step {
    Arrived arrived;
    std::vector<Hash> ids;  ///< of each entry
    crypto::Frontier frontier;
    std::uint64_t last_time_ms{0};
  };
  /// Extends the tree by a run and checks times, heads and receipts on the way. Nothing changes until `commit`.
  /// @param live  the entries were appended just now: their times are held against `now`
  /// @param step  receives the result where the finding is fine
  Finding follow(Run run, const std::optional<SignedHead>& head, bool live, Time now, Step& step) const;
  /// The entries were applied.
  void commit(Step& step, Time now);

  /// Remembers a verified head that lies beyond `size()` until the log reaches it.
  Finding expect(const SignedHead& head);
  /// A receipt says that an entry stands at this place, not yet seen there.
  Finding expect(std::uint64_t position, std::uint64_t time_ms, const Hash& id);
  /// The local clock was changed, or slept: what it agreed with before says nothing.
  void forget_clock() { clock_ahead_.reset(); }
  /// How far the clock of the last head of this connection was ahead of this device's.
  [[nodiscard]] std::optional<std::chrono::milliseconds> clock_ahead() const { return clock_ahead_; }
  /// Heads and receipts not yet seen fulfilled go over to the tail that is read anew after a reconnection.
  void inherit(const LogTail& earlier);

 private:
  LogTail() = default;
  void remember(const SignedHead& head);
  [[nodiscard]] Finding check_time(std::uint64_t time_ms, std::uint64_t previous_ms, bool live,
                                   Time now) const;

  LogId log_;
  crypto::Frontier frontier_;
  std::uint64_t last_time_ms_{0};  // leaf time of the last entry; 0: not known
  std::optional<std::chrono::milliseconds> clock_ahead_;
  std::map<std::uint64_t, SignedHead> heads_;  // signed, of sizes not reached yet
  std::map<std::uint64_t, Hash> leaves_;       // receipted, at places not reached yet
};

}  // namespace abri::core::sync
