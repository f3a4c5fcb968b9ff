// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/meeting_code.hpp"
#include "cases/roles.hpp"
#include "cases/world.hpp"

#include <abri/core/app.hpp>

/// Founding an organisation, and bringing devices and people into it (docs/adr/0006).
namespace abri::core::cases {

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

}  // namespace abri::core::cases
