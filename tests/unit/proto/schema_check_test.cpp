// SPDX-License-Identifier: MPL-2.0
#include <abri/options.pb.h>
#include <abri/proto/schema_check.hpp>
#include <abri/v1/records.pb.h>

#include <algorithm>
#include <functional>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <google/protobuf/descriptor.pb.h>

namespace {

namespace pb = google::protobuf;
using Type = pb::FieldDescriptorProto;

/// A schema under construction: one sound private record P with one text field "s", which a case then spoils.
struct Draft {
  pb::FileDescriptorProto file;
  pb::DescriptorProto* record{nullptr};
  pb::FieldDescriptorProto* field{nullptr};

  Draft() {
    file.set_name("records.proto");
    file.set_package("abri.v1");
    file.set_syntax("proto3");
    auto& level = *file.add_enum_type();
    level.set_name("Level");
    level.add_value()->set_name("LEVEL_UNSPECIFIED");
    level.mutable_value(0)->set_number(0);
    auto& value = *level.add_value();
    value.set_name("LEVEL_A");
    value.set_number(1);
    value.mutable_options()->SetExtension(abri::value_fr, "A");
    value.mutable_options()->SetExtension(abri::value_en, "A");
    add_record("P", 1);
    add_field("s");
  }
  void add_record(const std::string& name, std::uint32_t number) {
    record = file.add_message_type();
    record->set_name(name);
    record->mutable_options()->SetExtension(abri::record_type, number);
    record->mutable_options()->SetExtension(abri::record_fr, name);
    record->mutable_options()->SetExtension(abri::record_en, name);
  }
  void add_field(const std::string& name) {
    field = record->add_field();
    field->set_name(name);
    field->set_number(1);
    field->set_label(Type::LABEL_OPTIONAL);
    field->set_type(Type::TYPE_STRING);
    auto& options = *field->mutable_options();
    options.SetExtension(abri::compartment, abri::NEEDS);
    options.SetExtension(abri::merge, abri::LWW);
    options.SetExtension(abri::label_fr, "l");
    options.SetExtension(abri::label_en, "l");
  }
  pb::FieldOptions& options() { return *field->mutable_options(); }
  /// Adds a shared record whose only field is the source "P.s" as it is.
  void project() {
    add_record("R", 2);
    record->mutable_options()->SetExtension(abri::shared, true);
    add_field("a");
    options().SetExtension(abri::compartment, abri::REQUEST);
    options().SetExtension(abri::side, abri::OWNER);
    auto& rule = *options().MutableExtension(abri::projection);
    rule.set_source("P.s");
    rule.set_kind(abri::AS_IS);
    rule.set_version(1);
  }
  [[nodiscard]] std::vector<std::string> faults() const {
    pb::DescriptorPool pool(pb::DescriptorPool::generated_pool());
    auto named = file;
    named.set_name("draft.proto");
    named.set_package("draft");
    const auto* built = pool.BuildFile(named);
    REQUIRE(built != nullptr);
    return abri::proto::check_schema(*built);
  }
};

bool mentions(const std::vector<std::string>& faults, const std::string& text) {
  return std::ranges::any_of(faults, [&](const auto& f) { return f.find(text) != std::string::npos; });
}

std::vector<std::string> with(Type::Type type, abri::Merge merge, bool repeated = false) {
  Draft draft;
  draft.field->set_type(type);
  if (type == Type::TYPE_ENUM) draft.field->set_type_name(".draft.Level");
  if (repeated) draft.field->set_label(Type::LABEL_REPEATED);
  draft.options().SetExtension(abri::merge, merge);
  return draft.faults();
}

}  // namespace

TEST_CASE("schema check: the schema of this tree is sound", "[proto]") {
  const auto faults = abri::proto::check_schema(*abri::v1::Person::descriptor()->file());
  for (const auto& fault : faults) UNSCOPED_INFO(fault);
  CHECK(faults.empty());
}

TEST_CASE("schema check: a sound small schema passes", "[proto]") {
  CHECK(Draft().faults().empty());
}

