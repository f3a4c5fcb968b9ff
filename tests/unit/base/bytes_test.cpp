// SPDX-License-Identifier: MPL-2.0
#include "support/seeded.hpp"

#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace abri::test {
namespace {

/// One read of the Reader: its bytes as they stand in the input, and whether what it gave is nothing but zeros.
struct Read {
  std::string name;
  std::size_t size;
  std::function<bool(Reader&)> gives_nothing;
};

const std::vector<Read>& reads() {
  static const std::vector<Read> kReads{
      {"u8", 1, [](Reader& in) { return in.u8() == 0; }},
      {"u16", 2, [](Reader& in) { return in.u16() == 0; }},
      {"u32", 4, [](Reader& in) { return in.u32() == 0; }},
      {"u48", 6, [](Reader& in) { return in.u48() == 0; }},
      {"u64", 8, [](Reader& in) { return in.u64() == 0; }},
      {"raw", 5, [](Reader& in) { return in.raw(5).empty(); }},
      {"array", 7, [](Reader& in) { return in.array<7>() == ByteArray<7>{}; }},
  };
  return kReads;
}

/// 0xff everywhere, so that nothing read from it is zero, in memory of just this size.
Bytes full(std::size_t size) {
  return Bytes(size, std::byte{0xff});
}

void check_that_nothing_more_is_read(Reader& in) {
  CHECK_FALSE(in.ok());
  CHECK(in.left() == 0);
  for (const auto& read : reads()) {
    INFO("then " << read.name);
    CHECK(read.gives_nothing(in));
  }
  CHECK(in.short_bytes().empty());
  CHECK(in.long_bytes().empty());
  CHECK(in.rest().empty());
  CHECK_FALSE(in.ok());
  CHECK(error_of(in.finish("here")) == Errc::malformed);
}

}  // namespace

TEST_CASE("layouts: integers stand with their greatest byte first, lengths before what they count",
          "[base]") {
  Writer out;
  out.u8(0x01).u16(0x0203).u32(0x04050607).u48(0x08090a0b0c0dULL).u64(0x0e0f101112131415ULL);
  out.short_bytes("ab").long_bytes(as_bytes("cde")).raw("f").short_bytes("").long_bytes({});
  CHECK(to_hex(out.view()) ==
        "0102030405060708090a0b0c0d0e0f101112131415"
        "00026162"
        "00000003636465"
        "66"
        "000000000000");
  CHECK(out.size() == out.view().size());

  Reader in(out.view());
  CHECK(in.u8() == 0x01);
  CHECK(in.u16() == 0x0203);
  CHECK(in.u32() == 0x04050607);
  CHECK(in.u48() == 0x08090a0b0c0dULL);
  CHECK(in.u64() == 0x0e0f101112131415ULL);
  CHECK(as_text(in.short_bytes()) == "ab");
  CHECK(as_text(in.long_bytes()) == "cde");
  CHECK(as_text(in.raw(1)) == "f");
  CHECK(in.short_bytes().empty());
  CHECK(in.left() == 4);
  CHECK_FALSE(in.finish("here"));  // four bytes are left
  CHECK(in.long_bytes().empty());
  CHECK(in.ok());
  CHECK(in.finish("here"));
}

TEST_CASE("layouts: the greatest and the smallest integer of each size come back", "[base]") {
  for (const auto value :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0x8080'8080'8080'8080}, ~std::uint64_t{0}}) {
    Writer out;
    out.u8(static_cast<std::uint8_t>(value)).u16(static_cast<std::uint16_t>(value));
    out.u32(static_cast<std::uint32_t>(value)).u48(value).u64(value);
    Reader in(out.view());
    CHECK(in.u8() == static_cast<std::uint8_t>(value));
    CHECK(in.u16() == static_cast<std::uint16_t>(value));
    CHECK(in.u32() == static_cast<std::uint32_t>(value));
    CHECK(in.u48() == (value & 0xffff'ffff'ffffULL));  // what is above 48 bits is not written
    CHECK(in.u64() == value);
    CHECK(in.finish("here"));
  }
}

