// SPDX-License-Identifier: MPL-2.0
#include <abri/crypto/init.hpp>
#include <abri/crypto/secret.hpp>

#include <new>

#include <sodium.h>

namespace abri::crypto {

void wipe(std::span<std::byte> bytes) {
  if (!bytes.empty()) sodium_memzero(bytes.data(), bytes.size());
}

void write_raw_key(std::span<const std::byte, 32> key, WipedArray<kRawKeyTextSize>& out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto text = out.span();
  text.front() = std::byte{'x'};
  text[1] = text.back() = std::byte{'\''};
  for (std::size_t i = 0; i < key.size(); ++i) {
    text[2 + 2 * i] = static_cast<std::byte>(kDigits[std::to_integer<std::size_t>(key[i] >> 4)]);
    text[3 + 2 * i] = static_cast<std::byte>(kDigits[std::to_integer<std::size_t>(key[i] & std::byte{15})]);
  }
}

namespace detail {

std::byte* allocate_guarded(std::size_t size) {
  static const bool kReady = initialise().has_value();  // the library refuses guarded memory before
  ABRI_ASSERT(kReady);
  auto* memory = static_cast<std::byte*>(sodium_malloc(size));
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void free_guarded(std::byte* memory) noexcept {
  sodium_free(memory);
}

void protect_guarded(std::byte* memory) {
  const int rc = sodium_mprotect_readonly(memory);
  ABRI_ASSERT(rc == 0);
}

bool equal_secret(const std::byte* a, const std::byte* b, std::size_t size) {
  return sodium_memcmp(a, b, size) == 0;
}

}  // namespace detail

SecretText::SecretText() : memory_(detail::allocate_guarded(kMaxSize)) {}

SecretText::SecretText(SecretText&& other) noexcept
    : memory_(std::move(other.memory_)), size_(std::exchange(other.size_, 0)) {}

SecretText& SecretText::operator=(SecretText&& other) noexcept {
  memory_ = std::move(other.memory_);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

Result<SecretText> SecretText::from(std::string_view text) {
  SecretText out;
  ABRI_CHECK(out.append(text));
  return out;
}

Result<void> SecretText::append(std::string_view text) {
  if (text.size() > kMaxSize - size_) return Error{Errc::too_large, "SecretText"};
  if (!memory_) memory_.reset(detail::allocate_guarded(kMaxSize));
  std::ranges::copy(as_bytes(text), memory_.get() + size_);
  size_ += text.size();
  return {};
}

void SecretText::pop_back() {
  const auto is_continuation = [](std::byte b) { return (b & std::byte{0xc0}) == std::byte{0x80}; };
  bool first = false;
  while (size_ > 0 && !first) {
    --size_;
    first = !is_continuation(memory_[size_]);
    memory_[size_] = std::byte{0};
  }
}

void SecretText::clear() {
  if (memory_) wipe({memory_.get(), size_});
  size_ = 0;
}

}  // namespace abri::crypto
