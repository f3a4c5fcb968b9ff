// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/result.hpp>

#include <cstdint>
#include <functional>
#include <memory>

#include <boost/asio/io_context.hpp>

namespace abri::server {

/// `GET /health` over HTTP on 127.0.0.1: 200 while `healthy()`, else 503. Nothing else is answered there.
///
/// @threads I/O thread only
class HealthCheck {
 public:
  HealthCheck() = default;
  HealthCheck(const HealthCheck&) = delete;
  HealthCheck& operator=(const HealthCheck&) = delete;
  virtual ~HealthCheck() = default;
  virtual void stop() = 0;
};

/// @errors Errc::network_lost  the port is taken
Result<std::shared_ptr<HealthCheck>> open_health_check(boost::asio::io_context& io, std::uint16_t port,
                                                       std::function<bool()> healthy);

}  // namespace abri::server
