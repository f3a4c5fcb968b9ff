// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/id.hpp>

#include <string>

namespace abri::crypto {

/// What two people compare by voice: five groups of five decimal digits (83 bits), "04211 93350 …". Each group is five
/// bytes of the hash, big-endian, modulo 100,000. Hash under `labels::kFingerprint`.
/// @threads  safe on any thread
std::string fingerprint(const Hash& hash);

}  // namespace abri::crypto
