// SPDX-License-Identifier: MPL-2.0
#include "agent/server.hpp"

#include "agent/arguments.hpp"
#include "agent/commands.hpp"
#include "agent/obstacles.hpp"
#include "agent/socket_path.hpp"

#include <abri/core/net/synchroniser.hpp>
#include <abri/core/sync_status.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <ctime>
#include <optional>
#include <string>

#include <boost/asio.hpp>
#include <sys/socket.h>
#include <sys/stat.h>

namespace abri::agent {

namespace net = boost::asio;
namespace json = boost::json;
using Protocol = net::local::stream_protocol;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto kNoThrow = net::as_tuple(net::use_awaitable);
constexpr std::chrono::milliseconds kSyncPoll{5};
constexpr std::chrono::milliseconds kProgressEvery{500};
constexpr std::int64_t kSyncTimeoutSeconds = 120;
constexpr std::chrono::seconds kMaxIdle = std::chrono::hours(24);
constexpr std::chrono::seconds kIdleCheck{5};

Result<void> make_private_directory(const std::filesystem::path& directory) {
  std::error_code failed;
  std::filesystem::create_directories(directory.parent_path(), failed);
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    return Error{Errc::storage_failed, "socket directory", errno};
  struct stat info{};
  if (lstat(directory.c_str(), &info) != 0) return Error{Errc::storage_failed, "socket directory", errno};
  if (!S_ISDIR(info.st_mode) || info.st_uid != getuid() || (info.st_mode & 077) != 0)
    return Error{Errc::not_permitted, "socket directory"};
  return {};
}

bool same_user(Protocol::socket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         peer.uid == getuid();
}

bool only_reads(const std::string& command) {
  static constexpr std::array<std::string_view, 12> kReads{
      "directory.list", "people",       "partner.list",  "case.list", "case.show", "search",
      "dwelling.list",  "request.list", "conflict.list", "fields",    "status",    "sync"};
  return std::find(kReads.begin(), kReads.end(), command) != kReads.end();
}

}  // namespace

std::chrono::seconds time_since_boot() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec);
}

class Server::Impl {
 public:
  Impl(std::unique_ptr<core::App> app, ServerOptions options)
      : app_(std::move(app)),
        options_(std::move(options)),
        acceptor_(io_),
        signals_(io_, SIGTERM, SIGINT),
        idle_(io_),
        synchroniser_(std::make_unique<core::net::Synchroniser>(io_, app_->engine())) {}

  Result<void> bind() {
    ABRI_CHECK(make_private_directory(options_.socket.parent_path()));
    boost::system::error_code failed;
    Protocol::socket probe(io_);
    probe.connect(Protocol::endpoint(options_.socket.string()), failed);
    if (!failed) return Error{Errc::storage_busy, "agent"};
    std::filesystem::remove(options_.socket);
    acceptor_.open(Protocol(), failed);
    const auto mask = umask(0177);
    if (!failed) acceptor_.bind(Protocol::endpoint(options_.socket.string()), failed);
    umask(mask);
    if (!failed) acceptor_.listen(16, failed);
    if (failed) return Error{Errc::storage_failed, "socket", failed.value()};
    return {};
  }

  void run() {
    signals_.async_wait([this](const boost::system::error_code& cancelled, int) {
      if (!cancelled) io_.stop();
    });
    touch();
    watch_idle();
    net::co_spawn(io_, accept(), [this](const std::exception_ptr&) { io_.stop(); });
    io_.run();
    synchroniser_.reset();
    app_.reset();
    std::error_code ignored;
    std::filesystem::remove(options_.socket, ignored);
  }

 private:
  /// Somebody works: the idle time begins anew.
  void touch() { last_request_ = options_.since_boot(); }
  [[nodiscard]] std::chrono::seconds idle_left() const {
    return options_.idle - (options_.since_boot() - last_request_);
  }
  /// Looks again and again, since timers stand still while the machine sleeps.
  void watch_idle() {
    if (idle_left().count() <= 0) return io_.stop();
    idle_.expires_after(std::min(idle_left(), kIdleCheck));
    idle_.async_wait([this](const boost::system::error_code& cancelled) {
      if (!cancelled) watch_idle();
    });
  }

