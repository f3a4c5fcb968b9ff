// SPDX-License-Identifier: MPL-2.0
#include "logging/events.hpp"

#include <memory>
#include <string>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace abri::server {
namespace {

spdlog::logger& logger() {
  static const auto kLogger = [] {
    auto made = std::make_shared<spdlog::logger>("server", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%SZ %l %v", spdlog::pattern_time_type::utc);
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *kLogger;
}

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::off:
      return spdlog::level::off;
  }
  return spdlog::level::off;
}

}  // namespace

void set_log_level(LogLevel lowest) {
  logger().set_level(level_of(lowest));
}

void log_event(LogLevel level, LogName event, std::initializer_list<LogField> fields) {
  std::string line = event.text();
  for (const auto& field : fields) {
    line.append(" ").append(field.name.text()).append("=").append(std::to_string(field.value));
  }
  logger().log(level_of(level), spdlog::string_view_t(line));
}

void log_error(LogName event, const Error& error) {
  std::string line = event.text();
  line.append(" error=").append(to_string(error.code)).append(" place=").append(error.where);
  line.append(" native=").append(std::to_string(error.native));
  logger().error(spdlog::string_view_t(line));
}

}  // namespace abri::server
