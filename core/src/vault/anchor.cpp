// SPDX-License-Identifier: MPL-2.0
#include "vault/anchor.hpp"

#include "vault/database.hpp"

#include <abri/crypto/hash.hpp>
#include <abri/crypto/labels.hpp>

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>

namespace abri::core::vault {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kTagBytes = 80;   // vector 16 and HMAC-SHA512 64, at the end of each page
constexpr std::size_t kSaltBytes = 16;  // in front of the first page
constexpr std::size_t kLogHeaderBytes = 32;
constexpr std::size_t kFrameHeaderBytes = 24;
constexpr std::size_t kFrameBytes = kFrameHeaderBytes + kPageBytes;
constexpr std::uint64_t kFramesAtOnce = 32;
/// Above this a folding does not read all tags (about 10 ms); the digest then waits for the next closing.
constexpr std::uint64_t kMaxDigestedBytes = 64U << 20U;

std::filesystem::path log_path(std::filesystem::path database) {
  database += "-wal";
  return database;
}

FileDescriptor open_to_read(const std::filesystem::path& path) {
  return FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

Result<std::uint64_t> size_of(const FileDescriptor& file) {
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return file_error("anchor: fstat");
  return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace

Bytes Anchor::encode() const {
  Writer out(kSize);
  out.u8(kVersion).u8(at_rest ? 1 : 0).u64(generation).raw(file.bytes()).u64(log_frames).raw(log.bytes());
  return out.take();
}

Result<Anchor> Anchor::decode(BytesView bytes) {
  Reader in(bytes);
  if (const auto version = in.u8(); in.ok() && version > kVersion)
    return Error{Errc::version_unsupported, "Anchor"};
  Anchor anchor;
  anchor.at_rest = in.u8() != 0;
  anchor.generation = in.u64();
  anchor.file = Hash(in.array<Hash::kSize>());
  anchor.log_frames = in.u64();
  anchor.log = Hash(in.array<Hash::kSize>());
  ABRI_CHECK(in.finish("Anchor"));
  return anchor;
}

Result<Hash> digest_file(const FileDescriptor& file) {
  ABRI_TRY(const auto size, size_of(file));
  crypto::Hasher hasher(crypto::labels::kVaultAnchor);
  hasher.u64(size);
  ByteArray<kTagBytes> tag{};
  const auto salt = std::span(tag).first<kSaltBytes>();
  if (size >= kPageBytes) {
    ABRI_CHECK(read_at(file, 0, salt));
    hasher.update(salt);
  }
  for (std::uint64_t end = kPageBytes; end <= size; end += kPageBytes) {
    ABRI_CHECK(read_at(file, end - kTagBytes, tag));
    hasher.update(tag);
  }
  return hasher.finish();
}

void LogDigest::clear() {
  frames_ = 0;
  value_ = {};
}

Result<void> LogDigest::advance(const FileDescriptor& log, std::uint64_t frames) {
  if (frames < frames_) clear();
  if (frames_ == 0 && frames > 0) {
    ByteArray<kLogHeaderBytes> header{};
    ABRI_CHECK(read_at(log, 0, header));
    value_ = crypto::hash(crypto::labels::kVaultAnchor, header);
  }
  buffer_.resize(kFramesAtOnce * kFrameBytes);
  while (frames_ < frames) {
    const auto count = std::min(frames - frames_, kFramesAtOnce);
    const auto piece = std::span(buffer_).first(count * kFrameBytes);
    ABRI_CHECK(read_at(log, kLogHeaderBytes + frames_ * kFrameBytes, piece));
    for (std::size_t i = 0; i < count; ++i) {
      const auto frame = piece.subspan(i * kFrameBytes, kFrameBytes);
      crypto::Hasher hasher(crypto::labels::kVaultAnchor);
      hasher.update(value_.bytes()).update(frame.first(kFrameHeaderBytes)).update(frame.last(kTagBytes));
      value_ = hasher.finish();
    }
    frames_ += count;
  }
  return {};
}

AnchorKeeper::AnchorKeeper(std::filesystem::path database, Keystore& keystore, std::string name)
    : database_(std::move(database)), keystore_(keystore), name_(std::move(name)) {}

Result<bool> AnchorKeeper::open() {
  file_ = open_to_read(database_);
  if (!file_.valid()) return file_error("AnchorKeeper::open");
  const auto stored = keystore_.anchor(name_);
  if (!stored && stored.error().code != Errc::not_found) return stored.error();
  bool fresh = false;
  if (stored) {
    if (const auto anchor = Anchor::decode(*stored)) {
      anchor_ = *anchor;
      found_generation_ = anchor_.generation;
      ABRI_TRY(fresh, matches(anchor_));
    } else if (anchor.error().code == Errc::version_unsupported) {
      return anchor.error();
    }
  }
  if (anchor_.at_rest || !stored) {
    // Before anything changes in the files: a crash from here on leaves a vault in use, which may have a log.
    anchor_.at_rest = false;
    ABRI_CHECK(save(/*durable=*/true));
  }
  return fresh;
}

Result<bool> AnchorKeeper::matches(const Anchor& anchor) const {
  if (!anchor.file.is_zero()) {
    ABRI_TRY(const auto digest, digest_file(file_));
    if (digest != anchor.file) return false;
  }
  const auto log = open_to_read(log_path(database_));
  std::uint64_t log_bytes = 0;
  if (log.valid()) {
    ABRI_TRY(log_bytes, size_of(log));
  }
  if (anchor.at_rest) return log_bytes == 0;
  if (anchor.log_frames == 0) return true;
  if (anchor.log_frames > log_bytes / kFrameBytes) return false;
  LogDigest digest;
  ABRI_CHECK(digest.advance(log, anchor.log_frames));
  return digest.value() == anchor.log;
}

Result<void> AnchorKeeper::save(bool durable) {
  return keystore_.set_anchor(name_, anchor_.encode(), durable);
}

void AnchorKeeper::follow(std::uint64_t frames) noexcept {
  if (!log_.valid()) log_ = open_to_read(log_path(database_));
  if (!log_.valid() || !log_digest_.advance(log_, frames))
    return;  // an older anchor stays: weaker, never wrong
  anchor_.log_frames = log_digest_.frames();
  anchor_.log = log_digest_.value();
  static_cast<void>(save(/*durable=*/false));
}

Result<void> AnchorKeeper::fold(Database& db) {
  if (db.reading()) return Error{Errc::storage_busy, "AnchorKeeper::fold"};
  const auto generation = std::max(anchor_.generation, found_generation_) + 1;
  ABRI_CHECK(in_transaction(db, [&] { return write_generation(db, generation); }));
  // While the log is folded in, neither digest holds; the generation does.
  const auto before = anchor_;
  anchor_ = {.at_rest = false, .generation = generation, .file = {}, .log_frames = 0, .log = {}};
  ABRI_CHECK(save(/*durable=*/true));
  if (auto done = db.checkpoint(); !done) {
    anchor_.log_frames = before.log_frames;
    anchor_.log = before.log;
    static_cast<void>(save(/*durable=*/false));
    return done;
  }
  log_digest_.clear();
  ABRI_TRY(const auto size, size_of(file_));
  if (size > kMaxDigestedBytes) return {};
  ABRI_TRY(anchor_.file, digest_file(file_));
  return save(/*durable=*/false);
}

Result<void> AnchorKeeper::rest() {
  if (!file_.valid()) file_ = open_to_read(database_);
  if (!file_.valid()) return file_error("AnchorKeeper::rest");
  ABRI_TRY(anchor_.file, digest_file(file_));
  anchor_.at_rest = true;
  return save(/*durable=*/true);
}

Result<std::uint64_t> read_generation(Database& db) {
  ABRI_TRY(auto select, db.statement("SELECT value FROM meta WHERE key = 'generation'"));
  ABRI_TRY(const bool row, select.step());
  if (!row) return std::uint64_t{0};
  Reader in(select.column_blob(0));
  const auto generation = in.u64();
  ABRI_CHECK(in.finish("meta.generation"));
  return generation;
}

Result<void> write_generation(Database& db, std::uint64_t generation) {
  ABRI_TRY(auto put, db.statement("INSERT OR REPLACE INTO meta(key, value) VALUES('generation', ?1)"));
  return put.run(Writer().u64(generation).view());
}

}  // namespace abri::core::vault
