// SPDX-License-Identifier: MPL-2.0
// Readers of logs: catching up from the store, living on, flow control.
#include "connection/connection.hpp"
#include "connection/fields.hpp"

#include <algorithm>

namespace abri::server {
namespace {

constexpr std::size_t kPieceBytes = 128 * 1024;  // read from the store at once

}  // namespace

void Connection::subscribe(std::uint32_t request, const v1::Subscribe& subscribe) {
  BeginReading what;
  if (!exact(subscribe.log(), what.log)) return end(request, v1::MALFORMED);
  const bool root_fits =
      subscribe.size() == 0 ? subscribe.root().empty() : exact(subscribe.root(), what.root);
  if (!root_fits) return end(request, v1::MALFORMED);
  const auto& key = proofs(what.log).read;
  if (!key) return refuse(request, v1::NOT_PERMITTED, what.log);
  drop_subscription(what.log);
  what.read_key = *key;
  what.size = subscribe.size();
  what.max_bytes = static_cast<std::size_t>(std::min<std::uint64_t>(credit_, kPieceBytes));
  blocked_ = true;
  submit(request, what);
}

void Connection::unsubscribe(std::uint32_t request, const v1::Unsubscribe& unsubscribe) {
  LogId log;
  if (!exact(unsubscribe.log(), log)) return end(request, v1::MALFORMED);
  drop_subscription(log);
  done(request);
}

void Connection::answered(std::uint32_t request, ReadingBegun& begun, Time) {
  blocked_ = false;
  auto& subscription = subscriptions_[begun.piece.log];
  subscription = Subscription{.next = begun.piece.first, .request = request, .live = false};
  actions_.emplace_back(JoinLog{begun.piece.log});
  v1::Frame frame;
  set_head(*frame.mutable_entries()->mutable_head(), begun.head);
  for (const auto& hash : begun.consistency) {
    frame.mutable_entries()->add_consistency(std::string(as_text(hash.bytes())));
  }
  const auto log = begun.piece.log;
  send_piece(subscription, begun.piece, frame);
  if (!subscription.live) {
    behind_.push_back(log);
    catch_up();
  }
}

void Connection::answered(std::uint32_t, Piece& piece, Time) {
  reading_ = false;
  const auto found = subscriptions_.find(piece.log);
  const bool expected =
      found != subscriptions_.end() && !found->second.live && found->second.next == piece.first;
  if (expected) {
    std::erase(behind_, piece.log);
    if (piece.entries.empty() && piece.first < piece.log_size) {
      starved_ = credit_ <= read_credit_;  // else more came while the store was read
    } else {
      v1::Frame frame;
      send_piece(found->second, piece, frame);
    }
    if (!found->second.live) behind_.push_back(piece.log);
  }
  catch_up();
}

void Connection::send_piece(Subscription& subscription, Piece& piece, v1::Frame& frame) {
  frame.set_request(subscription.request);
  std::uint64_t bytes = 0;
  for (const auto& entry : piece.entries) bytes += entry.size();
  subscription.next += piece.entries.size();
  credit_ -= std::min(credit_, bytes);
  if (subscription.next == piece.log_size) {
    subscription.live = true;
    subscription.request = 0;
  }
  set_entries(*frame.mutable_entries(), piece);
  send(frame);
}

Actions Connection::on_published(PublicationFrames& frames) {
  if (closed_) return take();
  const auto& publication = frames.publication();
  const auto found = subscriptions_.find(publication.log);
  auto* const subscription = found == subscriptions_.end() ? nullptr : &found->second;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < publication.runs.size(); ++i) {
    const auto& run = publication.runs[i];
    if (run.origin != parameters_.id) continue;
    if (subscription != nullptr) send_runs(frames, begin, i, *subscription);
    begin = i + 1;
    const bool live = subscription != nullptr && subscription->live;
    const bool follows = live && subscription->next == run.first;
    send_receipt(run.request, run.receipt, follows ? HeadForm::without_root : HeadForm::whole);
    if (follows) {
      subscription->next += run.entries.size();
    } else if (live) {
      fall_behind(publication.log, *subscription);
    }
  }
  if (subscription != nullptr) send_runs(frames, begin, publication.runs.size(), *subscription);
  return take();
}

void Connection::send_runs(PublicationFrames& frames, std::size_t begin, std::size_t end,
                           Subscription& subscription) {
  const auto& publication = frames.publication();
  while (begin < end && subscription.live && !closed_) {
    const auto& group = frames.group(begin, end);
    const bool room = queued_bytes_ + group.frame->size() <= limits_.soft_queue_bytes || queued_bytes_ == 0;
    if (publication.runs[begin].first != subscription.next || group.entry_bytes > credit_ || !room) {
      return fall_behind(publication.log, subscription);
    }
    send(group.frame);
    credit_ -= group.entry_bytes;
    subscription.next += group.entries;
    begin = group.end;
  }
}

void Connection::fall_behind(const LogId& log, Subscription& subscription) {
  subscription.live = false;
  behind_.push_back(log);
  catch_up();
}

void Connection::catch_up() {
  if (reading_ || starved_ || closed_ || credit_ == 0 || queued_bytes_ >= limits_.soft_queue_bytes) return;
  while (!behind_.empty()) {
    const auto log = behind_.front();
    const auto found = subscriptions_.find(log);
    const auto& key = proofs(log).read;
    if (found == subscriptions_.end() || found->second.live || !key) {
      behind_.pop_front();
      continue;
    }
    reading_ = true;
    read_credit_ = credit_;
    const auto max_bytes = static_cast<std::size_t>(std::min<std::uint64_t>(credit_, kPieceBytes));
    return submit(
        0, ReadEntries{.log = log, .read_key = *key, .first = found->second.next, .max_bytes = max_bytes});
  }
}

Actions Connection::on_rotated(const LogId& log) {
  if (closed_) return take();
  const auto found = proven_.find(log);
  if (found == proven_.end()) return take();
  auto& known = found->second;
  const bool lost = known.read || known.write;
  known.read.reset();
  known.write.reset();
  drop_subscription(log);
  if (lost) refuse(0, v1::NOT_PERMITTED, log);
  return take();
}

Actions Connection::on_sent(std::size_t bytes) {
  queued_bytes_ -= std::min(queued_bytes_, bytes);
  catch_up();
  return take();
}

void Connection::drop_subscription(const LogId& log) {
  if (subscriptions_.erase(log) == 0) return;
  std::erase(behind_, log);
  actions_.emplace_back(LeaveLog{log});
}

}  // namespace abri::server