  net::awaitable<void> accept() {
    for (;;) {
      auto [failed, socket] = co_await acceptor_.async_accept(kNoThrow);
      if (failed == net::error::operation_aborted) co_return;
      if (failed) {  // no descriptors left: a moment later there may be
        net::steady_timer pause(io_, std::chrono::milliseconds(100));
        co_await pause.async_wait(kNoThrow);
        continue;
      }
      if (!same_user(socket)) continue;
      // what a session throws ends that session only
      net::co_spawn(io_, serve(std::make_shared<Protocol::socket>(std::move(socket))),
                    [](const std::exception_ptr&) {});
    }
  }

  net::awaitable<void> serve(std::shared_ptr<Protocol::socket> socket) {
    std::string buffer;
    for (;;) {
      const auto [failed, size] = co_await net::async_read_until(
          *socket, net::dynamic_buffer(buffer, kMaxRequestBytes), '\n', kNoThrow);
      if (failed) {
        if (failed == net::error::not_found) co_await send(socket, answer(Error{Errc::too_large, "request"}));
        co_return;
      }
      const auto line = buffer.substr(0, size - 1);
      buffer.erase(0, size);
      if (idle_left().count() <= 0) {  // the machine just woke up
        co_await send(socket, answer(Error{Errc::locked, "vault"}));
        io_.stop();
        co_return;
      }
      touch();
      const auto request = parse_request(line);
      if (!request) {
        co_await send(socket, answer(request.error()));
        continue;
      }
      if (request->command == "lock") {
        co_await send(socket, answer(json::value(json::object{})));
        io_.stop();
        co_return;
      }
      if (request->command == "idle") {
        co_await send(socket, answer(set_idle(*request)));
        continue;
      }
      if (request->command == "sync") {
        co_await synchronise(socket, *request);
        continue;
      }
      const bool writes = !only_reads(request->command);
      if (writes)
        static_cast<void>(app_->flush());  // a person saved: it leaves at once where there is a connection
      auto result = carry_out(*app_, *request, shown_);
      if (result && request->command == "status")
        result->as_object()["obstacles"] = to_json(obstacles(synchroniser_->status(), *app_));
      if (result && writes) synchroniser_->notify_local();
      co_await send(socket, answer(*app_, *request, result));
    }
  }

  /// The vault is locked after other seconds than it was opened with.
  Result<json::value> set_idle(const Request& request) {
    const auto seconds = Arguments(request.arguments).number_or("seconds", 0);
    if (seconds < 1 || seconds > kMaxIdle.count()) return Error{Errc::invalid_argument, "seconds"};
    options_.idle = std::chrono::seconds(seconds);
    watch_idle();
    return json::value(json::object{});
  }

  net::awaitable<void> synchronise(std::shared_ptr<Protocol::socket> socket, Request request) {
    const Arguments arguments(request.arguments);
    if (arguments.flag("stop")) {
      stay_ = false;
      synchroniser_->stop();
      json::object stopped{{"connected", false}};
      co_await send(socket, answer(json::value(std::move(stopped))));
      co_return;
    }
    stay_ = stay_ || arguments.flag("stay");
    ++waiting_;
    const auto end = co_await exchange(socket);
    --waiting_;
    // another one may still wait for the connection
    if (!stay_ && waiting_ == 0) synchroniser_->stop();
    if (end.failure) {
      co_await send(socket, answer(*end.failure));
      co_return;
    }
    co_await send(socket, exchanged(end.status));
  }

  /// How an exchange with the server ended.
  struct End {
    std::optional<Error> failure;
    core::sync::Status status;
  };

