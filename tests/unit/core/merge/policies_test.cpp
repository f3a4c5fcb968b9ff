// SPDX-License-Identifier: MPL-2.0
#include "builders.hpp"

using namespace abri;
using namespace abri::core::merge;
using namespace abri::core::merge::test;
using namespace std::chrono_literals;

TEST_CASE("merge: of two writes of a harmless field the later one holds, in either order", "[merge]") {
  const auto& f = field("person", "language");
  const auto a = sent(f, set({}, f, value(f, "arabe")), kAlice, 1, 10s);
  const auto b = sent(f, set({}, f, value(f, "berbère")), kBob, 1, 20s);
  CHECK(text(merged({a, b}), f) == "berbère");
  CHECK(text(merged({b, a}), f) == "berbère");
  CHECK(digest(merged({a, b})) == digest(merged({b, a, a, b})));
  CHECK(conflict_of(merged({a, b, a}), f).versions.empty());
}

TEST_CASE("merge: writes of the same millisecond are ordered by device, for all alike", "[merge]") {
  const auto& f = field("person", "language");
  const auto a = sent(f, set({}, f, value(f, "arabe")), kAlice, 7, 10s);
  const auto b = sent(f, set({}, f, value(f, "berbère")), kBob, 1, 10s);
  CHECK(text(merged({a, b}), f) == "berbère");
  CHECK(text(merged({b, a}), f) == "berbère");
}

TEST_CASE("merge: two addresses written apart are both kept until a person chooses", "[merge]") {
  const auto& f = field("location", "address");
  const auto a = sent(f, set({}, f, value(f, "1 rue A")), kAlice, 1, 10s);
  const auto b = sent(f, set({}, f, value(f, "2 rue B")), kBob, 1, 20s);
  auto state = merged({a});
  apply(state, b);
  const auto conflict = conflict_of(state, f);
  CHECK(conflict.kind == ConflictKind::values);
  REQUIRE(conflict.versions.size() == 2);
  CHECK(conflict.versions[0].value.as_text() == "1 rue A");
  CHECK(conflict.versions[1].value.as_text() == "2 rue B");
  CHECK(set(state, f, value(f, "3 rue C")).error().code == Errc::unresolved_conflict);

  const auto chosen = sent(f, resolve(state, f, value(f, "1 rue A")), kCarol, 1, 30s);
  apply(state, chosen);
  CHECK(conflict_of(state, f).versions.empty());
  CHECK(text(state, f) == "1 rue A");
  CHECK(digest(merged({chosen, b, a})) == digest(state));
}

TEST_CASE("merge: a choice does not hide a value that its author had not seen", "[merge]") {
  const auto& f = field("location", "address");
  const auto a = sent(f, set({}, f, value(f, "1 rue A")), kAlice, 1, 10s);
  const auto b = sent(f, set({}, f, value(f, "2 rue B")), kBob, 1, 20s);
  const auto unseen = sent(f, set(merged({a}), f, value(f, "4 rue D")), kAlice, 2, 21s);
  const auto chosen = sent(f, resolve(merged({a, b}), f, value(f, "2 rue B")), kCarol, 1, 30s);
  const auto state = merged({a, b, chosen, unseen});
  CHECK(conflict_of(state, f).versions.size() == 2);
}

TEST_CASE("merge: the same address written twice is no conflict", "[merge]") {
  const auto& f = field("location", "address");
  const auto a = sent(f, set({}, f, value(f, "1 rue A")), kAlice, 1, 10s);
  const auto b = sent(f, set({}, f, value(f, "1 rue A")), kBob, 1, 20s);
  CHECK(conflict_of(merged({a, b}), f).versions.empty());
}

TEST_CASE("merge: of two danger levels the higher one holds, whoever came last", "[merge]") {
  const auto& f = field("danger_assessment", "level");
  const auto high = sent(f, set({}, f, value(f, "high")), kAlice, 1, 10s);
  const auto low = sent(f, set({}, f, value(f, "low")), kBob, 1, 20s);
  for (const auto& state : {merged({high, low}), merged({low, high})}) {
    CHECK(text(state, f) == "High");
    CHECK(conflict_of(state, f).kind == ConflictKind::safer);
  }
}

TEST_CASE("merge: a lowering that does not name what it replaces does not lower", "[merge]") {
  const auto& f = field("danger_assessment", "level");
  const auto high = sent(f, set({}, f, value(f, "established")), kAlice, 1, 10s);
  auto blind = sent(f, set({}, f, value(f, "low")), kAlice, 2, 20s);
  CHECK(blind.operation.supersedes.empty());
  CHECK(text(merged({high, blind}), f) == "Established");
  const auto knowing = sent(f, set(merged({high}), f, value(f, "low")), kAlice, 2, 20s);
  CHECK(text(merged({high, knowing}), f) == "Low");
  CHECK(text(merged({knowing, high}), f) == "Low");
}

