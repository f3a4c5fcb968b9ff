// SPDX-License-Identifier: MPL-2.0
// The storage thread: what waits is bounded, and no fault of the store stays unsaid.
#include "log/storage_worker.hpp"

#include <abri/base/limits.hpp>
#include <abri/crypto/random.hpp>

#include <algorithm>
#include <latch>
#include <mutex>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace abri;          // NOLINT(google-build-using-namespace)
using namespace abri::server;  // NOLINT(google-build-using-namespace)

namespace {

/// A store that holds nothing and fails as it is told to.
class FailingStore final : public LogStore {
 public:
  std::optional<Error> fault;
  int reopened{0};

  Result<void> in_transaction(const std::function<Result<void>()>& body) override { return body(); }
  Result<void> add_account(const Account&) override { return outcome(); }
  Result<std::optional<Account>> account(const AccountId&) override { return nothing<Account>(); }
  Result<Usage> usage(const AccountId&) override { return Usage{}; }
  Result<void> create_log(LogRow&) override { return outcome(); }
  Result<std::optional<LogRow>> log(const LogId&) override { return nothing<LogRow>(); }
  Result<void> set_keys(std::uint32_t, const crypto::SigningPublicKey&,
                        const crypto::SigningPublicKey&) override {
    return outcome();
  }
  Result<std::optional<std::uint64_t>> find(std::uint32_t, const Hash&) override {
    return nothing<std::uint64_t>();
  }
  Result<void> append(const LogRow&, std::span<const NewEntry>, std::span<const Node>) override {
    return outcome();
  }
  Result<void> read(std::uint32_t, std::uint64_t, const EntrySink&) override { return outcome(); }
  Result<Hash> node(std::uint32_t, std::uint32_t, std::uint64_t) override { return Hash{}; }
  Result<void> reopen() override {
    ++reopened;
    return {};
  }
  Result<void> tidy(bool) override { return {}; }

 private:
  Result<void> outcome() const {
    if (fault) return *fault;
    return {};
  }
  template <class T>
  Result<std::optional<T>> nothing() const {
    if (fault) return *fault;
    return std::optional<T>{};
  }
};

/// A worker whose thread waits until it is let go, so that what is submitted meanwhile waits together.
struct Fixture {
  FailingStore store;
  crypto::SigningKey key = crypto::SigningKey::generate();
  LogService service{store, key};
  std::latch go{1};
  std::mutex mutex;
  std::vector<Commit> commits;  // guarded by mutex until `finish`
  StorageWorker worker{service, store, [] { return from_millis(1'800'000'000'000); },
                       [this](Commit commit) {
                         const std::scoped_lock lock(mutex);
                         commits.push_back(std::move(commit));
                       }};

  explicit Fixture(std::optional<Error> fault = {}) {
    store.fault = fault;
    std::latch begun{1};
    worker.run([&](LogService&) -> Result<void> {
      begun.count_down();
      go.wait();
      return {};
    });
    begun.wait();
  }
  ~Fixture() { finish(); }
  void finish() {
    if (!go.try_wait()) go.count_down();
    worker.stop();
  }
  [[nodiscard]] std::vector<Error> faults() const {
    std::vector<Error> out;
    for (const auto& commit : commits) {
      if (commit.fault) out.push_back(*commit.fault);
    }
    return out;
  }
};

AppendEntries tiny_entries(std::size_t count) {
  AppendEntries out;
  for (std::size_t i = 0; i < count; ++i) out.entries.emplace_back("x");
  return out;
}

v1::WireErrorCode code_of(const Commit& commit) {
  const auto* refused = std::get_if<Refused>(&commit.replies.at(0).what);
  return refused == nullptr ? v1::WIRE_ERROR_UNSPECIFIED : refused->code;
}

}  // namespace

TEST_CASE("storage worker: what waits counts tiny entries as the smallest bucket (PD-08)",
          "[sync-server][log]") {
  Fixture f;
  f.worker.submit(Job{1, 1, tiny_entries(500)});
  CHECK(f.worker.waiting_bytes() == 500 * limits::kMinEntryBytes);
  for (std::uint32_t i = 2; i <= 60; ++i) f.worker.submit(Job{1, i, tiny_entries(500)});
  f.finish();
  CHECK(f.worker.waiting_bytes() == 0);
  std::size_t largest = 0;
  for (const auto& commit : f.commits) largest = std::max(largest, commit.replies.size());
  CHECK(largest * 500 * limits::kMinEntryBytes <= 5 * 1024 * 1024);  // no commit holds the others up for long
}

TEST_CASE("storage worker: a store that fails while reading, or for the administrator, is reported",
          "[sync-server][log]") {
  const Error lost{Errc::storage_failed, "disk"};
  const Error damaged{Errc::malformed, "page"};
  const auto fault = GENERATE_COPY(lost, damaged);
  Fixture f(fault);
  const LogId log = crypto::random_id<LogId>();
  const auto answer = [&](LogRequest what) {
    std::visit(
        [&](auto& request) {
          if constexpr (requires { request.log; }) request.log = log;
        },
        what);
    f.worker.submit(Job{1, 1, std::move(what)});
    f.finish();
    REQUIRE(f.commits.size() == 1);
    return code_of(f.commits[0]);
  };
  const auto expected = fault.code == lost.code ? v1::UNAVAILABLE : v1::DAMAGED;
  SECTION("a proof") {
    CHECK(answer(ProveCapability{}) == expected);
  }
  SECTION("the beginning of a subscription") {
    CHECK(answer(BeginReading{}) == expected);
  }
  SECTION("a piece of a catch-up") {
    CHECK(answer(ReadEntries{}) == expected);
  }
  SECTION("an append") {
    CHECK(answer(tiny_entries(1)) == expected);
  }
  SECTION("an account") {
    f.worker.run([](LogService& service) { return service.add_account({}); });
    f.finish();
  }
  REQUIRE(f.faults().size() == 1);
  CHECK(f.faults()[0].code == fault.code);
  CHECK(f.store.reopened == (fault.code == damaged.code ? 1 : 0));
}

TEST_CASE("storage worker: a log that was found damaged is not asked for again", "[sync-server][log]") {
  Fixture f(Error{Errc::malformed, "page"});
  auto append = tiny_entries(1);
  append.log = crypto::random_id<LogId>();
  for (std::uint32_t i = 1; i <= 3; ++i) f.worker.submit(Job{1, i, append});
  f.worker.submit(Job{1, 4, RotateKeys{append.log, {}, {}, {}}});
  f.finish();
  REQUIRE(f.commits.size() == 1);
  CHECK(f.commits[0].replies.size() == 4);
  CHECK(f.store.reopened == 1);
}
