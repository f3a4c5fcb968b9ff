// SPDX-License-Identifier: MPL-2.0
#include "session/session.hpp"

#include <abri/base/limits.hpp>
#include <abri/crypto/random.hpp>

#include <deque>
#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <openssl/ssl.h>

namespace abri::server {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using boost::system::error_code;
using net::ip::tcp;

constexpr auto kAsTuple = net::as_tuple(net::use_awaitable);
constexpr std::size_t kMaxHeaderBytes = 4096;
constexpr std::size_t kWriteBufferBytes = 128 * 1024;
constexpr std::size_t kKeptReadBufferBytes = 16 * 1024;
constexpr std::uint32_t kMaxPingsBetweenFrames = 16;
constexpr std::chrono::milliseconds kCloseDeadline{2'000};

/// Two coroutines, one that reads and one that writes. `abort` makes both end; the session is over when both have ended.
class WebSocketSession final : public Session,
                               public Peer,
                               public std::enable_shared_from_this<WebSocketSession> {
 public:
  WebSocketSession(tcp::socket socket, std::string address, ConnectionId id, SessionContext& context)
      : id_(id),
        address_(std::move(address)),
        context_(context),
        stream_(std::move(socket), context.tls),
        resume_(stream_.get_executor(), net::steady_timer::time_point::max()),
        wake_(stream_.get_executor(), net::steady_timer::time_point::max()) {}

  void start();

  void on_tick(Time now) override;
  void stop_reading() override {
    reading_stopped_ = true;
    if (!connection_) abort();
  }
  void drain() override;
  [[nodiscard]] bool authenticated() const override { return connection_ && connection_->authenticated(); }
  Connection& connection() override { return *connection_; }
  void perform(Actions actions) override;

 private:
  net::awaitable<void> read_side();
  net::awaitable<bool> shake_hands();
  net::awaitable<bool> upgrade();
  net::awaitable<void> read_frames();
  net::awaitable<void> write_frames();
  net::awaitable<void> close_politely();
  void set_options();
  void begin_connection();
  void side_ended();
  void abort();
  void set_deadline(std::chrono::milliseconds after) { deadline_ = context_.clock() + after; }

  ConnectionId id_;
  std::string address_;
  SessionContext& context_;
  websocket::stream<beast::ssl_stream<tcp::socket>, false> stream_;
  net::steady_timer resume_;  // cancelled when the next frame may be read
  net::steady_timer wake_;    // cancelled when there is something to write
  beast::flat_buffer buffer_{limits::kMaxFrameBytes + kMaxHeaderBytes};
  std::optional<Connection> connection_;
  std::deque<FramePtr> queue_;
  std::optional<Time> deadline_;        // of the handshake, or of the closing
  std::optional<Time> write_deadline_;  // of the frame being written
  std::uint32_t pings_{0};
  int sides_{0};  // coroutines that run
  bool reading_stopped_{false};
  bool closing_{false};
  bool try_later_{false};
  bool ended_{false};
};

void WebSocketSession::start() {
  set_deadline(context_.deadlines.tls);
  sides_ = 1;
  net::co_spawn(stream_.get_executor(), read_side(),
                [self = shared_from_this()](const std::exception_ptr& failed) {
                  if (failed || self->sides_ == 1) self->abort();
                  self->side_ended();
                });
}

net::awaitable<void> WebSocketSession::read_side() {
  bool open = co_await shake_hands();
  if (open) open = co_await upgrade();
  if (!open) {
    if (!ended_) ++context_.counters.failed_handshakes;
    co_return;
  }
  begin_connection();
  ++sides_;
  net::co_spawn(stream_.get_executor(), write_frames(),
                [self = shared_from_this()](const std::exception_ptr&) {
                  self->abort();
                  self->side_ended();
                });
  co_await read_frames();
}

net::awaitable<bool> WebSocketSession::shake_hands() {
  error_code ignored;
  stream_.next_layer().next_layer().set_option(tcp::no_delay(true), ignored);
  const auto [failed] =
      co_await stream_.next_layer().async_handshake(net::ssl::stream_base::server, kAsTuple);
  co_return !failed;
}

net::awaitable<bool> WebSocketSession::upgrade() {
  set_deadline(context_.deadlines.upgrade);
  http::request_parser<http::empty_body> parser;
  parser.header_limit(kMaxHeaderBytes);
  const auto [failed, size] =
      co_await http::async_read_header(stream_.next_layer(), buffer_, parser, kAsTuple);
  const auto& request = parser.get();
  if (failed || !websocket::is_upgrade(request) || request.target() != wire::kPath) co_return false;
  set_options();
  const auto [refused] = co_await stream_.async_accept(request, kAsTuple);
  co_return !refused && buffer_.size() == 0;
}

void WebSocketSession::set_options() {
  stream_.set_option(websocket::stream_base::decorator(
      [](websocket::response_type& response) { response.set(http::field::server, ""); }));
  stream_.read_message_max(limits::kMaxFrameBytes);
  stream_.write_buffer_bytes(kWriteBufferBytes);
  stream_.auto_fragment(false);
  stream_.binary(true);
  stream_.control_callback([this](websocket::frame_type kind, beast::string_view) {
    if (kind == websocket::frame_type::ping && ++pings_ > kMaxPingsBetweenFrames) abort();
  });
}

void WebSocketSession::begin_connection() {
  deadline_.reset();
  Connection::Parameters parameters{.id = id_, .address = std::move(address_), .exporter = {}, .nonce = {}};
  SSL_export_keying_material(
      stream_.next_layer().native_handle(), reinterpret_cast<unsigned char*>(parameters.exporter.data()),
      parameters.exporter.size(), wire::kExporterLabel.data(), wire::kExporterLabel.size(), nullptr, 0, 0);
  crypto::random_bytes(parameters.nonce);
  connection_.emplace(std::move(parameters), context_.server_key, context_.limits, context_.clock());
  context_.hub.add(id_, *this);
}

net::awaitable<void> WebSocketSession::read_frames() {
  while (!ended_) {
    while (!ended_ && !closing_ && !reading_stopped_ && !connection_->wants_frame()) {
      co_await resume_.async_wait(kAsTuple);
    }
    if (closing_ || reading_stopped_) co_return;
    const auto [failed, size] = co_await stream_.async_read(buffer_, kAsTuple);
    if (failed) {
      abort();
      co_return;
    }
    ++context_.counters.frames_in;
    pings_ = 0;
    const auto data = buffer_.cdata();
    const BytesView frame(static_cast<const std::byte*>(data.data()), data.size());
    perform(stream_.got_binary() ? connection_->on_frame(frame, context_.clock())
                                 : connection_->on_foreign_frame());
    buffer_.consume(buffer_.size());
    if (buffer_.capacity() > kKeptReadBufferBytes) buffer_.shrink_to_fit();
  }
}

net::awaitable<void> WebSocketSession::write_frames() {
  while (!ended_) {
    if (queue_.empty()) {
      if (closing_) break;
      co_await wake_.async_wait(kAsTuple);
      continue;
    }
    const auto frame = std::move(queue_.front());
    queue_.pop_front();
    write_deadline_ = context_.clock() + context_.deadlines.write_stall;
    const auto [failed, size] = co_await stream_.async_write(net::buffer(*frame), kAsTuple);
    write_deadline_.reset();
    if (failed) co_return;
    ++context_.counters.frames_out;
    perform(connection_->on_sent(frame->size()));
  }
  if (!ended_) co_await close_politely();
}

net::awaitable<void> WebSocketSession::close_politely() {
  set_deadline(kCloseDeadline);
  const auto code = try_later_ ? websocket::close_code::try_again_later : websocket::close_code::normal;
  co_await stream_.async_close(code, kAsTuple);
}

void WebSocketSession::perform(Actions actions) {
  for (auto& action : actions) {
    if (ended_) return;
    if (auto* send = std::get_if<SendFrame>(&action)) {
      queue_.push_back(std::move(send->frame));
    } else if (auto* request = std::get_if<SubmitRequest>(&action)) {
      context_.hub.submit(id_, std::move(*request));
    } else if (const auto* join = std::get_if<JoinLog>(&action)) {
      context_.hub.join(id_, join->log);
    } else if (const auto* leave = std::get_if<LeaveLog>(&action)) {
      context_.hub.leave(id_, leave->log);
    } else if (const auto* close = std::get_if<CloseConnection>(&action)) {
      closing_ = true;
      try_later_ = close->try_later;
    }
  }
  if (!queue_.empty() || closing_) wake_.cancel();
  if (closing_ || connection_->wants_frame()) resume_.cancel();
}

void WebSocketSession::on_tick(Time now) {
  if ((deadline_ && now >= *deadline_) || (write_deadline_ && now >= *write_deadline_)) {
    ++context_.counters.past_deadline;
    return abort();
  }
  if (connection_ && !closing_) perform(connection_->on_time(now));
}

void WebSocketSession::drain() {
  if (!connection_) return abort();
  closing_ = true;
  try_later_ = true;
  wake_.cancel();
  resume_.cancel();
}

// Ends everything at once: what is pending on the socket fails, the coroutines come to their end.
void WebSocketSession::abort() {
  if (ended_) return;
  ended_ = true;
  error_code ignored;
  stream_.next_layer().next_layer().close(ignored);
  wake_.cancel();
  resume_.cancel();
}

void WebSocketSession::side_ended() {
  if (--sides_ > 0) return;
  if (connection_) context_.hub.remove(id_);
  context_.on_end(id_);
}

}  // namespace

std::shared_ptr<Session> start_session(tcp::socket socket, std::string address, ConnectionId id,
                                       SessionContext& context) {
  auto session = std::make_shared<WebSocketSession>(std::move(socket), std::move(address), id, context);
  session->start();
  return session;
}

}  // namespace abri::server
