// SPDX-License-Identifier: MPL-2.0
#include "server.hpp"

#include "admin/admin_socket.hpp"
#include "config/explain.hpp"
#include "config/paths.hpp"
#include "files/secret_file.hpp"
#include "health/health.hpp"
#include "listener/listener.hpp"
#include "log/storage_worker.hpp"
#include "logging/events.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "tls/tls_context.hpp"

#include <abri/crypto/secret.hpp>

#include <chrono>
#include <csignal>
#include <exception>
#include <optional>
#include <span>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <google/protobuf/stubs/logging.h>

namespace abri::server {
namespace {

namespace net = boost::asio;
constexpr auto kAsTuple = net::as_tuple(net::use_awaitable);
constexpr std::chrono::milliseconds kTick{250};
constexpr std::chrono::minutes kCountersEvery{10};

Time wall_clock() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// Starts at the wall clock's time and never jumps: for deadlines and buckets.
class SteadyClock {
 public:
  Time operator()() const {
    const auto passed = std::chrono::steady_clock::now() - start_;
    return wall_start_ + std::chrono::duration_cast<std::chrono::milliseconds>(passed);
  }

 private:
  Time wall_start_{wall_clock()};
  std::chrono::steady_clock::time_point start_{std::chrono::steady_clock::now()};
};

/// With the name that an operator knows the file by.
Result<void> load_secret(const std::filesystem::path& path, const char* name, std::span<std::byte> out) {
  auto loaded = load_or_create_secret(path, out);
  if (!loaded) return Error{loaded.error().code, name, loaded.error().native};
  return loaded;
}

Result<std::unique_ptr<LogStore>> open_store(const Config& config, const Paths& paths) {
  if (const auto made = make_private_folder(paths.data); !made)
    return Error{made.error().code, place::kDataFolder, made.error().native};
  crypto::WipedArray<32> key;
  ABRI_CHECK(load_secret(paths.store_key, place::kStoreKey, key.span()));
  return open_sqlite_store(paths.store, key.span(), config.store_cache_kib);
}

Result<crypto::SigningKey> load_server_key(const Paths& paths) {
  crypto::WipedArray<32> seed;
  ABRI_CHECK(load_secret(paths.server_key, place::kServerKey, seed.span()));
  return crypto::SigningKey::from_seed(seed.span());
}

Result<net::ssl::context> load_tls(const Config& config, const Paths& paths) {
  if (config.tls_certificate.empty() && !std::filesystem::exists(paths.certificate)) {
    std::error_code ignored;
    std::filesystem::remove(paths.certificate_key, ignored);  // of a start that was interrupted in between
    ABRI_CHECK(make_certificate(paths.certificate, paths.certificate_key));
  }
  return make_tls_context(paths.certificate, paths.certificate_key);
}

ConnectionLimits limits_of(const Config& config) {
  ConnectionLimits out;
  out.append_bytes = BucketTable(config.limits.append_bytes);
  out.failed_proofs = BucketTable(config.limits.failed_proofs);
  out.hello_deadline = config.deadlines.hello;
  out.proof_deadline = config.deadlines.proof;
  out.idle_deadline = config.deadlines.idle;
  return out;
}

/// The whole server. Made, run and destroyed on the I/O thread.
class Server {
 public:
  Server(Config config, std::unique_ptr<LogStore> store, crypto::SigningKey key, net::ssl::context tls)
      : config_(std::move(config)), store_(std::move(store)), key_(std::move(key)), tls_(std::move(tls)) {}

  Result<void> start(const Paths& paths, const std::function<void(const Started&)>& on_started);
  Result<void> run();

 private:
  net::awaitable<void> tick();
  net::awaitable<void> wait_for_signal();
  net::awaitable<void> drain();
  void begin_drain();
  void on_commit(Commit commit);
  void on_fault(const Error& fault);
  void log_counters();

