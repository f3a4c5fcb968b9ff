// SPDX-License-Identifier: MPL-2.0
#include "unit/core/sync/server_model.hpp"

#include <abri/crypto/hash.hpp>
#include <abri/crypto/random.hpp>
#include <abri/proto/codec.hpp>

#include <algorithm>

namespace abri::core::sync::test {
namespace {

std::string text(BytesView bytes) {
  return std::string(as_text(bytes));
}
LogId log_of(const std::string& field) {
  return LogId(to_array<16>(as_bytes(field)));
}

}  // namespace

void ServerModel::Log::append(const std::string& entry, std::uint64_t time_ms) {
  entries.push_back(entry);
  times_ms.push_back(time_ms);
  tree.append(crypto::leaf_hash(from_millis(time_ms), crypto::entry_hash(as_bytes(entry))));
}

void ServerModel::Log::cut(std::size_t size) {
  auto kept = std::exchange(entries, {});
  auto times = std::exchange(times_ms, {});
  tree = {};
  for (std::size_t i = 0; i < size; ++i) append(kept[i], times[i]);
}

ServerModel::ConnectionPtr ServerModel::connect(const wire::Exporter& exporter) {
  auto connection = std::make_shared<Connection>();
  connection->handshake.exporter = exporter;
  crypto::random_bytes(connection->handshake.server_nonce);
  connections.push_back(connection);
  return connection;
}

void ServerModel::send(Connection& connection, v1::Frame frame) const {
  if (bend && !bend(frame)) return;
  connection.out.push_back(proto::serialise(frame));
}

v1::Head ServerModel::head(const LogId& id, std::uint64_t size) const {
  const auto& log = logs.at(id);
  const auto root = *crypto::root_at(size, log.tree.nodes());
  const auto time_ms = std::max(now_ms, log.times_ms.empty() ? 0 : log.times_ms.back());
  v1::Head head;
  head.set_size(size);
  head.set_root(text(root.bytes()));
  head.set_time_ms(time_ms);
  head.set_signature(text(key.sign(crypto::labels::kHead, wire::head_body(id, size, root, time_ms)).bytes()));
  return head;
}

void ServerModel::done(Connection& connection, std::uint32_t request) const {
  v1::Frame frame;
  frame.set_request(request);
  frame.mutable_done();
  send(connection, std::move(frame));
}

void ServerModel::error(Connection& connection, std::uint32_t request, v1::WireErrorCode code,
                        const std::string& log) const {
  v1::Frame frame;
  frame.set_request(request);
  frame.mutable_error()->set_code(code);
  frame.mutable_error()->set_log(log);
  send(connection, std::move(frame));
}

void ServerModel::on_frame(Connection& connection, BytesView bytes) {
  const auto frame = *proto::parse<v1::Frame>(bytes, limits::kMaxFrameBytes);
  connection.seen.push_back(frame);
  if (intercept && !intercept(connection, frame)) return;
  switch (frame.kind_case()) {
    case v1::Frame::kHello: {
      connection.handshake.client_nonce = to_array<32>(as_bytes(frame.hello().nonce()));
      v1::Frame answer;
      auto& welcome = *answer.mutable_welcome();
      welcome.set_version(wire::kProtocolVersion);
      welcome.set_nonce(text(connection.handshake.server_nonce));
      welcome.set_server_key(text(key.public_key().bytes()));
      const auto body = wire::welcome_body(connection.handshake);
      welcome.set_signature(text(key.sign(crypto::labels::kWelcome, body).bytes()));
      welcome.set_time_ms(now_ms);
      return send(connection, std::move(answer));
    }
    case v1::Frame::kProve:
      return prove(connection, frame);
    case v1::Frame::kOpen:
      return open(connection, frame);
    case v1::Frame::kSubscribe:
      return subscribe(connection, frame);
    case v1::Frame::kUnsubscribe:
      connection.subscriptions.erase(log_of(frame.unsubscribe().log()));
      return done(connection, frame.request());
    case v1::Frame::kAppend:
      return append(connection, frame);
    case v1::Frame::kCredit:
      connection.credit += frame.credit().bytes();
      return publish();
    case v1::Frame::kPing: {
      v1::Frame pong;
      pong.mutable_pong();
      return send(connection, std::move(pong));
    }
    default:
      return;
  }
}

void ServerModel::prove(Connection& connection, const v1::Frame& frame) {
  const auto& prove = frame.prove();
  const auto id = log_of(prove.log());
  const auto log = logs.find(id);
  const auto capability = static_cast<int>(prove.capability());
  const auto body = wire::prove_body(connection.handshake, id, static_cast<std::uint8_t>(capability));
  if (log != logs.end()) {
    const auto& bytes =
        capability == v1::CAPABILITY_READ ? log->second.keys.read_key() : log->second.keys.write_key();
    const auto signature = crypto::Signature(to_array<64>(as_bytes(prove.signature())));
    if (crypto::verify(*crypto::SigningPublicKey::from(as_bytes(bytes)), crypto::labels::kProve, body,
                       signature)) {
      connection.proven.emplace(id, capability);
      return done(connection, frame.request());
    }
  }
  error(connection, frame.request(), v1::NOT_PERMITTED, prove.log());
}

void ServerModel::open(Connection& connection, const v1::Frame& frame) {
  const auto& open = frame.open();
  const auto id =
      crypto::log_id(to_array<32>(as_bytes(open.owner_key())), to_array<16>(as_bytes(open.salt())));
  const auto [log, fresh] = logs.try_emplace(id);
  if (fresh) log->second.keys = open;
  if (log->second.keys.read_key() != open.read_key()) {
    return error(connection, frame.request(), v1::CONFLICT, text(id.bytes()));
  }
  done(connection, frame.request());
}

void ServerModel::subscribe(Connection& connection, const v1::Frame& frame) {
  const auto& wish = frame.subscribe();
  const auto id = log_of(wish.log());
  if (!connection.proven.contains({id, v1::CAPABILITY_READ})) {
    return error(connection, frame.request(), v1::NOT_PERMITTED, wish.log());
  }
  const auto& log = logs.at(id);
  const bool known =
      wish.size() <= log.tree.size() &&
      (wish.size() == 0 || text(crypto::root_at(wish.size(), log.tree.nodes())->bytes()) == wish.root());
  if (!known) return error(connection, frame.request(), v1::INCONSISTENT, wish.log());
  connection.subscriptions[id] = {.next = wish.size(), .request = frame.request()};
  v1::Frame answer;
  auto& entries = *answer.mutable_entries();
  *entries.mutable_head() = head(id, log.tree.size());
  const auto proof = *crypto::consistency_proof(wish.size(), log.tree.size(), log.tree.nodes());
  for (const auto& hash : proof) {
    entries.add_consistency(text(hash.bytes()));
  }
  publish_to(connection, id, /*may_be_empty=*/true, std::move(answer));
  publish();
}

void ServerModel::publish_to(Connection& connection, const LogId& id, bool may_be_empty, v1::Frame frame) {
  auto& subscription = connection.subscriptions.at(id);
  const auto& log = logs.at(id);
  auto& entries = *frame.mutable_entries();
  entries.set_log(text(id.bytes()));
  entries.set_first(subscription.next);
  auto next = static_cast<std::size_t>(subscription.next);
  while (next < log.entries.size() && log.entries[next].size() <= connection.credit &&
         static_cast<std::size_t>(entries.entries_size()) < entries_per_frame) {
    connection.credit -= log.entries[next].size();
    entries.add_entries(log.entries[next]);
    entries.add_times_ms(log.times_ms[next]);
    ++next;
  }
  if (next == subscription.next && !may_be_empty) return;
  frame.set_request(subscription.request);
  subscription.next = next;
  if (next == log.entries.size()) {
    *entries.mutable_head() = head(id, next);
    subscription.request = 0;
  }
  send(connection, std::move(frame));
}

void ServerModel::publish() {
  for (const auto& connection : connections) {
    for (auto& [id, subscription] : connection->subscriptions) {
      auto before = subscription.next;
      do {
        before = subscription.next;
        if (before < logs.at(id).entries.size()) publish_to(*connection, id, false, {});
      } while (subscription.next != before);
    }
  }
}

void ServerModel::append(Connection& connection, const v1::Frame& frame) {
  const auto& append = frame.append();
  const auto id = log_of(append.log());
  if (!connection.proven.contains({id, v1::CAPABILITY_WRITE})) {
    return error(connection, frame.request(), v1::NOT_PERMITTED, append.log());
  }
  auto& log = logs.at(id);
  if (append.has_expected_size() && append.expected_size() != log.entries.size()) {
    return error(connection, frame.request(), v1::CONFLICT, append.log());
  }
  const auto first = log.entries.size();
  v1::Frame answer;
  answer.set_request(frame.request());
  auto& receipt = *answer.mutable_receipt();
  for (const auto& entry : append.entries()) {
    const auto known = std::ranges::find(log.entries, entry);
    const auto position = static_cast<std::size_t>(known - log.entries.begin());
    if (known == log.entries.end())
      log.append(entry, std::max(now_ms, log.times_ms.empty() ? 0 : log.times_ms.back()));
    receipt.add_positions(position);
    receipt.add_times_ms(log.times_ms[position]);
  }
  *receipt.mutable_head() = head(id, log.entries.size());
  send(connection, std::move(answer));
  if (const auto own = connection.subscriptions.find(id);
      own != connection.subscriptions.end() && own->second.next == first) {
    own->second.next = log.entries.size();
  }
  publish();
}

std::size_t ServerModel::total_entries() const {
  std::size_t total = 0;
  for (const auto& [id, log] : logs) total += log.entries.size();
  return total;
}

}  // namespace abri::core::sync::test
