// SPDX-License-Identifier: MPL-2.0
//
// Run by the build over the schema that was just compiled: what it prints are faults of records.proto, and the build stops.
#include <abri/proto/schema_check.hpp>
#include <abri/v1/records.pb.h>

#include <cstdio>

int main() {
  const auto faults = abri::proto::check_schema(*abri::v1::Person::descriptor()->file());
  for (const auto& fault : faults) std::fprintf(stderr, "records.proto: %s\n", fault.c_str());
  return faults.empty() ? 0 : 1;
}
