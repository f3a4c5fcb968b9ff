// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/core/app.hpp>
#include <abri/core/net/synchroniser.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace abri::bench {

/// CLOCK_MONOTONIC in milliseconds: comparable between the processes of one run.
double now_ms();

/// Where a record of the workload lies.
struct Place {
  CaseId file;
  RecordId record;
};

struct NewRecord {
  std::string type;
  std::vector<core::FieldEdit> fields;
};

/// One device of a run: a real vault, its engine and its connection, driven from outside.
/// @threads  that of the context
class Device {
 public:
  /// Called when a condition holds, with the moment in `now_ms()`.
  using Then = std::function<void(double)>;
  /// A watched value is another than before.
  using Changed = std::function<void(std::size_t index, const std::string& field, const std::string& value)>;

  /// Opens the vault in `folder`, or makes it (Argon2id at its floor: unlocking is not what is measured).
  static Result<std::unique_ptr<Device>> open(boost::asio::io_context& context,
                                              const std::filesystem::path& folder);
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  ~Device();

  [[nodiscard]] core::App& app() { return *app_; }

  /// Makes a file from each list of records, the first of them a `person`, in one transaction.
  Result<void> create(const std::vector<std::vector<NewRecord>>& files);
  /// Records in the order of the workload. Written by the device that made them, read by the others: how an index of the
  /// workload is found is the harness's matter, not the product's.
  [[nodiscard]] const std::vector<Place>& places() const { return places_; }
  void set_places(std::vector<Place> places) { places_ = std::move(places); }

  /// Saves one field: durable.
  /// @param send  at once where there is a connection, as when a person saves
  Result<void> edit(std::size_t index, const std::string& field, const std::string& value, bool send);
  Result<std::string> value(std::size_t index, const std::string& field);
  /// Named fields of all records, sensitive ones too, in one transaction.
  Result<std::vector<std::vector<std::string>>> all(const std::vector<std::string>& fields);

  void connect();
  void disconnect();
  /// Everything read and everything sent.
  void when_settled(Then then);
  /// `files` files are held, and all `records` of the last of them can be read.
  void when_held(std::size_t files, std::size_t records, Then then);
  /// Tells once of each of these values that it changed.
  /// @return  what they are now, in the order of `items`
  Result<std::vector<std::string>> watch(const std::vector<std::pair<std::size_t, std::string>>& items,
                                         Changed changed);
  /// When entries were last applied.
  [[nodiscard]] double last_change() const { return last_change_; }

 private:
  struct Waiter {
    std::function<bool()> holds;
    Then then;
  };
  struct Watched {
    std::size_t index;
    std::string field;
    std::string before;
    bool hidden{false};  // read by revealing it
  };
  Device(boost::asio::io_context& context, std::unique_ptr<core::App> app);
  void wait_for(std::function<bool()> holds, Then then);
  void check_waiters();
  void check_watched(std::span<const CaseId> cases);
  bool holds(std::size_t files, std::size_t records);
  Result<std::string> read(std::size_t index, const std::string& field, bool reveal);
  bool tell_if_changed(const Watched& one);

  boost::asio::steady_timer poll_;
  std::unique_ptr<core::App> app_;
  core::net::Synchroniser synchroniser_;
  std::vector<Place> places_;
  std::vector<Waiter> waiters_;
  std::multimap<CaseId, Watched> watched_;
  Changed changed_;
  double last_change_{0};
};

}  // namespace abri::bench
