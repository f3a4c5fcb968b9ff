// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/limits.hpp>
#include <abri/crypto/random.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

/// Memory for secrets. Three kinds, by cost:
///   SecretKey   guarded pages, not swapped or dumped, read-only once filled: seeds and keys that live long (tens of KiB each)
///   ScratchKey  a plain object that wipes itself: keys that are many or live for one call
///   SecretText  guarded pages: a passphrase while it is typed and used
/// None can be copied or printed; each is looked at only inside `expose`. Const members are safe on any thread. Without memory
/// std::bad_alloc is thrown.
namespace abri::crypto {

/// Overwrites with zeros in a way that no compiler drops.
void wipe(std::span<std::byte> bytes);
inline void wipe(Bytes& bytes) {
  wipe(std::span<std::byte>(bytes));
}

namespace detail {
std::byte* allocate_guarded(std::size_t size);  // throws std::bad_alloc
void free_guarded(std::byte* memory) noexcept;  // wipes; a null pointer is allowed
void protect_guarded(std::byte* memory);        // read-only from now on
bool equal_secret(const std::byte* a, const std::byte* b, std::size_t size);
struct FreeGuarded {
  void operator()(std::byte* memory) const noexcept { free_guarded(memory); }
};
using GuardedMemory = std::unique_ptr<std::byte[], FreeGuarded>;  // NOLINT(*-avoid-c-arrays)
}  // namespace detail

/// A buffer on the stack that is wiped at the end of its scope.
template <std::size_t N>
class WipedArray {
 public:
  WipedArray() = default;
  WipedArray(const WipedArray&) = delete;
  WipedArray& operator=(const WipedArray&) = delete;
  WipedArray(WipedArray&&) = delete;
  WipedArray& operator=(WipedArray&&) = delete;
  ~WipedArray() { wipe(bytes_); }

  [[nodiscard]] std::span<std::byte, N> span() { return bytes_; }
  [[nodiscard]] std::span<const std::byte, N> span() const { return bytes_; }

 private:
  ByteArray<N> bytes_{};
};

/// A raw database key as SQLCipher takes it, x'64 hexadecimal digits', from which nothing is derived any more.
inline constexpr std::size_t kRawKeyTextSize = 67;
void write_raw_key(std::span<const std::byte, 32> key, WipedArray<kRawKeyTextSize>& out);

/// N secret bytes in guarded memory. Moved from, it holds nothing and must not be exposed. `generate`: random ones.
template <class Tag, std::size_t N>
class SecretKey {
 public:
  static constexpr std::size_t kSize = N;

  static SecretKey generate() {
    return make([](std::span<std::byte, N> key) { random_bytes(key); });
  }
  /// Copies, then wipes the source.
  static SecretKey take(std::span<std::byte, N> source) {
    auto key = make([&](std::span<std::byte, N> out) { std::ranges::copy(source, out.begin()); });
    wipe(source);
    return key;
  }
  /// Copies bytes read from a vault or a decrypted message; the caller wipes the source.
  /// @errors Errc::malformed  not exactly N bytes
  static Result<SecretKey> from(BytesView source) {
    if (source.size() != N) return Error{Errc::malformed, "SecretKey"};
    return make([&](std::span<std::byte, N> out) { std::ranges::copy(source, out.begin()); });
  }
  /// Lets `fill` write the key in place.
  template <std::invocable<std::span<std::byte, N>> F>
  static SecretKey make(F&& fill) {
    SecretKey key;
    std::forward<F>(fill)(std::span<std::byte, N>(key.memory_.get(), N));
    detail::protect_guarded(key.memory_.get());
    return key;
  }

  SecretKey(SecretKey&&) noexcept = default;
  SecretKey& operator=(SecretKey&&) noexcept = default;
  SecretKey(const SecretKey&) = delete;
  SecretKey& operator=(const SecretKey&) = delete;
  ~SecretKey() = default;

  /// The only way to read the key: for the length of one call.
  template <std::invocable<std::span<const std::byte, N>> F>
  decltype(auto) expose(F&& look) const {
    ABRI_ASSERT(memory_ != nullptr);
    return std::forward<F>(look)(std::span<const std::byte, N>(memory_.get(), N));
  }
  /// A second owner of the same key, said aloud.
  [[nodiscard]] SecretKey clone() const {
    return expose([](std::span<const std::byte, N> key) {
      return make([&](std::span<std::byte, N> out) { std::ranges::copy(key, out.begin()); });
    });
  }
  /// In constant time.
  friend bool operator==(const SecretKey& a, const SecretKey& b) {
    ABRI_ASSERT(a.memory_ != nullptr && b.memory_ != nullptr);
    return detail::equal_secret(a.memory_.get(), b.memory_.get(), N);
  }

