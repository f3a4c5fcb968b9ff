// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>

#include <compare>
#include <functional>

namespace abri {

/// An opaque identifier of N random or hashed bytes. Two kinds of id never convert into each other.
template <class Tag, std::size_t N>
class Id {
 public:
  static constexpr std::size_t kSize = N;
  /// All zeros: "none".
  constexpr Id() noexcept = default;
  constexpr explicit Id(ByteArray<N> raw) noexcept : raw_(raw) {}
  /// @errors Errc::malformed  not exactly N bytes
  static Result<Id> from(BytesView bytes) {
    if (bytes.size() != N) return Error{Errc::malformed, "Id"};
    return Id(to_array<N>(bytes));
  }
  /// @errors Errc::malformed  not exactly 2 N hexadecimal digits
  static Result<Id> from_hex(std::string_view text) {
    ABRI_TRY(const auto bytes, abri::from_hex(text));
    return from(bytes);
  }

  /// The N bytes; as 2 N lower-case hexadecimal digits.
  [[nodiscard]] constexpr std::span<const std::byte, N> bytes() const noexcept { return raw_; }
  [[nodiscard]] constexpr const ByteArray<N>& array() const noexcept { return raw_; }
  [[nodiscard]] std::string hex() const { return to_hex(raw_); }
  [[nodiscard]] constexpr bool is_zero() const noexcept { return raw_ == ByteArray<N>{}; }
  constexpr auto operator<=>(const Id&) const noexcept = default;

 private:
  ByteArray<N> raw_{};
};

using Hash = Id<struct HashTag, 32>;  ///< a BLAKE2b-256 value
using OrganisationId = Id<struct OrganisationIdTag, 16>;
using ChainId = Id<struct ChainIdTag, 16>;
using LogId = Id<struct LogIdTag, 16>;  ///< also the id of the feed or chain that the log carries
using UserId = Id<struct UserIdTag, 16>;
using DeviceId = Id<struct DeviceIdTag, 16>;
using GroupId = Id<struct GroupIdTag, 16>;
using CaseId =
    Id<struct CaseIdTag, 16>;  ///< any container of compartments: a case, a dwelling, a shared request
using RecordId = Id<struct RecordIdTag, 16>;
using AccountId = Id<struct AccountIdTag, 16>;  ///< a quota account of the server
static_assert(!std::is_convertible_v<DeviceId, CaseId>);

}  // namespace abri

template <class Tag, std::size_t N>
struct std::hash<abri::Id<Tag, N>> {
  std::size_t operator()(const abri::Id<Tag, N>& id) const noexcept {
    std::size_t out = 0;
    std::memcpy(&out, id.bytes().data(), sizeof(out) < N ? sizeof(out) : N);
    return out;
  }
};
