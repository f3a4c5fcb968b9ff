// SPDX-License-Identifier: MPL-2.0
#include "connection/connection.hpp"

#include "connection/fields.hpp"

#include <abri/base/limits.hpp>

#include <algorithm>
#include <limits>

#include <google/protobuf/io/coded_stream.h>

namespace abri::server {
namespace {

bool parse(v1::Frame& frame, BytesView bytes) {
  if (bytes.size() > limits::kMaxFrameBytes) return false;
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  in.SetRecursionLimit(limits::kMaxParseDepth);
  return frame.ParseFromCodedStream(&in) && in.ConsumedEntireMessage();
}

}  // namespace

Connection::Connection(Parameters parameters, const crypto::SigningKey& server_key, ConnectionLimits& limits,
                       Time now)
    : parameters_(std::move(parameters)),
      server_key_(server_key),
      limits_(limits),
      frame_rate_(limits.frames, now),
      started_(now),
      last_frame_(now) {
  handshake_.server_nonce = parameters_.nonce;
  handshake_.exporter = parameters_.exporter;
}

Actions Connection::on_frame(BytesView bytes, Time now) {
  if (closed_) return take();
  last_frame_ = now;
  pinged_ = false;
  v1::Frame frame;
  if (!parse(frame, bytes)) {
    end(0, v1::MALFORMED);
  } else if (!frame_rate_.take(1, now)) {
    end(frame.request(), v1::RATE_LIMITED);
  } else {
    dispatch(frame, now);
  }
  return take();
}

Actions Connection::on_foreign_frame() {
  end(0, v1::MALFORMED);
  return take();
}

void Connection::dispatch(v1::Frame& frame, Time now) {
  const auto request = frame.request();
  if (greeted_ == frame.has_hello()) return end(request, v1::OUT_OF_ORDER);
  const bool numbered = frame.has_prove() || frame.has_open() || frame.has_subscribe() ||
                        frame.has_unsubscribe() || frame.has_append() || frame.has_rotate();
  if (numbered && (request == 0 || appends_waiting_.contains(request))) return end(request, v1::MALFORMED);
  switch (frame.kind_case()) {
    case v1::Frame::kHello:
      return greet(request, frame.hello(), now);
    case v1::Frame::kProve:
      return prove(request, frame.prove(), now);
    case v1::Frame::kOpen:
      return open(request, frame.open(), now);
    case v1::Frame::kSubscribe:
      return subscribe(request, frame.subscribe());
    case v1::Frame::kUnsubscribe:
      return unsubscribe(request, frame.unsubscribe());
    case v1::Frame::kAppend:
      return append(request, *frame.mutable_append(), now);
    case v1::Frame::kRotate:
      return rotate(request, frame.rotate());
    case v1::Frame::kCredit:
      return add_credit(frame.credit());
    case v1::Frame::kPing: {
      v1::Frame pong;
      pong.set_request(request);
      pong.mutable_pong();
      return send(pong);
    }
    case v1::Frame::kPong:
      return;
    case v1::Frame::kWelcome:
    case v1::Frame::kDone:
    case v1::Frame::kEntries:
    case v1::Frame::kReceipt:
    case v1::Frame::kError:
    case v1::Frame::KIND_NOT_SET:
      return end(request, v1::MALFORMED);
  }
  end(request, v1::MALFORMED);
}

void Connection::greet(std::uint32_t request, const v1::Hello& hello, Time now) {
  if (hello.version() != wire::kProtocolVersion) return end(request, v1::VERSION_UNSUPPORTED);
  if (!exact(hello.nonce(), handshake_.client_nonce)) return end(request, v1::MALFORMED);
  greeted_ = true;
  v1::Frame frame;
  frame.set_request(request);
  auto& welcome = *frame.mutable_welcome();
  welcome.set_version(wire::kProtocolVersion);
  welcome.set_nonce(std::string(as_text(handshake_.server_nonce)));
  welcome.set_server_key(std::string(as_text(server_key_.public_key().bytes())));
  const auto signature = server_key_.sign(crypto::labels::kWelcome, wire::welcome_body(handshake_));
  welcome.set_signature(std::string(as_text(signature.bytes())));
  welcome.set_time_ms(to_millis(now));
  send(frame);
}

void Connection::prove(std::uint32_t request, const v1::Prove& prove, Time now) {
  ProveCapability what;
  if (!exact(prove.log(), what.log) || !exact(prove.signature(), what.signature)) {
    return end(request, v1::MALFORMED);
  }
  if (prove.capability() < v1::CAPABILITY_READ || prove.capability() > v1::CAPABILITY_OWNER) {
    return end(request, v1::MALFORMED);
  }
  const auto wait = limits_.failed_proofs.wait(parameters_.address, 1, now);
  if (wait.count() > 0) return refuse(request, v1::RATE_LIMITED, what.log, wait);
  if (!proven_.contains(what.log) && proven_.size() >= limits::kMaxLogsPerConnection) {
    return refuse(request, v1::TOO_LARGE, what.log);
  }
  what.capability = prove.capability();
  what.body = wire::prove_body(handshake_, what.log, static_cast<std::uint8_t>(prove.capability()));
  blocked_ = true;
  submit(request, std::move(what));
}

void Connection::open(std::uint32_t request, const v1::Open& open, Time now) {
  OpenLog what;
  if (!exact(open.account(), what.account) || !exact(open.salt(), what.salt) ||
      !exact(open.owner_key(), what.owner_key) || !exact(open.read_key(), what.read_key) ||
      !exact(open.write_key(), what.write_key) || !exact(open.signature(), what.signature)) {
    return end(request, v1::MALFORMED);
  }
  const auto wait = limits_.failed_proofs.wait(parameters_.address, 1, now);
  if (wait.count() > 0) return refuse(request, v1::RATE_LIMITED, {}, wait);
  what.body = wire::open_body(handshake_, what.account, what.salt, what.owner_key.array(),
                              what.read_key.array(), what.write_key.array());
  blocked_ = true;
  submit(request, std::move(what));
}

void Connection::append(std::uint32_t request, v1::Append& append, Time now) {
  AppendEntries what;
  if (!exact(append.log(), what.log) || append.entries().empty()) return end(request, v1::MALFORMED);
  std::size_t bytes = 0;
  for (const auto& entry : append.entries()) {
    if (entry.empty()) return end(request, v1::MALFORMED);
    if (entry.size() > limits::kMaxEntryBytes) return refuse(request, v1::TOO_LARGE, what.log);
    bytes += limits::counted_bytes(entry.size());
  }
  if (bytes > wire::kMaxAppendBytes) return refuse(request, v1::TOO_LARGE, what.log);
  const auto& key = proofs(what.log).write;
  if (!key) return refuse(request, v1::NOT_PERMITTED, what.log);
  const std::string bucket(as_text(key->bytes()));
  if (!limits_.append_bytes.take(bucket, static_cast<double>(bytes), now)) {
    const auto wait = limits_.append_bytes.wait(bucket, static_cast<double>(bytes), now);
    return refuse(request, v1::RATE_LIMITED, what.log, wait);
  }
  what.write_key = *key;
  what.entries.reserve(static_cast<std::size_t>(append.entries_size()));
  for (auto& entry : *append.mutable_entries()) what.entries.push_back(std::move(entry));
  if (append.has_expected_size()) what.expected_size = append.expected_size();
  appends_waiting_.emplace(request, bytes);
  append_bytes_waiting_ += bytes;
  submit(request, std::move(what));
}

void Connection::rotate(std::uint32_t request, const v1::Rotate& rotate) {
  RotateKeys what;
  if (!exact(rotate.log(), what.log) || !exact(rotate.read_key(), what.read_key) ||
      !exact(rotate.write_key(), what.write_key)) {
    return end(request, v1::MALFORMED);
  }
  const auto& key = proofs(what.log).owner;
  if (!key) return refuse(request, v1::NOT_PERMITTED, what.log);
  what.owner_key = *key;
  blocked_ = true;
  submit(request, what);
}

void Connection::add_credit(const v1::Credit& credit) {
  credit_ = std::min<std::uint64_t>(credit_ + credit.bytes(), std::numeric_limits<std::uint32_t>::max());
  starved_ = false;
  catch_up();
}

Actions Connection::on_time(Time now) {
  if (closed_) return take();
  const bool silent = !greeted_ && now - started_ >= limits_.hello_deadline;
  const bool unproven = !authenticated() && now - started_ >= limits_.proof_deadline;
  if (silent || unproven) {
    close(/*try_later=*/false);
    return take();
  }
  const auto idle = now - last_frame_;
  if (idle >= limits_.idle_deadline) {
    close(/*try_later=*/false);
  } else if (greeted_ && !pinged_ && idle >= limits_.idle_deadline / 2) {
    pinged_ = true;
    v1::Frame ping;
    ping.mutable_ping();
    send(ping);
  }
  catch_up();
  return take();
}

Actions Connection::on_answer(std::uint32_t request, LogAnswer answer, Time now) {
  if (closed_) return take();
  std::visit([&](auto& what) { answered(request, what, now); }, answer);
  return take();
}

void Connection::answered(std::uint32_t request, const Opened&, Time) {
  blocked_ = false;
  done(request);
}

void Connection::answered(std::uint32_t request, const Proven& proven, Time) {
  blocked_ = false;
  auto& known = proven_[proven.log];
  switch (proven.capability) {
    case v1::CAPABILITY_READ:
      known.read = proven.key;
      break;
    case v1::CAPABILITY_WRITE:
      known.write = proven.key;
      break;
    case v1::CAPABILITY_OWNER:
      known.owner = proven.key;
      break;
    default:
      break;
  }
  done(request);
}

void Connection::answered(std::uint32_t request, const Rotated&, Time) {
  blocked_ = false;
  done(request);
}

void Connection::answered(std::uint32_t request, const Appended& appended, Time) {
  send_receipt(request, appended, HeadForm::whole);
}

void Connection::send_receipt(std::uint32_t request, const Appended& appended, HeadForm form) {
  release_append(request);
  v1::Frame frame;
  frame.set_request(request);
  auto& receipt = *frame.mutable_receipt();
  for (const auto position : appended.positions) receipt.add_positions(position);
  for (const auto time_ms : appended.times_ms) receipt.add_times_ms(time_ms);
  set_head(*receipt.mutable_head(), appended.head, form);
  send(frame);
}

void Connection::answered(std::uint32_t request, const Refused& refused, Time now) {
  if (request == 0) {  // a piece of a catch-up
    reading_ = false;
    // Otherwise it is tried again when time passes.
    if (refused.code != v1::NOT_PERMITTED && refused.code != v1::DAMAGED) return;
    drop_subscription(refused.log);
    refuse(0, refused.code, refused.log);
    return catch_up();
  }
  if (appends_waiting_.contains(request)) {
    release_append(request);
  } else {
    blocked_ = false;
    if (refused.code == v1::NOT_PERMITTED || refused.costly)
      limits_.failed_proofs.take(parameters_.address, 1, now);
  }
  refuse(request, refused.code, refused.log, std::chrono::milliseconds{refused.retry_ms});
}

void Connection::release_append(std::uint32_t request) {
  const auto found = appends_waiting_.find(request);
  if (found == appends_waiting_.end()) return;
  append_bytes_waiting_ -= found->second;
  appends_waiting_.erase(found);
}

const Connection::Proofs& Connection::proofs(const LogId& log) const {
  static const Proofs kNone;
  const auto found = proven_.find(log);
  return found == proven_.end() ? kNone : found->second;
}

void Connection::submit(std::uint32_t request, LogRequest what) {
  actions_.emplace_back(SubmitRequest{request, std::move(what)});
}

void Connection::send(FramePtr frame) {
  if (closed_) return;
  queued_bytes_ += frame->size();
  actions_.emplace_back(SendFrame{std::move(frame)});
  if (queued_bytes_ > limits_.hard_queue_bytes) close(/*try_later=*/true);
}

void Connection::done(std::uint32_t request) {
  v1::Frame frame;
  frame.set_request(request);
  frame.mutable_done();
  send(frame);
}

void Connection::refuse(std::uint32_t request, v1::WireErrorCode code, const LogId& log,
                        std::chrono::milliseconds retry) {
  v1::Frame frame;
  frame.set_request(request);
  auto& error = *frame.mutable_error();
  error.set_code(code);
  error.set_retry_ms(static_cast<std::uint32_t>(
      std::min<std::int64_t>(retry.count(), std::numeric_limits<std::uint32_t>::max())));
  if (!log.is_zero()) error.set_log(std::string(as_text(log.bytes())));
  send(frame);
}

void Connection::end(std::uint32_t request, v1::WireErrorCode code) {
  refuse(request, code);
  close(/*try_later=*/false);
}

void Connection::close(bool try_later) {
  if (closed_) return;
  closed_ = true;
  actions_.emplace_back(CloseConnection{try_later});
}

}  // namespace abri::server
