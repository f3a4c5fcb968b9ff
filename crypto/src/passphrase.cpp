// SPDX-License-Identifier: MPL-2.0
#include "sodium_pointers.hpp"

#include <abri/crypto/aead.hpp>
#include <abri/crypto/hash.hpp>
#include <abri/crypto/passphrase.hpp>

#include <new>

#include <sodium.h>

namespace abri::crypto {
namespace {

constexpr std::uint16_t kSlotVersion = 1;
constexpr std::size_t kSlotHeaderSize = 2 + 4 + 4 + PassphraseSalt::kSize;
constexpr std::size_t kSealedSize = 48;
static_assert(kSlotHeaderSize == 26 && kSlotHeaderSize + 32 + kSealedSize == kSlotSize);

using HeaderView = std::span<const std::byte, kSlotHeaderSize>;
using Prk = WipedArray<64>;  // the sealing key 32 ‖ the commitment 32

struct SlotHeader {
  PassphraseParameters parameters;
  PassphraseSalt salt;
};

// version u16 ‖ passes u32 ‖ memory in KiB u32 ‖ salt 16
Bytes encode(const SlotHeader& header) {
  Writer out(kSlotHeaderSize);
  out.u16(kSlotVersion)
      .u32(header.parameters.passes)
      .u32(header.parameters.memory_kib)
      .raw(header.salt.bytes());
  return out.take();
}

Result<SlotHeader> decode(BytesView slot) {
  if (slot.size() < 2) return Error{Errc::malformed, "slot"};
  Reader in(slot);
  const std::uint16_t version = in.u16();
  if (version > kSlotVersion) return Error{Errc::version_unsupported, "slot"};
  if (version != kSlotVersion || slot.size() != kSlotSize) return Error{Errc::malformed, "slot"};
  SlotHeader out;
  out.parameters.passes = in.u32();
  out.parameters.memory_kib = in.u32();
  out.salt = PassphraseSalt(in.array<PassphraseSalt::kSize>());
  return out;
}

Result<void> slot_prk(Prk& prk, const SecretText& passphrase, const KeystoreSecret* keystore,
                      const SlotHeader& header, HeaderView header_bytes) {
  ABRI_TRY(const auto stretched, stretch(passphrase, header.salt, header.parameters));
  WipedArray<32 + kSlotHeaderSize> input;
  if (keystore != nullptr) {
    keystore->expose([&](std::span<const std::byte, 32> k) { std::ranges::copy(k, input.span().begin()); });
  }
  std::ranges::copy(header_bytes, input.span().subspan<32>().begin());
  stretched.expose([&](std::span<const std::byte, 32> key) {
    detail::derive_into(prk.span(), key, labels::kSlot, input.span());
  });
  return {};
}

}  // namespace

Result<void> PassphraseParameters::check() const {
  if (memory_kib < kFloorMemoryKib || passes < kFloorPasses) {
    return Error{Errc::weak_parameters, "PassphraseParameters"};
  }
  if (memory_kib > kMaxMemoryKib || passes > kMaxPasses)
    return Error{Errc::too_large, "PassphraseParameters"};
  return {};
}

Result<PassphraseKey> stretch(const SecretText& passphrase, const PassphraseSalt& salt,
                              const PassphraseParameters& parameters) {
  static_assert(crypto_pwhash_SALTBYTES == PassphraseSalt::kSize);
  ABRI_CHECK(parameters.check());
  if (passphrase.empty()) return Error{Errc::invalid_argument, "passphrase"};
  WipedArray<32> out;
  const int rc = passphrase.expose([&](std::string_view text) {
    return crypto_pwhash(raw_out(out.span()), out.span().size(), text.data(), text.size(), raw(salt.bytes()),
                         parameters.passes, std::size_t{parameters.memory_kib} * 1024,
                         crypto_pwhash_ALG_ARGON2ID13);
  });
  if (rc != 0) throw std::bad_alloc();  // the only failure left: the machine does not have the memory
  return PassphraseKey::take(out.span());
}

Result<Slot> seal_slot(const SecretText& passphrase, const KeystoreSecret* keystore, const DatabaseKey& key,
                       const PassphraseParameters& parameters) {
  const SlotHeader header{parameters, random_id<PassphraseSalt>()};
  const auto header_bytes = encode(header);
  const auto ad = HeaderView(header_bytes);
  Prk prk;
  ABRI_CHECK(slot_prk(prk, passphrase, keystore, header, ad));
  Slot out{};
  auto next = std::ranges::copy(ad, out.begin()).out;
  std::ranges::copy(prk.span().last<32>(), next);
  key.expose([&](detail::KeyView k) {
    detail::seal_once_into(std::span(out).last<kSealedSize>(), prk.span().first<32>(), k, ad);
  });
  return out;
}

Result<DatabaseKey> open_slot(BytesView slot, const SecretText& passphrase, const KeystoreSecret* keystore) {
  ABRI_TRY(const auto header, decode(slot));
  const auto ad = slot.first<kSlotHeaderSize>();
  Prk prk;
  ABRI_CHECK(slot_prk(prk, passphrase, keystore, header, ad));
  if (!equal(prk.span().last<32>(), slot.subspan(kSlotHeaderSize, 32))) {
    return Error{Errc::wrong_passphrase, "open_slot"};
  }
  WipedArray<32> key;
  ABRI_CHECK(detail::open_once_into(key.span(), prk.span().first<32>(), slot.last<kSealedSize>(), ad));
  return DatabaseKey::take(key.span());
}

Result<PassphraseParameters> slot_parameters(BytesView slot) {
  ABRI_TRY(const auto header, decode(slot));
  return header.parameters;
}

}  // namespace abri::crypto
