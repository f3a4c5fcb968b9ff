// SPDX-License-Identifier: MPL-2.0
#include "sync/send_window.hpp"

#include "sync/backoff.hpp"

#include <abri/base/limits.hpp>
#include <abri/base/wire.hpp>
#include <abri/crypto/merkle.hpp>

#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::core::sync;
using namespace std::chrono_literals;

namespace {

Outgoing waiting(std::size_t count, std::size_t size, std::size_t from = 0) {
  Outgoing out;
  for (std::size_t i = from; i < from + count; ++i) {
    Writer entry;
    entry.u64(i).raw(std::string(size - 8, 'x'));
    out.entries.push_back(entry.take());
  }
  return out;
}

}  // namespace

TEST_CASE("send window: appends keep the limits of a frame") {
  SendWindow window;
  const auto large = window.cut(waiting(20, limits::kMaxEntryBytes));
  std::size_t total = 0;
  for (const auto& batch : large) {
    std::size_t bytes = 0;
    for (const auto& item : batch.items) bytes += item.entry.size();
    CHECK(bytes <= wire::kMaxAppendBytes);
    total += bytes;
  }
  CHECK(total == SendWindow::kMaxBytes);

  const auto small = window.cut(waiting(2500, 16));
  constexpr auto kMost =
      wire::kMaxAppendBytes / limits::kMinEntryBytes;  // the server counts each as the smallest bucket
  REQUIRE(small.size() == 5);
  for (std::size_t i = 0; i < 4; ++i) CHECK(small[i].items.size() == kMost);
  CHECK(small[4].items.size() == 2500 - 4 * kMost);
}

TEST_CASE("send window: what is on its way is not cut again, and nothing overtakes what was made anew") {
  SendWindow window;
  for (auto& batch : window.cut(waiting(3, 100))) window.add(std::move(batch), 1);
  CHECK(window.bytes() == 300);
  CHECK(window.cut(waiting(3, 100)).empty());
  const auto more = window.cut(waiting(5, 100));
  REQUIRE(more.size() == 1);
  CHECK(more[0].items.size() == 2);
  CHECK(window.cut(waiting(5, 100, /*from=*/1)).empty());  // another beginning
  CHECK(window.cut(waiting(2, 100)).empty());              // less than is on its way
}

TEST_CASE("send window: an append goes when it is receipted and every entry of it applied") {
  SendWindow window;
  auto batches = window.cut(waiting(2, 100));
  const auto first = batches[0].items[0].id;
  const auto second = batches[0].items[1].id;
  window.add(std::move(batches[0]), 7);
  window.applied(crypto::entry_hash(as_bytes("of somebody else")), 3);
  window.applied(first, 4);
  CHECK(window.bytes() == 100);
  CHECK(window.entries() == 1);
  window.find(7)->receipted = true;
  window.tidy();
  CHECK_FALSE(window.empty());
  window.applied(second, 5);
  window.tidy();
  CHECK(window.empty());
  CHECK(window.bytes() == 0);
  CHECK(window.find(7) == nullptr);
}

TEST_CASE("send window: a compare-and-set is alone on its way") {
  SendWindow window;
  auto outgoing = waiting(8, limits::kMaxEntryBytes);
  outgoing.expected_size = 12;
  auto batches = window.cut(outgoing);
  REQUIRE(batches.size() == 1);
  CHECK(batches[0].expected_size == 12);
  window.add(std::move(batches[0]), 1);
  CHECK(window.cut(outgoing).empty());
  window.drop(1);
  CHECK(window.bytes() == 0);
  CHECK(window.cut(outgoing).size() == 1);
}

TEST_CASE("backoff: pauses are below bounds that double up to the greatest, and begin anew after success") {
  Backoff backoff(1, 500ms, 60s);
  auto bound = 500ms;
  bool differ = false;
  for (int i = 0; i < 40; ++i) {
    const auto pause = backoff.next();
    CHECK(pause >= 0ms);
    CHECK(pause <= bound);
    differ = differ || pause != bound;
    bound = std::min<std::chrono::milliseconds>(bound * 2, 60s);
  }
  CHECK(differ);
  backoff.reset();
  CHECK(backoff.next() <= 500ms);
}

TEST_CASE("backoff: one seed gives one sequence, another another") {
  Backoff a(5, 500ms, 60s);
  Backoff b(5, 500ms, 60s);
  Backoff c(6, 500ms, 60s);
  bool same = true;
  for (int i = 0; i < 10; ++i) {
    const auto pause = a.next();
    CHECK(pause == b.next());
    same = same && pause == c.next();
  }
  CHECK_FALSE(same);
}
