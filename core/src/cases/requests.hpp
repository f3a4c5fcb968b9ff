// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/records.hpp"

/// Rehousing with a partner: requests as projections of a case, proposals of dwellings, and the steps of both.
namespace abri::core::cases {

/// Shares the projection of a case under a new pseudonym in the feed shared with that landlord.
/// @errors Errc::conflict  at "open_request": the case has an open request to this landlord
Result<CaseId> send_request(World& world, const CaseId& case_id, const OrganisationId& landlord);

/// The requests of all partners with the case each stands for, where this side knows it; the newest first.
Result<std::vector<RequestView>> list_requests(World& world);

/// The cases that a request was sent of.
Result<std::vector<CaseId>> requested_cases(World& world);

/// Brings every open request that a case was sent under up to date with it (docs/adr/0003).
Result<void> refresh_requests(World& world, const CaseId& case_id);

/// One step of a record's workflow by its action. A proposal of a request that is over can only be closed.
/// @errors Errc::illegal_transition, Errc::not_permitted, Errc::invalid_argument  a guard: the field that is missing
Result<void> advance(World& world, const CaseId& id, const RecordId& record, std::string_view action);

/// @errors Errc::illegal_transition  at "request": it is over
///         Errc::conflict            at "dwelling": it is proposed for this request already
///         Errc::out_of_sync         at "request": what it asks for has not arrived
Result<RecordId> propose(World& world, const CaseId& request, const CaseId& dwelling);

}  // namespace abri::core::cases
