// SPDX-License-Identifier: MPL-2.0
#include "bench/device/device.hpp"

#include <abri/core/sync_status.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace abri::bench {
namespace {

constexpr std::chrono::milliseconds kPoll{1};
constexpr std::string_view kPassphrase = "mesure de tous les jours";

Time wall_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace

double now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::milli>(now).count();
}

Result<std::unique_ptr<Device>> Device::open(boost::asio::io_context& context,
                                             const std::filesystem::path& folder) {
  core::AppOptions options{.directory = folder / "vault",
                           .keystore_directory = folder / "state",
                           .clock = wall_clock,
                           .passphrase_parameters = crypto::PassphraseParameters::floor()};
  ABRI_TRY(auto passphrase, crypto::SecretText::from(kPassphrase));
  const bool exists = std::filesystem::exists(options.directory);
  auto app = exists ? core::App::open(options, std::move(passphrase))
                    : core::App::create(options, std::move(passphrase));
  if (!app) return app.error();
  return std::unique_ptr<Device>(new Device(context, *std::move(app)));
}

Device::Device(boost::asio::io_context& context, std::unique_ptr<core::App> app)
    : poll_(context), app_(std::move(app)), synchroniser_(context, app_->engine()) {
  app_->on_change([this](std::span<const CaseId> cases) {
    last_change_ = now_ms();
    if (!watched_.empty()) check_watched(cases);
  });
}

Device::~Device() = default;

Result<void> Device::create(const std::vector<std::vector<NewRecord>>& files) {
  return app_->batch([&]() -> Result<void> {
    for (const auto& records : files) {
      ABRI_TRY(const auto file, app_->create_case(records.front().fields));
      ABRI_TRY(const auto view, app_->show(file, /*reveal=*/false));
      places_.push_back({file, view.records.front().id});
      for (std::size_t i = 1; i < records.size(); ++i) {
        ABRI_TRY(const auto record, app_->add_record(file, records[i].type, records[i].fields));
        places_.push_back({file, record});
      }
    }
    return {};
  });
}

Result<void> Device::edit(std::size_t index, const std::string& field, const std::string& value, bool send) {
  if (index >= places_.size()) return Error{Errc::not_found, "index"};
  if (send) ABRI_CHECK(app_->flush());
  const std::vector<core::FieldEdit> edits{{.field = field, .value = value}};
  ABRI_CHECK(app_->edit(places_[index].file, places_[index].record, edits));
  synchroniser_.notify_local();
  return {};
}

Result<std::string> Device::read(std::size_t index, const std::string& field, bool reveal) {
  if (index >= places_.size()) return Error{Errc::not_found, "index"};
  ABRI_TRY(const auto view, app_->show(places_[index].file, reveal));
  for (const auto& record : view.records) {
    if (record.id != places_[index].record) continue;
    for (const auto& known : record.fields)
      if (known.name == field && !known.values.empty()) return known.values.front().raw;
  }
  return std::string{};
}

Result<std::string> Device::value(std::size_t index, const std::string& field) {
  return read(index, field, /*reveal=*/true);
}

Result<std::vector<std::vector<std::string>>> Device::all(const std::vector<std::string>& fields) {
  std::vector<std::vector<std::string>> out;
  ABRI_CHECK(app_->batch([&]() -> Result<void> {
    for (const auto& place : places_) {
      ABRI_TRY(const auto view, app_->show(place.file, /*reveal=*/true));
      const auto record =
          std::ranges::find(view.records, place.record, [](const auto& known) { return known.id; });
      auto& texts = out.emplace_back();
      for (const auto& field : fields) {
        texts.emplace_back();
        if (record == view.records.end()) continue;
        const auto known = std::ranges::find(record->fields, field, [](const auto& one) { return one.name; });
        if (known != record->fields.end() && !known->values.empty()) texts.back() = known->values.front().raw;
      }
    }
    return {};
  }));
  return out;
}

void Device::connect() {
  static_cast<void>(app_->flush());
  synchroniser_.start();
  synchroniser_.notify_local();
}

void Device::disconnect() {
  synchroniser_.stop();
}

void Device::when_settled(Then then) {
  wait_for([this] { return synchroniser_.status().settled; }, std::move(then));
}

bool Device::holds(std::size_t files, std::size_t records) {
  if (!synchroniser_.status().settled) return false;
  const auto list = app_->list(core::CaseKind::case_file);
  if (!list || list->size() < files) return false;
  const auto last = app_->show(places_.empty() ? list->back().id : places_.back().file, /*reveal=*/false);
  return last && last->records.size() >= records;
}

void Device::when_held(std::size_t files, std::size_t records, Then then) {
  wait_for([this, files, records] { return holds(files, records); }, std::move(then));
}

void Device::wait_for(std::function<bool()> holds, Then then) {
  waiters_.push_back({std::move(holds), std::move(then)});
  if (waiters_.size() == 1) check_waiters();
}

/// Looks again and again: what settles a device is not always a change that it tells of. The first look comes after what
/// `notify_local` posted.
void Device::check_waiters() {
  poll_.expires_after(kPoll);
  poll_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    for (auto& waiter : std::exchange(waiters_, {})) {
      if (waiter.holds()) {
        waiter.then(now_ms());
      } else {
        waiters_.push_back(std::move(waiter));
      }
    }
    if (!waiters_.empty()) check_waiters();
  });
}

Result<std::vector<std::string>> Device::watch(const std::vector<std::pair<std::size_t, std::string>>& items,
                                               Changed changed) {
  changed_ = std::move(changed);
  std::vector<std::string> values;
  ABRI_CHECK(app_->batch([&]() -> Result<void> {
    for (const auto& [index, field] : items) {
      ABRI_TRY(auto before, read(index, field, /*reveal=*/false));
      const bool hidden = before.empty();  // or never set
      if (hidden) {
        ABRI_TRY(before, read(index, field, /*reveal=*/true));
      }
      values.push_back(before);
      watched_.emplace(
          places_[index].file,
          Watched{.index = index, .field = field, .before = std::move(before), .hidden = hidden});
    }
    return {};
  }));
  return values;
}

bool Device::tell_if_changed(const Watched& one) {
  const auto value = read(one.index, one.field, one.hidden);
  if (!value || value->empty() || *value == one.before) return false;
  changed_(one.index, one.field, *value);
  return true;
}

/// In one transaction, since revealing a hidden value is written down.
void Device::check_watched(std::span<const CaseId> cases) {
  static_cast<void>(app_->batch([&]() -> Result<void> {
    for (const auto& id : cases) {
      const auto [first, last] = watched_.equal_range(id);
      for (auto one = first; one != last;)
        one = tell_if_changed(one->second) ? watched_.erase(one) : std::next(one);
    }
    return {};
  }));
}

}  // namespace abri::bench
