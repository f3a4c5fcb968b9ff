// SPDX-License-Identifier: MPL-2.0
#include "support/leak/search.hpp"

#include "support/leak/encodings.hpp"

#include <algorithm>
#include <cstring>

#include <zlib.h>

namespace abri::test {

namespace {

constexpr std::size_t kStart = 8;
constexpr std::size_t kHead = 3;  ///< by which a stream is known
constexpr std::size_t kMaxInflated = std::size_t{4} * 1024 * 1024;

std::uint64_t start_of(const char* bytes) {
  std::uint64_t start = 0;
  std::memcpy(&start, bytes, kStart);
  return start;
}
std::size_t slot_of(std::uint64_t start) {
  return (start * 0x9e3779b97f4a7c15ULL) >> 40U;
}

/// Does a zlib or gzip stream seem to begin here?
bool looks_compressed(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[at + i]); };
  if (byte(0) == 0x1f && byte(1) == 0x8b && byte(2) == 8) return true;
  return byte(0) == 0x78 && (byte(1) == 0x01 || byte(1) == 0x5e || byte(1) == 0x9c || byte(1) == 0xda);
}

std::string inflate_at(std::string_view bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 32) != Z_OK) return {};  // 32: zlib or gzip by its header
  std::string out;
  std::vector<char> piece(65536);
  stream.next_in =
      reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // NOLINT: zlib does not write there
  stream.avail_in = static_cast<uInt>(std::min<std::size_t>(bytes.size(), kMaxInflated));
  for (int state = Z_OK; state == Z_OK && out.size() < kMaxInflated;) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    state = inflate(&stream, Z_NO_FLUSH);
    out.append(piece.data(), piece.size() - stream.avail_out);
    if (stream.avail_in == 0) break;
  }
  inflateEnd(&stream);
  return out;
}

}  // namespace

void LeakSearch::add(const std::string& needle) {
  const auto number = needles_.size();
  needles_.push_back(needle);
  for (auto& encoded : encode_all(needle)) {
    if (encoded.bytes.size() < kStart) continue;
    const bool known = std::any_of(patterns_.rbegin(), patterns_.rend(), [&](const Pattern& p) {
      return p.needle == number && p.bytes == encoded.bytes;
    });
    if (known) continue;
    const auto start = start_of(encoded.bytes.data());
    filter_[slot_of(start)] = true;
    by_start_.emplace(start, patterns_.size());
    patterns_.push_back({number, encoded.encoding, std::move(encoded.bytes)});
  }
}

void LeakSearch::scan(std::string_view bytes, std::vector<Hit>& hits) const {
  scan_plain(bytes, false, hits);
  for (std::size_t at = 0; at + kHead <= bytes.size(); ++at) {
    if (!looks_compressed(bytes, at)) continue;
    const auto inflated = inflate_at(bytes.substr(at));
    if (inflated.size() >= kStart) scan_plain(inflated, true, hits);
  }
}

void LeakSearch::scan_plain(std::string_view bytes, bool inflated, std::vector<Hit>& hits) const {
  for (std::size_t at = 0; at + kStart <= bytes.size(); ++at) {
    const auto start = start_of(bytes.data() + at);
    if (!filter_[slot_of(start)]) continue;
    const auto [first, last] = by_start_.equal_range(start);
    for (auto it = first; it != last; ++it) {
      const auto& pattern = patterns_[it->second];
      if (bytes.substr(at, pattern.bytes.size()) != pattern.bytes) continue;
      const auto& needle = needles_[pattern.needle];
      const bool known = std::any_of(hits.begin(), hits.end(), [&](const Hit& hit) {
        return hit.needle == needle && hit.encoding == pattern.encoding;
      });
      if (!known) hits.push_back({needle, std::string(pattern.encoding), inflated});
    }
  }
}

}  // namespace abri::test
