// SPDX-License-Identifier: MPL-2.0
// The plaintext of a body: decoded, written again, and merged.
#include "fuzz.hpp"
#include "merge/apply.hpp"
#include "merge/change.hpp"
#include "merge/record_state.hpp"

#include <map>

using namespace abri;               // NOLINT(google-build-using-namespace)
using namespace abri::core::merge;  // NOLINT(google-build-using-namespace)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint32_t kDevice = 7;
  constexpr std::uint64_t kLife = 0x0102030405060708;
  const auto change = decode_change(fuzz::view(data, size), kDevice, kLife);
  if (!change) return 0;
  if (const auto written = encode_change(*change)) {
    const auto again = decode_change(*written, kDevice, kLife);
    fuzz::must(again && again->operations == change->operations, "a change is read back as it was written");
  }
  OperationContext context;
  context.compartment = IDENTITY;
  std::map<std::pair<std::uint32_t, RecordId>, RecordState> forwards;
  auto backwards = forwards;
  const auto merge_into = [&](auto& states, const Operation& operation) {
    const auto* type = proto::schema().find(operation.record_type);
    const auto* field = type == nullptr ? nullptr : type->find(operation.field);
    apply(states[{operation.record_type, operation.record}], field, operation, context);
  };
  for (const auto& operation : change->operations) merge_into(forwards, operation);
  for (auto it = change->operations.rbegin(); it != change->operations.rend(); ++it) {
    merge_into(backwards, *it);
    merge_into(backwards, *it);
  }
  for (const auto& [key, state] : forwards) {
    fuzz::must(digest(state) == digest(backwards.at(key)), "merging does not depend on order or repetition");
    const auto stored = decode_record(encode(state));
    fuzz::must(stored && encode(*stored) == encode(state), "a merged record is read back as it was stored");
  }
  return 0;
}