TEST_CASE("merge: 'do not call' and the greater exclusion radius hold against a concurrent change",
          "[merge]") {
  const auto& call = field("person", "do_not_call");
  const auto yes = sent(call, set({}, call, value(call, "yes")), kAlice, 1, 10s);
  const auto no = sent(call, set({}, call, value(call, "no")), kBob, 1, 20s);
  CHECK(text(merged({yes, no}), call) == "yes");
  const auto& radius = field("danger_assessment", "exclusion_radius");
  const auto far = sent(radius, set({}, radius, value(radius, "30000")), kAlice, 1, 10s);
  const auto near = sent(radius, set({}, radius, value(radius, "1000")), kBob, 1, 20s);
  const auto cleared = sent(radius, set({}, radius, {}), kCarol, 1, 30s);
  CHECK(text(merged({near, far, cleared}), radius) == "30000");
}

TEST_CASE("merge: adding beats a concurrent removing, and a removing takes what it saw", "[merge]") {
  const auto& f = field("needs_sheet", "wanted_communes");
  const auto lille = value(f, "59350");
  const auto first = sent(f, add(f, lille), kAlice, 1, 10s);
  const auto removal = sent(f, remove(merged({first}), f, lille), kAlice, 2, 20s);
  const auto again = sent(f, add(f, lille), kBob, 1, 15s);
  CHECK(current(merged({first, removal}), f).empty());
  CHECK(current(merged({removal, first}), f).empty());
  for (const auto& state : {merged({first, again, removal}), merged({removal, again, first})}) {
    CHECK(current(state, f) == proto::Value::list({lille}));
  }
  CHECK(remove({}, f, lille).error().code == Errc::not_found);
}

TEST_CASE("merge: notes are added, amended and redacted, and a redacted text is gone", "[merge]") {
  const auto& f = field("case_file", "notes");
  const auto written = sent(f, note(f, "elle appelle demain"), kAlice, 1, 10s);
  const auto other = sent(f, note(f, "visite prévue"), kBob, 1, 11s);
  const auto amended =
      sent(f, amend(merged({written}), f, written.operation.dot, "elle appelle lundi"), kAlice, 2, 20s);
  auto state = merged({amended, written, other});
  REQUIRE(notes(state, f).size() == 2);
  CHECK(notes(state, f)[0].text == "elle appelle lundi");
  CHECK(notes(state, f)[0].amended);
  CHECK(notes(state, f)[1].text == "visite prévue");

  const auto redacted = sent(f, redact(state, f, written.operation.dot), kBob, 2, 30s);
  apply(state, redacted);
  CHECK(notes(state, f)[0].redacted);
  CHECK(notes(state, f)[0].text.empty());
  const auto bytes = encode(state);
  CHECK(as_text(bytes).find("appelle") == std::string_view::npos);
  CHECK(digest(merged({redacted, amended, other, written})) == digest(state));
  CHECK(digest(merged({written, redacted, other, amended, written})) == digest(state));
  CHECK(amend(state, f, written.operation.dot, "x").error().code == Errc::not_found);
}

TEST_CASE("merge: an operation by the wrong side, or in another compartment, counts for nothing", "[merge]") {
  const auto& owned = field("relocation_request", "channel");
  const auto op = sent(owned, set({}, owned, value(owned, "referral")), kAlice, 1, 10s);
  RecordState state;
  CHECK(apply(state, by(op, PARTNER, v1::ROLE_LANDLORD_REFERENT)).void_reason == Void::wrong_side);
  CHECK(state.empty());
  CHECK(apply(state, by(op, OWNER, v1::ROLE_HOUSING_REFERENT)).void_reason == Void::no);
  CHECK(text(state, owned) == "Referral");

  const auto& reason = field("relocation_request", "decline_reason");
  const auto decline = sent(reason, set({}, reason, value(reason, "resources")), kAlice, 2, 10s);
  CHECK(apply(state, by(decline, OWNER, v1::ROLE_HEAD)).void_reason == Void::wrong_side);

  const auto& address = field("location", "address");
  auto smuggled = sent(address, set({}, address, value(address, "1 rue A")), kAlice, 3, 10s);
  smuggled.context.compartment = NEEDS;
  CHECK(apply(state, smuggled).void_reason == Void::wrong_compartment);
}

TEST_CASE("merge: items of a field of both sides are only added", "[merge]") {
  auto f = field("needs_sheet", "wanted_communes");
  f.side = BOTH;
  const auto item = value(f, "59350");
  auto state = merged({sent(f, add(f, item), kAlice, 1, 10s)});
  CHECK(remove(state, f, item).error().code == Errc::not_permitted);
  auto removal = sent(f, add(f, item), kBob, 1, 20s);
  removal.operation.kind = OperationKind::remove;
  removal.operation.supersedes = {state.versions[0].dot};
  CHECK(apply(state, removal).void_reason == Void::wrong_kind);
  CHECK_FALSE(current(state, f).empty());
}