TEST_CASE("layouts: nothing is read past the end, and after the first failure only zeros", "[base]") {
  for (const auto& read : reads()) {
    INFO(read.name);
    for (std::size_t size = 0; size < read.size; ++size) {
      INFO("of " << size << " bytes");
      const auto input = full(size);
      Reader in(input);
      CHECK(read.gives_nothing(in));
      check_that_nothing_more_is_read(in);
    }
    const auto enough = full(read.size);
    Reader in(enough);
    CHECK_FALSE(read.gives_nothing(in));
    CHECK(in.finish("here"));
    CHECK(read.gives_nothing(in));
    check_that_nothing_more_is_read(in);
  }
}

TEST_CASE("layouts: a length that says more than is there is refused, whatever it says", "[base]") {
  for (const std::uint32_t claimed : {4U, 5U, 0x7fffU, 0xffffU}) {
    const auto input = Writer().u16(static_cast<std::uint16_t>(claimed)).raw("abc").take();
    Reader in(input);
    CHECK(in.short_bytes().empty());
    check_that_nothing_more_is_read(in);
  }
  for (const std::uint32_t claimed : {4U, 0x10000U, 0x7fffffffU, 0xffffffffU}) {
    const auto input = Writer().u32(claimed).raw("abc").take();
    Reader in(input);
    CHECK(in.long_bytes().empty());
    check_that_nothing_more_is_read(in);
  }
  const auto input = full(3);
  Reader in(input);
  CHECK(in.raw(std::numeric_limits<std::size_t>::max()).empty());
  check_that_nothing_more_is_read(in);
}

TEST_CASE("layouts: a decoder that says no ends the reading", "[base]") {
  const auto input = full(100);
  Reader in(input);
  CHECK(in.u16() == 0xffff);
  in.fail();
  check_that_nothing_more_is_read(in);
}

TEST_CASE("layouts: every byte too many is refused", "[base]") {
  for (std::size_t more = 1; more < 40; ++more) {
    const auto input = full(4 + more);
    Reader in(input);
    CHECK(in.u32() == 0xffffffff);
    CHECK(in.ok());
    CHECK(in.left() == more);
    CHECK(error_of(in.finish("here")) == Errc::malformed);
  }
}

TEST_CASE("layouts: a byte string longer than its length can say stops the program", "[base]") {
  CHECK_FALSE(stops_the_program([] { Writer().short_bytes(Bytes(0xffff)); }));
  CHECK(stops_the_program([] { Writer().short_bytes(Bytes(0x10000)); }));
  CHECK(stops_the_program([] { (void)to_array<16>(Bytes(15)); }));
  CHECK(stops_the_program([] { (void)to_array<16>(Bytes(17)); }));
}

TEST_CASE("hexadecimal: bytes come back, written in small letters and read in both", "[base]") {
  Bytes all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::byte>(i));
  const auto text = to_hex(all);
  CHECK(text.size() == 512);
  CHECK(text.starts_with("000102"));
  CHECK(text.ends_with("fdfeff"));
  CHECK(*from_hex(text) == all);
  CHECK(*from_hex("aAfFBb90") == *from_hex("aaffbb90"));
  CHECK(from_hex("")->empty());
}

TEST_CASE("hexadecimal: an odd number of digits and any other character are refused", "[base]") {
  CHECK(error_of(from_hex("0")) == Errc::malformed);
  CHECK(error_of(from_hex("00112")) == Errc::malformed);
  const std::string digits = "0123456789abcdefABCDEF";
  for (int i = 0; i < 256; ++i) {
    const auto c = static_cast<char>(i);
    const bool digit = digits.find(c) != std::string::npos;
    INFO("character " << i);
    CHECK(from_hex(std::string{'0', c}).has_value() == digit);
    CHECK(from_hex(std::string{c, '0'}).has_value() == digit);
  }
}

}  // namespace abri::test
