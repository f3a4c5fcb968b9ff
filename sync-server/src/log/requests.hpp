// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>
#include <abri/base/wire.hpp>
#include <abri/crypto/sign.hpp>
#include <abri/v1/wire.pb.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What connections ask of the logs, and what they are told. Everything here is a value that crosses from the I/O thread to
/// the storage thread or back.
namespace abri::server {

using ConnectionId = std::uint64_t;

/// A Merkle head with the server key's signature.
struct SignedHead {
  std::uint64_t size{0};
  Hash root;
  std::uint64_t time_ms{0};
  crypto::Signature signature;
};

struct OpenLog {
  AccountId account;
  wire::Salt salt{};
  crypto::SigningPublicKey owner_key;
  crypto::SigningPublicKey read_key;
  crypto::SigningPublicKey write_key;
  Bytes body;  ///< what the account signed
  crypto::Signature signature;
};
struct ProveCapability {
  LogId log;
  v1::Capability capability{v1::CAPABILITY_UNSPECIFIED};
  Bytes body;  ///< what the capability signed
  crypto::Signature signature;
};
struct AppendEntries {
  LogId log;
  crypto::SigningPublicKey write_key;  ///< the one proven; void once rotated away
  std::vector<std::string> entries;
  std::optional<std::uint64_t> expected_size;
};
struct RotateKeys {
  LogId log;
  crypto::SigningPublicKey owner_key;  ///< the one proven
  crypto::SigningPublicKey read_key;
  crypto::SigningPublicKey write_key;
};
struct BeginReading {
  LogId log;
  crypto::SigningPublicKey read_key;  ///< the one proven
  std::uint64_t size{0};
  Hash root;  ///< zero where size = 0
  std::size_t max_bytes{0};
};
struct ReadEntries {
  LogId log;
  crypto::SigningPublicKey read_key;
  std::uint64_t first{0};
  std::size_t max_bytes{0};
};
using LogRequest =
    std::variant<OpenLog, ProveCapability, AppendEntries, RotateKeys, BeginReading, ReadEntries>;

/// The log that a request is about; zero where it has to be made first.
inline LogId log_of(const LogRequest& request) {
  return std::visit(
      [](const auto& what) {
        if constexpr (requires { what.log; }) {
          return what.log;
        } else {
          return LogId{};
        }
      },
      request);
}

struct Opened {};
struct Proven {
  LogId log;
  v1::Capability capability{v1::CAPABILITY_UNSPECIFIED};
  crypto::SigningPublicKey key;
};
struct Appended {
  LogId log;
  std::vector<std::uint64_t> positions;
  std::vector<std::uint64_t> times_ms;
  SignedHead head;
};
struct Rotated {
  LogId log;
};
/// A piece of a log. `head` where the piece ends at the log's end.
struct Piece {
  LogId log;
  std::uint64_t first{0};
  std::vector<std::string> entries{};
  std::vector<std::uint64_t> times_ms{};
  std::uint64_t log_size{0};  ///< when it was read
  std::optional<SignedHead> head{};
};
struct ReadingBegun {
  SignedHead head;
  std::vector<Hash> consistency;
  Piece piece;  ///< the first one
};
struct Refused {
  v1::WireErrorCode code{v1::WIRE_ERROR_UNSPECIFIED};
  LogId log;  ///< zero where none is concerned
  std::uint32_t retry_ms{0};
  bool costly{
      false};  ///< the store had to begin anew for it: whoever makes it happen again and again is slowed down
};
using LogAnswer = std::variant<Opened, Proven, Appended, Rotated, ReadingBegun, Piece, Refused>;

/// A request with its sender.
struct Job {
  ConnectionId connection{0};
  std::uint32_t request{0};
  LogRequest what;
};
/// An answer on its way to the connection that asked.
struct Reply {
  ConnectionId connection{0};
  std::uint32_t request{0};
  LogAnswer what;
};

/// Entries that one `Append` added to a log, with the head after it.
struct Run {
  ConnectionId origin{0};
  std::uint32_t request{0};
  std::uint64_t first{0};
  std::vector<std::string> entries{};
  std::vector<std::uint64_t> times_ms{};
  Appended receipt{};  ///< for `origin`; may also name positions of entries that the log held before
};

/// What came of one transaction: answers, and per log the entries that became durable, in order.
struct Publication {
  LogId log;
  std::vector<Run> runs;
};
struct Commit {
  std::vector<Reply> replies{};
  std::vector<std::shared_ptr<Publication>> publications{};
  /// Of the store. Errc::malformed: what it holds of some log is damaged; that log is refused from here on, everything else
  /// happened. Any other: what it concerns did not happen and is answered UNAVAILABLE.
  std::optional<Error> fault;
};

}  // namespace abri::server
