// SPDX-License-Identifier: MPL-2.0
// Merging: beside it, what Protocol Buffers alone need for the message that carried the same operations.
#include "bench/micro/micro.hpp"
#include "merge/apply.hpp"
#include "merge/change.hpp"
#include "merge/view.hpp"

#include <abri/v1/entry.pb.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace abri::bench {
namespace {

namespace merge = core::merge;

constexpr std::size_t kOperations = 1000;
constexpr std::array kFields{"last_name", "first_name", "used_name", "safe_hours", "code_phrase", "language"};
const Time kNoon = from_millis(1'780'000'000'000);

/// Texts written into the fields of one `person` in turn, each naming what it replaces, as one author writes them.
struct Work {
  std::vector<const proto::Field*> fields;
  std::vector<merge::Operation> operations;
  merge::OperationContext context;

  explicit Work(std::size_t count) {
    const auto& type = *proto::schema().find("person");
    for (const auto* name : kFields) fields.push_back(type.find(name));
    context = {.compartment = fields.front()->compartment, .leaf_time = kNoon};
    merge::RecordState state;
    for (std::size_t i = 0; i < count; ++i) {
      const auto text = proto::Value::text("modification n° " + std::to_string(i));
      auto one = need(merge::set(state, *fields[i % fields.size()], text));
      one.record_type = type.number;
      merge::stamp({&one, 1}, {.device = 1, .incarnation = 1, .counter = i + 1}, merge::Clock::at(kNoon));
      apply(state, one);
      operations.push_back(std::move(one));
    }
  }
  void apply(merge::RecordState& state, const merge::Operation& one) const {
    const auto* field = *std::ranges::find(fields, one.field, &proto::Field::number);
    benchmark::DoNotOptimize(merge::apply(state, field, one, context));
  }
  [[nodiscard]] merge::RecordState merged() const {
    merge::RecordState state;
    for (const auto& one : operations) apply(state, one);
    return state;
  }
  [[nodiscard]] v1::Change message() const {
    const auto bytes =
        need(merge::encode_change({.schema_version = 1, .operations = operations, .extra = {}}));
    v1::Change out;
    need(out.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())), "change");
    return out;
  }
};

void apply_1000_operations(benchmark::State& state) {
  const Work work(kOperations);
  for (auto _ : state) benchmark::DoNotOptimize(work.merged());
}
BENCHMARK(apply_1000_operations);

void parse_alone(benchmark::State& state, std::size_t operations) {
  const auto bytes = Work(operations).message().SerializeAsString();
  for (auto _ : state) {
    v1::Change change;
    need(change.ParseFromString(bytes), "change");
    benchmark::DoNotOptimize(change);
  }
}
void apply_1000_operations_bare(benchmark::State& state) {
  parse_alone(state, kOperations);
}
BENCHMARK(apply_1000_operations_bare);

void decode_record(benchmark::State& state) {
  const auto bytes = merge::encode(Work(kFields.size()).merged());
  for (auto _ : state) benchmark::DoNotOptimize(need(merge::decode_record(bytes)));
}
BENCHMARK(decode_record);

void decode_record_bare(benchmark::State& state) {
  parse_alone(state, kFields.size());
}
BENCHMARK(decode_record_bare);

void encode_record(benchmark::State& state) {
  const auto record = Work(kFields.size()).merged();
  for (auto _ : state) benchmark::DoNotOptimize(merge::encode(record));
}
BENCHMARK(encode_record);

void encode_record_bare(benchmark::State& state) {
  const auto change = Work(kFields.size()).message();
  for (auto _ : state) benchmark::DoNotOptimize(change.SerializeAsString());
}
BENCHMARK(encode_record_bare);

}  // namespace
}  // namespace abri::bench
