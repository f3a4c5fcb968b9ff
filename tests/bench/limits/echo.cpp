// SPDX-License-Identifier: MPL-2.0
#include "bench/limits/limits.hpp"

#include <memory>
#include <string>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace abri::bench {
namespace {

namespace net = boost::asio;
namespace websocket = boost::beast::websocket;
using net::ip::tcp;
using Stream = websocket::stream<net::ssl::stream<tcp::socket>, false>;

constexpr std::size_t kWriteBufferBytes = 128 * 1024;

struct Free {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

/// TLS 1.3 with a certificate of its own making, as the server's.
void set_certificate(net::ssl::context& tls) {
  const std::unique_ptr<EVP_PKEY, Free> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const std::unique_ptr<X509, Free> certificate(X509_new());
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_sign(certificate.get(), key.get(), nullptr);
  SSL_CTX_use_certificate(tls.native_handle(), certificate.get());
  SSL_CTX_use_PrivateKey(tls.native_handle(), key.get());
  SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_3_VERSION);
}

void set_options(Stream& stream) {
  stream.next_layer().next_layer().set_option(tcp::no_delay(true));
  stream.write_buffer_bytes(kWriteBufferBytes);
  stream.auto_fragment(false);
  stream.binary(true);
}

void echo(tcp::acceptor& acceptor, net::ssl::context& tls) {
  Stream stream(acceptor.accept(), tls);
  set_options(stream);
  boost::system::error_code failed;
  stream.next_layer().handshake(net::ssl::stream_base::server, failed);
  if (!failed) stream.accept(failed);
  boost::beast::flat_buffer buffer;
  while (!failed) {
    stream.read(buffer, failed);
    if (!failed) stream.write(buffer.data(), failed);
    buffer.consume(buffer.size());
  }
}

}  // namespace

std::vector<double> time_tls_echo(std::size_t message_bytes, int count) {
  net::io_context server_context{1};
  net::ssl::context server_tls(net::ssl::context::tls_server);
  set_certificate(server_tls);
  tcp::acceptor acceptor(server_context, {net::ip::address_v4::loopback(), 0});
  std::thread server([&] { echo(acceptor, server_tls); });

  net::io_context context{1};
  net::ssl::context tls(net::ssl::context::tls_client);
  Stream stream(context, tls);
  stream.next_layer().next_layer().connect(acceptor.local_endpoint());
  set_options(stream);
  stream.next_layer().handshake(net::ssl::stream_base::client);
  stream.handshake("localhost", "/");
  const std::string message(message_bytes, 'x');
  boost::beast::flat_buffer buffer;
  std::vector<double> times;
  for (int i = 0; i < count; ++i) {
    const auto begin = Clock::now();
    stream.write(net::buffer(message));
    stream.read(buffer);
    times.push_back(ms_since(begin));
    buffer.consume(buffer.size());
  }
  boost::system::error_code ignored;
  stream.close(websocket::close_code::normal, ignored);
  server.join();
  return times;
}

}  // namespace abri::bench
