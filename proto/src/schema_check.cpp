// SPDX-License-Identifier: MPL-2.0
#include <abri/options.pb.h>
#include <abri/proto/schema_check.hpp>

#include <set>

#include <google/protobuf/descriptor.h>

namespace abri::proto {
namespace {

namespace pb = google::protobuf;

class Checker {
 public:
  std::vector<std::string> run(const pb::FileDescriptor& file) {
    for (int i = 0; i < file.message_type_count(); ++i) check(*file.message_type(i));
    return std::move(faults_);
  }

 private:
  void fault(const std::string& where, const std::string& what) { faults_.push_back(where + ": " + what); }

  void check(const pb::Descriptor& record) {
    const auto& options = record.options();
    const auto number = options.GetExtension(record_type);
    if (number == 0) {
      fault(record.name(), "has no record_type");
    } else if (!numbers_.insert(number).second) {
      fault(record.name(), "has the record_type of another record");
    }
    if (options.GetExtension(record_fr).empty() || options.GetExtension(record_en).empty()) {
      fault(record.name(), "has no label in French and in English");
    }
    for (int i = 0; i < record.field_count(); ++i) check(*record.field(i), options.GetExtension(shared));
  }

  void check(const pb::FieldDescriptor& field, bool in_shared_record) {
    const auto& where = field.full_name();
    const auto& options = field.options();
    if (options.GetExtension(compartment) == COMPARTMENT_UNSPECIFIED) fault(where, "has no compartment");
    if (options.GetExtension(merge) == MERGE_UNSPECIFIED) fault(where, "has no merge policy");
    if (options.GetExtension(label_fr).empty() || options.GetExtension(label_en).empty()) {
      fault(where, "has no label in French and in English");
    }
    if (options.GetExtension(help_fr).empty() != options.GetExtension(help_en).empty()) {
      fault(where, "has help in one language only");
    }
    const auto side_of = options.GetExtension(side);
    if (in_shared_record && side_of == SIDE_UNSPECIFIED) fault(where, "of a shared record has no side");
    if (!in_shared_record && side_of != SIDE_UNSPECIFIED) fault(where, "of a private record has a side");
    if (options.GetExtension(minimum) > options.GetExtension(maximum))
      fault(where, "has a minimum above its maximum");
    check_type(field);
    check_policy(field);
    if (options.HasExtension(projection)) check_projection(field, in_shared_record);
  }

  void check_type(const pb::FieldDescriptor& field) {
    switch (field.cpp_type()) {
      case pb::FieldDescriptor::CPPTYPE_STRING:
        if (field.type() != pb::FieldDescriptor::TYPE_STRING)
          fault(field.full_name(), "is neither text nor a known type");
        return;
      case pb::FieldDescriptor::CPPTYPE_INT64:
      case pb::FieldDescriptor::CPPTYPE_UINT32:
      case pb::FieldDescriptor::CPPTYPE_BOOL:
        if (!field.is_repeated() && !field.has_presence()) {
          fault(field.full_name(), "is a number or boolean and not optional: no value would read as zero");
        }
        return;
      case pb::FieldDescriptor::CPPTYPE_ENUM:
        check(*field.enum_type());
        return;
      default:
        fault(field.full_name(), "is of a type that records do not have");
    }
  }

  void check(const pb::EnumDescriptor& enumeration) {
    if (!enumerations_.insert(enumeration.full_name()).second) return;
    for (int i = 0; i < enumeration.value_count(); ++i) {
      const auto& value = *enumeration.value(i);
      if (value.number() == 0) continue;
      if (value.number() < 0) fault(value.full_name(), "has a negative number");
      if (value.options().GetExtension(value_fr).empty() || value.options().GetExtension(value_en).empty()) {
        fault(value.full_name(), "has no label in French and in English");
      }
    }
  }

  void check_policy(const pb::FieldDescriptor& field) {
    const auto& where = field.full_name();
    const bool is_enum = field.cpp_type() == pb::FieldDescriptor::CPPTYPE_ENUM;
    const bool is_text = field.type() == pb::FieldDescriptor::TYPE_STRING;
    const bool many = field.is_repeated();
    switch (field.options().GetExtension(merge)) {
      case ADD_WINS:
        if (!many) fault(where, "is ADD_WINS and not repeated");
        break;
      case NOTES:
        if (!many || !is_text) fault(where, "is NOTES and no repeated string");
        break;
      case WORKFLOW:
        if (many || !is_enum) fault(where, "is WORKFLOW and no enumeration");
        if (field.options().GetExtension(workflow).empty()) fault(where, "is WORKFLOW and names none");
        break;
      case MUST_RESOLVE:
        if (many) fault(where, "is MUST_RESOLVE and repeated");
        break;
      case MAX_SAFETY:
        if (many || is_text) fault(where, "is MAX_SAFETY and has no order of safety");
        if (is_enum) check_safety(*field.enum_type());
        break;
      default:
        break;
    }
  }

