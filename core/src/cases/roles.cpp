// SPDX-License-Identifier: MPL-2.0
#include "cases/roles.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace abri::core::cases {

namespace {

struct KnownRole {
  chain::Role held;
  v1::Role role;
};
constexpr std::array kRoles{
    KnownRole{chain::Role::administrator, v1::ROLE_ADMINISTRATOR},
    KnownRole{chain::Role::head, v1::ROLE_HEAD},
    KnownRole{chain::Role::social_worker, v1::ROLE_SOCIAL_WORKER},
    KnownRole{chain::Role::housing_referent, v1::ROLE_HOUSING_REFERENT},
    KnownRole{chain::Role::shelter, v1::ROLE_SHELTER},
    KnownRole{chain::Role::landlord_referent, v1::ROLE_LANDLORD_REFERENT},
    KnownRole{chain::Role::allocation_officer, v1::ROLE_ALLOCATION_OFFICER},
    KnownRole{chain::Role::mediator, v1::ROLE_MEDIATOR},
    KnownRole{chain::Role::rights_adviser, v1::ROLE_RIGHTS_ADVISER},
    KnownRole{chain::Role::data_protection, v1::ROLE_DATA_PROTECTION},
    KnownRole{chain::Role::regional_coordination, v1::ROLE_REGIONAL_COORDINATION},
};
constexpr std::array kWithoutBit{v1::ROLE_LOCAL_STAFF, v1::ROLE_FEDERATION_COORDINATION, v1::ROLE_TRAINER,
                                 v1::ROLE_OBSERVER};

std::string name_of(v1::Role role) {
  auto name = v1::Role_Name(role).substr(std::string_view("ROLE_").size());
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

}  // namespace

Result<chain::Roles> parse_roles(const std::vector<std::string>& names) {
  chain::Roles roles;
  for (const auto& name : names) {
    const auto* found =
        std::ranges::find_if(kRoles, [&](const auto& known) { return name == name_of(known.role); });
    if (found == kRoles.end()) return Error{Errc::invalid_argument, "role"};
    roles = roles | found->held;
  }
  return roles;
}

std::vector<std::string> role_names(chain::Roles roles) {
  std::vector<std::string> out;
  for (const auto& known : kRoles)
    if (roles.has(known.held)) out.push_back(name_of(known.role));
  return out;
}

merge::Roles workflow_roles(chain::Roles roles) {
  merge::Roles out = 0;
  for (const auto& known : kRoles)
    if (roles.has(known.held)) out |= merge::role_bit(known.role);
  return out;
}

std::span<const v1::Role> roles_without_a_bit() {
  return kWithoutBit;
}

}  // namespace abri::core::cases
