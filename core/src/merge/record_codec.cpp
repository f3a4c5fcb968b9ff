// SPDX-License-Identifier: MPL-2.0
#include "merge/record_state.hpp"

#include <abri/crypto/hash.hpp>
#include <abri/crypto/labels.hpp>
#include <abri/proto/value.hpp>

#include <algorithm>
#include <array>

// Layout of a record in the vault. Numbers are varints where no size is given; a dot is author, counter − counter of author.
//
//   u8 2                                                        version of this layout
//   u64 base                                                    the smallest clock
//   n, n × (device, u64 incarnation, counter)                   authors, ascending; counter: the smallest of its dots
//   n, n × (field, u8 flags, dot, clock − base,
//           [side, roles, from, projection], [dot target],      each where its flag is set
//           length, value)
//   n, n × (field, dot, clock − base + 1 or 0, the same of pending)   superseded; layout 1 has no clocks here
//   n, n × (compartment, side, roles, leaf ms + 1 or 0, dot, length, change)   deferred
//
// flags: bits 0–2 slot, 3 pending, 4 side … projection follow, 5 target follows.

namespace abri::core::merge {
namespace {

constexpr std::uint8_t kLayout = 2;
constexpr std::uint8_t kLayoutWithoutClocks = 1;
constexpr unsigned kPendingFlag = 1U << 3;
constexpr unsigned kDetailsFlag = 1U << 4;
constexpr unsigned kTargetFlag = 1U << 5;

struct Author {
  std::uint32_t device{0};
  std::uint64_t incarnation{0};
  std::uint64_t counter{0};
};

void put_u64(std::string& out, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(number >> shift));
}

bool has_details(const Version& v) {
  return v.side != SIDE_UNSPECIFIED || v.roles != 0 || v.from != 0 || v.projection != 0;
}

class Encoder {
 public:
  explicit Encoder(const RecordState& state) : state_(state) {
    for (const auto& version : state.versions) {
      begin_at(version.clock);
      meet(version.dot);
      if (version.target != Dot{}) meet(version.target);
    }
    for (const auto& gone : state.superseded) {
      begin_at(gone.clock);
      begin_at(gone.pending);
      meet(gone.dot);
    }
    for (const auto& later : state.deferred) meet(later.dot);
  }

  std::string run() {
    out_.reserve(32 + state_.versions.size() * 24);
    out_.push_back(static_cast<char>(kLayout));
    put_u64(out_, base_.packed);
    put(authors_.size());
    for (const auto& author : authors_) {
      put(author.device);
      put_u64(out_, author.incarnation);
      put(author.counter);
    }
    put(state_.versions.size());
    for (const auto& version : state_.versions) put(version);
    put(state_.superseded.size());
    for (const auto& gone : state_.superseded) {
      put(gone.field);
      put(gone.dot);
      put_or_none(gone.clock);
      put_or_none(gone.pending);
    }
    put(state_.deferred.size());
    for (const auto& later : state_.deferred) put(later);
    return std::move(out_);
  }

 private:
  void begin_at(Clock clock) {
    if (clock != Clock{} && (base_ == Clock{} || clock < base_)) base_ = clock;
  }
  [[nodiscard]] std::vector<Author>::iterator place_of(const Dot& dot) {
    return std::ranges::lower_bound(authors_, std::pair(dot.device, dot.incarnation), {},
                                    [](const Author& a) { return std::pair(a.device, a.incarnation); });
  }
  void meet(const Dot& dot) {
    const auto at = place_of(dot);
    if (at != authors_.end() && at->device == dot.device && at->incarnation == dot.incarnation) {
      at->counter = std::min(at->counter, dot.counter);
    } else {
      authors_.insert(at, {dot.device, dot.incarnation, dot.counter});
    }
  }
  void put(std::uint64_t number) { proto::put_varint(out_, number); }
  void put(const Dot& dot) {
    const auto author = place_of(dot);
    put(static_cast<std::uint64_t>(author - authors_.begin()));
    put(dot.counter - author->counter);
  }
  void put_or_none(Clock clock) { put(clock == Clock{} ? 0 : clock.packed - base_.packed + 1); }
  void put(std::string_view bytes) {
    put(bytes.size());
    out_ += bytes;
  }
  void put(const Version& v) {
    put(v.field);
    out_.push_back(static_cast<char>(static_cast<unsigned>(v.slot) | (v.pending ? kPendingFlag : 0) |
                                     (has_details(v) ? kDetailsFlag : 0) |
                                     (v.target != Dot{} ? kTargetFlag : 0)));
    put(v.dot);
    put(v.clock.packed - base_.packed);
    if (has_details(v)) {
      put(static_cast<std::uint64_t>(v.side));
      put(v.roles);
      put(v.from);
      put(v.projection);
    }
    if (v.target != Dot{}) put(v.target);
    put(std::string_view(v.value.bytes));
  }
  void put(const Deferred& later) {
    put(static_cast<std::uint64_t>(later.context.compartment));
    put(static_cast<std::uint64_t>(later.context.side));
    put(later.context.roles);
    put(later.context.leaf_time ? to_millis(*later.context.leaf_time) + 1 : 0);
    put(later.dot);
    put(std::string_view(later.change));
  }

  const RecordState& state_;
  Clock base_;
  std::vector<Author> authors_;
  std::string out_;
};

class Decoder {
 public:
  explicit Decoder(BytesView bytes) : in_(as_text(bytes)) {}

