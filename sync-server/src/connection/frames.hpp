// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "log/requests.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace abri::server {

/// A serialised `Frame`. Shared, so that fan-out holds one copy however many read it.
using FramePtr = std::shared_ptr<const std::string>;

FramePtr serialise(const v1::Frame& frame);
enum class HeadForm : std::uint8_t { whole, without_root };
/// @param form  `without_root` only where the frame's entries lead to the head and its reader was sent all before them
void set_head(v1::Head& out, const SignedHead& head, HeadForm form = HeadForm::whole);
/// Fills `out` with what a piece holds, moving its entries.
void set_entries(v1::Entries& out, Piece& piece);

/// The live `Entries` frames of a publication, each serialised at most once.
///
/// @threads I/O thread only
class PublicationFrames {
 public:
  explicit PublicationFrames(std::shared_ptr<const Publication> publication)
      : publication_(std::move(publication)) {}

  [[nodiscard]] const Publication& publication() const { return *publication_; }

  /// A frame with as many runs from `begin` on, before `end`, as fit into one.
  struct Group {
    FramePtr frame;
    std::size_t end{0};  ///< the first run that is not in it
    std::uint64_t entries{0};
    std::uint64_t entry_bytes{0};  ///< what it costs of the reader's credit
  };
  const Group& group(std::size_t begin, std::size_t end);

 private:
  [[nodiscard]] Group make(std::size_t begin, std::size_t end) const;

  std::shared_ptr<const Publication> publication_;
  std::map<std::pair<std::size_t, std::size_t>, Group> groups_;
};

}  // namespace abri::server