TEST_CASE("schema check: a field without compartment, merge policy or labels does not pass", "[proto]") {
  Draft draft;
  SECTION("compartment") {
    draft.options().ClearExtension(abri::compartment);
    CHECK(mentions(draft.faults(), "P.s: has no compartment"));
  }
  SECTION("merge policy") {
    draft.options().ClearExtension(abri::merge);
    CHECK(mentions(draft.faults(), "P.s: has no merge policy"));
  }
  SECTION("label") {
    draft.options().ClearExtension(abri::label_en);
    CHECK(mentions(draft.faults(), "P.s: has no label"));
  }
  SECTION("record type") {
    draft.record->mutable_options()->ClearExtension(abri::record_type);
    CHECK(mentions(draft.faults(), "P: has no record_type"));
  }
  SECTION("record type of another") {
    draft.add_record("Q", 1);
    CHECK(mentions(draft.faults(), "Q: has the record_type of another"));
  }
}

TEST_CASE("schema check: a policy that does not fit the type does not pass", "[proto]") {
  CHECK(mentions(with(Type::TYPE_STRING, abri::ADD_WINS), "not repeated"));
  CHECK(mentions(with(Type::TYPE_STRING, abri::NOTES), "no repeated string"));
  CHECK(mentions(with(Type::TYPE_STRING, abri::MAX_SAFETY), "no order of safety"));
  CHECK(mentions(with(Type::TYPE_ENUM, abri::MAX_SAFETY), "no place in the order"));
  CHECK(mentions(with(Type::TYPE_STRING, abri::WORKFLOW), "no enumeration"));
  CHECK(mentions(with(Type::TYPE_ENUM, abri::WORKFLOW), "names none"));
  CHECK(mentions(with(Type::TYPE_BOOL, abri::LWW), "not optional"));
  CHECK(mentions(with(Type::TYPE_BYTES, abri::LWW), "known type"));
  CHECK(mentions(with(Type::TYPE_STRING, abri::MUST_RESOLVE, true), "repeated"));
}

TEST_CASE("schema check: nothing of location, danger, identity or free text can be projected", "[proto]") {
  Draft draft;
  SECTION("of the needs it can, where a closed list says what it holds") {
    draft.options().SetExtension(abri::unit, std::string("commune"));
    draft.project();
    CHECK(draft.faults().empty());
  }
  SECTION("open text of the needs") {
    draft.project();
    CHECK(mentions(draft.faults(), "free text"));
  }
  SECTION("a landlord's own text about its dwelling") {
    draft.options().SetExtension(abri::compartment, abri::DWELLING);
    draft.project();
    CHECK(draft.faults().empty());
  }
  for (const auto secret : {abri::LOCATION, abri::REHOUSING_ADDRESS, abri::DANGER, abri::DWELLING_ADDRESS,
                            abri::SUPPORT, abri::AUDIT, abri::CONVENTION}) {
    SECTION(abri::Compartment_Name(secret)) {
      draft.options().SetExtension(abri::compartment, secret);
      draft.project();
      CHECK(mentions(draft.faults(), "no partner learns"));
    }
  }
  SECTION("identity") {
    draft.options().SetExtension(abri::compartment, abri::IDENTITY);
    draft.project();
    CHECK(mentions(draft.faults(), "would carry identity"));
  }
  SECTION("sensitive") {
    draft.options().SetExtension(abri::sensitive, true);
    draft.project();
    CHECK(mentions(draft.faults(), "sensitive"));
  }
  SECTION("free text") {
    draft.options().SetExtension(abri::lint, true);
    draft.project();
    CHECK(mentions(draft.faults(), "free text"));
  }
  SECTION("a source that is not there") {
    draft.project();
    draft.options().MutableExtension(abri::projection)->set_source("P.t");
    CHECK(mentions(draft.faults(), "not there"));
  }
}

TEST_CASE("schema check: a field of a shared record belongs to a side", "[proto]") {
  Draft draft;
  draft.record->mutable_options()->SetExtension(abri::shared, true);
  CHECK(mentions(draft.faults(), "has no side"));
}
