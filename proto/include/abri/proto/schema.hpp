// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/options.pb.h>
#include <abri/proto/value.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The schema (proto/abri/v1/records.proto) as data: what forms, columns, indices, merging and projections are derived from.
namespace abri::proto {

/// Of labels and of what `render` writes.
enum class Language : std::uint8_t { fr, en };

/// A text in both languages.
struct Label {
  std::string fr;
  std::string en;
  [[nodiscard]] std::string_view in(Language language) const { return language == Language::fr ? fr : en; }
};

/// What a field holds, one value or each item.
enum class Kind : std::uint8_t { text, integer, boolean, enumeration, date };

/// One value of an enumeration. The unspecified one (number 0) is none of them.
struct EnumValue {
  std::uint32_t number{0};
  std::string name;  ///< lower case without the prefix of its enumeration: "former_partner"
  Label label;
  std::int32_t safety{0};  ///< order for MAX_SAFETY: the greater is the safer
};

/// The values that a field of this kind can have. `find`: null where there is none of that number or name.
struct Enumeration {
  std::string name;  ///< "DangerLevel"
  std::vector<EnumValue> values;
  std::uint32_t initial{0};  ///< of a workflow's states
  [[nodiscard]] const EnumValue* find(std::uint32_t number) const;
  [[nodiscard]] const EnumValue* find(std::string_view name) const;
};

/// How a field of a shared record follows a field of a private one.
struct ProjectionRule {
  std::string source_record;  ///< "needs_sheet"
  std::string source_field;   ///< "budget_max"
  ProjectionKind kind{PROJECTION_UNSPECIFIED};
  std::uint32_t version{0};
  std::vector<std::int64_t> bounds;  ///< of BAND and AGE_BANDS, ascending
  std::vector<std::int32_t> yes;     ///< of COARSENED
  std::string on_record;             ///< of AGE_BANDS
  std::string on_field;
};

/// One field of a record, with all that the schema says of it.
struct Field {
  std::uint32_t number{0};
  std::string name;  ///< "safe_phone"
  Kind kind{Kind::text};
  bool repeated{false};  ///< with LWW the list is one value; with ADD_WINS and NOTES it is many
  Compartment compartment{COMPARTMENT_UNSPECIFIED};
  Merge merge{MERGE_UNSPECIFIED};
  Label label;
  Label help;
  std::string unit;
  bool required{false};   ///< no record is begun without it, and it is not emptied
  bool generated{false};  ///< written by the program when it makes the record, and edited by nobody
  bool past{false};       ///< of dates: not after today when a person enters it
  bool sensitive{false};  ///< shown by step-up only, never indexed, never exported by default
  bool search{false};
  bool lint{false};
  Retention retention{RETENTION_CASE};
  std::int64_t minimum{0};  ///< applies where minimum < maximum
  std::int64_t maximum{0};
  Side side{SIDE_UNSPECIFIED};  ///< who writes it, in shared records
  std::string workflow;         ///< with merge = WORKFLOW
  const Enumeration* enumeration{nullptr};
  ProjectionRule projection;  ///< kind PROJECTION_UNSPECIFIED where it is not projected
  [[nodiscard]] bool projected() const { return projection.kind != PROJECTION_UNSPECIFIED; }
};

/// One kind of record. `find`: null where it has no such field.
struct RecordType {
  std::uint32_t number{0};
  std::string name;  ///< "needs_sheet"
  Label label;
  bool shared{false};
  std::vector<Field> fields;  ///< ascending numbers
  [[nodiscard]] const Field* find(std::uint32_t number) const;
  [[nodiscard]] const Field* find(std::string_view name) const;
};

/// All records of the schema. Never changes: safe on any thread.
class Schema {
 public:
  /// Of `Change.schema_version`; see proto/VERSIONS.md.
  static constexpr std::uint32_t kVersion = 1;

  /// In the order of records.proto.
  [[nodiscard]] std::span<const RecordType> records() const { return records_; }
  /// By its stable number, or by its name "needs_sheet"; null where there is none.
  [[nodiscard]] const RecordType* find(std::uint32_t number) const;
  [[nodiscard]] const RecordType* find(std::string_view name) const;
  /// The record types with at least one field of that compartment.
  [[nodiscard]] std::vector<const RecordType*> of(Compartment compartment) const;

 private:
  friend const Schema& schema();
  Schema();
  std::vector<Enumeration> enumerations_;
  std::vector<RecordType> records_;
};

/// The schema that this program was built with.
/// @threads  safe on any thread; made at the first call, never changes
const Schema& schema();

/// Stable lower-case name of a compartment: "dwelling_address".
std::string compartment_name(Compartment compartment);
/// The compartment of that name.
/// @errors Errc::not_found
Result<Compartment> compartment_by_name(std::string_view name);

/// Has the text the form that the field's unit asks for (date, siren, commune, epci, phone, priority_district)? True of other text: whether
/// there is such a commune, core/data knows.
bool has_form(const Field& field, std::string_view text);

/// The value that a person typed. Enumerations are named by `name` or by a label in either language, in any case; booleans
/// by oui, non, yes, no, true, false, 1, 0; dates are ISO 8601 (2026-05-31); of a repeated LWW field the items are separated
/// by commas; of ADD_WINS and NOTES fields the text is one item. Telephone numbers (unit phone) become E.164, in whatever of the usual
/// forms they were written. Blanks around it are dropped; empty text: no value.
/// @errors  Errc::invalid_argument  not of the field's kind, out of its range, or not of its unit's form
///          Errc::too_large         longer than `limits::kMaxTextBytes`, or more than `limits::kMaxListItems` items
/// @threads safe on any thread
Result<Value> parse_value(const Field& field, std::string_view text);

/// What a person reads; of a repeated field `value` is a list (as `current` in core/src/merge/view.hpp gives it). Values that this
/// version does not know are shown by their number. Empty for no value.
/// @threads safe on any thread
std::string render(const Field& field, const Value& value, Language language);

/// Is `value`, received from a peer, of the field's kind and size? Ranges are not checked: they may differ between versions,
/// and what one device takes all must take.
/// @errors  Errc::malformed  not of that kind
///          Errc::too_large  above `limits::kMaxTextBytes` or `limits::kMaxListItems`
/// @threads safe on any thread
Result<void> check_value(const Field& field, const Value& value);

}  // namespace abri::proto
