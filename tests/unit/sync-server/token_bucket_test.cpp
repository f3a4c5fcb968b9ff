// SPDX-License-Identifier: MPL-2.0
#include "limits/token_bucket.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;
using abri::from_millis;
using abri::server::BucketTable;
using abri::server::Rate;
using abri::server::TokenBucket;

TEST_CASE("token bucket: a burst passes, then only what has flowed in since", "[sync-server][limits]") {
  auto now = from_millis(1'000'000);
  TokenBucket bucket(Rate{.burst = 3, .per_second = 2}, now);
  CHECK(bucket.take(3, now));
  CHECK_FALSE(bucket.take(1, now));
  CHECK(bucket.wait(1, now) >= 500ms);
  now += 500ms;
  CHECK(bucket.wait(1, now) == 0ms);
  CHECK(bucket.take(1, now));
  CHECK_FALSE(bucket.take(1, now));
  now += 1h;
  CHECK_FALSE(bucket.take(4, now));  // never more than the burst
  CHECK(bucket.take(3, now));
}

TEST_CASE("token bucket: a clock that goes back grants nothing", "[sync-server][limits]") {
  const auto now = from_millis(1'000'000);
  TokenBucket bucket(Rate{.burst = 1, .per_second = 1}, now);
  CHECK(bucket.take(1, now));
  CHECK_FALSE(bucket.take(1, now - 10s));
  CHECK_FALSE(bucket.take(1, now - 10s));
}

TEST_CASE("token buckets: keys do not spend each other's tokens, and memory is bounded",
          "[sync-server][limits]") {
  const auto now = from_millis(1'000'000);
  BucketTable table(Rate{.burst = 1, .per_second = 0.001}, /*max_keys=*/3);
  CHECK(table.take("a", 1, now));
  CHECK_FALSE(table.take("a", 1, now));
  CHECK(table.take("b", 1, now));
  for (const auto* key : {"c", "d", "e", "f"}) CHECK(table.take(key, 1, now));
  CHECK(table.size() == 3);
}
