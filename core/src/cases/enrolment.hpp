// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/world.hpp"

#include <abri/core/app.hpp>

/// Founding an organisation, and bringing devices and people into it (docs/adr/0006).
namespace abri::core::cases {

/// What a printed code says: where to meet, at which server, under which secret.
///   version u8 = 1 ‖ kind u8 ‖ secret 16 ‖ log 16 ‖ server key 32 ‖ server address (rest)
struct MeetingCode {
  enum class Kind : std::uint8_t { device = 1, partner = 2 };
  Kind kind{Kind::device};
  ByteArray<16> secret{};
  LogId log;
  crypto::SigningPublicKey server_key;
  std::string server_address;

  [[nodiscard]] std::string encode() const;
  /// @errors Errc::malformed  not a code, mistyped, or of the other kind ("code: kind")
  static Result<MeetingCode> decode(const std::string& text, Kind expected);
  /// The secret from which key and capabilities of the log derive.
  [[nodiscard]] Result<chain::ChainSecret> chain_secret() const;
};

/// A new log on the account of the own organisation: administrators only.
/// @errors Errc::not_permitted
Result<Log> make_log(World& world, sync::LogKind kind);

Result<void> create_organisation(World& world, const NewOrganisation& organisation);
Result<std::string> invite(World& world, const std::string& name, const std::vector<std::string>& roles);
Result<void> join(World& world, const std::string& code);
Result<std::vector<PersonView>> people(World& world);
Result<void> set_roles(World& world, const UserId& user, const std::vector<std::string>& roles);
/// New generations of the groups of this device's user, for all of whose members she may do so.
Result<void> rotate_groups(World& world);

/// Messages in a mailbox of an enrolment: an invitation is answered, an answer becomes links.
/// @return whether there are new logs to follow
Result<bool> apply_mailbox_entries(World& world, Log& log, const sync::Arrived& arrived);

/// Identifiers of roles, as the command line takes them.
Result<chain::Roles> parse_roles(const std::vector<std::string>& names);
std::vector<std::string> role_names(chain::Roles roles);

}  // namespace abri::core::cases
