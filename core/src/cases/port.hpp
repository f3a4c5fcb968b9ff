// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/feed_reader.hpp"
#include "cases/world.hpp"
#include "sync/port.hpp"

namespace abri::core::cases {

/// The device as the engine sees it: cursors, entries to apply, entries to send.
/// @threads core strand only
class DevicePort final : public sync::Port {
 public:
  /// Gets the cases that entries named; none where anything may have changed.
  using Changed = std::function<void(std::span<const CaseId> cases)>;

  /// @param changed  called after entries were applied
  DevicePort(World& world, vault::Vault& vault, Changed changed);

  std::optional<crypto::SigningPublicKey> server_key() override;
  std::string server_address() override;
  std::vector<sync::Cursor> cursors() override;
  std::optional<sync::SignedHead> kept_head(const LogId& log) override;
  Result<void> keep_head(const LogId& log, const sync::SignedHead& head) override;
  Result<sync::OpenParameters> open_parameters(const LogId& log) override;
  Result<crypto::Signature> sign_open(const LogId& log, BytesView body) override;
  Result<crypto::Signature> sign_prove(const LogId& log, sync::Capability capability,
                                       BytesView body) override;
  Result<void> opened(const LogId& log) override;
  Result<Applied> apply(const sync::Arrived& arrived) override;
  Result<std::optional<sync::Outgoing>> outgoing(const LogId& log, std::size_t max_bytes, Time now) override;
  std::optional<Time> next_outgoing_time() override;
  Upkeep upkeep(Time now) override;
  Result<void> lost_race(const LogId& log) override;
  void evidence(const LogId& log, const char* what, const std::optional<sync::SignedHead>& head) override;

 private:
  template <class Body>
  auto change(Body&& body);
  struct Effect {
    bool logs_changed{false};
    NamedCases cases;
  };
  Result<Effect> apply_entries(Log& log, const sync::Arrived& arrived);
  Result<void> confirm_reading(const LogId& log);
  void refresh_as_editor(std::span<const CaseId> cases);
  Result<std::optional<sync::Outgoing>> waiting(const Log& log, std::size_t max_bytes);

  World& world_;
  vault::Vault& vault_;
  Changed changed_;
  std::optional<Time> next_;
  std::optional<std::set<CaseId>>
      to_refresh_;  // their requests may have to follow (docs/protocol.md, section 8); none before everything was read once
  std::optional<Time> refresh_at_;
};

}  // namespace abri::core::cases
