// SPDX-License-Identifier: MPL-2.0
// What a person was told is saved: it reaches the others, and it holds.
#include "cases/records.hpp"
#include "merge/apply.hpp"
#include "unit/core/cases/insider.hpp"
#include "unit/core/cases/people_world.hpp"

#include <catch2/generators/catch_generators.hpp>

namespace abri::core::test {
namespace {

const std::vector<FieldEdit> kPerson{{.field = "last_name", .value = "Marchwyn"}};

void set(PersonDevice& device, const CaseId& id, const std::string& type, const FieldEdit& edit) {
  REQUIRE(device.app->edit(id, record_of(*device.app, id, type).id, std::vector{edit}));
}

std::string shown(PersonDevice& device, const CaseId& id, const std::string& type, const std::string& field) {
  const auto view = field_of(record_of(*device.app, id, type), field);
  return view.values.size() == 1 ? view.values.front().raw : "";
}

TEST_CASE("App::add_record: as much as five long notes at once leaves, and what is written after it too",
          "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  const auto id = *first->app->create_case(kPerson);
  std::vector<FieldEdit> fields{{"adults", "1"}};
  for (char letter = 'a'; letter < 'f'; ++letter)
    fields.push_back({"notes", std::string(limits::kMaxTextBytes, letter), FieldEdit::Kind::add});
  REQUIRE(first->app->add_record(id, "needs_sheet", fields));
  set(*first, id, "person", {"language", "dari"});
  world.settle();
  CHECK(first->app->status()->unsent == 0);
  CHECK(field_of(record_of(*second->app, id, "needs_sheet"), "notes").values.size() == 5);
  CHECK(shown(*second, id, "person", "language") == "dari");
}

TEST_CASE("App::edit: what is written after a colleague's fast clock was read holds", "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  const auto id = *first->app->create_case(kPerson);
  world.settle();
  const auto right = world.now;
  world.now += std::chrono::minutes(4);  // within what is tolerated
  set(*first, id, "person", {"last_name", "Wrong"});
  world.now = right;
  world.settle();
  CHECK(shown(*second, id, "person", "last_name") == "Wrong");
  const auto between = GENERATE(as<std::string>(), "nothing", "locked", "refused");
  CAPTURE(between);
  if (between == "locked") second->reopen();
  if (between == "refused") {
    const auto record = record_of(*second->app, id, "person").id;
    REQUIRE_FALSE(second->app->edit(id, record, std::vector<FieldEdit>{{"birth_date", "2099-01-01"}}));
  }
  set(*second, id, "person", {"last_name", "Right"});
  CHECK(shown(*second, id, "person", "last_name") == "Right");
  world.settle();
  CHECK(shown(*first, id, "person", "last_name") == "Right");
}

TEST_CASE(
    "App: of what was written offline nothing is lost where the server refuses a part of it for a moment",
    "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  first->stop();
  for (int family = 0; family < 40; ++family) {
    const auto id =
        first->app->create_case(std::vector<FieldEdit>{{"last_name", "Marchwyn " + std::to_string(family)}});
    REQUIRE(first->app->add_record(
        *id, "needs_sheet", std::vector<FieldEdit>{{"adults", "1"}, {"notes", std::string(15'000, 'x')}}));
  }
  bool refused = false;
  world.server.intercept = [&, author = first](auto& connection, const v1::Frame& frame) {
    if (&connection != author->connection.get() || !frame.has_append() || std::exchange(refused, true))
      return true;
    v1::Frame answer;  // full for this one; a moment later there is room for the next
    answer.set_request(frame.request());
    answer.mutable_error()->set_code(v1::RATE_LIMITED);
    answer.mutable_error()->set_log(frame.append().log());
    world.server.send(connection, answer);
    return false;
  };
  first->start();
  world.settle();
  CHECK(refused);
  CHECK(first->app->status()->unsent == 0);
  CHECK(second->app->status()->cases == 40);
  CHECK(first->digest() == second->digest());
  CHECK(second->app->status()->evidence.empty());
}

TEST_CASE("App::rotate_keys: a file made behind a renewal that came second is read by the colleagues",
          "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  first->stop();
  REQUIRE(first->app->rotate_keys());
  const auto id = *first->app->create_case(kPerson);
  REQUIRE(first->app->add_record(id, "needs_sheet", std::vector<FieldEdit>{{"adults", "2"}}));
  REQUIRE(second->app->rotate_keys());
  world.settle();
  first->start();
  world.settle();
  CHECK(first->app->status()->unsent == 0);
  CHECK(shown(*second, id, "person", "last_name") == "Marchwyn");
  CHECK(shown(*second, id, "needs_sheet", "adults") == "2");
  CHECK(first->digest() == second->digest());
}

TEST_CASE("workflow: a step counts for its author as for all others, also where her roles changed meanwhile",
          "[core][cases]") {
  PeopleWorld world;
  auto& head = *world.association().first;
  const auto id = *head.app->create_case(kPerson);
  const auto file = *head.app->add_record(id, "case_file", std::vector<FieldEdit>{{"pseudonym", "Tilleul"}});
  auto code = head.app->invite("Inès Kermadec", {"social_worker"});
  REQUIRE(code);
  world.settle();
  auto& worker = world.add_device();
  REQUIRE(worker.app->join(*code));
  worker.start();
  world.settle();
  worker.stop();
  REQUIRE(worker.app->advance(id, file, "suspend"));
  const auto people = *head.app->people();
  const auto ines = std::ranges::find(people, std::string("Inès Kermadec"), &PersonView::name);
  REQUIRE(ines != people.end());
  const auto roles = GENERATE(as<std::string>(), "mediator", "social_worker,shelter");
  CAPTURE(roles);
  const auto comma = roles.find(',');
  std::vector<std::string> next{roles.substr(0, comma)};
  if (comma != std::string::npos) next.push_back(roles.substr(comma + 1));
  REQUIRE(head.app->set_roles(ines->id, next));
  world.settle();
  worker.start();
  world.settle();
  CHECK(shown(worker, id, "case_file", "status") == shown(head, id, "case_file", "status"));
  CHECK(worker.digest() == head.digest());
}

TEST_CASE("App::open: what an older version did not understand is applied after the update",
          "[core][cases]") {
  PeopleWorld world;
  auto& device = *world.association().first;
  const auto id = *device.app->create_case(kPerson);
  const auto record = record_of(*device.app, id, "person").id;
  device.change_vault([&](cases::World& inside) {
    const auto& type = *proto::schema().find("person");
    const merge::RecordKey key{id, IDENTITY, type.number, record};
    auto state = cases::load_record(inside, key);
    REQUIRE(state);
    const auto before = *state;
    merge::Operation operation;
    operation.record_type = type.number;
    operation.record = record;
    operation.field = type.find("language")->number;
    operation.value = proto::Value::text("dari");
    operation.dot = {7, 7, 7};
    operation.clock = merge::Clock::at(inside.now());
    merge::OperationContext context;
    context.compartment = IDENTITY;
    context.leaf_time = inside.now();
    // as a version would that does not know the field
    REQUIRE(merge::apply(*state, nullptr, operation, context).deferred);
    REQUIRE(cases::store_record(inside, key, before, *state));
    REQUIRE(cases::set_meta(inside.db, "schema_version", Bytes(4)));
  });
  CHECK(shown(device, id, "person", "language") == "dari");
}

}  // namespace
}  // namespace abri::core::test
