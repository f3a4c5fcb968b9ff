// SPDX-License-Identifier: MPL-2.0
#include "agent/call.hpp"

namespace abri::agent {

Result<CaseId> Call::case_id(const char* name) const {
  ABRI_TRY(const auto prefix, arguments.text(name));
  return app.find_case(prefix);
}

Result<RecordId> Call::record_id(const CaseId& id) const {
  ABRI_TRY(const auto prefix, arguments.text("record"));
  return app.find_record(id, prefix);
}

Answer saved(const Call& call, const CaseId& id, const RecordId& record, boost::json::object out) {
  const auto holders = call.app.address_holders(id, record);
  if (holders && *holders == core::AddressHolders::one_device)
    out["notices"] = boost::json::array{"held_by_one_person"};
  if (holders && *holders == core::AddressHolders::several_devices)
    out["notices"] = boost::json::array{"held_by_one_persons_devices"};
  return boost::json::value(std::move(out));
}

}  // namespace abri::agent
