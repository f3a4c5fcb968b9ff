// SPDX-License-Identifier: MPL-2.0
#include <abri/proto/codec.hpp>
#include <abri/v1/records.pb.h>

#include <string>

#include <catch2/catch_test_macros.hpp>
#include <google/protobuf/descriptor.pb.h>

using namespace abri;

TEST_CASE("codec: what was serialised parses again, with fields of a newer version kept", "[proto]") {
  v1::Person person;
  person.set_last_name("Éloïse");
  auto bytes = proto::serialise(person);
  const auto newer = to_bytes(std::string_view("\xfa\x7f\x03new", 6));  // field 2047
  bytes.insert(bytes.end(), newer.begin(), newer.end());
  const auto parsed = proto::parse<v1::Person>(bytes, 1024);
  REQUIRE(parsed);
  CHECK(parsed->last_name() == "Éloïse");
  CHECK(proto::serialise(*parsed) == bytes);
}

TEST_CASE("codec: more bytes than allowed are refused before parsing", "[proto]") {
  CHECK(proto::parse<v1::Person>(Bytes(1025), 1024).error().code == Errc::too_large);
}

TEST_CASE("codec: bytes cut short, no UTF-8 and deep nesting are refused", "[proto]") {
  CHECK(proto::parse<v1::Person>(to_bytes(std::string_view("\x12\x05"
                                                           "ab",
                                                           4)),
                                 1024)
            .error()
            .code == Errc::malformed);
  CHECK(proto::parse<v1::Person>(to_bytes(std::string_view("\x12\x01\xff", 3)), 1024).error().code ==
        Errc::malformed);
  // DescriptorProto.nested_type (field 3) within itself.
  std::string deep;
  for (int i = 0; i < 40; ++i) deep = std::string("\x1a") + static_cast<char>(deep.size()) + deep;
  CHECK(proto::parse<google::protobuf::DescriptorProto>(as_bytes(deep), 1024).error().code ==
        Errc::malformed);
  std::string shallow;
  for (int i = 0; i < 8; ++i) shallow = std::string("\x1a") + static_cast<char>(shallow.size()) + shallow;
  CHECK(proto::parse<google::protobuf::DescriptorProto>(as_bytes(shallow), 1024));
}
