// SPDX-License-Identifier: MPL-2.0
#include "support/ws_client.hpp"

#include <abri/base/limits.hpp>
#include <abri/crypto/random.hpp>
#include <abri/crypto/sign.hpp>

#include <utility>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <openssl/ssl.h>

namespace abri::test {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;
using net::ip::tcp;

class Client final : public WsClient {
 public:
  Client() { stream_.read_message_max(2 * limits::kMaxFrameBytes); }

  bool start(std::uint16_t port, Patience patience) {
    auto& socket = stream_.next_layer().next_layer();
    const tcp::endpoint endpoint(net::ip::address_v4::loopback(), port);
    if (!run([&](auto done) { socket.async_connect(endpoint, done); }, patience)) return false;
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    if (!run([&](auto done) { stream_.next_layer().async_handshake(net::ssl::stream_base::client, done); },
             patience)) {
      return false;
    }
    const std::string path(wire::kPath);
    if (!run([&](auto done) { stream_.async_handshake("localhost", path, done); }, patience)) return false;
    stream_.binary(true);
    stream_.auto_fragment(false);
    SSL_export_keying_material(
        stream_.next_layer().native_handle(), reinterpret_cast<unsigned char*>(handshake.exporter.data()),
        handshake.exporter.size(), wire::kExporterLabel.data(), wire::kExporterLabel.size(), nullptr, 0, 0);
    open_ = true;
    return true;
  }
  bool send_bytes(const std::string& bytes, bool text) override {
    if (!open_) return false;
    stream_.text(text);
    const auto write = [&](const auto& done) {
      stream_.async_write(net::buffer(bytes), [done](error_code failed, std::size_t) { done(failed); });
    };
    if (!run(write, Patience{30'000})) open_ = false;
    return open_;
  }
  [[nodiscard]] bool open() const override { return open_; }

 protected:
  std::optional<std::string> receive_bytes(Patience patience) override {
    if (!reading_ && !arrived_) {
      if (!open_) return std::nullopt;
      reading_ = true;
      stream_.async_read(buffer_, [this](error_code failed, std::size_t) {
        reading_ = false;
        arrived_ = !failed;
      });
    }
    run_until([this] { return !reading_; }, patience);
    if (reading_) return std::nullopt;
    if (!*std::exchange(arrived_, std::nullopt)) {
      open_ = false;
      return std::nullopt;
    }
    const auto data = buffer_.cdata();
    std::string out(static_cast<const char*>(data.data()), data.size());
    buffer_.consume(buffer_.size());
    return out;
  }

 private:
  template <class Start>
  bool run(Start start, Patience patience) {
    auto outcome = std::make_shared<std::optional<error_code>>();
    start([outcome](error_code failed) { *outcome = failed; });
    run_until([&] { return outcome->has_value(); }, patience);
    if (outcome->has_value()) return !**outcome;
    error_code ignored;
    stream_.next_layer().next_layer().close(ignored);
    run_until([&] { return outcome->has_value(); }, Patience{1'000});
    return false;
  }
  template <class Condition>
  void run_until(Condition met, Patience patience) {
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (!met() && std::chrono::steady_clock::now() < give_up) {
      io_.restart();
      io_.run_one_until(give_up);
    }
  }

  net::io_context io_{1};
  net::ssl::context tls_{net::ssl::context::tlsv13_client};
  websocket::stream<beast::ssl_stream<tcp::socket>, false> stream_{io_, tls_};
  beast::flat_buffer buffer_;
  bool open_{false};
  bool reading_{false};
  std::optional<bool> arrived_;  // a message that nobody asked for yet, or the end
};

}  // namespace

std::unique_ptr<WsClient> WsClient::connect(std::uint16_t port, Patience patience) {
  auto client = std::make_unique<Client>();
  if (!client->start(port, patience)) return nullptr;
  return client;
}

bool WsClient::greet(const ByteArray<32>& pinned) {
  crypto::random_bytes(handshake.client_nonce);
  v1::Frame hello;
  hello.set_request(1);
  hello.mutable_hello()->set_version(wire::kProtocolVersion);
  hello.mutable_hello()->set_nonce(std::string(as_text(handshake.client_nonce)));
  const auto welcome = ask(hello).welcome();
  if (welcome.nonce().size() != wire::kNonceBytes) return false;
  handshake.server_nonce = to_array<wire::kNonceBytes>(as_bytes(welcome.nonce()));
  const auto signature = crypto::Signature::from(as_bytes(welcome.signature()));
  return signature && welcome.server_key() == as_text(pinned) &&
         crypto::verify(crypto::SigningPublicKey(pinned), crypto::labels::kWelcome,
                        wire::welcome_body(handshake), *signature)
             .has_value();
}

std::optional<v1::Frame> WsClient::receive(Patience patience) {
  const auto bytes = receive_bytes(patience);
  v1::Frame frame;
  if (!bytes || !frame.ParseFromString(*bytes)) return std::nullopt;
  return frame;
}

v1::Frame WsClient::ask(const v1::Frame& frame, Patience patience) {
  if (!send(frame)) return {};
  while (auto answer = receive(patience)) {
    if (answer->request() == frame.request()) return *std::move(answer);
  }
  return {};
}

bool WsClient::ends_within(Patience patience) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (open() && std::chrono::steady_clock::now() < give_up) {
    receive_bytes(std::chrono::duration_cast<Patience>(give_up - std::chrono::steady_clock::now()));
  }
  return !open();
}

}  // namespace abri::test
