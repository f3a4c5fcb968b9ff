// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/meeting_code.hpp"
#include "cases/roles.hpp"
#include "cases/world.hpp"

#include <abri/core/app.hpp>

#include <chrono>
#include <string>
#include <vector>

/// Founding an organisation, and bringing devices and people into it (docs/adr/0006).
namespace abri::core::cases {

/// How long a code holds, by the clock of the device that gave it.
inline constexpr std::chrono::hours kInvitationLife{7 * 24};

/// A new log on the account of the own organisation: administrators only.
/// @errors Errc::not_permitted
Result<Log> make_log(World& world, sync::LogKind kind);

/// @errors Errc::already_exists  at "organisation", or at "join" while a code that was taken may still bring this device in
Result<void> create_organisation(World& world, const NewOrganisation& organisation);
/// @param name   of a new person; empty: a further device of one's own
/// @param roles  of the new person
/// @errors Errc::not_permitted  at "administrator" or "head", the role that it takes
Result<std::string> invite(World& world, const std::string& name, const std::vector<std::string>& roles);
/// Takes a code. One that was taken before and has not brought this device in gives way to it.
/// @errors Errc::already_exists  at "organisation", or at "join": this very code was taken
Result<void> join(World& world, const std::string& code);
/// A code was taken, and this device is not on the organisation's chain yet.
bool join_waits(World& world);

/// How a device becomes one of an organisation.
enum class Beginning : std::uint8_t { organisation, join };
/// Makes ready for a beginning: this device is in no organisation, and a join that came to nothing is forgotten.
/// @errors Errc::already_exists  at "organisation" or "join"
Result<void> begin_outside(World& world, Beginning beginning);

Result<std::vector<PersonView>> people(World& world);
Result<void> set_roles(World& world, const UserId& user, const std::vector<std::string>& roles);
/// New generations of the groups of one chain whose keys this device holds.
/// @errors Errc::invalid_argument  a partner's group has a key that nothing can be sealed for
Result<void> rotate_groups(World& world, const ChainId& chain);

/// Messages in a mailbox of an enrolment: an invitation is answered, an answer becomes links.
/// @return whether there are new logs to follow
Result<bool> apply_mailbox_entries(World& world, Log& log, const sync::Arrived& arrived);

}  // namespace abri::core::cases
