// SPDX-License-Identifier: MPL-2.0
#include "unit/core/cases/people_world.hpp"

namespace abri::core::test {
namespace {

const std::vector<FieldEdit> kPerson{{.field = "last_name", .value = "Traoré"},
                                     {.field = "role", .value = "victim"}};

TEST_CASE("App::batch: several calls hold together, and reach the other device", "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  REQUIRE(first->app->batch([&, app = first->app.get()]() -> Result<void> {
    for (int i = 0; i < 3; ++i) ABRI_CHECK(app->create_case(kPerson));
    return {};
  }));
  CHECK(first->app->list(CaseKind::case_file)->size() == 3);
  world.settle();
  CHECK(second->app->list(CaseKind::case_file)->size() == 3);
  CHECK(first->digest() == second->digest());
}

TEST_CASE("App::batch: a call that fails takes the earlier ones back", "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  const auto before = first->digest();
  const auto failed = first->app->batch([app = first->app.get()]() -> Result<void> {
    ABRI_CHECK(app->create_case(kPerson));
    const std::vector<FieldEdit> wrong{{.field = "no_such_field", .value = "x"}};
    ABRI_CHECK(app->create_case(wrong));
    return {};
  });
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == Errc::not_found);
  CHECK(first->app->list(CaseKind::case_file)->empty());
  CHECK(first->digest() == before);

  // nothing of it is left over in what is sent next
  REQUIRE(first->app->create_case(kPerson));
  world.settle();
  CHECK(second->app->list(CaseKind::case_file)->size() == 1);
  CHECK(first->digest() == second->digest());
}

}  // namespace
}  // namespace abri::core::test
