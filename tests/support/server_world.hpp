// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "log/log_service.hpp"
#include "session/hub.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "support/wire_frames.hpp"

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace abri::test {

/// The server's whole logic in one thread, without sockets: real store, logs, hub and connections; time stands still until
/// it is moved.
class ServerWorld final : public server::JobSink {
 public:
  explicit ServerWorld(std::uint64_t max_bytes = 1'000'000'000, std::uint32_t max_logs = 1000) {
    account.id = crypto::random_id<AccountId>();
    account.key = account_key.public_key();
    account.max_bytes = max_bytes;
    account.max_logs = max_logs;
    hub_.set_storage(this);
    open();
    ABRI_ASSERT(service_->add_account(account).has_value());
  }
  ~ServerWorld() override {
    service_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  /// The server ends and starts again from its store; all connections are gone.
  /// @param meanwhile  what happens to the store's file
  void restart(const std::function<void(const std::filesystem::path&)>& meanwhile = {}) {
    for (const auto& [id, peer] : peers_) hub_.remove(id);
    peers_.clear();
    jobs_.clear();
    service_.reset();
    store_.reset();
    if (meanwhile) meanwhile(folder_ / "store.db");
    open();
  }

  /// A new connection; greeted already unless told otherwise.
  server::ConnectionId connect(bool greet = true, const std::string& address = "192.0.2.1") {
    const auto id = ++last_id_;
    auto& peer = *peers_.emplace(id, std::make_unique<Peer>()).first->second;
    peer.world = this;
    peer.id = id;
    crypto::random_bytes(peer.handshake.client_nonce);
    crypto::random_bytes(peer.handshake.server_nonce);
    crypto::random_bytes(peer.handshake.exporter);
    peer.logic = std::make_unique<server::Connection>(
        server::Connection::Parameters{id, address, peer.handshake.exporter, peer.handshake.server_nonce},
        server_key, limits, now);
    hub_.add(id, peer);
    if (greet) {
      send(id, hello_frame(peer.handshake));
      take(id);
    }
    return id;
  }
  void send(server::ConnectionId id, const v1::Frame& frame) { send_bytes(id, frame.SerializeAsString()); }
  void send_bytes(server::ConnectionId id, const std::string& bytes) {
    auto& peer = *peers_.at(id);
    peer.perform(peer.logic->on_frame(as_bytes(bytes), now));
  }
  /// Carries out what was asked for, until nothing waits. Whatever may be written is committed together.
  void settle() {
    while (!jobs_.empty()) settle_once();
  }
  /// Carries out what waits now; what the answers ask for waits on.
  void settle_once() {
    auto jobs = std::exchange(jobs_, {});
    std::vector<server::Job> writes;
    std::vector<server::Job> reads;
    for (auto& job : jobs) {
      (server::LogService::is_write(job.what) ? writes : reads).push_back(std::move(job));
    }
    if (!writes.empty()) deliver(service_->write(std::move(writes), now));
    if (!reads.empty()) deliver(service_->read(reads, now));
  }
  /// Moves time on, tells every connection.
  void pass(std::chrono::milliseconds time) {
    now += time;
    for (const auto& [id, peer] : peers_) peer->perform(peer->logic->on_time(now));
  }
  /// What has arrived at the client, in order. It left the server's queue, unless `keep_queued`.
  std::vector<v1::Frame> take(server::ConnectionId id, bool keep_queued = false) {
    auto& peer = *peers_.at(id);
    settle();
    std::vector<v1::Frame> out;
    while (!peer.sent.empty()) {
      const auto frame = peer.sent.front();
      peer.sent.pop_front();
      v1::Frame parsed;
      ABRI_ASSERT(parsed.ParseFromString(*frame));
      out.push_back(std::move(parsed));
      if (!keep_queued) peer.perform(peer.logic->on_sent(frame->size()));
      settle();
    }
    return out;
  }
  /// Sends one frame and gives the only answer.
  v1::Frame ask(server::ConnectionId id, const v1::Frame& frame) {
    send(id, frame);
    auto answers = take(id);
    return answers.size() == 1 ? answers.front() : v1::Frame{};
  }
  /// Opens a log and proves the capabilities on this connection.
  void open_log(server::ConnectionId id, const LogKeys& keys) {
    ask(id, open_frame(101, handshake(id), account.id, account_key, keys));
  }
  void prove(server::ConnectionId id, const LogKeys& keys,
             std::initializer_list<v1::Capability> capabilities) {
    for (const auto capability : capabilities) {
      ask(id, prove_frame(102, handshake(id), keys.id, capability, keys.of(capability)));
    }
  }

  [[nodiscard]] const wire::Handshake& handshake(server::ConnectionId id) const {
    return peers_.at(id)->handshake;
  }
  [[nodiscard]] server::Connection& logic(server::ConnectionId id) { return *peers_.at(id)->logic; }
  [[nodiscard]] bool closed(server::ConnectionId id) const { return peers_.at(id)->closed; }
  /// Requests wait here until `settle`.
  void submit(server::Job job) override { jobs_.push_back(std::move(job)); }
  [[nodiscard]] std::size_t waiting_bytes() const override { return 0; }

  Time now = from_millis(1'800'000'000'000);
  crypto::SigningKey server_key = crypto::SigningKey::generate();
  crypto::SigningKey account_key = crypto::SigningKey::generate();
  server::Account account;
  server::ConnectionLimits limits;
  std::vector<Error> faults;  ///< that the store reported

 private:
  void deliver(server::Commit commit) {
    if (commit.fault) faults.push_back(*commit.fault);
    hub_.on_commit(std::move(commit));
  }
  struct Peer final : server::Peer {
    server::Connection& connection() override { return *logic; }
    void perform(server::Actions actions) override {
      for (auto& action : actions) {
        if (auto* send = std::get_if<server::SendFrame>(&action)) sent.push_back(send->frame);
        if (auto* request = std::get_if<server::SubmitRequest>(&action)) {
          world->hub_.submit(id, std::move(*request));
        }
        if (const auto* join = std::get_if<server::JoinLog>(&action)) world->hub_.join(id, join->log);
        if (const auto* leave = std::get_if<server::LeaveLog>(&action)) world->hub_.leave(id, leave->log);
        if (std::holds_alternative<server::CloseConnection>(action)) closed = true;
      }
    }
    ServerWorld* world{nullptr};
    server::ConnectionId id{0};
    wire::Handshake handshake;
    std::unique_ptr<server::Connection> logic;
    std::deque<server::FramePtr> sent;
    bool closed{false};
  };

  void open() {
    auto opened = server::open_sqlite_store(folder_ / "store.db", store_key_.array(), 1024);
    ABRI_ASSERT(opened.has_value());
    store_ = *std::move(opened);
    service_ = std::make_unique<server::LogService>(*store_, server_key);
  }
  static std::filesystem::path make_folder() {
    const auto name = "abri-server-" + crypto::random_id<Id<struct FolderTag, 8>>().hex();
    const auto path = std::filesystem::temp_directory_path() / name;
    std::filesystem::create_directories(path);
    return path;
  }

  std::filesystem::path folder_ = make_folder();
  Hash store_key_ = crypto::random_id<Hash>();
  std::unique_ptr<server::LogStore> store_;
  std::unique_ptr<server::LogService> service_;
  server::Hub hub_{[this] { return now; }};
  std::deque<server::Job> jobs_;
  std::map<server::ConnectionId, std::unique_ptr<Peer>> peers_;
  server::ConnectionId last_id_{0};
};

}  // namespace abri::test
