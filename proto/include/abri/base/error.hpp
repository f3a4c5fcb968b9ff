// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace abri {

/// Every way in which something expected can go wrong. One list for the whole house: it is mapped once to wire codes
/// (`proto/abri/v1/wire.proto`) and once to the exit codes of the command line (`clients/cli`).
///
/// Each value says when it is used and whether trying again can help.
enum class Errc : std::uint16_t {
  invalid_argument = 1,  ///< A value is out of its range or malformed. Retry: no, correct the value.
  not_found,             ///< The id or name is unknown here. Retry: no, or after the next synchronisation.
  already_exists,        ///< What should be created is there already. Retry: no.
  conflict,  ///< Another change came first (compare-and-set lost, exclusive claim lost). Retry: after reading.
  not_permitted,       ///< The role, side or capability does not allow it. Retry: no.
  illegal_transition,  ///< The workflow has no such step from the present state. Retry: no.
  unresolved_conflict,  ///< Two values stand side by side and a person must choose first. Retry: after resolving.
  locked,               ///< The vault is locked. Retry: after unlocking.
  wrong_passphrase,     ///< The passphrase opens no slot. Retry: with another passphrase.
  auth_failed,          ///< A seal, signature, commitment or proof does not verify. Retry: no.
  weak_parameters,      ///< Key derivation parameters below the floor, or a refused downgrade. Retry: no.
  malformed,            ///< Bytes from a peer or file do not follow the layout. Retry: no.
  too_large,            ///< Above a limit of `limits.hpp`. Retry: no, send less.
  version_unsupported,  ///< Written by a newer version. Retry: after updating Abri.
  not_a_vault,          ///< The file is no vault of Abri, or is truncated. Retry: no.
  stale_vault,  ///< The vault is older than its anchor remembers: restored or rolled back. Retry: after a full sync.
  storage_busy,       ///< Another process owns the vault or the store. Retry: yes.
  storage_full,       ///< The disk is full. Retry: after making room.
  storage_failed,     ///< The disk or the file reports an error. Retry: after reopening.
  unsafe_storage,     ///< The database connection could spill plaintext; refused. Retry: no, rebuild.
  network_lost,       ///< No connection, or it ended. Retry: yes, by itself.
  timed_out,          ///< A deadline passed. Retry: yes.
  rate_limited,       ///< A token bucket or quota is empty. Retry: after the time given.
  wrong_server,       ///< The server's key is not the pinned one. Retry: no, a person must look.
  server_misbehaved,  ///< Evidence of a fork, rollback or omission. Retry: no, the log stops.
  not_joined,         ///< This device belongs to no organisation yet. Retry: after joining.
  out_of_sync,  ///< Something earlier in the feed or chain is still missing. Retry: after the next synchronisation.
  cancelled,  ///< A person or a shutdown interrupted it. Retry: yes.
  internal,   ///< A bug of ours. Retry: no, report it.
};

/// The English identifier of a code, for logs and JSON; stable.
constexpr std::string_view to_string(Errc code) {
  switch (code) {
    case Errc::invalid_argument:
      return "invalid_argument";
    case Errc::not_found:
      return "not_found";
    case Errc::already_exists:
      return "already_exists";
    case Errc::conflict:
      return "conflict";
    case Errc::not_permitted:
      return "not_permitted";
    case Errc::illegal_transition:
      return "illegal_transition";
    case Errc::unresolved_conflict:
      return "unresolved_conflict";
    case Errc::locked:
      return "locked";
    case Errc::wrong_passphrase:
      return "wrong_passphrase";
    case Errc::auth_failed:
      return "auth_failed";
    case Errc::weak_parameters:
      return "weak_parameters";
    case Errc::malformed:
      return "malformed";
    case Errc::too_large:
      return "too_large";
    case Errc::version_unsupported:
      return "version_unsupported";
    case Errc::not_a_vault:
      return "not_a_vault";
    case Errc::stale_vault:
      return "stale_vault";
    case Errc::storage_busy:
      return "storage_busy";
    case Errc::storage_full:
      return "storage_full";
    case Errc::storage_failed:
      return "storage_failed";
    case Errc::unsafe_storage:
      return "unsafe_storage";
    case Errc::network_lost:
      return "network_lost";
    case Errc::timed_out:
      return "timed_out";
    case Errc::rate_limited:
      return "rate_limited";
    case Errc::wrong_server:
      return "wrong_server";
    case Errc::server_misbehaved:
      return "server_misbehaved";
    case Errc::not_joined:
      return "not_joined";
    case Errc::out_of_sync:
      return "out_of_sync";
    case Errc::cancelled:
      return "cancelled";
    case Errc::internal:
      return "internal";
  }
  return "unknown";
}

/// What went wrong and where in our code. Holds no text of a person, so that it is always safe to log.
struct [[nodiscard]] Error {
  Errc code{Errc::internal};
  const char* where{""};  ///< a string literal: the place or the name of the offending field
  int native{0};          ///< number of the library below (SQLite, errno), 0 if none

  friend bool operator==(const Error& a, const Error& b) noexcept { return a.code == b.code; }
};

}  // namespace abri
