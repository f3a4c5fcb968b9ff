// SPDX-License-Identifier: MPL-2.0
#include "net/transport.hpp"
#include "sync/engine.hpp"

#include <abri/core/net/synchroniser.hpp>
#include <abri/crypto/random.hpp>

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace abri::core::net {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

Time wall_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace

class Synchroniser::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::io_context& context, sync::Engine& engine)
      : context_(context), engine_(engine), timer_(context) {}

  void start() { carry_out(engine_.start(wall_clock())); }
  void stop() { carry_out(engine_.stop()); }

  void notify_local() {
    if (std::exchange(local_news_, true)) return;
    asio::post(context_, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self || self->over_) return;
      self->local_news_ = false;
      self->carry_out(self->engine_.on_local(wall_clock()));
    });
  }

  void end() {
    over_ = true;
    callback_ = nullptr;
    timer_.cancel();
    if (transport_) transport_->abort();
    transport_.reset();
    // The engine outlives us and shall not believe in a connection that is gone.
    static_cast<void>(engine_.stop());
    static_cast<void>(engine_.on_disconnected(wall_clock(), Errc::cancelled));
  }

  [[nodiscard]] sync::Status status() const { return engine_.status(); }
  void on_change(std::function<void(const sync::Status&)> callback) { callback_ = std::move(callback); }

 private:
  void carry_out(sync::Actions actions) {
    for (auto& action : actions) {
      if (auto* send = std::get_if<sync::Send>(&action)) {
        if (transport_) transport_->send(std::move(send->frame));
      } else if (const auto* there = std::get_if<sync::Connect>(&action)) {
        connect(there->address);
      } else if (transport_) {
        transport_->close();
      }
    }
    set_timer();
    report();
  }

  void connect(const std::string& address) {
    const auto guarded = [weak = weak_from_this()](auto&& what) {
      if (const auto self = weak.lock(); self && !self->over_) what(*self);
    };
    transport_ = net::connect(
        context_, address,
        {.connected =
             [guarded](const wire::Exporter& exporter) {
               guarded([&](Impl& self) {
                 wire::Nonce nonce{};
                 crypto::random_bytes(nonce);
                 self.carry_out(self.engine_.on_connected(exporter, nonce, wall_clock()));
               });
             },
         .frame =
             [guarded](BytesView frame) {
               guarded([&](Impl& self) { self.carry_out(self.engine_.on_frame(frame, wall_clock())); });
             },
         .closed =
             [guarded](Errc why) {
               guarded([&](Impl& self) {
                 self.transport_.reset();
                 self.carry_out(self.engine_.on_disconnected(wall_clock(), why));
               });
             }});
  }

  void set_timer() {
    const auto at = engine_.next_deadline();
    if (at == timer_at_) return;
    timer_at_ = at;
    timer_.cancel();
    if (!at) return;
    // The wall clock may be set in between: never sleep longer than a minute by it.
    const auto wait = std::clamp<std::chrono::milliseconds>(*at - wall_clock(), 0ms, 60s);
    timer_.expires_after(wait);
    timer_.async_wait([weak = weak_from_this()](boost::system::error_code cancelled) {
      const auto self = weak.lock();
      if (cancelled || !self || self->over_) return;
      self->timer_at_.reset();
      self->carry_out(self->engine_.on_time(wall_clock()));
    });
  }

  void report() {
    if (engine_.revision() == reported_ || std::exchange(report_waits_, true)) return;
    asio::post(context_, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self || self->over_) return;
      self->report_waits_ = false;
      self->reported_ = self->engine_.revision();
      if (self->callback_) self->callback_(self->engine_.status());
    });
  }

  asio::io_context& context_;
  sync::Engine& engine_;
  asio::steady_timer timer_;
  std::optional<Time> timer_at_;
  std::shared_ptr<Transport> transport_;
  std::function<void(const sync::Status&)> callback_;
  std::uint64_t reported_{0};
  bool report_waits_{false};
  bool local_news_{false};
  bool over_{false};
};

Synchroniser::Synchroniser(asio::io_context& context, sync::Engine& engine)
    : impl_(std::make_shared<Impl>(context, engine)) {}
Synchroniser::~Synchroniser() {
  impl_->end();
}
void Synchroniser::start() {
  impl_->start();
}
void Synchroniser::stop() {
  impl_->stop();
}
void Synchroniser::notify_local() {
  impl_->notify_local();
}
sync::Status Synchroniser::status() const {
  return impl_->status();
}
void Synchroniser::on_change(std::function<void(const sync::Status&)> callback) {
  impl_->on_change(std::move(callback));
}

}  // namespace abri::core::net
