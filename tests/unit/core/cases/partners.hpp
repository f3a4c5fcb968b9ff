// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "unit/core/cases/people_world.hpp"

namespace abri::core::test {

/// An association with two devices and a landlord, who trust one another.
struct Partners {
  PeopleWorld world;
  PersonDevice* association{nullptr};
  PersonDevice* colleague{nullptr};
  PersonDevice* landlord{nullptr};
  OrganisationId landlord_id;

  Partners() {
    std::tie(association, colleague) = world.association();
    landlord = &world.found("Habitat des Ormes", "landlord", "Noé Vasseur");
    landlord_id = world.bring_together(*association, *landlord);
    CHECK(association->app->partners()->at(0).fingerprint == landlord->app->partners()->at(0).fingerprint);
  }

  CaseId family() {
    const auto id = association->app->create_case(std::vector<FieldEdit>{
        {"last_name", "Marchwyn"}, {"first_name", "Lou"}, {"safe_phone", "0639980012"}});
    REQUIRE(id);
    REQUIRE(association->app->add_record(
        *id, "location", std::vector<FieldEdit>{{"kind", "home"}, {"address", "7 rue des Écluses"}}));
    REQUIRE(association->app->add_record(
        *id, "needs_sheet",
        std::vector<FieldEdit>{{"adults", "1"},
                               {"children", "2"},
                               {"typology_min", "T3"},
                               {"urgency", "immediate"},
                               {"budget_max", "640"},
                               {"wanted_communes", "59350", FieldEdit::Kind::add}}));
    return *id;
  }
  CaseId send(const CaseId& id) {
    const auto request = association->app->send_request(id, landlord_id);
    REQUIRE(request);
    world.settle();
    return *request;
  }
  [[nodiscard]] std::string budget_seen(const CaseId& request) const {
    return field_of(record_of(*landlord->app, request, "relocation_request"), "budget_band").values.at(0).raw;
  }
};

/// A request that was sent, as both sides see it.
struct SentRequest : Partners {
  CaseId id{family()};
  CaseId request{send(id)};
  RecordId main{record_of(*landlord->app, request, "relocation_request").id};

  void withdraw() {
    REQUIRE(association->app->advance(request, main, "withdraw"));
    world.settle();
  }
};

}  // namespace abri::core::test
