// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/crypto/wrap.hpp>

namespace abri::crypto::detail {

/// `wrap` with a given ephemeral key, so that the test vectors can be made again. Using one twice for a recipient and
/// context would seal two secrets under one key: `wrap` makes a fresh one each time.
Result<Wrap> wrap_with_ephemeral(const BoxKey& ephemeral, const BoxPublicKey& recipient,
                                 const WrapContext& context, std::span<const std::byte, 32> secret,
                                 const Psk* psk);

}  // namespace abri::crypto::detail
