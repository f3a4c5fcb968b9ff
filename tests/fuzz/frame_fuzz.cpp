// SPDX-License-Identifier: MPL-2.0
// Frames of the wire: a client's at the server's whole logic, a server's at the parsers of the engine. Frames follow one another,
// each after its length in two bytes.
#include "fuzz.hpp"
#include "support/server_world.hpp"
#include "sync/frames.hpp"

#include <abri/crypto/init.hpp>
#include <abri/proto/codec.hpp>

using namespace abri;  // NOLINT(google-build-using-namespace)

namespace {

void read_as_client(BytesView bytes) {
  const auto frame = proto::parse<v1::Frame>(bytes, limits::kMaxFrameBytes);
  if (!frame) return;
  if (const auto run = core::sync::parse_run(frame->entries())) {
    fuzz::must(run->entries.size() <= limits::kMaxEntriesPerFrame, "entries are counted");
    for (const auto& entry : run->entries)
      fuzz::must(entry.size() <= limits::kMaxEntryBytes, "entries are measured");
  }
  static_cast<void>(core::sync::parse_head(&frame->receipt().head()));
  static_cast<void>(core::sync::parse_hashes(frame->entries().consistency()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool kReady = crypto::initialise().has_value();
  fuzz::must(kReady, "the library is ready");
  static auto world = std::make_unique<test::ServerWorld>();
  static int inputs = 0;
  if (++inputs % 1000 == 0) world = std::make_unique<test::ServerWorld>();
  const auto id = world->connect(/*greet=*/size % 2 == 0);
  for (Reader in(fuzz::view(data, size)); in.left() > 0 && in.ok();) {
    const auto frame = in.short_bytes();
    read_as_client(frame);
    if (world->closed(id)) continue;
    world->send_bytes(id, std::string(as_text(frame)));
    world->take(id);
  }
  return 0;
}
