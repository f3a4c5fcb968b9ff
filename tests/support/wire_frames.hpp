// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/wire.hpp>
#include <abri/crypto/hash.hpp>
#include <abri/crypto/merkle.hpp>
#include <abri/crypto/random.hpp>
#include <abri/crypto/sign.hpp>
#include <abri/v1/wire.pb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The client's side of the wire, frame by frame: for tests of the server.
namespace abri::test {

inline std::string field(BytesView bytes) {
  return std::string(as_text(bytes));
}

/// A log's keys, all held by the test.
struct LogKeys {
  crypto::SigningKey owner = crypto::SigningKey::generate();
  crypto::SigningKey read = crypto::SigningKey::generate();
  crypto::SigningKey write = crypto::SigningKey::generate();
  wire::Salt salt = crypto::random_id<Id<struct SaltTag, 16>>().array();
  LogId id = crypto::log_id(owner.public_key().bytes(), salt);

  [[nodiscard]] const crypto::SigningKey& of(v1::Capability capability) const {
    return capability == v1::CAPABILITY_OWNER ? owner : capability == v1::CAPABILITY_READ ? read : write;
  }
};

inline v1::Frame hello_frame(const wire::Handshake& handshake, std::uint32_t version = 1) {
  v1::Frame frame;
  frame.set_request(1);
  frame.mutable_hello()->set_version(version);
  frame.mutable_hello()->set_nonce(field(handshake.client_nonce));
  return frame;
}

inline v1::Frame open_frame(std::uint32_t request, const wire::Handshake& handshake, const AccountId& account,
                            const crypto::SigningKey& account_key, const LogKeys& keys) {
  v1::Frame frame;
  frame.set_request(request);
  auto& open = *frame.mutable_open();
  open.set_account(field(account.bytes()));
  open.set_salt(field(keys.salt));
  open.set_owner_key(field(keys.owner.public_key().bytes()));
  open.set_read_key(field(keys.read.public_key().bytes()));
  open.set_write_key(field(keys.write.public_key().bytes()));
  const auto body = wire::open_body(handshake, account, keys.salt, keys.owner.public_key().array(),
                                    keys.read.public_key().array(), keys.write.public_key().array());
  open.set_signature(field(account_key.sign(crypto::labels::kOpen, body).bytes()));
  return frame;
}

inline v1::Frame prove_frame(std::uint32_t request, const wire::Handshake& handshake, const LogId& log,
                             v1::Capability capability, const crypto::SigningKey& key) {
  v1::Frame frame;
  frame.set_request(request);
  auto& prove = *frame.mutable_prove();
  prove.set_log(field(log.bytes()));
  prove.set_capability(capability);
  const auto body = wire::prove_body(handshake, log, static_cast<std::uint8_t>(capability));
  prove.set_signature(field(key.sign(crypto::labels::kProve, body).bytes()));
  return frame;
}

inline v1::Frame subscribe_frame(std::uint32_t request, const LogId& log, std::uint64_t size = 0,
                                 const std::optional<Hash>& root = {}) {
  v1::Frame frame;
  frame.set_request(request);
  auto& subscribe = *frame.mutable_subscribe();
  subscribe.set_log(field(log.bytes()));
  subscribe.set_size(size);
  if (root) subscribe.set_root(field(root->bytes()));
  return frame;
}

inline v1::Frame append_frame(std::uint32_t request, const LogId& log,
                              const std::vector<std::string>& entries,
                              std::optional<std::uint64_t> expected_size = {}) {
  v1::Frame frame;
  frame.set_request(request);
  auto& append = *frame.mutable_append();
  append.set_log(field(log.bytes()));
  for (const auto& entry : entries) append.add_entries(entry);
  if (expected_size) append.set_expected_size(*expected_size);
  return frame;
}

inline v1::Frame rotate_frame(std::uint32_t request, const LogKeys& keys, const crypto::SigningKey& read,
                              const crypto::SigningKey& write) {
  v1::Frame frame;
  frame.set_request(request);
  auto& rotate = *frame.mutable_rotate();
  rotate.set_log(field(keys.id.bytes()));
  rotate.set_read_key(field(read.public_key().bytes()));
  rotate.set_write_key(field(write.public_key().bytes()));
  return frame;
}

inline v1::Frame credit_frame(std::uint32_t bytes) {
  v1::Frame frame;
  frame.mutable_credit()->set_bytes(bytes);
  return frame;
}

inline Hash hash_field(const std::string& text) {
  return Hash::from(as_bytes(text)).value_or(Hash{});
}
inline std::vector<Hash> hashes(const google::protobuf::RepeatedPtrField<std::string>& fields) {
  std::vector<Hash> out;
  for (const auto& item : fields) out.push_back(hash_field(item));
  return out;
}

/// Leaf of an entry that the server stamped with a time.
inline Hash leaf(const std::string& entry, std::uint64_t time_ms) {
  return crypto::leaf_hash(from_millis(time_ms), crypto::entry_hash(as_bytes(entry)));
}

/// Whether the server's key signed this head of this log.
inline bool signed_by(const v1::Head& head, const LogId& log, const crypto::SigningPublicKey& server) {
  const auto signature = crypto::Signature::from(as_bytes(head.signature()));
  const auto body = wire::head_body(log, head.size(), hash_field(head.root()), head.time_ms());
  return signature && crypto::verify(server, crypto::labels::kHead, body, *signature).has_value();
}

/// What a reader holds of a log: every `Entries` frame and receipt must fit, without a gap, and lead to the signed root.
class LogReader {
 public:
  explicit LogReader(LogId log) : log_(log) {}

  /// True: the frame continues the log. Its head, where it has one and the log has that size, is the tree's.
  bool take(const v1::Entries& message, const crypto::SigningPublicKey& server) {
    if (message.first() != entries_.size() || message.entries_size() != message.times_ms_size()) return false;
    for (int i = 0; i < message.entries_size(); ++i) add(message.entries(i), message.times_ms(i));
    return !message.has_head() || fits(message.head(), server);
  }
  void add(const std::string& entry, std::uint64_t time_ms) {
    entries_.push_back(entry);
    frontier_.append(leaf(entry, time_ms));
    last_time_ms_ = time_ms;
  }
  bool fits(v1::Head head, const crypto::SigningPublicKey& server) const {
    if (head.root().empty() && head.size() == frontier_.size()) head.set_root(field(root().bytes()));
    if (!signed_by(head, log_, server)) return false;
    return head.size() != frontier_.size() || hash_field(head.root()) == frontier_.root();
  }
  [[nodiscard]] const std::vector<std::string>& entries() const { return entries_; }
  [[nodiscard]] std::uint64_t size() const { return entries_.size(); }
  [[nodiscard]] Hash root() const { return frontier_.root(); }
  [[nodiscard]] std::uint64_t last_time_ms() const { return last_time_ms_; }

 private:
  LogId log_;
  crypto::Frontier frontier_;
  std::vector<std::string> entries_;
  std::uint64_t last_time_ms_{0};
};

}  // namespace abri::test
