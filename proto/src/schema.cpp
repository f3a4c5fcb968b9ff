// SPDX-License-Identifier: MPL-2.0
#include <abri/proto/schema.hpp>
#include <abri/v1/records.pb.h>

#include <algorithm>
#include <cctype>
#include <map>

#include <google/protobuf/descriptor.h>

namespace abri::proto {
namespace {

namespace pb = google::protobuf;

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

/// "NeedsSheet" → "needs_sheet"
std::string snake(std::string_view camel) {
  std::string out;
  for (const char c : camel) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0 && !out.empty()) out.push_back('_');
    out.push_back(c);
  }
  return lower(out);
}

Enumeration read_enumeration(const pb::EnumDescriptor& in) {
  Enumeration out;
  out.name = in.name();
  const auto prefix = snake(in.name()).size() + 1;
  for (int i = 0; i < in.value_count(); ++i) {
    const auto& value = *in.value(i);
    if (value.number() == 0) continue;
    const auto& options = value.options();
    out.values.push_back({.number = static_cast<std::uint32_t>(value.number()),
                          .name = lower(value.name().substr(prefix)),
                          .label = {options.GetExtension(value_fr), options.GetExtension(value_en)},
                          .safety = options.GetExtension(safety)});
  }
  if (const auto* first = in.FindValueByName(in.options().GetExtension(initial)); first != nullptr) {
    out.initial = static_cast<std::uint32_t>(first->number());
  }
  return out;
}

Kind kind_of(const pb::FieldDescriptor& in) {
  switch (in.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      return Kind::boolean;
    case pb::FieldDescriptor::CPPTYPE_ENUM:
      return Kind::enumeration;
    case pb::FieldDescriptor::CPPTYPE_STRING:
      return in.options().GetExtension(unit) == "date" ? Kind::date : Kind::text;
    default:
      return Kind::integer;
  }
}

/// "NeedsSheet.budget_max" → record "needs_sheet", field "budget_max"
void read_path(const std::string& path, std::string& record, std::string& field) {
  const auto dot = path.find('.');
  if (dot == std::string::npos) return;
  record = snake(path.substr(0, dot));
  field = path.substr(dot + 1);
}

ProjectionRule read_projection(const Projection& in) {
  ProjectionRule out;
  read_path(in.source(), out.source_record, out.source_field);
  read_path(in.on(), out.on_record, out.on_field);
  out.kind = in.kind();
  out.version = in.version();
  out.bounds.assign(in.bounds().begin(), in.bounds().end());
  out.yes.assign(in.yes().begin(), in.yes().end());
  return out;
}

Field read_field(const pb::FieldDescriptor& in) {
  const auto& options = in.options();
  Field out;
  out.number = static_cast<std::uint32_t>(in.number());
  out.name = in.name();
  out.kind = kind_of(in);
  out.repeated = in.is_repeated();
  out.compartment = options.GetExtension(compartment);
  out.merge = options.GetExtension(merge);
  out.label = {options.GetExtension(label_fr), options.GetExtension(label_en)};
  out.help = {options.GetExtension(help_fr), options.GetExtension(help_en)};
  out.unit = options.GetExtension(unit);
  out.required = options.GetExtension(required);
  out.generated = options.GetExtension(generated);
  out.past = options.GetExtension(past);
  out.sensitive = options.GetExtension(sensitive);
  out.search = options.GetExtension(search);
  out.lint = options.GetExtension(lint);
  out.retention = options.GetExtension(retention);
  out.minimum = options.GetExtension(minimum);
  out.maximum = options.GetExtension(maximum);
  out.side = options.GetExtension(side);
  out.workflow = options.GetExtension(workflow);
  out.projection = read_projection(options.GetExtension(projection));
  return out;
}

template <class Range, class Key>
auto* find_in(const Range& range, const Key& key, auto member) {
  const auto found = std::ranges::find(range, key, member);
  return found == range.end() ? nullptr : &*found;
}

}  // namespace

const EnumValue* Enumeration::find(std::uint32_t number) const {
  return find_in(values, number, &EnumValue::number);
}
const EnumValue* Enumeration::find(std::string_view wanted) const {
  return find_in(values, wanted, &EnumValue::name);
}

const Field* RecordType::find(std::uint32_t wanted) const {
  if (wanted >= 1 && wanted <= fields.size() && fields[wanted - 1].number == wanted)
    return &fields[wanted - 1];
  return find_in(fields, wanted, &Field::number);
}
const Field* RecordType::find(std::string_view wanted) const {
  return find_in(fields, wanted, &Field::name);
}

const RecordType* Schema::find(std::uint32_t number) const {
  return find_in(records_, number, &RecordType::number);
}
const RecordType* Schema::find(std::string_view name) const {
  return find_in(records_, name, &RecordType::name);
}

std::vector<const RecordType*> Schema::of(Compartment wanted) const {
  std::vector<const RecordType*> out;
  for (const auto& record : records_) {
    if (find_in(record.fields, wanted, &Field::compartment) != nullptr) out.push_back(&record);
  }
  return out;
}

Schema::Schema() {
  const auto& file = *v1::Person::descriptor()->file();
  std::map<const pb::EnumDescriptor*, std::size_t> index;
  for (int i = 0; i < file.message_type_count(); ++i) {
    for (int j = 0; j < file.message_type(i)->field_count(); ++j) {
      const auto* type = file.message_type(i)->field(j)->enum_type();
      if (type == nullptr || !index.emplace(type, enumerations_.size()).second) continue;
      enumerations_.push_back(read_enumeration(*type));
    }
  }
  for (int i = 0; i < file.message_type_count(); ++i) {
    const auto& in = *file.message_type(i);
    const auto& options = in.options();
    RecordType record{.number = options.GetExtension(record_type),
                      .name = snake(in.name()),
                      .label = {options.GetExtension(record_fr), options.GetExtension(record_en)},
                      .shared = options.GetExtension(shared),
                      .fields = {}};
    for (int j = 0; j < in.field_count(); ++j) {
      record.fields.push_back(read_field(*in.field(j)));
      const auto* type = in.field(j)->enum_type();
      if (type != nullptr) record.fields.back().enumeration = &enumerations_[index.at(type)];
    }
    std::ranges::sort(record.fields, {}, &Field::number);
    records_.push_back(std::move(record));
  }
}

const Schema& schema() {
  static const Schema kSchema;
  return kSchema;
}

std::string compartment_name(Compartment compartment) {
  return lower(Compartment_Name(compartment));
}

Result<Compartment> compartment_by_name(std::string_view name) {
  for (int i = 1; i <= Compartment_MAX; ++i) {
    if (Compartment_IsValid(i) && compartment_name(static_cast<Compartment>(i)) == name) {
      return static_cast<Compartment>(i);
    }
  }
  return Error{Errc::not_found, "compartment"};
}

}  // namespace abri::proto
