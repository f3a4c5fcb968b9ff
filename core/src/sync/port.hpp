// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/id.hpp>
#include <abri/base/time.hpp>
#include <abri/crypto/labels.hpp>
#include <abri/crypto/sign.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace abri::core::sync {

/// Chains are read before the feeds that depend on them.
enum class LogKind : std::uint8_t { chain = 1, feed = 2, mailbox = 3 };

/// Where this device stands in one log that it follows.
struct Cursor {
  LogId log;
  LogKind kind{LogKind::feed};
  std::uint64_t size{0};          ///< entries held and applied
  Bytes frontier;                 ///< serialised `crypto::Frontier` of that size
  std::uint64_t last_time_ms{0};  ///< leaf time of the last entry held; 0: not known
  bool opened{true};              ///< false: this device made the log and the server does not know it yet
  bool stopped{false};  ///< `Port::evidence` was kept of it: said in the status, not followed any more
};

/// Numbers as in `Prove`; the third one, of the owner, is proven by nobody yet.
enum class Capability : std::uint8_t { read = 1, write = 2 };

/// What `Open` says of a log made here.
struct OpenParameters {
  AccountId account;
  ByteArray<16> salt{};
  crypto::SigningPublicKey owner_key;
  crypto::SigningPublicKey read_key;
  crypto::SigningPublicKey write_key;
};

/// A signed head as the server sent it, already verified by the engine.
struct SignedHead {
  std::uint64_t size{0};
  Hash root;
  std::uint64_t time_ms{0};
  crypto::Signature signature;
};

/// Consecutive entries of one log with their leaf times, already verified to follow the cursor.
struct Arrived {
  LogId log;
  std::uint64_t first{0};
  std::vector<BytesView> entries;  ///< valid for the length of the call
  std::vector<std::uint64_t> times_ms;
  Bytes frontier;           ///< serialised frontier after the last entry
  std::vector<Hash> roots;  ///< root after each entry, same count as entries
  /// Where the frame carried one. Its size may be beyond these entries, and below that of the head kept before.
  std::optional<SignedHead> head;
};

/// Sealed entries that wait to be sent, oldest first.
struct Outgoing {
  std::vector<Bytes> entries;
  std::optional<std::uint64_t> expected_size;  ///< chains append with compare-and-set
};

/// What the engine asks of the device. Implemented by `core/src/cases` over the vault; every call that changes something is one
/// transaction. Core strand only.
class Port {
 public:
  virtual ~Port() = default;

  /// Pinned key and address ("host:port") of the server; empty address while there is none.
  virtual std::optional<crypto::SigningPublicKey> server_key() = 0;
  virtual std::string server_address() = 0;

  /// All logs to follow, chains first. Asked again after each `apply` that returns `logs_changed`.
  virtual std::vector<Cursor> cursors() = 0;
  /// Greatest signed head kept of a log, whether it came with entries or by `keep_head`: later heads must be consistent
  /// with it.
  virtual std::optional<SignedHead> kept_head(const LogId& log) = 0;
  /// A verified head that came without entries, or with entries that could not be applied. Kept where it is the greatest.
  virtual Result<void> keep_head(const LogId& log, const SignedHead& head) = 0;

  virtual Result<OpenParameters> open_parameters(const LogId& log) = 0;
  /// Signs with the account key that pays for the log.
  virtual Result<crypto::Signature> sign_open(const LogId& log, BytesView body) = 0;
  virtual Result<crypto::Signature> sign_prove(const LogId& log, Capability capability, BytesView body) = 0;
  /// The server confirmed `Open`.
  virtual Result<void> opened(const LogId& log) = 0;

  struct Applied {
    bool logs_changed{false};  ///< there are new logs to follow
  };
  /// Applies entries and moves the cursor: one transaction. Entries of our own that wait in the outbox are recognised and leave it.
  /// @errors Errc::out_of_sync  an entry waits for its chain, for a link or for a key: nothing was applied; offer it again after the chain
  ///                            moved, or after it was read to a head that the server signed later
  virtual Result<Applied> apply(const Arrived& arrived) = 0;

  /// The next sealed entries of a log, at most `max_bytes` together (at least one); nullopt where nothing waits or may be sent now.
  /// The same entries are returned until `apply` has seen them.
  virtual Result<std::optional<Outgoing>> outgoing(const LogId& log, std::size_t max_bytes, Time now) = 0;
  /// When `outgoing` may have something later (coalescing), the time to ask again.
  virtual std::optional<Time> next_outgoing_time() = 0;
  struct Upkeep {
    bool done{false};          ///< there may be something to send
    std::optional<Time> next;  ///< when to ask again
  };
  /// Asked while everything was read: the device does what it does by itself, in its own transactions. Work that is left does not
  /// keep it from being settled.
  virtual Upkeep upkeep(Time now) = 0;
  /// A compare-and-set lost: after catching up the device makes its links again.
  virtual Result<void> lost_race(const LogId& log) = 0;

  /// Evidence against the server: saved and shown; the log is not followed any more (protocol section 10).
  virtual void evidence(const LogId& log, const char* what, const std::optional<SignedHead>& head) = 0;
};

}  // namespace abri::core::sync
