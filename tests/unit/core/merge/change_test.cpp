// SPDX-License-Identifier: MPL-2.0
#include "merge/change.hpp"

#include "builders.hpp"

using namespace abri;
using namespace abri::core::merge;
using namespace abri::core::merge::test;
using namespace std::chrono_literals;

namespace {

RecordId record(std::uint8_t n) {
  ByteArray<16> raw{};
  raw.fill(std::byte{n});
  return RecordId(raw);
}

Change edits(int count, int records) {
  const auto& f = field("person", "last_name");
  Change change{proto::Schema::kVersion, {}, {}};
  for (int i = 0; i < count; ++i) {
    auto op = *set({}, f, proto::Value::text("fifteen letters"));
    op.record_type = 3;
    op.record = record(static_cast<std::uint8_t>(i % records + 1));
    op.dot = {kAlice, 77, 1'000'000 + static_cast<std::uint64_t>(i)};
    op.clock = Clock::at(kNoon + i * 2s);
    change.operations.push_back(std::move(op));
  }
  return change;
}

}  // namespace

TEST_CASE("change: what was encoded comes back whole", "[merge]") {
  auto change = edits(5, 2);
  change.operations[1].supersedes = {{kAlice, 77, 12}, {kBob, 88, 3}, {kBob, 89, 4}};
  change.operations[2].kind = OperationKind::transition;
  change.operations[2].from = 4;
  change.operations[3].projection = 2;
  change.operations[3].source_clock = Clock::at(kNoon, 9);
  change.operations[4].clock = {change.operations[3].clock.packed + 5};
  const auto bytes = encode_change(change);
  REQUIRE(bytes);
  const auto back = decode_change(*bytes, kAlice, 77);
  REQUIRE(back);
  CHECK(back->operations == change.operations);
  CHECK(back->schema_version == proto::Schema::kVersion);
}

TEST_CASE("change: one edit costs at most 60 bytes and fifty at most 50 each with their values", "[merge]") {
  const auto one = encode_change(edits(1, 1));
  REQUIRE(one);
  CHECK(one->size() <= 60 + 15);
  CHECK(encode_change(edits(50, 1))->size() / 50 <= 50);
  CHECK(encode_change(edits(50, 50))->size() / 50 <= 50);
}

TEST_CASE("change: fields and kinds of a newer version survive being read and written again", "[merge]") {
  auto change = edits(2, 1);
  change.extra = std::string(
      "\xfa\x7f\x03"
      "top",
      6);
  change.operations[1].kind = static_cast<OperationKind>(42);
  change.operations[1].extra = std::string(
      "\xfa\x7f\x02"
      "op",
      5);
  const auto bytes = encode_change(change);
  REQUIRE(bytes);
  const auto back = decode_change(*bytes, kAlice, 77);
  REQUIRE(back);
  CHECK_FALSE(is_known(back->operations[1].kind));
  CHECK(back->operations == change.operations);
  CHECK(*encode_change(*back) == *bytes);
}

TEST_CASE("change: dots out of order, clocks that go back and empty changes are not encoded", "[merge]") {
  auto change = edits(2, 1);
  CHECK(encode_change({}).error().code == Errc::invalid_argument);
  change.operations[1].clock = Clock::at(kNoon - 1s);
  CHECK(encode_change(change).error().code == Errc::invalid_argument);
  change = edits(2, 1);
  change.operations[1].dot.counter += 1;
  CHECK(encode_change(change).error().code == Errc::invalid_argument);
  change = edits(static_cast<int>(limits::kMaxOperationsPerChange) + 1, 1);
  CHECK(encode_change(change).error().code == Errc::too_large);
  change = edits(3, 1);
  stamp(change.operations, {kBob, 5, 9}, Clock::at(kNoon));
  CHECK(encode_change(change));
  CHECK(change.operations[2].dot == Dot{kBob, 5, 11});
}

TEST_CASE("change: malformed bytes are refused and change nothing", "[merge]") {
  const auto good = *encode_change(edits(3, 2));
  for (std::size_t cut = 1; cut < good.size(); ++cut) {
    const auto back = decode_change(BytesView(good).first(cut), kAlice, 77);
    if (back)
      CHECK(back->operations.size() < 3);  // a prefix may be a shorter change: the AEAD is what refuses it
  }
  // record index beyond the table; odd supersedes; author beyond the table; tick beyond 16 bits
  for (const auto* bad :
       {"\x32\x02\x08\x07", "\x32\x03\x2a\x01\x00", "\x32\x04\x2a\x02\x05\x01", "\x32\x04\x40\x81\x80\x08"}) {
    const auto tail = to_bytes(std::string_view(bad));
    auto bytes = good;
    bytes.insert(bytes.end(), tail.begin(), tail.end());
    if (bad[3] == '\x01' && bytes.size() == good.size() + 4) bytes.push_back(std::byte{0});
    CHECK(decode_change(bytes, kAlice, 77).error().code == Errc::malformed);
  }
  CHECK(decode_change(Bytes(limits::kMaxEntryBytes + 1), kAlice, 77).error().code == Errc::too_large);
}

TEST_CASE("record: storage costs about twelve bytes a value, and malformed bytes are refused", "[merge]") {
  RecordState state;
  const auto& type = *proto::schema().find("person");
  std::size_t values = 0;
  std::uint64_t counter = 1'000'000;
  for (const auto& f : type.fields) {
    if (f.merge != LWW || f.kind != proto::Kind::text) continue;
    counter += 300;
    const auto at = std::chrono::seconds(counter % 5000);
    apply(state, sent(f, set({}, f, proto::Value::text("ten bytes!")), kAlice, counter, at));
    ++values;
  }
  const auto bytes = encode(state);
  CHECK(bytes.size() <= 32 + values * (10 + 14));
  CHECK(decode_record(bytes));
  for (std::size_t cut = 0; cut < bytes.size(); ++cut)
    CHECK_FALSE(decode_record(BytesView(bytes).first(cut)));
  auto other = bytes;
  other[0] = std::byte{3};
  CHECK(decode_record(other).error().code == Errc::version_unsupported);
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {  // never more than an error, whatever the bytes
    auto damaged = bytes;
    damaged[random() % damaged.size()] = static_cast<std::byte>(random());
    damaged[random() % damaged.size()] = static_cast<std::byte>(random());
    (void)decode_record(damaged).has_value();
  }
}

TEST_CASE("record: a kept operation of a compartment that this version does not know is read back",
          "[merge]") {
  RecordState state;
  Operation operation;
  operation.field = 99;
  operation.dot = {kBob, 5, 1};
  OperationContext context;
  context.compartment = static_cast<Compartment>(200);
  context.leaf_time = kNoon;
  REQUIRE(core::merge::apply(state, nullptr, operation, context).deferred);
  const auto back = decode_record(encode(state));
  REQUIRE(back);
  CHECK(back->deferred.front().context.compartment == context.compartment);
}

TEST_CASE("record: the digest of many records depends on each", "[merge]") {
  const auto& f = field("person", "last_name");
  const auto one = digest(merged({sent(f, set({}, f, value(f, "A")), kAlice, 1, 1s)}));
  const auto two = digest(merged({sent(f, set({}, f, value(f, "B")), kAlice, 1, 1s)}));
  CHECK(one != two);
  StateDigest a;
  a.add({{}, IDENTITY, 3, record(1)}, one);
  StateDigest b;
  b.add({{}, IDENTITY, 3, record(1)}, two);
  StateDigest c;
  c.add({{}, IDENTITY, 3, record(2)}, one);
  CHECK(a.finish() != b.finish());
  CHECK(a.finish() != c.finish());
}
