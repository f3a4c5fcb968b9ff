// SPDX-License-Identifier: MPL-2.0
#include "vault/slots.hpp"

#include "vault/files.hpp"

#include <abri/crypto/random.hpp>

namespace abri::core::vault {
namespace {

constexpr std::string_view kMagic = "abri/slots";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kHeaderBytes = kMagic.size() + 2 + VaultId::kSize + 1;
constexpr std::size_t kEntryBytes = SlotId::kSize + crypto::kSlotSize;

}  // namespace

Result<Slots> Slots::load(const std::filesystem::path& path) {
  const auto file = read_file(path, kHeaderBytes + kMax * kEntryBytes);
  if (!file) {
    const bool foreign = file.error().code == Errc::not_found || file.error().code == Errc::too_large;
    return foreign ? Error{Errc::not_a_vault, "slots"} : file.error();
  }
  Reader in(*file);
  if (as_text(in.raw(kMagic.size())) != kMagic) return Error{Errc::not_a_vault, "slots"};
  if (const auto version = in.u16(); in.ok() && version > kVersion)
    return Error{Errc::version_unsupported, "slots"};
  Slots slots{VaultId(in.array<VaultId::kSize>())};
  const std::size_t count = in.u8();
  if (!in.ok() || count == 0 || count > kMax) return Error{Errc::not_a_vault, "slots"};
  for (std::size_t i = 0; i < count; ++i) {
    const SlotId id(in.array<SlotId::kSize>());
    slots.slots_.push_back({id, in.array<crypto::kSlotSize>()});
  }
  if (!in.finish("slots")) return Error{Errc::not_a_vault, "slots"};
  return slots;
}

Result<void> Slots::save(const std::filesystem::path& path) const {
  Writer out(kHeaderBytes + slots_.size() * kEntryBytes);
  out.raw(kMagic).u16(kVersion).raw(vault_.bytes()).u8(static_cast<std::uint8_t>(slots_.size()));
  for (const auto& slot : slots_) out.raw(slot.id.bytes()).raw(slot.sealed);
  return replace_file(path, out.view());
}

Result<Slots::Opened> Slots::open(const crypto::SecretText& passphrase, Keystore& keystore) const {
  bool tried = false;
  Error refused{Errc::wrong_passphrase, "slots"};
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const auto secret = keystore.secret(slots_[i].id.hex());
    if (!secret) {
      if (secret.error().code == Errc::not_found) continue;
      return secret.error();
    }
    tried = true;
    auto key = crypto::open_slot(slots_[i].sealed, passphrase, &*secret);
    if (key) return Opened{*std::move(key), i};
    if (key.error().code == Errc::invalid_argument) break;  // an empty passphrase opens nothing
    if (key.error().code != Errc::wrong_passphrase)
      refused = key.error();  // damaged; another slot may still open
  }
  if (!tried) return Error{Errc::not_found, "slots: secret in the keystore"};
  return refused;
}

Result<void> Slots::add(const crypto::SecretText& passphrase, const crypto::PassphraseParameters& parameters,
                        const crypto::DatabaseKey& key, Keystore& keystore) {
  if (slots_.size() >= kMax) return Error{Errc::too_large, "slots"};
  const auto secret = crypto::KeystoreSecret::generate();
  ABRI_TRY(const auto sealed, crypto::seal_slot(passphrase, &secret, key, parameters));
  const auto id = crypto::random_id<SlotId>();
  ABRI_CHECK(keystore.set_secret(id.hex(), secret));
  slots_.push_back({id, sealed});
  return {};
}

SlotId Slots::remove(std::size_t index) {
  ABRI_ASSERT(index < slots_.size());
  const auto id = slots_[index].id;
  slots_.erase(slots_.begin() + static_cast<std::ptrdiff_t>(index));
  return id;
}

}  // namespace abri::core::vault
