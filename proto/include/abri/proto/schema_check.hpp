// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <string>
#include <vector>

namespace google::protobuf {
class FileDescriptor;
}

namespace abri::proto {

/// What is wrong with the records of a schema file, one line each; nothing where all is well. The build runs it over
/// records.proto (proto/tools/schema_check.cpp) and fails with these lines:
/// every field has a compartment, a merge policy and labels in both languages; the policy fits the type; every field of a
/// shared record has a side; what is projected is owner's or partner's, exists, and its source is not of a compartment that no
/// partner may learn anything of (location, danger, audit), nor free text of a person; enumerations are labelled.
/// @threads  safe on any thread
std::vector<std::string> check_schema(const google::protobuf::FileDescriptor& file);

}  // namespace abri::proto