TEST_CASE("merge: a note of one side cannot be amended or redacted by the other", "[merge]") {
  auto f = field("case_file", "notes");
  f.side = BOTH;
  const auto mine = by(sent(f, note(f, "de l'association"), kAlice, 1, 10s), OWNER, v1::ROLE_HEAD);
  auto state = merged({mine});
  apply(state,
        by(sent(f, amend(state, f, mine.operation.dot, "forgé"), kBob, 1, 20s), PARTNER, v1::ROLE_MEDIATOR));
  apply(state, by(sent(f, redact(state, f, mine.operation.dot), kBob, 2, 21s), PARTNER, v1::ROLE_MEDIATOR));
  CHECK(notes(state, f)[0].text == "de l'association");
  CHECK_FALSE(notes(state, f)[0].redacted);
}

TEST_CASE("merge: a value or kind that does not fit the field counts for nothing", "[merge]") {
  const auto& f = field("dwelling", "surface");
  auto bad = sent(f, set({}, f, value(f, "45")), kAlice, 1, 10s);
  bad.operation.value = proto::Value::text("forty-five");
  RecordState state;
  CHECK(apply(state, bad).void_reason == Void::malformed);
  bad.operation.kind = OperationKind::add;
  CHECK(apply(state, bad).void_reason == Void::wrong_kind);
  CHECK(state.empty());
}

TEST_CASE("merge: a clock years ahead is clamped by its leaf and does not win for ever", "[merge]") {
  const auto& f = field("person", "language");
  auto ahead = sent(f, set({}, f, value(f, "futur")), kAlice, 1, 10s);
  ahead.operation.clock = Clock::at(kNoon + std::chrono::years(3));
  const auto soon = sent(f, set({}, f, value(f, "pendant")), kBob, 1, 20s);
  const auto later = sent(f, set({}, f, value(f, "ensuite")), kBob, 2, 10min);
  CHECK(text(merged({ahead, soon, later}), f) == "ensuite");
  CHECK(text(merged({later, ahead, soon}), f) == "ensuite");
  CHECK(text(merged({ahead, soon}), f) == "futur");  // not rejected either
}

TEST_CASE("merge: a clock behind is not lost where something older stands", "[merge]") {
  HybridClock clock;
  clock.observe(Clock::at(kNoon));
  const auto first = clock.tick(kNoon - std::chrono::years(1));
  CHECK(first > Clock::at(kNoon));
  CHECK(clock.tick(kNoon - 1h) > first);
  CHECK(clock.tick(kNoon + 1h) == Clock::at(kNoon + 1h));
}

TEST_CASE("merge: a device whose clock is ahead agrees with the others once its edit is in the log",
          "[merge]") {
  const auto& f = field("person", "language");
  auto mine = sent(f, set({}, f, value(f, "mien")), kAlice, 1, 10s);
  mine.operation.clock = Clock::at(kNoon + 24h);
  auto local = mine;
  local.context.leaf_time.reset();
  const auto theirs = sent(f, set({}, f, value(f, "leur")), kBob, 1, 20s);
  auto fast_peer = sent(f, set({}, f, value(f, "rapide")), kCarol, 1, 20s);
  fast_peer.operation.clock = Clock::at(kNoon + 5min + 15s);  // still within the tolerance of its own leaf

  RecordState here;
  apply(here, local);
  CHECK(text(here, f) == "mien");
  apply(here, theirs);
  apply(here, fast_peer);
  CHECK(text(here, f) == "mien");
  CHECK(clamp(mine.operation.clock, *mine.context.leaf_time) != mine.operation.clock);
  apply(here, mine);  // its entry is in the log
  const auto elsewhere = merged({mine, theirs, fast_peer});
  CHECK(text(here, f) == text(elsewhere, f));
  CHECK(text(here, f) == "rapide");
  CHECK(digest(here) == digest(elsewhere));
}

TEST_CASE("merge: operations of a newer version are kept, survive storage, and count after the update",
          "[merge]") {
  const auto& f = field("person", "language");
  RecordState state;
  const auto known = sent(f, set({}, f, value(f, "arabe")), kAlice, 1, 10s);
  apply(state, known);
  auto newer = sent(f, set({}, f, value(f, "peul")), kBob, 1, 20s);
  newer.field = nullptr;  // a field this version does not know
  CHECK(apply(state, newer).deferred);
  CHECK_FALSE(apply(state, newer).changed);
  auto kind = sent(f, set({}, f, value(f, "wolof")), kBob, 2, 21s);
  kind.operation.kind = static_cast<OperationKind>(42);
  kind.operation.extra = std::string("\xfa\x7f\x03new", 6);
  CHECK(apply(state, kind).deferred);
  CHECK(text(state, f) == "arabe");

  auto stored = decode_record(encode(state));
  REQUIRE(stored);
  CHECK(stored->deferred.size() == 2);
  CHECK(reconsider(*stored, *proto::schema().find("person")) == 1);
  CHECK(text(*stored, f) == "peul");
  REQUIRE(stored->deferred.size() == 1);
  CHECK(stored->deferred[0].change.find("new") != std::string::npos);
}