  Result<RecordState> run() {
    if (in_.empty()) return Error{Errc::malformed, "record"};
    const auto layout = static_cast<std::uint8_t>(in_[0]);
    if (layout != kLayout && layout != kLayoutWithoutClocks)
      return Error{Errc::version_unsupported, "record"};
    in_.remove_prefix(1);
    base_ = {u64()};
    authors_.resize(count(10));
    for (auto& author : authors_) {
      author.device = small();
      author.incarnation = u64();
      author.counter = number();
    }
    RecordState state;
    state.versions.resize(count(6));
    for (auto& version : state.versions) read(version);
    state.superseded.resize(count(3));
    for (auto& gone : state.superseded) {
      gone.field = small();
      gone.dot = dot();
      if (layout == kLayoutWithoutClocks) continue;
      gone.clock = clock_or_none();
      gone.pending = clock_or_none();
    }
    state.deferred.resize(count(7));
    for (auto& later : state.deferred) read(later);
    if (!ok_ || !in_.empty()) return Error{Errc::malformed, "record"};
    return state;
  }

 private:
  void fail() {
    ok_ = false;
    in_ = {};
  }
  std::uint64_t number() {
    if (!in_.empty() && static_cast<std::uint8_t>(in_[0]) < 0x80) {  // most are one byte
      const auto out = static_cast<std::uint8_t>(in_[0]);
      in_.remove_prefix(1);
      return out;
    }
    const auto out = proto::take_varint(in_);
    if (!out) fail();
    return out.value_or(0);
  }
  std::uint32_t small() {
    const auto out = number();
    if (out > 0xffffffffU) fail();
    return static_cast<std::uint32_t>(out);
  }
  std::string_view bytes(std::uint64_t size) {
    if (size > in_.size()) {
      fail();
      return {};
    }
    const auto out = in_.substr(0, size);
    in_.remove_prefix(size);
    return out;
  }
  std::uint64_t u64() {
    std::uint64_t out = 0;
    for (const char c : bytes(8)) out = (out << 8) | static_cast<std::uint8_t>(c);
    return out;
  }
  /// A number of things of at least `least` bytes each: never more than the bytes left allow.
  std::size_t count(std::size_t least) {
    const auto out = number();
    if (out > in_.size() / least) {
      fail();
      return 0;
    }
    return out;
  }
  Clock clock_or_none() {
    const auto steps = number();
    return steps == 0 ? Clock{} : Clock{base_.packed + steps - 1};
  }
  Dot dot() {
    const auto author = number();
    const auto counter = number();
    if (author >= authors_.size()) {
      fail();
      return {};
    }
    return {authors_[author].device, authors_[author].incarnation, authors_[author].counter + counter};
  }
  Side side() {
    const auto out = number();
    if (!Side_IsValid(static_cast<int>(out & 0xff)) || out > 0xff) {
      fail();
      return SIDE_UNSPECIFIED;
    }
    return static_cast<Side>(out);
  }
  void read(Version& v) {
    v.field = small();
    const auto flag_byte = bytes(1);
    const auto flags =
        flag_byte.empty() ? 0U : static_cast<unsigned>(static_cast<std::uint8_t>(flag_byte[0]));
    if ((flags & 7U) > static_cast<unsigned>(Slot::redact)) return fail();
    v.slot = static_cast<Slot>(flags & 7U);
    v.pending = (flags & kPendingFlag) != 0;
    v.dot = dot();
    v.clock = {base_.packed + number()};
    if ((flags & kDetailsFlag) != 0) {
      v.side = side();
      v.roles = small();
      v.from = small();
      v.projection = small();
    }
    if ((flags & kTargetFlag) != 0) v.target = dot();
    v.value.bytes = bytes(number());
  }
  void read(Deferred& later) {
    later.context.compartment = static_cast<Compartment>(small());  // a newer version may know more of them
    later.context.side = side();
    later.context.roles = small();
    const auto leaf = number();
    if (leaf != 0) later.context.leaf_time = from_millis(leaf - 1);
    later.dot = dot();
    later.change = bytes(number());
  }

  std::string_view in_;
  bool ok_{true};
  Clock base_;
  std::vector<Author> authors_;
};

/// What all devices agree on: nothing as pending, of LWW the winner alone, of what is deferred its bytes alone.
RecordState agreed(const RecordState& state) {
  RecordState out;
  out.superseded = state.superseded;
  for (auto& gone : out.superseded) gone = {gone.field, gone.dot, gone.latest()};
  for (auto version : state.versions) {
    version.pending = false;
    auto* last = out.versions.empty() ? nullptr : &out.versions.back();
    if (version.slot == Slot::single && last != nullptr && last->field == version.field) {
      const auto order = [](const Version& v) { return std::tuple(v.projection, v.clock, v.dot); };
      if (order(*last) < order(version)) *last = std::move(version);
    } else {
      out.versions.push_back(std::move(version));
    }
  }
  for (const auto& later : state.deferred) out.deferred.push_back({later.dot, {}, later.change});
  return out;
}

}  // namespace

Bytes encode(const RecordState& state) {
  return to_bytes(Encoder(state).run());
}

Result<RecordState> decode_record(BytesView bytes) {
  return Decoder(bytes).run();
}

Hash digest(const RecordState& state) {
  return crypto::hash(crypto::labels::kState, as_bytes(Encoder(agreed(state)).run()));
}

void StateDigest::add(const RecordKey& key, const Hash& record) {
  Writer row(16 + 4 + 4 + 16 + 32);
  row.raw(key.case_id.bytes()).u32(static_cast<std::uint32_t>(key.compartment)).u32(key.type);
  row.raw(key.record.bytes()).raw(record.bytes());
  keyed_.insert(keyed_.end(), row.view().begin(), row.view().end());
}

Hash StateDigest::finish() const {
  return crypto::hash(crypto::labels::kState, keyed_);
}

}  // namespace abri::core::merge
