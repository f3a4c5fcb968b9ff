// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/crypto/passphrase.hpp>

namespace abri::crypto::detail {

/// `seal_slot` with a given salt, so that the test vectors can be made again.
Result<Slot> seal_slot_with_salt(const PassphraseSalt& salt, const SecretText& passphrase,
                                 const KeystoreSecret* keystore, const DatabaseKey& key,
                                 const PassphraseParameters& parameters);

}  // namespace abri::crypto::detail
