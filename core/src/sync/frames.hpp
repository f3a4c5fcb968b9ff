// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "sync/log_tail.hpp"
#include "sync/port.hpp"
#include "sync/send_window.hpp"

#include <abri/base/bytes.hpp>
#include <abri/base/wire.hpp>
#include <abri/v1/wire.pb.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// Between the messages of `wire.proto` and the engine's own types: every length and count is checked here.
namespace abri::core::sync {

template <class I>
std::string to_field(const I& id) {
  return std::string(as_text(id.bytes()));
}

/// @errors Errc::malformed
Result<std::vector<Hash>> parse_hashes(const google::protobuf::RepeatedPtrField<std::string>& field);
/// The head of a message that has one.
/// @param computed  its root, where the head leaves it out
/// @errors Errc::malformed
Result<std::optional<SignedHead>> parse_head(const v1::Head* head, const std::optional<Hash>& computed = {});
/// Views into the message.
/// @errors Errc::malformed, Errc::too_large
Result<Run> parse_run(const v1::Entries& entries);
/// Bytes that count against the credit.
std::size_t credit_bytes(const v1::Entries& entries);

v1::Frame hello_frame(const wire::Nonce& nonce);
v1::Frame prove_frame(const LogId& log, Capability capability, const crypto::Signature& signature);
v1::Frame open_frame(const OpenParameters& parameters, const crypto::Signature& signature);
/// @param root  of the tree of `size` entries
v1::Frame subscribe_frame(const LogId& log, std::uint64_t size, const Hash& root);
v1::Frame append_frame(const LogId& log, const SendWindow::Batch& batch);

}  // namespace abri::core::sync