  /// Connects, and waits until everything was exchanged that can be.
  net::awaitable<End> exchange(std::shared_ptr<Protocol::socket> socket) {
    static_cast<void>(app_->flush());
    synchroniser_->notify_local();
    // whoever asks now does not wait for the next attempt of a connection that stays
    if (synchroniser_->status().state == core::sync::State::offline) synchroniser_->stop();
    synchroniser_->start();
    const auto begin = Clock::now();
    auto said = begin;
    bool looked_again = false;
    End end;
    net::steady_timer timer(io_);
    for (;;) {
      timer.expires_after(kSyncPoll);
      co_await timer.async_wait(kNoThrow);
      touch();
      end.status = synchroniser_->status();
      if (end.status.settled) {
        // what somebody saved this very moment is not known to the engine yet
        if (looked_again || !waits_unexplained(end.status)) break;
        looked_again = true;
        synchroniser_->notify_local();
        continue;
      }
      end.failure = failure(end.status, Clock::now() - begin);
      if (end.failure) break;
      if (Clock::now() - said < kProgressEvery) continue;
      said = Clock::now();
      if (!co_await send(socket, progress(end.status))) break;  // the person interrupted it
    }
    // The server lied, now or before: that is said whatever else happened, once all that can be exchanged was.
    if (std::ranges::any_of(end.status.logs, [](const auto& log) { return log.stopped; }))
      end.failure = Error{Errc::server_misbehaved, "server"};
    co_return end;
  }

  static std::optional<Error> failure(const core::sync::Status& status, Clock::duration waited) {
    using core::sync::State;
    // without an error somebody stopped it: `sync --stop`
    if (status.state == State::stopped) return Error{status.error.value_or(Errc::cancelled), "server"};
    // without an error there is no server yet
    if (status.state == State::offline) return Error{status.error.value_or(Errc::not_joined), "server"};
    if (waited > std::chrono::seconds(kSyncTimeoutSeconds)) return Error{Errc::timed_out, "server"};
    return {};
  }

  /// Are there edits that wait though no log says why?
  bool waits_unexplained(const core::sync::Status& status) {
    const auto view = app_->status();
    return view && view->unsent > 0 && obstacles(status, *app_).empty();
  }

  std::string exchanged(const core::sync::Status& status) {
    const auto view = app_->status();
    if (!view) return answer(view.error());
    json::object result{{"unsent", view->unsent}, {"conflicts", view->conflicts}, {"connected", stay_}};
    auto in_the_way = obstacles(status, *app_);
    if (in_the_way.empty() && view->unsent > 0) in_the_way.push_back({"waiting", {}});
    if (in_the_way.empty()) return answer(json::value(std::move(result)));
    result["obstacles"] = to_json(in_the_way);
    return json::serialize(json::object{{"ok", false},
                                        {"error", kIncomplete},
                                        {"where", in_the_way.front().why},
                                        {"reason", std::move(result)}});
  }

  static std::string progress(const core::sync::Status& status) {
    std::uint64_t size = 0;
    for (const auto& log : status.logs) size += log.size;
    json::object step{{"state", core::sync::to_string(status.state)}, {"entries", size}};
    return json::serialize(json::object{{"progress", std::move(step)}});
  }

  net::awaitable<bool> send(std::shared_ptr<Protocol::socket> socket, std::string line) {
    line.push_back('\n');
    const auto [failed, size] = co_await net::async_write(*socket, net::buffer(line), kNoThrow);
    co_return !failed;
  }

  std::unique_ptr<core::App> app_;
  ServerOptions options_;
  ShownConflicts shown_;
  net::io_context io_{1};
  Protocol::acceptor acceptor_;
  net::signal_set signals_;
  net::steady_timer idle_;
  std::chrono::seconds last_request_{0};  ///< since the machine was started
  std::unique_ptr<core::net::Synchroniser> synchroniser_;
  bool stay_{false};  ///< connected until somebody ends it
  int waiting_{0};    ///< synchronisations that go on
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::bind(std::unique_ptr<core::App> app, ServerOptions options) {
  auto impl = std::make_unique<Impl>(std::move(app), std::move(options));
  ABRI_CHECK(impl->bind());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

void Server::run() {
  impl_->run();
}

}  // namespace abri::agent