 private:
  SecretKey() : memory_(detail::allocate_guarded(N)) {}
  detail::GuardedMemory memory_;
};

/// N secret bytes inside the object itself, wiped at its end and when moved from. For keys that are many.
/// Members as those of `SecretKey`.
template <class Tag, std::size_t N>
class ScratchKey {
 public:
  static constexpr std::size_t kSize = N;

  static ScratchKey generate() {
    return make([](std::span<std::byte, N> key) { random_bytes(key); });
  }
  /// Copies, then wipes the source.
  static ScratchKey take(std::span<std::byte, N> source) {
    ScratchKey key;
    std::ranges::copy(source, key.bytes_.begin());
    wipe(source);
    return key;
  }
  /// Copies; the caller wipes the source.
  /// @errors Errc::malformed  not exactly N bytes
  static Result<ScratchKey> from(BytesView source) {
    if (source.size() != N) return Error{Errc::malformed, "ScratchKey"};
    ScratchKey key;
    std::ranges::copy(source, key.bytes_.begin());
    return key;
  }
  template <std::invocable<std::span<std::byte, N>> F>
  static ScratchKey make(F&& fill) {
    ScratchKey key;
    std::forward<F>(fill)(std::span<std::byte, N>(key.bytes_));
    return key;
  }

  ScratchKey(ScratchKey&& other) noexcept : bytes_(other.bytes_) { wipe(other.bytes_); }
  ScratchKey& operator=(ScratchKey&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      wipe(other.bytes_);
    }
    return *this;
  }
  ScratchKey(const ScratchKey&) = delete;
  ScratchKey& operator=(const ScratchKey&) = delete;
  ~ScratchKey() { wipe(bytes_); }

  template <std::invocable<std::span<const std::byte, N>> F>
  decltype(auto) expose(F&& look) const {
    return std::forward<F>(look)(std::span<const std::byte, N>(bytes_));
  }
  [[nodiscard]] ScratchKey clone() const {
    ScratchKey key;
    key.bytes_ = bytes_;
    return key;
  }
  /// In constant time.
  friend bool operator==(const ScratchKey& a, const ScratchKey& b) {
    return detail::equal_secret(a.bytes_.data(), b.bytes_.data(), N);
  }

 private:
  ScratchKey() = default;
  ByteArray<N> bytes_{};
};

/// Any 32-byte key of either kind.
template <class K>
concept Key32 =
    K::kSize == 32 && requires(const K& key) { key.expose([](std::span<const std::byte, 32>) {}); };

/// A passphrase from the prompt to the key derivation: at most `limits::kMaxPassphraseBytes` bytes of UTF-8, typed or
/// pasted piece by piece. Unicode normalisation (NFC) is the caller's.
class SecretText {
 public:
  static constexpr std::size_t kMaxSize = limits::kMaxPassphraseBytes;

  SecretText();
  SecretText(SecretText&& other) noexcept;
  SecretText& operator=(SecretText&& other) noexcept;
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  ~SecretText() = default;

  /// Copies; the caller wipes the source, where it is secret.
  /// @errors Errc::too_large
  static Result<SecretText> from(std::string_view text);

  /// Adds what was typed.
  /// @errors Errc::too_large  nothing is appended
  Result<void> append(std::string_view text);
  /// Removes the last UTF-8 character, if any.
  void pop_back();
  /// Wipes it.
  void clear();
  /// In bytes of UTF-8.
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

  /// The only way to read it: for the length of one call.
  template <std::invocable<std::string_view> F>
  decltype(auto) expose(F&& look) const {
    return std::forward<F>(look)(std::string_view(reinterpret_cast<const char*>(memory_.get()), size_));
  }
  /// In constant time for texts of the same length.
  friend bool operator==(const SecretText& a, const SecretText& b) {
    return a.size_ == b.size_ &&
           (a.size_ == 0 || detail::equal_secret(a.memory_.get(), b.memory_.get(), a.size_));
  }

 private:
  detail::GuardedMemory memory_;  // kMaxSize bytes; null when moved from, which is an empty text
  std::size_t size_{0};
};

}  // namespace abri::crypto
