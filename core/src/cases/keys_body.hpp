// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/id.hpp>
#include <abri/base/result.hpp>
#include <abri/crypto/wrap.hpp>
#include <abri/options.pb.h>

#include <cstdint>
#include <vector>

/// The bytes of a `keys` body: a container, or keys of its compartments, offered to the feed's group.
///
///   container kind u8 (0: known already) ‖ group generation u32 ‖ count u16 × (compartment u8 ‖ epoch u32 ‖ commitment 32 ‖ mode u8 ‖ …)
///     mode 0  sealed 48, under the group's case-wrap key, context = feed 16 ‖ case 16 ‖ compartment u8 ‖ epoch u32 ‖ generation u32
///     mode 1  named people u16 × user 16 ‖ wraps u16 × (device 16 ‖ box generation u32 ‖ wrap 112)               (`location`)
///
/// @source docs/protocol.md section "An entry"
namespace abri::core::cases {

enum class KeyMode : std::uint8_t { sealed = 0, wrapped = 1 };

struct DeviceWrap {
  DeviceId device;
  std::uint32_t generation{0};
  crypto::Wrap wrap{};
};

/// One compartment's part of a `keys` body.
struct KeyOffer {
  Compartment compartment{COMPARTMENT_UNSPECIFIED};
  std::uint32_t epoch{0};
  Hash commitment;
  KeyMode mode{KeyMode::sealed};
  crypto::SealedKey sealed{};
  std::vector<UserId> named;
  std::vector<DeviceWrap> wraps;
};

struct KeysBody {
  std::uint8_t container{0};
  std::uint32_t generation{0};
  std::vector<KeyOffer> offers;
};

Bytes encode_keys(const KeysBody& body);
/// @errors Errc::malformed
Result<KeysBody> decode_keys(BytesView payload);

}  // namespace abri::core::cases
