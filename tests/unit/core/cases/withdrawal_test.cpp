// SPDX-License-Identifier: MPL-2.0
//
// What was taken back stays taken back, whatever the landlord's devices did meanwhile or do on purpose.
#include "cases/compartments.hpp"
#include "cases/feed_writer.hpp"
#include "cases/request_records.hpp"
#include "unit/core/cases/partners.hpp"

#include <abri/v1/workflow.pb.h>

#include <catch2/generators/catch_generators.hpp>

namespace abri::core::test {
namespace {

using Edits = std::vector<FieldEdit>;

/// A request with a budget from 600 euros, and a landlord who does as he likes.
struct Sent : SentRequest {
  /// The needs change, and every device has had the time to look after the request.
  void needs_change() {
    const auto sheet = record_of(*association->app, id, "needs_sheet").id;
    REQUIRE(association->app->edit(
        id, sheet, Edits{{"budget_max", "950"}, {"wanted_communes", "33063", FieldEdit::Kind::add}}));
    world.settle();
    association->reopen();
    world.settle();
    world.now += std::chrono::minutes(11);
    world.settle();
  }
  [[nodiscard]] std::string state_at(PersonDevice& device) const {
    return device.app->show(request, false)->summary.state;
  }
  /// The landlord writes with a program of its own.
  void forge(const std::function<std::vector<merge::Operation>(cases::World&, const cases::Log&)>& made) {
    landlord->change_vault([&](cases::World& copy) {
      const auto row = cases::find_case_row(copy, request);
      REQUIRE(row);
      const auto* feed = *cases::log_of_case(copy, *row);
      const auto operations = made(copy, *feed);
      REQUIRE(vault::in_transaction(
          copy.db, [&] { return cases::queue_change(copy, *feed, request, REQUEST, operations); }));
    });
    world.settle();
  }
  [[nodiscard]] static merge::Operation stamped(cases::World& copy, const cases::Log& feed,
                                                merge::Operation operation, Time at) {
    Reader incarnation(copy.incarnation.bytes());
    operation.dot = {copy.device_number(feed.chain), incarnation.u64(), copy.next_counter++};
    operation.clock = merge::Clock::at(at, 0);
    return operation;
  }
};

}  // namespace

TEST_CASE("requests: a withdrawal holds against a step that the landlord took before without a network",
          "[core][cases]") {
  Sent it;
  it.landlord->stop();
  REQUIRE(it.landlord->app->advance(it.request, it.main, "acknowledge"));
  it.world.now += std::chrono::minutes(5);
  it.withdraw();
  it.landlord->start();
  it.world.settle();
  it.needs_change();
  for (auto* device : {it.association, it.colleague, it.landlord}) CHECK(it.state_at(*device) == "withdrawn");
  CHECK(it.association->app->conflicts()->empty());
  CHECK(it.budget_seen(it.request) == "from_600");
  CHECK(it.association->app->send_request(it.id,
                                          it.landlord_id));  // it is over, for whoever wants to begin anew
}

TEST_CASE("IR-09 requests: no step that the landlord dates back undoes a withdrawal", "[core][cases]") {
  Sent it;
  const auto before = it.world.now;
  it.world.now += std::chrono::hours(24);
  it.withdraw();
  it.world.now += std::chrono::hours(24);
  it.forge([&](cases::World& copy, const cases::Log& feed) {
    const auto& type = cases::type_named("relocation_request");
    std::vector<merge::Operation> steps;
    auto from = static_cast<std::uint32_t>(v1::REQUEST_STATUS_SENT);
    for (const auto to : {v1::REQUEST_STATUS_ACKNOWLEDGED, v1::REQUEST_STATUS_SEARCHING}) {
      merge::Operation step;
      step.record_type = type.number;
      step.record = it.main;
      step.field = type.find("status")->number;
      step.kind = merge::OperationKind::transition;
      step.from = from;
      from = static_cast<std::uint32_t>(to);
      step.value = proto::Value::enumeration(from);
      steps.push_back(Sent::stamped(copy, feed, step, before + std::chrono::hours(steps.size())));
    }
    return steps;
  });
  it.needs_change();
  for (auto* device : {it.association, it.colleague}) CHECK(it.state_at(*device) == "withdrawn");
  CHECK(it.budget_seen(it.request) == "from_600");
}

TEST_CASE("IR-09 requests: a second record that the landlord plants in the file is nobody's request",
          "[core][cases]") {
  Sent it;
  const auto planted = *RecordId::from_hex("00000000000000000000000000000001");
  const bool open = GENERATE(false, true);
  CAPTURE(open);
  if (!open) it.withdraw();
  it.forge([&](cases::World& copy, const cases::Log& feed) {
    cases::NewRecord fresh(cases::type_named("relocation_request"), planted);
    fresh.set("acknowledged_on", "2026-11-22");
    auto operations = fresh.take();
    operations[0] = Sent::stamped(copy, feed, operations[0], copy.now());
    return operations;
  });
  it.needs_change();
  const auto view = it.association->app->show(it.request, false);
  const auto record = std::ranges::find(view->records, planted, &RecordView::id);
  REQUIRE(record != view->records.end());
  for (const auto& field : record->fields)
    if (field.name != "acknowledged_on" && field.name != "status") CHECK(field.values.empty());
  CHECK(it.state_at(*it.association) == (open ? "sent" : "withdrawn"));
  CHECK(it.association->app->requests()->size() == 1);
  // of an open one the change still reaches the request itself
  const auto main = std::ranges::find(view->records, it.main, &RecordView::id);
  CHECK(field_of(*main, "budget_band").values.at(0).raw == (open ? "from_900" : "from_600"));
}

}  // namespace abri::core::test
