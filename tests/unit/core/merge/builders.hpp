// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "merge/apply.hpp"
#include "merge/view.hpp"

#include <abri/proto/schema.hpp>
#include <abri/v1/workflow.pb.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace abri::core::merge::test {

inline const proto::Field& field(std::string_view record, std::string_view name) {
  const auto* type = proto::schema().find(record);
  REQUIRE(type != nullptr);
  const auto* found = type->find(name);
  REQUIRE(found != nullptr);
  return *found;
}

inline constexpr std::uint32_t kAlice = 1;
inline constexpr std::uint32_t kBob = 2;
inline constexpr std::uint32_t kCarol = 3;
inline const Time kNoon = from_millis(1'780'000'000'000);

/// An operation with what surrounds it, as it comes out of an entry.
struct Sent {
  const proto::Field* field{nullptr};
  Operation operation;
  OperationContext context;
};

inline Effect apply(RecordState& state, const Sent& sent) {
  return merge::apply(state, sent.field, sent.operation, sent.context);
}

inline RecordState merged(const std::vector<Sent>& all) {
  RecordState state;
  for (const auto& sent : all) apply(state, sent);
  return state;
}

/// `wish` written by a device at a time, in the log at the same time.
inline Sent sent(const proto::Field& f, const Result<Operation>& wish, std::uint32_t device,
                 std::uint64_t counter, std::chrono::milliseconds after_noon) {
  REQUIRE(wish);
  Sent out{&f, *wish, {}};
  out.operation.dot = {device, device * 1000ULL, counter};
  out.operation.clock = Clock::at(kNoon + after_noon);
  out.context.compartment = f.compartment;
  out.context.leaf_time = kNoon + after_noon;
  return out;
}

inline Sent by(Sent what, Side side, v1::Role role) {
  what.context.side = side;
  what.context.roles = role_bit(role);
  return what;
}

inline std::string text(const RecordState& state, const proto::Field& f) {
  return render(f, current(state, f), proto::Language::en);
}

inline proto::Value value(const proto::Field& f, std::string_view text) {
  const auto out = parse_value(f, text);
  REQUIRE(out);
  return *out;
}

}  // namespace abri::core::merge::test