  Config config_;
  net::io_context io_{1};
  std::unique_ptr<LogStore> store_;
  crypto::SigningKey key_;
  net::ssl::context tls_;
  SteadyClock clock_;
  ConnectionLimits limits_{limits_of(config_)};
  Counters counters_;
  Hub hub_{clock_};
  SessionContext context_{.tls = tls_,
                          .hub = hub_,
                          .server_key = key_,
                          .limits = limits_,
                          .deadlines = config_.deadlines,
                          .counters = counters_,
                          .clock = clock_,
                          .on_end = {}};
  LogService service_{*store_, key_};
  Listener listener_{io_, config_.limits, context_};
  net::signal_set signals_{io_, SIGTERM, SIGINT};
  net::steady_timer ticker_{io_};
  std::shared_ptr<AdminSocket> admin_;
  std::shared_ptr<HealthCheck> health_;
  std::optional<Error> fault_;
  bool damaged_{false};
  bool draining_{false};
  std::optional<StorageWorker> storage_;  // last: its thread ends before what it uses
};

Result<void> Server::start(const Paths& paths, const std::function<void(const Started&)>& on_started) {
  storage_.emplace(service_, *store_, wall_clock, [this](Commit commit) {
    net::post(io_, [this, commit = std::move(commit)]() mutable { on_commit(std::move(commit)); });
  });
  hub_.set_storage(&*storage_);
  ABRI_TRY(admin_, open_admin_socket(io_, paths.admin, *storage_));
  if (config_.health_port != 0) {
    ABRI_TRY(health_,
             open_health_check(io_, config_.health_port, [this] { return !draining_ && !damaged_; }));
  }
  ABRI_CHECK(listener_.open(config_.address, config_.port));
  net::co_spawn(io_, tick(), [](const std::exception_ptr&) {});
  net::co_spawn(io_, wait_for_signal(), [](const std::exception_ptr&) {});
  on_started(Started{config_.address, listener_.port(), key_.public_key()});
  return {};
}

Result<void> Server::run() {
  io_.run();
  storage_->stop();
  log_counters();
  if (fault_) return *fault_;
  return {};
}

void Server::on_commit(Commit commit) {
  if (commit.fault) on_fault(*commit.fault);
  hub_.on_commit(std::move(commit));
}

void Server::on_fault(const Error& fault) {
  if (fault.code == Errc::malformed) {  // one log cannot be read any more: starting again would not mend it
    damaged_ = true;
    return log_error("store_damaged", fault);
  }
  log_error("storage_failed", fault);
  if (fault.code != Errc::storage_failed || fault_) return;
  fault_ = fault;  // what the disk holds is in doubt: end, and read it anew at the next start
  begin_drain();
}

net::awaitable<void> Server::tick() {
  auto next_counters = clock_() + kCountersEvery;
  while (!draining_ || listener_.sessions() > 0) {
    ticker_.expires_after(kTick);
    co_await ticker_.async_wait(kAsTuple);
    const auto now = clock_();
    listener_.on_tick(now);
    if (now >= next_counters) {
      log_counters();
      next_counters = now + kCountersEvery;
    }
  }
}

net::awaitable<void> Server::wait_for_signal() {
  const auto [failed, number] = co_await signals_.async_wait(kAsTuple);
  if (!failed) begin_drain();
}

void Server::begin_drain() {
  if (std::exchange(draining_, true)) return;
  net::co_spawn(io_, drain(), [this](const std::exception_ptr&) { io_.stop(); });
}

net::awaitable<void> Server::drain() {
  log_event(LogLevel::info, "draining", {{"connections", listener_.sessions()}});
  listener_.close();
  admin_->stop();
  if (health_) health_->stop();
  listener_.stop_reading();
  hub_.set_storage(nullptr);
  storage_->stop();  // finishes what was received; the answers are posted before what follows
  co_await net::post(io_, net::use_awaitable);
  listener_.drain();
  const auto give_up = clock_() + config_.deadlines.drain;
  net::steady_timer pause(io_);
  while (listener_.sessions() > 0 && clock_() < give_up) {
    pause.expires_after(std::chrono::milliseconds{20});
    co_await pause.async_wait(kAsTuple);
  }
}

void Server::log_counters() {
  log_event(LogLevel::info, "counters",
            {{"connections", listener_.sessions()},
             {"accepted", counters_.accepted},
             {"refused", counters_.refused},
             {"failed_handshakes", counters_.failed_handshakes},
             {"past_deadline", counters_.past_deadline},
             {"frames_in", counters_.frames_in},
             {"frames_out", counters_.frames_out},
             {"entries", hub_.entries_published()}});
}

}  // namespace

Result<void> serve(Config config, const std::function<void(const Started&)>& on_started) {
  google::protobuf::SetLogHandler(nullptr);  // it would write what it could not parse
  set_log_level(config.log_level);
  const auto paths = paths_of(config);
  ABRI_TRY(auto store, open_store(config, paths));
  ABRI_TRY(auto key, load_server_key(paths));
  ABRI_TRY(auto tls, load_tls(config, paths));
  Server server(std::move(config), std::move(store), std::move(key), std::move(tls));
  ABRI_CHECK(server.start(paths, on_started));
  return server.run();
}

Result<std::string> add_account(const Config& config, const AccountQuota& quota) {
  const auto paths = paths_of(config);
  auto store = open_store(config, paths);
  if (!store && store.error().code == Errc::storage_busy) return ask_for_account(paths.admin, quota);
  if (!store) return store.error();
  auto made = make_account(quota);
  ABRI_CHECK((*store)->in_transaction([&] { return (*store)->add_account(made.account); }));
  return std::move(made.code);
}

std::vector<std::string> find_problems(const Config& config) {
  std::vector<std::string> out;
  const auto note = [&](const auto& checked) {
    if (!checked) out.push_back(explain(checked.error(), config));
  };
  note(check_address(config.address));
  if (!config.tls_certificate.empty()) note(make_tls_context(config.tls_certificate, config.tls_key));
  std::error_code ignored;
  if (!config.store_key.empty() && std::filesystem::exists(config.store_key, ignored)) {
    crypto::WipedArray<32> key;
    note(load_secret(config.store_key, place::kStoreKey, key.span()));
  }
  return out;
}

}  // namespace abri::server
