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

TEST_CASE("send window: an append keeps the limits of a frame") {
  const auto large = SendWindow::cut(waiting(20, limits::kMaxEntryBytes));
  std::size_t bytes = 0;
  for (const auto& item : large.items) bytes += item.entry.size();
  CHECK(bytes <= wire::kMaxAppendBytes);
  CHECK(bytes + limits::kMaxEntryBytes > wire::kMaxAppendBytes);

  // the server counts each as the smallest bucket
  const auto small = SendWindow::cut(waiting(2500, 16));
  CHECK(small.items.size() == wire::kMaxAppendBytes / limits::kMinEntryBytes);
  CHECK(SendWindow::cut(waiting(3, 16)).items.size() == 3);
}

TEST_CASE("send window: an append goes when it is receipted and every entry of it applied") {
  SendWindow window;
  auto batch = SendWindow::cut(waiting(2, 100));
  const auto first = batch.items[0].id;
  const auto second = batch.items[1].id;
  window.add(std::move(batch), 7);
  CHECK(window.bytes() == 200);
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

TEST_CASE("send window: a compare-and-set keeps its size, and what was refused is on its way no more") {
  SendWindow window;
  auto outgoing = waiting(8, limits::kMaxEntryBytes);
  outgoing.expected_size = 12;
  window.add(SendWindow::cut(outgoing), 1);
  CHECK(window.find(1)->expected_size == 12);
  CHECK(window.find(2) == nullptr);
  window.clear();
  CHECK(window.empty());
  CHECK(window.bytes() == 0);
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
