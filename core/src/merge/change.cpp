// SPDX-License-Identifier: MPL-2.0
#include "merge/change.hpp"

#include <abri/base/limits.hpp>
#include <abri/proto/codec.hpp>
#include <abri/v1/entry.pb.h>

#include <algorithm>
#include <utility>

#include <google/protobuf/message.h>
#include <google/protobuf/unknown_field_set.h>

namespace abri::core::merge {
namespace {

constexpr std::uint64_t kCounterEnd = std::uint64_t{1} << 48;

/// The fields of a message that this version does not know, as they came.
std::string unknown_fields(const google::protobuf::Message& message) {
  const auto& fields = message.GetReflection()->GetUnknownFields(message);
  std::string out;
  if (!fields.empty()) fields.SerializeToString(&out);
  return out;
}

void put_unknown_fields(google::protobuf::Message& message, const std::string& fields) {
  if (!fields.empty()) message.GetReflection()->MutableUnknownFields(&message)->ParseFromString(fields);
}

class Encoder {
 public:
  Result<Bytes> run(const Change& change) {
    const auto& operations = change.operations;
    if (operations.empty()) return Error{Errc::invalid_argument, "change without operations"};
    if (operations.size() > limits::kMaxOperationsPerChange) return Error{Errc::too_large, "change"};
    first_ = operations.front().dot;
    last_clock_ = operations.front().clock;
    if (first_.counter + operations.size() > kCounterEnd) return Error{Errc::invalid_argument, "dot counter"};
    out_.set_schema_version(change.schema_version);
    out_.set_clock(last_clock_.packed);
    out_.set_first_counter(first_.counter);
    for (const auto& operation : operations) ABRI_CHECK(add(operation));
    put_unknown_fields(out_, change.extra);
    return proto::serialise(out_);
  }

 private:
  Result<void> add(const Operation& in) {
    const auto index = static_cast<std::uint64_t>(out_.operations_size());
    if (in.dot != Dot{first_.device, first_.incarnation, first_.counter + index} || in.clock < last_clock_) {
      return Error{Errc::invalid_argument, "dots or clocks out of order"};
    }
    auto& out = *out_.add_operations();
    out.set_record(record(in));
    out.set_field(in.field);
    out.set_kind(static_cast<v1::OperationKind>(in.kind));
    out.set_value(in.value.bytes);
    for (const auto& dot : in.supersedes) {
      out.add_supersedes(author(dot));
      out.add_supersedes(dot.counter);
    }
    out.set_from(in.from);
    if (in.clock != last_clock_) {
      const auto elapsed = (in.clock.packed >> 16) - (last_clock_.packed >> 16);
      out.set_elapsed_ms(elapsed);
      if (elapsed == 0 || in.clock.counter() != 0) out.set_tick(in.clock.counter() + 1U);
      last_clock_ = in.clock;
    }
    out.set_projection(in.projection);
    out.set_source_clock(in.source_clock.packed);
    put_unknown_fields(out, in.extra);
    return {};
  }

  std::uint32_t record(const Operation& in) {
    const auto id = as_text(in.record.bytes());
    for (int i = out_.records_size(); i-- > 0;) {
      if (out_.records(i).type() == in.record_type && out_.records(i).id() == id)
        return static_cast<std::uint32_t>(i);
    }
    auto& added = *out_.add_records();
    added.set_type(in.record_type);
    added.set_id(id.data(), id.size());
    return static_cast<std::uint32_t>(out_.records_size() - 1);
  }

  std::uint64_t author(const Dot& dot) {
    if (dot.device == first_.device && dot.incarnation == first_.incarnation) return 0;
    for (int i = 0; i < out_.authors_size(); ++i) {
      if (out_.authors(i).device() == dot.device && out_.authors(i).incarnation() == dot.incarnation) {
        return static_cast<std::uint64_t>(i) + 1;
      }
    }
    auto& added = *out_.add_authors();
    added.set_device(dot.device);
    added.set_incarnation(dot.incarnation);
    return static_cast<std::uint64_t>(out_.authors_size());
  }