  void check_safety(const pb::EnumDescriptor& enumeration) {
    for (int i = 0; i < enumeration.value_count(); ++i) {
      const auto& value = *enumeration.value(i);
      if (value.number() != 0 && value.options().GetExtension(safety) == 0) {
        fault(value.full_name(), "has no place in the order of safety");
      }
    }
  }

  const pb::FieldDescriptor* find(const pb::FileDescriptor& file, const std::string& path) {
    const auto dot = path.find('.');
    if (dot == std::string::npos) return nullptr;
    const auto* record = file.FindMessageTypeByName(path.substr(0, dot));
    return record == nullptr ? nullptr : record->FindFieldByName(path.substr(dot + 1));
  }

  void check_projection(const pb::FieldDescriptor& field, bool in_shared_record) {
    const auto& where = field.full_name();
    const auto rule = field.options().GetExtension(projection);
    const auto side_of = field.options().GetExtension(side);
    if (!in_shared_record) fault(where, "is projected in a record that is not shared");
    if (side_of != OWNER && side_of != PARTNER) fault(where, "is projected and belongs to no single side");
    if (field.options().GetExtension(merge) != LWW) fault(where, "is projected and not LWW");
    if (rule.version() == 0) fault(where, "is projected by a function without a version");
    const auto* source = find(*field.file(), rule.source());
    if (source == nullptr) {
      fault(where, "is projected from a field that is not there: " + rule.source());
      return;
    }
    check_source(where, *source, rule.kind());
    check_function(field, *source, rule);
  }

  void check_source(const std::string& where, const pb::FieldDescriptor& source, ProjectionKind kind) {
    const auto& options = source.options();
    switch (options.GetExtension(compartment)) {
      case NEEDS:
        // what no closed list of values holds may hold a name or an address
        if (kind == AS_IS && is_open_text(source)) fault(where, "is projected from free text");
        break;
      case DWELLING:  // the landlord's own, for the association
        break;
      case IDENTITY:
        if (kind != AGE_BANDS && kind != COUNT) fault(where, "would carry identity to a partner");
        break;
      default:
        fault(where, "is projected from a compartment that no partner learns anything of");
        break;
    }
    if (options.GetExtension(sensitive)) fault(where, "is projected from a sensitive field");
    if (options.GetExtension(merge) == NOTES || options.GetExtension(lint)) {
      fault(where, "is projected from free text");
    }
  }

  static bool is_open_text(const pb::FieldDescriptor& source) {
    const auto form = source.options().GetExtension(unit);
    return source.type() == pb::FieldDescriptor::TYPE_STRING && form != "commune" && form != "epci" &&
           form != "date";
  }

  void check_function(const pb::FieldDescriptor& field, const pb::FieldDescriptor& source,
                      const Projection& rule) {
    const auto& where = field.full_name();
    const bool to_enum = field.cpp_type() == pb::FieldDescriptor::CPPTYPE_ENUM;
    for (int i = 1; i < rule.bounds_size(); ++i) {
      if (rule.bounds(i - 1) >= rule.bounds(i)) fault(where, "has bounds that do not ascend");
    }
    switch (rule.kind()) {
      case AS_IS:
        if (source.type() != field.type() || source.enum_type() != field.enum_type() ||
            source.is_repeated() != field.is_repeated()) {
          fault(where, "is projected as it is from a field of another type");
        }
        return;
      case AGE_BANDS:
        if (!field.is_repeated()) fault(where, "is projected to one band, not to several");
        if (find(*field.file(), rule.on()) == nullptr) fault(where, "names no day to count ages on");
        [[fallthrough]];
      case BAND:
        if (!to_enum || field.enum_type()->value_count() != rule.bounds_size() + 2) {
          fault(where, "needs an enumeration of one value more than it has bounds");
        }
        return;
      case COARSENED:
        if (field.cpp_type() != pb::FieldDescriptor::CPPTYPE_BOOL || rule.yes().empty()) {
          fault(where, "is coarsened and no boolean, or says yes to nothing");
        }
        return;
      case COUNT:
        if (!source.is_repeated()) fault(where, "counts what is not a list");
        return;
      default:
        fault(where, "does not say how it is projected");
    }
  }

  std::vector<std::string> faults_;
  std::set<std::uint32_t> numbers_;
  std::set<std::string> enumerations_;
};

}  // namespace

std::vector<std::string> check_schema(const google::protobuf::FileDescriptor& file) {
  return Checker().run(file);
}

}  // namespace abri::proto
