// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/result.hpp>

#include <filesystem>

#include <boost/asio/ssl/context.hpp>

namespace abri::server {

/// Makes a certificate that says nothing about who runs the server (subject "server", ten years, P-256), with its key.
/// Clients do not look at it: they pin the server's own key, which signs each TLS connection's keying material.
/// @errors Errc::internal, Errc::storage_failed
Result<void> make_certificate(const std::filesystem::path& certificate, const std::filesystem::path& key);

/// TLS 1.3 only; no tickets, no early data, no renegotiation, no compression.
/// @errors Errc::storage_failed  certificate or key cannot be read, or do not fit each other
Result<boost::asio::ssl::context> make_tls_context(const std::filesystem::path& certificate,
                                                   const std::filesystem::path& key);

}  // namespace abri::server
