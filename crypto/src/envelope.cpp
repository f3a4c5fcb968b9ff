// SPDX-License-Identifier: MPL-2.0
#include <abri/crypto/envelope.hpp>

namespace abri::crypto::detail {

Result<Bytes> seal_envelope(KeyView key, BytesView inner, BytesView ad) {
  if (inner.size() > kMaxEnvelopeBytes) return Error{Errc::too_large, "seal_envelope"};
  ABRI_TRY(const std::size_t total, bucket(inner.size() + 1 + kSealOverhead));
  Bytes out;
  out.reserve(total);
  out.resize(kNonceSize);
  out.insert(out.end(), inner.begin(), inner.end());
  out.push_back(std::byte{0x80});
  out.resize(total);
  seal_in_place(out, key, ad);
  return out;
}

Result<Bytes> open_envelope(KeyView key, BytesView entry, BytesView ad) {
  if (entry.size() > limits::kMaxEntryBytes) return Error{Errc::too_large, "open_envelope"};
  Bytes out;
  ABRI_CHECK(open_append(out, key, entry, ad));
  ABRI_TRY(const auto inner, unpad(out));
  out.resize(inner.size());
  return out;
}

}  // namespace abri::crypto::detail