  v1::Change out_;
  Dot first_;
  Clock last_clock_;
};

class Decoder {
 public:
  Decoder(v1::Change in, std::uint32_t device, std::uint64_t incarnation)
      : in_(std::move(in)), self_{device, incarnation, in_.first_counter()}, clock_{in_.clock()} {}

  Result<Change> run() {
    if (in_.operations_size() > static_cast<int>(limits::kMaxOperationsPerChange)) {
      return Error{Errc::too_large, "change"};
    }
    if (self_.counter >= kCounterEnd - limits::kMaxOperationsPerChange)
      return Error{Errc::malformed, "counter"};
    for (const auto& record : in_.records()) {
      ABRI_TRY(const auto id, RecordId::from(as_bytes(record.id())));
      records_.push_back(id);
    }
    Change out;
    out.schema_version = in_.schema_version();
    out.operations.resize(static_cast<std::size_t>(in_.operations_size()));
    for (int i = 0; i < in_.operations_size(); ++i) {
      ABRI_CHECK(read(*in_.mutable_operations(i), out.operations[static_cast<std::size_t>(i)]));
    }
    out.extra = unknown_fields(in_);
    return out;
  }

 private:
  Result<void> read(v1::Operation& in, Operation& out) {
    if (in.record() >= records_.size()) return Error{Errc::malformed, "record index"};
    out.record_type = in_.records(static_cast<int>(in.record())).type();
    out.record = records_[in.record()];
    out.field = in.field();
    out.kind = static_cast<OperationKind>(in.kind());
    out.value.bytes = std::move(*in.mutable_value());
    ABRI_CHECK(read_dots(in, out));
    out.from = in.from();
    out.dot = self_;
    ++self_.counter;
    if (in.tick() != 0 || in.elapsed_ms() != 0) {
      if (in.tick() > 0x10000 || in.elapsed_ms() >= kCounterEnd) return Error{Errc::malformed, "clock"};
      const auto ms = (clock_.packed >> 16) + in.elapsed_ms();
      if (ms >= kCounterEnd) return Error{Errc::malformed, "clock"};
      clock_ = {(ms << 16) | (in.tick() == 0 ? 0 : in.tick() - 1)};
    }
    out.clock = clock_;
    out.projection = in.projection();
    out.source_clock = {in.source_clock()};
    out.extra = unknown_fields(in);
    return {};
  }

  Result<void> read_dots(const v1::Operation& in, Operation& out) const {
    if (in.supersedes_size() % 2 != 0) return Error{Errc::malformed, "supersedes"};
    for (int i = 0; i < in.supersedes_size(); i += 2) {
      const auto author = in.supersedes(i);
      const auto counter = in.supersedes(i + 1);
      if (author > static_cast<std::uint64_t>(in_.authors_size()) || counter >= kCounterEnd) {
        return Error{Errc::malformed, "supersedes"};
      }
      if (author == 0) {
        out.supersedes.push_back({self_.device, self_.incarnation, counter});
      } else {
        const auto& other = in_.authors(static_cast<int>(author) - 1);
        out.supersedes.push_back({other.device(), other.incarnation(), counter});
      }
    }
    return {};
  }

  v1::Change in_;
  std::vector<RecordId> records_;
  Dot self_;
  Clock clock_;
};

}  // namespace

Result<Bytes> encode_change(const Change& change) {
  return Encoder().run(change);
}

Result<Change> decode_change(BytesView bytes, std::uint32_t device, std::uint64_t incarnation) {
  ABRI_TRY(auto message, proto::parse<v1::Change>(bytes, limits::kMaxEntryBytes));
  return Decoder(std::move(message), device, incarnation).run();
}

void stamp(std::span<Operation> operations, Dot first, Clock clock) {
  for (auto& operation : operations) {
    operation.dot = first;
    operation.clock = clock;
    ++first.counter;
  }
}

}  // namespace abri::core::merge
