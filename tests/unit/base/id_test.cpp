// SPDX-License-Identifier: MPL-2.0
#include "support/seeded.hpp"

#include <string>
#include <unordered_set>

namespace abri::test {

TEST_CASE("id: bytes and text come back as the same id", "[base]") {
  const auto id = seeded_id<CaseId>();
  CHECK(*CaseId::from(id.bytes()) == id);
  CHECK(*CaseId::from_hex(id.hex()) == id);
  CHECK(id.hex().size() == 2 * CaseId::kSize);
  CHECK(Hash::from_hex(std::string(63, '0') + "1")->hex() == std::string(63, '0') + "1");
  CHECK(*CaseId::from_hex("ABCDEF00000000000000000000000000") ==
        *CaseId::from_hex("abcdef00000000000000000000000000"));
}

TEST_CASE("id: of bytes only just as many as it has are taken", "[base]") {
  for (std::size_t size = 0; size <= 64; ++size) {
    INFO(size << " bytes");
    const auto bytes = seeded_bytes(size);
    CHECK(CaseId::from(bytes).has_value() == (size == 16));
    CHECK(Hash::from(bytes).has_value() == (size == 32));
  }
  CHECK(error_of(CaseId::from({})) == Errc::malformed);
}

TEST_CASE("id: a text of another length or with another character is no id", "[base]") {
  const auto text = seeded_id<CaseId>().hex();
  for (std::size_t size = 0; size < text.size(); ++size) {
    INFO("cut to " << size);
    CHECK(error_of(CaseId::from_hex(text.substr(0, size))) == Errc::malformed);
  }
  for (const std::string more : {"0", "00", " ", "\n"})
    CHECK(error_of(CaseId::from_hex(text + more)) == Errc::malformed);
  CHECK(error_of(CaseId::from_hex(text + text)) == Errc::malformed);
  CHECK(error_of(CaseId::from_hex("0x" + text.substr(2))) == Errc::malformed);
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char wrong : {'g', 'G', ' ', '-', '\0', '/', ':', '@', '`'}) {
      auto changed = text;
      changed[at] = wrong;
      INFO("character " << at);
      REQUIRE(error_of(CaseId::from_hex(changed)) == Errc::malformed);
    }
  }
}

TEST_CASE("id: only zeros mean none, and every bit tells two ids apart", "[base]") {
  CHECK(CaseId{}.is_zero());
  with_each_bit_flipped(CaseId{}.bytes(), [](BytesView changed) {
    const auto id = *CaseId::from(changed);
    CHECK_FALSE(id.is_zero());
    CHECK(id != CaseId{});
    CHECK(id > CaseId{});
  });
}

TEST_CASE("id: ids are ordered as their text is, and found again in a table", "[base]") {
  std::unordered_set<CaseId> table;
  for (std::uint32_t stream = 0; stream < 200; ++stream) {
    const auto a = seeded_id<CaseId>(stream);
    const auto b = seeded_id<CaseId>(stream + 1);
    CHECK((a < b) == (a.hex() < b.hex()));
    table.insert(a);
  }
  CHECK(table.size() == 200);
  for (std::uint32_t stream = 0; stream < 200; ++stream) CHECK(table.contains(seeded_id<CaseId>(stream)));
  // equal in the eight bytes that the table looks at
  CHECK(table.insert(*CaseId::from_hex("00000000000000000000000000000001")).second);
  CHECK(table.insert(*CaseId::from_hex("00000000000000000000000000000002")).second);
}

}  // namespace abri::test
