// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/world.hpp"
#include "feed/entry.hpp"

#include <abri/core/views.hpp>
#include <abri/options.pb.h>

/// Containers (cases, dwellings, requests) and the keys of their compartments. A key is made at the first write and offered to
/// the feed's group in a `keys` body (keys_body.hpp).
namespace abri::core::cases {

/// The compartment key that new writes use, or one that old ones used.
struct HeldKey {
  std::uint32_t epoch{0};
  crypto::CompartmentKey key;
};

/// Keys of these compartments never meet a group's key (docs/adr/0004).
constexpr bool wrapped_to_devices(Compartment compartment) {
  return compartment == LOCATION || compartment == REHOUSING_ADDRESS;
}

struct CaseRow {
  CaseId id;
  std::int64_t log{0};
  CaseKind kind{CaseKind::case_file};
  OrganisationId owner;
  std::string title;
  std::string state;
};
/// @errors Errc::not_found
Result<CaseRow> find_case_row(World& world, const CaseId& id);
Result<Log*> log_of_case(World& world, const CaseRow& row);

/// A new container in a feed, made by this device.
Result<CaseId> create_container(World& world, const Log& feed, CaseKind kind);
/// Makes the compartment's key where there is none yet.
Result<void> ensure_compartment(World& world, const Log& feed, const CaseId& id, Compartment compartment);

/// The key for writing; nullopt where this device has none.
Result<std::optional<HeldKey>> writing_key(World& world, const CaseId& id, Compartment compartment);
/// All keys of one epoch, the one that holds first.
Result<std::vector<crypto::CompartmentKey>> reading_keys(World& world, const CaseId& id,
                                                         Compartment compartment, std::uint32_t epoch);

/// A `keys` body that this device wrote stands at `position`: its keys are kept since then, and have their place now.
/// @return false where one of them is not kept; `take_keys` finds out why
Result<bool> place_own_keys(World& world, std::uint64_t position, const feed::BodyView& body);

/// A `keys` body arrived at `position`. Keys that this device can open are kept.
/// @return the compartments that became readable
Result<std::vector<Compartment>> take_keys(World& world, const Log& feed, std::uint64_t position,
                                           std::uint32_t author_device, const feed::BodyView& body);

/// Does this record hold something that only named people read, and is but one of them there with a device? What is lost with her
/// devices then is lost for all.
Result<bool> held_by_one_person(World& world, const CaseId& id, const RecordId& record);

/// The auditor of `location` keys: wraps them to active devices of the named people that have none.
Result<void> grant_to_new_devices(World& world);

}  // namespace abri::core::cases
