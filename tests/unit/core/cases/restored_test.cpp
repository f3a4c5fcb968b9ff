// SPDX-License-Identifier: MPL-2.0
#include "unit/core/cases/people_world.hpp"

namespace abri::core::test {
namespace {

std::vector<std::string> texts(PersonDevice& device, const CaseId& id, const std::string& type,
                               const std::string& field) {
  std::vector<std::string> out;
  for (const auto& value : field_of(record_of(*device.app, id, type), field).values) out.push_back(value.raw);
  std::ranges::sort(out);
  return out;
}

using Texts = std::vector<std::string>;

struct Restored {
  PeopleWorld world;
  PersonDevice* first{nullptr};
  PersonDevice* second{nullptr};
  CaseId id;
  RecordId person;
  RecordId sheet;

  Restored() {
    std::tie(first, second) = world.association();
    id = *first->app->create_case(
        std::vector<FieldEdit>{{"last_name", "Marchwyn"}, {"safe_phone", "0639980011"}});
    sheet = *first->app->add_record(id, "needs_sheet", std::vector<FieldEdit>{{"adults", "1"}});
    person = record_of(*first->app, id, "person").id;
    world.settle();
    first->stop();
    edit(*first, person, {"safe_phone", "0639980012"});
    edit(*first, sheet, {"wanted_communes", "59350", FieldEdit::Kind::add});
    edit(*first, sheet, {"notes", "cherche un rez-de-chaussée"});
  }
  static void put(PersonDevice& device, const CaseId& id, const RecordId& record, const FieldEdit& edit) {
    REQUIRE(device.app->edit(id, record, std::vector{edit}));
  }
  void edit(PersonDevice& device, const RecordId& record, const FieldEdit& what) const {
    put(device, id, record, what);
  }
};

TEST_CASE("restored: what the copied vault had sent since is not sent again under other names",
          "[core][cases]") {
  Restored t;
  const auto copy = t.first->copy_vault();
  t.first->start();
  t.world.settle();
  // a colleague corrects what was sent
  t.edit(*t.second, t.person, {"safe_phone", "0639980034"});
  t.edit(*t.second, t.sheet, {"wanted_communes", "59350", FieldEdit::Kind::remove});
  t.world.settle();
  t.first->put_back(copy);
  t.world.settle();
  for (auto* device : {t.first, t.second}) {
    CHECK(texts(*device, t.id, "person", "safe_phone") == Texts{"+33639980034"});
    CHECK(texts(*device, t.id, "needs_sheet", "wanted_communes").empty());
    CHECK(texts(*device, t.id, "needs_sheet", "notes").size() == 1);
    CHECK(device->app->status()->unsent == 0);
  }
  CHECK(t.first->digest() == t.second->digest());
}

TEST_CASE("restored: what the copied vault had not sent yet is sent, once", "[core][cases]") {
  Restored t;
  const auto copy = t.first->copy_vault();
  t.first->put_back(copy);
  // while nothing was read yet, she corrects what she had written
  t.edit(*t.first, t.person, {"safe_phone", "0639980056"});
  t.first->start();
  t.world.settle();
  for (auto* device : {t.first, t.second}) {
    CHECK(texts(*device, t.id, "person", "safe_phone") == Texts{"+33639980056"});
    CHECK(texts(*device, t.id, "needs_sheet", "wanted_communes") == Texts{"59350"});
    CHECK(texts(*device, t.id, "needs_sheet", "notes").size() == 1);
    CHECK(device->app->status()->unsent == 0);
    CHECK(device->app->conflicts()->empty());
  }
  CHECK(t.first->digest() == t.second->digest());
}

}  // namespace
}  // namespace abri::core::test
