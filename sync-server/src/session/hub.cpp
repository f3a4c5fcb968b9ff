// SPDX-License-Identifier: MPL-2.0
#include "session/hub.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace abri::server {
namespace {

constexpr std::size_t kMaxWaitingBytes = 64 * 1024 * 1024;  // of appends, over all connections
constexpr std::uint32_t kRetryMs = 1000;

}  // namespace

void Hub::remove(ConnectionId id) {
  peers_.erase(id);
  const auto found = joined_.find(id);
  if (found == joined_.end()) return;
  const auto logs = std::move(found->second);
  joined_.erase(found);
  for (const auto& log : logs) {
    const auto readers = readers_.find(log);
    if (readers == readers_.end()) continue;
    std::erase(readers->second, id);
    if (readers->second.empty()) readers_.erase(readers);
  }
}

void Hub::submit(ConnectionId id, SubmitRequest request) {
  if (storage_ == nullptr || storage_->waiting_bytes() > kMaxWaitingBytes) {
    const Reply reply{id, request.request, {}};
    return answer(reply, Refused{.code = v1::UNAVAILABLE, .log = log_of(request.what), .retry_ms = kRetryMs});
  }
  storage_->submit(Job{id, request.request, std::move(request.what)});
}

void Hub::join(ConnectionId id, const LogId& log) {
  auto& readers = readers_[log];
  if (std::ranges::find(readers, id) != readers.end()) return;
  readers.push_back(id);
  joined_[id].push_back(log);
}

void Hub::leave(ConnectionId id, const LogId& log) {
  if (const auto readers = readers_.find(log); readers != readers_.end()) {
    std::erase(readers->second, id);
    if (readers->second.empty()) readers_.erase(readers);
  }
  if (const auto logs = joined_.find(id); logs != joined_.end()) std::erase(logs->second, log);
}

void Hub::answer(const Reply& reply, LogAnswer what) {
  const auto found = peers_.find(reply.connection);
  if (found == peers_.end()) return;
  auto& peer = *found->second;
  peer.perform(peer.connection().on_answer(reply.request, std::move(what), clock_()));
}

void Hub::on_commit(Commit commit) {
  for (auto& reply : commit.replies) {
    if (const auto* rotated = std::get_if<Rotated>(&reply.what)) {
      std::vector<Peer*> all;
      all.reserve(peers_.size());
      for (const auto& [id, peer] : peers_) all.push_back(peer);
      for (auto* const peer : all) peer->perform(peer->connection().on_rotated(rotated->log));
    }
    answer(reply, std::move(reply.what));
  }
  for (const auto& publication : commit.publications) publish(publication);
}

void Hub::publish(const std::shared_ptr<Publication>& publication) {
  PublicationFrames frames(publication);
  std::vector<ConnectionId> authors;
  for (const auto& run : publication->runs) {
    entries_published_ += run.entries.size();
    if (std::ranges::find(authors, run.origin) == authors.end()) authors.push_back(run.origin);
  }
  // Readers first: somebody looks at their screens, while nobody waits for a receipt.
  std::vector<ConnectionId> told;
  if (const auto readers = readers_.find(publication->log); readers != readers_.end()) {
    std::ranges::copy_if(readers->second, std::back_inserter(told), [&](const ConnectionId id) {
      return std::ranges::find(authors, id) == authors.end();
    });
  }
  told.insert(told.end(), authors.begin(), authors.end());
  for (const auto id : told) {
    const auto found = peers_.find(id);
    if (found == peers_.end()) continue;
    auto& peer = *found->second;
    peer.perform(peer.connection().on_published(frames));
  }
}

}  // namespace abri::server
