// SPDX-License-Identifier: MPL-2.0
//
// The search that proves that nothing leaks is worth as much as what it finds. Each form below is written by hand or by another
// library than the search's own, so that an encoding that breaks there is missed here.
#include "support/leak/encodings.hpp"
#include "support/leak/search.hpp"
#include "support/seeded.hpp"

#include <cctype>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include <sodium.h>
#include <zlib.h>

namespace abri::test {
namespace {

using Forms = std::map<std::string, std::string>;  ///< by the name that the search gives them

constexpr std::size_t kPiece = 65536;  ///< what the search inflates at a time

/// `size` characters out of `alphabet`, from the printed seed.
std::string drawn(std::size_t size, std::string_view alphabet, std::uint32_t stream) {
  std::string out;
  for (const auto byte : seeded_bytes(size, stream))
    out.push_back(alphabet[std::to_integer<std::size_t>(byte) % alphabet.size()]);
  return out;
}
/// Any bytes but zeros: between zeros UTF-16 of one order is UTF-16 of the other.
std::string noise(std::size_t size, std::uint32_t stream) {
  std::string out;
  for (const auto byte : seeded_bytes(size, stream))
    out.push_back(static_cast<char>(byte == std::byte{0} ? std::byte{1} : byte));
  return out;
}
/// Text that a stream holds as it would hold a sentence: compressed, and nowhere copied as it is.
std::string filler(std::size_t size, std::uint32_t stream) {
  return drawn(size, "esait, \n", stream);
}

std::string lower(std::string text) {
  for (auto& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}
std::string upper(std::string text) {
  for (auto& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}
std::string utf16(std::u16string_view accented, std::string_view ascii, bool big) {
  std::u16string text(accented);
  text.append(ascii.begin(), ascii.end());
  std::string out;
  for (const auto unit : text) {
    const auto high = static_cast<char>(unit / 256);
    const auto low = static_cast<char>(unit % 256);
    out += big ? std::string{high, low} : std::string{low, high};
  }
  return out;
}
std::string hex(std::string_view text) {
  std::string out(text.size() * 2 + 1, '\0');
  sodium_bin2hex(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  out.pop_back();
  return out;
}
/// Base64 of a longer text, in which `text` begins `offset` bytes into a group of three.
std::string base64(std::size_t offset, const std::string& text) {
  const auto longer = noise(30 + offset, 5) + text + noise(31, 6);
  std::string out(sodium_base64_encoded_len(longer.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(longer.data()),
                    longer.size(), sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();
  return out;
}

/// "Élodie Çà" and a part from the printed seed.
struct Needle {
  std::string random;
  std::string text;
  explicit Needle(std::uint32_t stream)
      : random("Q" + drawn(11, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", stream)),
        text("\u00c9lodie \u00c7\u00e0" + random) {}

  [[nodiscard]] Forms forms() const {
    return {{"utf-8", "\xc3\x89lodie \xc3\x87\xc3\xa0" + random},
            {"utf-8 decomposed",
             "E\xcc\x81lodie C\xcc\xa7"
             "a\xcc\x80" +
                 random},
            {"case folded", "\xc3\xa9lodie \xc3\xa7\xc3\xa0" + lower(random)},
            {"accents stripped", "elodie ca" + lower(random)},
            {"utf-16le", utf16(u"\u00c9lodie \u00c7\u00e0", random, false)},
            {"utf-16be", utf16(u"\u00c9lodie \u00c7\u00e0", random, true)},
            {"base64 +0", base64(0, text)},
            {"base64 +1", base64(1, text)},
            {"base64 +2", base64(2, text)},
            {"hex", hex(text)},
            {"HEX", upper(hex(text))},
            {"url", "%C3%89lodie%20%C3%87%C3%A0" + random},
            {"json", R"(\u00c9lodie \u00c7\u00e0)" + random}};
  }
};

/// What the search names, as "encoding" or "encoding, inflated"; every hit must name `needle`.
std::set<std::string> named(const LeakSearch& search, std::string_view bytes, const std::string& needle) {
  std::vector<Hit> hits;
  search.scan(bytes, hits);
  std::set<std::string> out;
  for (const auto& hit : hits) {
    CHECK(hit.needle == needle);
    CHECK(out.insert(hit.encoding + (hit.inflated ? ", inflated" : "")).second);
  }
  return out;
}

/// A zlib or a gzip stream.
std::string compressed(std::string_view bytes, bool gzip, int level) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, level, Z_DEFLATED, gzip ? 31 : 15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string in(bytes);
  std::string out(deflateBound(&stream, in.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

TEST_CASE("leak search: a text is found in each of 13 encodings, amid other bytes, and named by it") {
  const Needle needle(1);
  LeakSearch search;
  search.add(needle.text);
  const auto forms = needle.forms();
  std::set<std::string> tried;
  for (const auto& [encoding, bytes] : forms) tried.insert(encoding);
  std::set<std::string> known;
  for (const auto& encoded : encode_all(needle.text)) known.emplace(encoded.encoding);
  CHECK(tried == known);
  CHECK(tried.size() == 13);

  std::string all;
  for (const auto& [encoding, bytes] : forms) {
    INFO(encoding);
    CHECK(named(search, bytes, needle.text) == std::set{encoding});
    CHECK(named(search, noise(4097, 7) + bytes, needle.text) == std::set{encoding});
    CHECK(named(search, noise(4097, 7) + bytes + noise(2000, 8), needle.text) == std::set{encoding});
    all += noise(all.size() % 2 == 0 ? 301 : 300, 9);
    REQUIRE(all.size() % 2 == 1);
    all += bytes;
  }
  CHECK(named(search, all, needle.text) == tried);
}

TEST_CASE("leak search: each of two texts is named, and the same text once") {
  const Needle first(1);
  const Needle second(2);
  LeakSearch search;
  search.add(first.text);
  search.add(second.text);
  CHECK(search.needles() == 2);
  std::vector<Hit> hits;
  search.scan("-" + second.text + "-" + hex(first.text) + "-" + second.text + "-" + first.text, hits);
  REQUIRE(hits.size() == 3);
  CHECK(hits.at(0).needle == second.text);
  CHECK(hits.at(0).encoding == "utf-8");
  CHECK(hits.at(1).needle == first.text);
  CHECK(hits.at(1).encoding == "hex");
  CHECK(hits.at(2).needle == first.text);
  CHECK(hits.at(2).encoding == "utf-8");
}

TEST_CASE("leak search: zlib and gzip streams are opened, also where a text lies across two pieces of one") {
  const Needle needle(1);
  LeakSearch search;
  search.add(needle.text);
  for (const auto& [encoding, bytes] : needle.forms()) {
    const auto inner = filler(kPiece - bytes.size() / 2, 3) + bytes + filler(999, 4);
    for (const bool gzip : {false, true}) {
      INFO(encoding << (gzip ? ", gzip" : ", zlib"));
      const auto stream = compressed(inner, gzip, Z_DEFAULT_COMPRESSION);
      REQUIRE(stream.find(bytes) == std::string::npos);
      const auto found = named(search, noise(777, 7) + stream + noise(888, 8), needle.text);
      CHECK(found == std::set{encoding + ", inflated"});
    }
  }
}

TEST_CASE("leak search: a stream of each level of compression is known by its first bytes") {
  const Needle needle(1);
  LeakSearch search;
  search.add(needle.text);
  std::set<std::string> heads;
  for (const int level : {1, 5, 6, 9}) {
    const auto stream = compressed(filler(500, 3) + needle.text, false, level);
    heads.insert(stream.substr(0, 2));
    CHECK(named(search, noise(33, 7) + stream, needle.text) == std::set<std::string>{"utf-8, inflated"});
  }
  CHECK(heads.size() == 4);
}

TEST_CASE("leak search: a short stream that ends with the file is opened") {
  const std::string needle = "n\u00e9e" + drawn(5, "0123456789", 1);
  LeakSearch search;
  search.add(needle);
  for (const bool gzip : {false, true}) {
    const auto stream = compressed(needle + needle, gzip, 9);
    CHECK(named(search, noise(101, 7) + stream, needle) == std::set<std::string>{"utf-8, inflated"});
  }
}

TEST_CASE("leak search: nothing is found where no text stands, nor where one almost does") {
  const Needle needle(1);
  Needle other(2);
  REQUIRE(other.text != needle.text);
  LeakSearch search;
  search.add(needle.text);
  auto bytes = noise(5000, 7);
  for (const auto& [encoding, form] : other.forms()) bytes += form + noise(99, 8);
  other.random = needle.random;
  other.random[7] =
      needle.random[7] == '0' ? '1' : '0';  // not the last: base64 does not hold it at each offset
  other.text = "\u00c9lodie \u00c7\u00e0" + other.random;
  for (const auto& [encoding, form] : other.forms()) bytes += form + noise(99, 8);
  for (const bool gzip : {false, true}) bytes += compressed(bytes.substr(0, 9000), gzip, 6) + noise(99, 8);
  CHECK(named(search, bytes, needle.text).empty());
  CHECK(named(search, "", needle.text).empty());
  CHECK(named(search, "\x78\x9c", needle.text).empty());
}

}  // namespace abri::test
