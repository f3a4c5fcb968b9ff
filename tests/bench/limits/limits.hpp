// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/result.hpp>

#include <chrono>
#include <filesystem>
#include <vector>

/// What this machine allows at this moment, each figure with as little of Abri around it as possible.
namespace abri::bench {

using Clock = std::chrono::steady_clock;

inline double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

/// The value below which `share` of the samples lie.
double percentile(std::vector<double> samples, double share);

/// Times of `count` appends of 4 KiB, each with its fsync, in ms.
std::vector<double> time_fsync(const std::filesystem::path& folder, int count);

struct EditTimes {
  std::vector<double> edit;  ///< `App::edit` of one field, durable on return, in ms
  std::vector<double> bare;  ///< one SQLCipher transaction of the same rows and durability, in ms
};
/// Edits and bare transactions in turn, so that a swing of the disk meets both.
Result<EditTimes> time_edits(const std::filesystem::path& folder, int count);

/// Bare SQLCipher transactions of `rows` edits each: what merging as many cannot go below. In ms.
Result<std::vector<double>> time_rows(const std::filesystem::path& folder, std::size_t rows, int count);

/// Round trips of a message over a WebSocket in TLS 1.3 between two threads, in ms.
std::vector<double> time_tls_echo(std::size_t message_bytes, int count);

}  // namespace abri::bench
