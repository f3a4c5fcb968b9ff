// SPDX-License-Identifier: MPL-2.0
#include "tls/tls_context.hpp"

#include "config/explain.hpp"
#include "files/secret_file.hpp"

#include <abri/crypto/random.hpp>

#include <memory>

#include <boost/system/error_code.hpp>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace abri::server {
namespace {

namespace ssl = boost::asio::ssl;

template <auto Free>
struct Release {
  template <class T>
  void operator()(T* pointer) const noexcept {
    Free(pointer);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Release<X509_free>>;
using BioPtr = std::unique_ptr<BIO, Release<BIO_free_all>>;

constexpr long kTenYears = 10L * 365 * 24 * 3600;
constexpr long kDay = 24L * 3600;

Error openssl_failed() {
  return Error{Errc::internal, "certificate"};
}

BytesView content(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  return {reinterpret_cast<const std::byte*>(data), static_cast<std::size_t>(size)};
}

CertificatePtr self_signed(EVP_PKEY* key) {
  CertificatePtr certificate(X509_new());
  if (!certificate) return nullptr;
  X509_set_version(certificate.get(), X509_VERSION_3);
  const auto serial = crypto::random_u64() >> 1;
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kTenYears);
  X509_set_pubkey(certificate.get(), key);
  auto* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("server"), -1,
                             -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  if (X509_sign(certificate.get(), key, EVP_sha256()) == 0) return nullptr;
  return certificate;
}

}  // namespace

Result<void> make_certificate(const std::filesystem::path& certificate_path,
                              const std::filesystem::path& key_path) {
  const KeyPtr key(EVP_EC_gen("P-256"));
  if (!key) return openssl_failed();
  const auto certificate = self_signed(key.get());
  if (!certificate) return openssl_failed();
  const BioPtr key_pem(BIO_new(BIO_s_secmem()));
  const BioPtr certificate_pem(BIO_new(BIO_s_mem()));
  if (!key_pem || !certificate_pem ||
      PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 0 ||
      PEM_write_bio_X509(certificate_pem.get(), certificate.get()) == 0) {
    return openssl_failed();
  }
  ABRI_CHECK(write_new_file(key_path, content(key_pem.get())));
  return write_new_file(certificate_path, content(certificate_pem.get()));
}

Result<ssl::context> make_tls_context(const std::filesystem::path& certificate,
                                      const std::filesystem::path& key) {
  ssl::context context(ssl::context::tlsv13_server);
  auto* const native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(native, TLS1_3_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_num_tickets(native, 0);
  SSL_CTX_set_max_early_data(native, 0);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  const bool suites = SSL_CTX_set_ciphersuites(native,
                                               "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:"
                                               "TLS_AES_128_GCM_SHA256") == 1 &&
                      SSL_CTX_set1_groups_list(native, "X25519:P-256") == 1;
  if (!suites) return Error{Errc::internal, "tls"};
  boost::system::error_code problem;
  context.use_certificate_chain_file(certificate.string(), problem);
  if (problem) return Error{Errc::storage_failed, place::kCertificate, problem.value()};
  context.use_private_key_file(key.string(), ssl::context::pem, problem);
  if (problem) return Error{Errc::storage_failed, place::kCertificateKey, problem.value()};
  if (SSL_CTX_check_private_key(native) != 1) return Error{Errc::storage_failed, place::kCertificateKey};
  return context;
}

}  // namespace abri::server
