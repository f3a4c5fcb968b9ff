// SPDX-License-Identifier: MPL-2.0
#include "support/paths.hpp"
#include "support/seeded.hpp"

#include <abri/crypto/aead.hpp>
#include <abri/crypto/kdf.hpp>
#include <abri/crypto/keys.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace abri::crypto {
namespace {

using Nonce = ByteArray<kNonceSize>;

Nonce nonce_of(BytesView sealed) {
  return to_array<kNonceSize>(sealed.first(kNonceSize));
}

TEST_CASE("aead: what was sealed opens, at every size", "[crypto][aead]") {
  const auto key = test::seeded_key<FeedKey>();
  const auto ad = test::seeded_bytes(20, 1);
  for (const std::size_t size : {0U, 1U, 63U, 64U, 65U, 600U, 65496U}) {
    const auto plain = test::seeded_bytes(size, 2);
    const auto sealed = seal(key, plain, ad);
    REQUIRE(sealed.size() == size + kSealOverhead);
    const auto opened = open(key, sealed, ad);
    REQUIRE(opened);
    CHECK(*opened == plain);
  }
}

TEST_CASE("aead: appending leaves what stood before, on success and on failure", "[crypto][aead]") {
  const auto key = test::seeded_key<FeedKey>();
  Bytes out = to_bytes("before");
  seal_append(out, key, as_bytes("text"), {});
  CHECK(as_text(BytesView(out).first(6)) == "before");
  const auto sealed = to_bytes(BytesView(out).subspan(6));
  Bytes opened = to_bytes("kept ");
  REQUIRE(open_append(opened, key, sealed, {}));
  CHECK(as_text(opened) == "kept text");
  CHECK(test::error_of(open_append(opened, key, sealed, as_bytes("other"))) == Errc::auth_failed);
  CHECK(as_text(opened) == "kept text");
}

TEST_CASE("aead: CM-05 every flipped bit of nonce, ciphertext, tag, ad and key is refused",
          "[crypto][aead]") {
  const auto key_bytes = test::seeded_bytes(32, 3);
  const auto key = *FeedKey::from(key_bytes);
  const auto ad = test::seeded_bytes(24, 4);
  for (std::uint32_t sample = 0; sample < 20; ++sample) {
    const auto sealed = seal(key, test::seeded_bytes(std::size_t{sample} * 7, sample), ad);
    test::with_each_bit_flipped(sealed, [&](BytesView changed) {
      REQUIRE(test::error_of(open(key, changed, ad)) == Errc::auth_failed);
    });
    test::with_each_bit_flipped(ad, [&](BytesView changed) { REQUIRE_FALSE(open(key, sealed, changed)); });
    test::with_each_bit_flipped(key_bytes, [&](BytesView changed) {
      REQUIRE_FALSE(open(*CompartmentKey::from(changed), sealed, ad));
    });
  }
}

TEST_CASE("aead: CM-05 anything cut off or added is refused", "[crypto][aead]") {
  const auto key = test::seeded_key<FeedKey>();
  const auto sealed = seal(key, test::seeded_bytes(50), {});
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    CHECK(test::error_of(open(key, BytesView(sealed).first(size), {})) == Errc::auth_failed);
    CHECK_FALSE(open(key, BytesView(sealed).last(size), {}));
  }
  auto longer = sealed;
  longer.push_back(std::byte{0});
  CHECK_FALSE(open(key, longer, {}));
  CHECK_FALSE(open(key, sealed, as_bytes("x")));
}

TEST_CASE("aead: CM-01 no nonce comes twice, also in two processes that were one", "[crypto][aead]") {
  const auto key = test::seeded_key<FeedKey>();
  constexpr std::size_t kCount = 20'000;
  std::set<Nonce> seen;
  const auto note = [&](const Nonce& nonce) { REQUIRE(seen.insert(nonce).second); };
  for (std::size_t i = 0; i < kCount; ++i) note(nonce_of(seal(key, as_bytes("same"), {})));

  std::array<int, 2> pipe_ends{};
  REQUIRE(pipe(pipe_ends.data()) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  constexpr std::size_t kAfterFork = 1'000;
  if (child == 0) {
    bool whole = true;
    for (std::size_t i = 0; i < kAfterFork; ++i) {
      const auto nonce = nonce_of(seal(key, as_bytes("same"), {}));
      whole = whole && write(pipe_ends[1], nonce.data(), nonce.size()) == static_cast<ssize_t>(nonce.size());
    }
    _exit(whole ? 0 : 1);
  }
  for (std::size_t i = 0; i < kAfterFork; ++i) {
    note(nonce_of(seal(key, as_bytes("same"), {})));
    Nonce theirs{};
    REQUIRE(read(pipe_ends[0], theirs.data(), theirs.size()) == static_cast<ssize_t>(theirs.size()));
    note(theirs);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
  CHECK(seen.size() == kCount + 2 * kAfterFork);
}

TEST_CASE("aead: CM-01 one file of the product calls the cipher", "[crypto][aead]") {
  std::set<std::string> callers;
  std::size_t read_files = 0;
  for (const char* folder : {"crypto", "core", "sync-server", "clients"}) {
    for (const auto& file : std::filesystem::recursive_directory_iterator(test::source_dir() / folder)) {
      const auto extension = file.path().extension();
      if (extension != ".cpp" && extension != ".hpp") continue;
      std::ifstream in(file.path());
      const std::string text(std::istreambuf_iterator<char>(in), {});
      ++read_files;
      for (const char* call : {"crypto_aead_", "crypto_secretbox", "crypto_box", "crypto_stream"}) {
        if (text.find(call) != std::string::npos) callers.insert(file.path().filename().string());
      }
    }
  }
  CHECK(read_files > 20);
  CHECK(callers == std::set<std::string>{"aead.cpp"});
}

TEST_CASE("aead: CM-01 a single-use key is gone once it sealed", "[crypto][aead]") {
  static_assert(
      !std::is_invocable_v<decltype(seal_once_append), Bytes&, SingleUseKey&, BytesView, BytesView>);
  auto key = SingleUseKey::generate();
  const auto copy = key.clone();
  Bytes sealed;
  seal_once_append(sealed, std::move(key), as_bytes("once"), as_bytes("ad"));
  CHECK(sealed.size() == 4 + kTagSize);
  CHECK(key == *SingleUseKey::from(Bytes(32)));  // NOLINT(bugprone-use-after-move) the contract under test
  Bytes opened;
  REQUIRE(open_once_append(opened, copy, sealed, as_bytes("ad")));
  CHECK(as_text(opened) == "once");
}

TEST_CASE("aead: CM-05 under a single-use key every flipped bit and every cut is refused", "[crypto][aead]") {
  const auto key = test::seeded_key<SingleUseKey>();
  const auto ad = test::seeded_bytes(33, 1);
  Bytes sealed;
  seal_once_append(sealed, key.clone(), test::seeded_bytes(40, 2), ad);
  Bytes out = to_bytes("kept");
  test::with_each_bit_flipped(sealed, [&](BytesView changed) {
    CHECK(test::error_of(open_once_append(out, key, changed, ad)) == Errc::auth_failed);
  });
  test::with_each_bit_flipped(
      ad, [&](BytesView changed) { CHECK_FALSE(open_once_append(out, key, sealed, changed)); });
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    CHECK(test::error_of(open_once_append(out, key, BytesView(sealed).first(size), ad)) == Errc::auth_failed);
  }
  CHECK(as_text(out) == "kept");
}

}  // namespace
}  // namespace abri::crypto
