// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include <boost/json.hpp>
#include <sodium.h>

/// Golden vectors of the protocol: made from fixed inputs by `generate.cpp`, committed as JSON, compared byte for byte by
/// `vectors_test.cpp`, and computed once more in `verify.mjs` by libraries that share nothing with ours.
namespace abri::vectors {

namespace json = boost::json;

/// Takes the place of the machine's random numbers while it lives: byte i of everything drawn is (start + 5·i) modulo 256.
/// One at a time.
class FixedRandom {
 public:
  explicit FixedRandom(std::uint8_t start) {
    next() = start;
    randombytes_set_implementation(&implementation());
  }
  FixedRandom(const FixedRandom&) = delete;
  FixedRandom& operator=(const FixedRandom&) = delete;
  FixedRandom(FixedRandom&&) = delete;
  FixedRandom& operator=(FixedRandom&&) = delete;
  ~FixedRandom() { randombytes_set_implementation(&randombytes_sysrandom_implementation); }

 private:
  static std::uint8_t& next() {
    static std::uint8_t value = 0;
    return value;
  }
  static void fill(void* buffer, std::size_t size) {
    auto* bytes = static_cast<std::uint8_t*>(buffer);
    for (std::size_t i = 0; i < size; ++i, next() = static_cast<std::uint8_t>(next() + 5)) bytes[i] = next();
  }
  static randombytes_implementation& implementation() {
    static randombytes_implementation fixed{[] { return "fixed"; },
                                            [] {
                                              std::uint32_t out = 0;
                                              fill(&out, sizeof(out));
                                              return out;
                                            },
                                            nullptr,
                                            nullptr,
                                            fill,
                                            [] { return 0; }};
    return fixed;
  }
};

/// Fixed bytes, other ones for each `start`.
inline Bytes pattern(std::size_t size, std::uint8_t start) {
  Bytes out;
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::byte>(start + 3 * i));
  return out;
}

/// The file's content by its name: "wrap" for `wrap.json`.
json::value make_wrap();
json::value make_entry();
json::value make_link();
json::value make_slot();
json::value make_merkle();

inline const std::map<std::string, std::function<json::value()>>& all() {
  static const std::map<std::string, std::function<json::value()>> kMakers{{"wrap", make_wrap},
                                                                           {"entry", make_entry},
                                                                           {"link", make_link},
                                                                           {"slot", make_slot},
                                                                           {"merkle", make_merkle}};
  return kMakers;
}

/// JSON with one member a line, as the files are written.
inline std::string pretty(const json::value& value, const std::string& indent = "") {
  const std::string inner = indent + "  ";
  std::string out;
  const auto begin_item = [&] { out += (out.size() == 1 ? "\n" : ",\n") + inner; };
  if (const auto* object = value.if_object()) {
    out = "{";
    for (const auto& member : *object) {
      begin_item();
      out += json::serialize(member.key()) + ": " + pretty(member.value(), inner);
    }
    return out + "\n" + indent + "}";
  }
  if (const auto* array = value.if_array()) {
    out = "[";
    for (const auto& item : *array) {
      begin_item();
      out += pretty(item, inner);
    }
    return out + "\n" + indent + "]";
  }
  return json::serialize(value);
}

}  // namespace abri::vectors
