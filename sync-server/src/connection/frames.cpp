// SPDX-License-Identifier: MPL-2.0
#include "connection/frames.hpp"

#include <abri/base/limits.hpp>

namespace abri::server {

FramePtr serialise(const v1::Frame& frame) {
  auto out = std::make_shared<std::string>();
  frame.SerializeToString(out.get());
  return out;
}

void set_head(v1::Head& out, const SignedHead& head, HeadForm form) {
  out.set_size(head.size);
  if (form == HeadForm::whole) out.set_root(std::string(as_text(head.root.bytes())));
  out.set_time_ms(head.time_ms);
  out.set_signature(std::string(as_text(head.signature.bytes())));
}

void set_entries(v1::Entries& out, Piece& piece) {
  out.set_log(std::string(as_text(piece.log.bytes())));
  out.set_first(piece.first);
  for (auto& entry : piece.entries) out.add_entries(std::move(entry));
  for (const auto time_ms : piece.times_ms) out.add_times_ms(time_ms);
  if (piece.head) set_head(*out.mutable_head(), *piece.head);
}

const PublicationFrames::Group& PublicationFrames::group(std::size_t begin, std::size_t end) {
  const auto key = std::pair(begin, end);
  const auto found = groups_.find(key);
  if (found != groups_.end()) return found->second;
  return groups_.emplace(key, make(begin, end)).first->second;
}

PublicationFrames::Group PublicationFrames::make(std::size_t begin, std::size_t end) const {
  Group out{.frame = nullptr, .end = begin, .entries = 0, .entry_bytes = 0};
  v1::Frame frame;
  auto& message = *frame.mutable_entries();
  message.set_log(std::string(as_text(publication_->log.bytes())));
  message.set_first(publication_->runs[begin].first);
  while (out.end < end) {
    const auto& run = publication_->runs[out.end];
    std::uint64_t bytes = 0;
    for (const auto& entry : run.entries) bytes += entry.size();
    const bool fits = out.entry_bytes + bytes <= wire::kMaxAppendBytes &&
                      out.entries + run.entries.size() <= limits::kMaxEntriesPerFrame;
    if (out.end > begin && !fits) break;
    for (const auto& entry : run.entries) message.add_entries(entry);
    for (const auto time_ms : run.times_ms) message.add_times_ms(time_ms);
    out.entry_bytes += bytes;
    out.entries += run.entries.size();
    ++out.end;
  }
  set_head(*message.mutable_head(), publication_->runs[out.end - 1].receipt.head, HeadForm::without_root);
  out.frame = serialise(frame);
  return out;
}

}  // namespace abri::server
