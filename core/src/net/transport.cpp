// SPDX-License-Identifier: MPL-2.0
#include "net/transport.hpp"

#include <abri/base/limits.hpp>

#include <chrono>
#include <deque>
#include <utility>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <openssl/ssl.h>

namespace abri::core::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

constexpr auto kConnectTimeout = 10s;
constexpr auto kCloseTimeout = 2s;
/// With Beast's 4 KiB a large frame is masked and written in many small pieces, at a tenth of the throughput.
constexpr std::size_t kWriteBufferBytes = std::size_t{128} * 1024;

/// What a message costs in the queue beside its bytes: small ones are not free.
constexpr std::size_t kFrameCost = 64;

/// Certificates are not looked at: the server signs the exporter of this connection with its pinned key (`Welcome`), which a
/// party in between cannot have signed for it.
asio::ssl::context make_tls_context() {
  asio::ssl::context tls(asio::ssl::context::tls_client);
  auto* const native = tls.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(native, TLS1_3_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  tls.set_verify_mode(asio::ssl::verify_none);
  return tls;
}

/// "host:port", "[::1]:port".
struct Endpoint {
  std::string host;
  std::string port;
};
Endpoint split(const std::string& address) {
  const auto colon = address.rfind(':');
  if (colon == std::string::npos) return {};
  auto host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return {.host = std::move(host), .port = address.substr(colon + 1)};
}

class WebSocket final : public Transport, public std::enable_shared_from_this<WebSocket> {
 public:
  WebSocket(asio::io_context& context, Events events, Limits limits)
      : events_(std::make_shared<Events>(std::move(events))),
        limits_(limits),
        tls_(make_tls_context()),
        resolver_(context),
        deadline_(context),
        write_deadline_(context),
        stream_(context, tls_) {}

  void start(const std::string& address) {
    const auto [host, port] = split(address);
    set_deadline(kConnectTimeout, Errc::timed_out);
    if (host.empty() || port.empty()) {
      asio::post(stream_.get_executor(),
                 [self = shared_from_this()] { self->finish(Errc::invalid_argument); });
      return;
    }
    resolver_.async_resolve(
        host, port, [self = shared_from_this(), host](error_code failed, const auto& found) {
          if (self->failed(failed)) return;
          asio::async_connect(self->socket(), found, [self, host](error_code e, const tcp::endpoint&) {
            if (!self->failed(e)) self->shake_hands(host);
          });
        });
  }

  void send(Bytes frame) override {
    if (!up_ || closing_) return;
    queued_bytes_ += cost(frame);
    queue_.push_back(std::move(frame));
    if (queued_bytes_ > limits_.queued_bytes) return give_up();
    if (queue_.size() == 1) write();
  }

  void close() override {
    if (over_ || closing_) return;
    closing_ = true;
    if (!up_) {
      asio::post(stream_.get_executor(), [self = shared_from_this()] { self->finish(Errc::cancelled); });
      return;
    }
    set_deadline(kCloseTimeout, Errc::timed_out);
    if (queue_.empty()) say_goodbye();
  }

  void abort() override {
    events_.reset();
    finish(Errc::cancelled);
  }

 private:
  tcp::socket& socket() { return beast::get_lowest_layer(stream_); }

  bool failed(const error_code& code) {
    if (over_) return true;
    if (code) finish(Errc::network_lost);
    return over_;
  }

  void set_deadline(std::chrono::milliseconds time, Errc why) {
    deadline_.expires_after(time);
    deadline_.async_wait([self = shared_from_this(), why](error_code cancelled) {
      if (!cancelled) self->finish(why);
    });
  }

  void shake_hands(const std::string& host) {
    error_code ignored;
    static_cast<void>(socket().set_option(tcp::no_delay(true), ignored));
    stream_.next_layer().async_handshake(asio::ssl::stream_base::client,
                                         [self = shared_from_this(), host](error_code code) {
                                           if (!self->failed(code)) self->upgrade(host);
                                         });
  }

  void upgrade(const std::string& host) {
    stream_.set_option(websocket::stream_base::timeout{websocket::stream_base::none(),
                                                       websocket::stream_base::none(), false});
    stream_.write_buffer_bytes(kWriteBufferBytes);
    stream_.auto_fragment(false);
    stream_.binary(true);
    stream_.read_message_max(limits::kMaxFrameBytes);
    stream_.async_handshake(host, wire::kPath, [self = shared_from_this()](error_code code) {
      if (!self->failed(code)) self->begin();
    });
  }

  void begin() {
    wire::Exporter exporter{};
    const auto made = SSL_export_keying_material(
        stream_.next_layer().native_handle(), reinterpret_cast<unsigned char*>(exporter.data()),
        exporter.size(), wire::kExporterLabel.data(), wire::kExporterLabel.size(), nullptr, 0, 0);
    if (made != 1) return finish(Errc::internal);
    if (closing_) return;  // finish is on its way
    deadline_.cancel();
    up_ = true;
    read();
    const auto events = events_;
    events->connected(exporter);
  }

  void read() {
    stream_.async_read(buffer_, [self = shared_from_this()](error_code code, std::size_t) {
      if (self->failed(code)) return;
      if (!self->stream_.got_binary()) return self->finish(Errc::malformed);
      const auto data = self->buffer_.cdata();
      if (!self->closing_) {
        const auto events = self->events_;
        events->frame({static_cast<const std::byte*>(data.data()), data.size()});
      }
      if (self->over_) return;
      self->buffer_.consume(self->buffer_.size());
      self->read();
    });
  }

  static std::size_t cost(const Bytes& frame) { return frame.size() + kFrameCost; }

  /// From inside a call: the event comes later.
  void give_up() {
    closing_ = true;
    asio::post(stream_.get_executor(), [self = shared_from_this()] { self->finish(Errc::timed_out); });
  }

  void write() {
    write_deadline_.expires_after(limits_.write);
    write_deadline_.async_wait([self = shared_from_this()](error_code cancelled) {
      if (!cancelled) self->finish(Errc::timed_out);
    });
    stream_.async_write(asio::buffer(queue_.front()),
                        [self = shared_from_this()](error_code code, std::size_t) {
                          if (self->failed(code)) return;
                          self->write_deadline_.cancel();
                          self->queued_bytes_ -= cost(self->queue_.front());
                          self->queue_.pop_front();
                          if (!self->queue_.empty()) return self->write();
                          if (self->closing_) self->say_goodbye();
                        });
  }

  void say_goodbye() {
    stream_.async_close(websocket::close_code::normal,
                        [self = shared_from_this()](error_code) { self->finish(Errc::network_lost); });
  }

  void finish(Errc why) {
    if (std::exchange(over_, true)) return;
    up_ = false;
    deadline_.cancel();
    write_deadline_.cancel();
    resolver_.cancel();
    error_code ignored;
    static_cast<void>(socket().close(ignored));
    if (const auto events = std::exchange(events_, nullptr)) events->closed(why);
  }

  std::shared_ptr<Events> events_;  // shared: an event may end its own connection
  Limits limits_;
  asio::ssl::context tls_;
  tcp::resolver resolver_;
  asio::steady_timer deadline_;        // of the attempt, or of the end
  asio::steady_timer write_deadline_;  // of the message being written
  websocket::stream<asio::ssl::stream<tcp::socket>, /*deflateSupported=*/false> stream_;
  beast::flat_buffer buffer_;
  std::deque<Bytes> queue_;  // the first one is being written
  std::size_t queued_bytes_{0};
  bool up_{false};
  bool closing_{false};
  bool over_{false};
};

}  // namespace

std::shared_ptr<Transport> connect(asio::io_context& context, const std::string& address,
                                   Transport::Events events, Transport::Limits limits) {
  auto socket = std::make_shared<WebSocket>(context, std::move(events), limits);
  socket->start(address);
  return socket;
}

}  // namespace abri::core::net
