// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/records.hpp"
#include "merge/projection.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Records as the requests' files write and read them.
namespace abri::core::cases {

/// A type of record that the program itself names: it exists.
const proto::RecordType& type_named(std::string_view name);

/// Operations on a record that does not exist yet.
class NewRecord {
 public:
  NewRecord(const proto::RecordType& type, const RecordId& id) : type_(type), id_(id) {}
  /// @param text  a value that the program made: it fits
  void set(std::string_view name, std::string_view text);
  void append(std::vector<merge::Operation> operations);
  std::vector<merge::Operation> take() { return std::move(operations_); }

 private:
  const proto::RecordType& type_;
  RecordId id_;
  std::vector<merge::Operation> operations_;
};

/// What may be projected from. Points into `records`.
std::vector<merge::Source> sources_of(const std::vector<StoredRecord>& records);

/// The first part of that type; null where there is none.
const StoredRecord* find_type(const std::vector<StoredRecord>& records, std::string_view type,
                              Compartment compartment);

/// The request itself: the `relocation_request` of a file that its owner gave a pseudonym, which the partner cannot. Whatever else of that
/// type stands in the file is nobody's request. Null where there is none.
const StoredRecord* find_request(const std::vector<StoredRecord>& records);
/// Whether a record is that one.
bool is_request(const merge::RecordState& state);

std::string text_in(const merge::RecordState& state, const proto::RecordType& type, std::string_view field);

/// Whether anybody still works on a request in that state.
bool is_open(std::string_view state);
/// Of a `relocation_request`, by the steps that it went through.
bool is_open(const merge::RecordState& request);

}  // namespace abri::core::cases
