// SPDX-License-Identifier: MPL-2.0
#include "sync/frames.hpp"

#include <abri/base/limits.hpp>

namespace abri::core::sync {
namespace {

constexpr int kMaxProofHashes = 64;

std::string text(BytesView bytes) {
  return std::string(as_text(bytes));
}

}  // namespace

Result<std::vector<Hash>> parse_hashes(const google::protobuf::RepeatedPtrField<std::string>& field) {
  if (field.size() > kMaxProofHashes) return Error{Errc::malformed, "proof"};
  std::vector<Hash> hashes;
  for (const auto& item : field) {
    ABRI_TRY(hashes.emplace_back(), Hash::from(as_bytes(item)));
  }
  return hashes;
}

Result<std::optional<SignedHead>> parse_head(const v1::Head* head, const std::optional<Hash>& computed) {
  if (head == nullptr) return std::optional<SignedHead>{};
  SignedHead out;
  out.size = head->size();
  out.time_ms = head->time_ms();
  if (head->root().empty() && computed) {
    out.root = *computed;
  } else {
    ABRI_TRY(out.root, Hash::from(as_bytes(head->root())));
  }
  ABRI_TRY(out.signature, crypto::Signature::from(as_bytes(head->signature())));
  return std::optional{out};
}

Result<Run> parse_run(const v1::Entries& entries) {
  const auto count = static_cast<std::size_t>(entries.entries_size());
  if (count > limits::kMaxEntriesPerFrame) return Error{Errc::too_large, "entries"};
  if (entries.times_ms_size() != entries.entries_size()) return Error{Errc::malformed, "times_ms"};
  Run run;
  run.first = entries.first();
  run.entries.reserve(count);
  for (const auto& entry : entries.entries()) {
    if (entry.empty()) return Error{Errc::malformed, "entries"};
    if (entry.size() > limits::kMaxEntryBytes) return Error{Errc::too_large, "entries"};
    run.entries.push_back(as_bytes(entry));
  }
  run.times_ms.assign(entries.times_ms().begin(), entries.times_ms().end());
  return run;
}

std::size_t credit_bytes(const v1::Entries& entries) {
  std::size_t bytes = 0;
  for (const auto& entry : entries.entries()) bytes += entry.size();
  return bytes;
}

v1::Frame hello_frame(const wire::Nonce& nonce) {
  v1::Frame frame;
  frame.mutable_hello()->set_version(wire::kProtocolVersion);
  frame.mutable_hello()->set_nonce(text(nonce));
  return frame;
}

v1::Frame prove_frame(const LogId& log, Capability capability, const crypto::Signature& signature) {
  v1::Frame frame;
  auto& prove = *frame.mutable_prove();
  prove.set_log(to_field(log));
  prove.set_capability(static_cast<v1::Capability>(capability));
  prove.set_signature(to_field(signature));
  return frame;
}

v1::Frame open_frame(const OpenParameters& parameters, const crypto::Signature& signature) {
  v1::Frame frame;
  auto& open = *frame.mutable_open();
  open.set_account(to_field(parameters.account));
  open.set_salt(text(parameters.salt));
  open.set_owner_key(to_field(parameters.owner_key));
  open.set_read_key(to_field(parameters.read_key));
  open.set_write_key(to_field(parameters.write_key));
  open.set_signature(to_field(signature));
  return frame;
}

v1::Frame subscribe_frame(const LogId& log, std::uint64_t size, const Hash& root) {
  v1::Frame frame;
  auto& subscribe = *frame.mutable_subscribe();
  subscribe.set_log(to_field(log));
  subscribe.set_size(size);
  if (size > 0) subscribe.set_root(to_field(root));
  return frame;
}

v1::Frame append_frame(const LogId& log, const SendWindow::Batch& batch) {
  v1::Frame frame;
  auto& append = *frame.mutable_append();
  append.set_log(to_field(log));
  append.mutable_entries()->Reserve(static_cast<int>(batch.items.size()));
  for (const auto& item : batch.items) append.add_entries(text(item.entry));
  if (batch.expected_size) append.set_expected_size(*batch.expected_size);
  return frame;
}

}  // namespace abri::core::sync
