// SPDX-License-Identifier: MPL-2.0
#include "ciphertexts.hpp"

#include "cases/chains.hpp"
#include "chain/link.hpp"
#include "chain/seeds.hpp"
#include "feed/entry.hpp"

#include <abri/crypto/envelope.hpp>
#include <abri/crypto/kdf.hpp>
#include <abri/crypto/wrap.hpp>

#include <cctype>

namespace abri::core::test {

namespace {

using Opened = std::optional<Bytes>;

Trial::Key key_of(const Value& value) {
  return *Trial::Key::from(value);
}

Trial::Key derived(const Trial::Key& key, const crypto::Label& label, BytesView context = {}) {
  return crypto::derive<Trial::Key>(key, label, context);
}

template <class Keys, class Attempt>
Opened first_of(const Keys& keys, Attempt&& attempt) {
  for (const auto& key : keys)
    if (auto plain = attempt(key)) return plain;
  return {};
}

template <class Secret>
Bytes bytes_of(const Secret& secret) {
  return secret.expose([](std::span<const std::byte, 32> bytes) { return to_bytes(bytes); });
}

Bytes place_of(BytesView log, BytesView subject, std::uint32_t generation) {
  Writer out;
  out.raw(log).raw(subject).u32(generation);
  return out.take();
}

/// The columns of a CREATE TABLE, one a line; the vault allows no PRAGMA.
std::vector<std::string> columns_of(const std::string& sql) {
  std::vector<std::string> out;
  for (auto at = sql.find('\n'); at != std::string::npos; at = sql.find('\n', at + 1)) {
    const auto begin = sql.find_first_not_of(" \n", at);
    const auto end = sql.find_first_of(" \n", begin);
    const auto word = begin == std::string::npos ? std::string{} : sql.substr(begin, end - begin);
    if (!word.empty() && std::islower(static_cast<unsigned char>(word[0])) != 0) out.push_back(word);
  }
  return out;
}

/// A wrap, whoever it is for.
auto opening_wrap(const crypto::WrapContext& context, const crypto::Wrap& wrap) {
  return [=](const Trial& trial) {
    return first_of(trial.boxes(), [&](const auto& box) -> Opened {
      const auto secret = crypto::unwrap<Trial::Key>(box, context, wrap);
      return secret ? Opened(bytes_of(*secret)) : Opened{};
    });
  };
}

/// A key sealed under another one.
auto opening_sealed_key(Bytes context, const Hash& commitment, const crypto::SealedKey& sealed) {
  return [=](const Trial& trial) {
    return first_of(trial.keys(), [&](const auto& key) -> Opened {
      const auto secret = crypto::open_key<Trial::Key>(key, context, commitment, sealed);
      return secret ? Opened(bytes_of(*secret)) : Opened{};
    });
  };
}

class Collector {
 public:
  Collector(const sync::test::ServerModel& server, cases::World& auditor, std::set<LogId>& audited)
      : server_(server), world_(auditor), audited_(audited) {}

  std::vector<Ciphertext> collect() {
    for (const auto& [id, log] : world_.logs) {
      const auto held = server_.logs.find(id);
      REQUIRE(held != server_.logs.end());
      if (!audited_.insert(id).second) continue;
      log_ = id;
      readers_ = {world_.own_organisation()};
      if (const auto* chain = world_.chain(log.chain)) {
        readers_.clear();
        for (const auto& organisation : chain->confirmed.organisations()) readers_.insert(organisation.id);
      }
      for (const auto& entry : held->second.entries) {
        const auto bytes = to_bytes(as_bytes(entry));
        if (log.kind == sync::LogKind::feed) {
          feed_entry(log, bytes);
        } else {
          link_entry(log, bytes);
        }
      }
    }
    return std::move(out_);
  }

 private:
  template <class Open>
  void add(std::string what, std::set<OrganisationId> readers, Open open) {
    out_.push_back({std::move(what) + " in " + log_.hex().substr(0, 8), std::move(readers), std::move(open)});
  }

  // --- chains and mailboxes

  void link_entry(const cases::Log& log, const Bytes& entry) {
    add("link or message", readers_, [entry, id = log.id](const Trial& trial) {
      return first_of(trial.keys(), [&](const auto& key) -> Opened {
        const auto plain = crypto::open_envelope(key, entry, id.bytes());
        return plain ? Opened(*plain) : Opened{};
      });
    });
    if (log.kind == sync::LogKind::mailbox) return;
    const auto id = cases::chain_of(log.id);
    state_ = &world_.chain(id)->confirmed;
    const auto bytes = chain::open_link(world_.keyring.chain(id)->key, id, entry);
    REQUIRE(bytes);
    link_ = *chain::decode_signed_link(*bytes);
    const auto body = chain::decode_body(static_cast<chain::LinkKind>(link_.link.kind), link_.link.body);
    REQUIRE(body);
    std::visit([this](const auto& one) { look_at(one); }, *body);
  }

  [[nodiscard]] chain::WrapPlace place(std::uint32_t generation) const {
    const auto sender = link_.link.author == 0 ? 1 : link_.link.author;
    return {state_->id(), generation, sender, link_.link.sequence};
  }
  [[nodiscard]] std::set<OrganisationId> owner_of(const chain::RecipientId& recipient) const {
    if (state_->kind() == chain::ChainKind::organisation) return readers_;
    return {state_->group(GroupId(recipient.array()))->organisation};
  }
  void group_wraps(const GroupId& group, std::uint32_t generation,
                   const std::vector<chain::RecipientWrap>& wraps) {
    for (const auto& wrap : wraps)
      add("wrap of a group's seed", owner_of(wrap.recipient),
          opening_wrap(
              chain::group_wrap_context(place(generation), group, wrap.recipient, wrap.recipient_generation),
              wrap.wrap));
  }
  void sealed_for(chain::GroupPurpose purpose, const Bytes& sealed) {
    if (sealed.empty()) return;
    add("name or secret sealed for a group", readers_,
        [sealed, group = state_->group_for(purpose)->id](const Trial& trial) {
          return first_of(trial.keys(), [&](const auto& key) -> Opened {
            const auto plain = crypto::open(key, BytesView(sealed).subspan(4), group.bytes());
            return plain ? Opened(*plain) : Opened{};
          });
        });
  }

  void look_at(const chain::Genesis& body) {
    sealed_for(chain::GroupPurpose::everyone, body.name_sealed);
    sealed_for(chain::GroupPurpose::administrators, body.account_seed_sealed);
    look_at(body.founder);
    look_at(body.everyone);
    look_at(body.administrators);
  }
  void look_at(const chain::AddUser& body) { sealed_for(chain::GroupPurpose::everyone, body.name_sealed); }
  void look_at(const chain::AddDevice& body) {
    if (!body.wrap) return;
    const auto generation = state_->user(body.user)->generation();
    add("wrap of a user's seed", readers_,
        opening_wrap(chain::user_wrap_context(place(generation), body.user, body.wrap->recipient,
                                              body.wrap->recipient_generation),
                     body.wrap->wrap));
  }
  void look_at(const chain::CreateGroup& body) { group_wraps(body.group, 0, body.wraps); }
  void look_at(const chain::SetGroupMembers& body) {
    group_wraps(body.group, *state_->generation_at(body.group, link_.link.sequence), body.wraps);
  }
  void look_at(const chain::RotateGroupKey& body) {
    group_wraps(body.group, body.generation, body.wraps);
    const auto before = body.generation - 1;
    add("the group's seed before", readers_,
        opening_sealed_key(place_of(log_.bytes(), body.group.bytes(), before),
                           state_->generation(body.group, before)->commitment, body.previous_sealed));
  }
  void look_at(const chain::TrustOrganisation& body) {
    sealed_for(chain::GroupPurpose::everyone, body.package_sealed);
  }
  void look_at(const auto& body) {
    using Body = std::remove_cvref_t<decltype(body)>;
    static_assert(!std::is_same_v<Body, chain::Genesis>);
    const bool without_ciphertext = std::is_same_v<Body, chain::SetRole> ||
                                    std::is_same_v<Body, chain::BilateralGenesis> ||
                                    std::is_same_v<Body, chain::Join> || std::is_same_v<Body, chain::Members>;
    REQUIRE(without_ciphertext);
  }

  // --- feeds

  void feed_entry(const cases::Log& feed, const Bytes& entry) {
    const auto* chain = world_.chain(feed.chain);
    state_ = &chain->confirmed;
    const auto newest = state_->group(feed.group)->generation();
    for (std::uint32_t epoch = 0; epoch <= newest; ++epoch) {
      auto opened = feed::open_entry(entry, feed.id, epoch,
                                     *world_.keyring.feed_key(feed.chain, feed.group, epoch, feed.id));
      if (!opened) continue;
      add("feed entry", readers_, [entry, epoch, id = feed.id](const Trial& trial) {
        Writer ad;
        ad.raw(id.bytes()).u32(epoch);
        return first_of(trial.feed(id, epoch), [&](const auto& key) -> Opened {
          const auto plain = crypto::open_envelope(key, entry, ad.view());
          return plain ? Opened(*plain) : Opened{};
        });
      });
      const auto shared = std::make_shared<feed::OpenedEntry>(std::move(*opened));
      for (std::size_t body = 0; body < shared->bodies.size(); ++body) {
        if (shared->bodies[body].header.kind == feed::BodyKind::change) change(shared, body);
        if (shared->bodies[body].header.kind == feed::BodyKind::keys) keys(*shared, shared->bodies[body]);
      }
      return;
    }
    FAIL("an entry that its own organisation cannot open");
  }

  void change(const std::shared_ptr<feed::OpenedEntry>& entry, std::size_t body) {
    add("change of compartment " + std::to_string(entry->bodies[body].header.compartment), readers_,
        [entry, body](const Trial& trial) -> Opened {
          const auto plain = feed::open_change(*entry, body, *crypto::CompartmentKey::from(trial.value()));
          return plain ? Opened(*plain) : Opened{};
        });
  }

  /// The layout of docs/protocol.md, section "An entry".
  void keys(const feed::OpenedEntry& entry, const feed::BodyView& body) {
    Reader in(body.payload);
    in.u8();
    const auto generation = in.u32();
    const auto& container = body.header.case_ref;
    for (auto offers = in.u16(); offers > 0; --offers) {
      const auto compartment = in.u8();
      const auto epoch = in.u32();
      const auto commitment = Hash(in.array<32>());
      if (in.u8() == 0) {
        Writer context;
        context.raw(log_.bytes()).raw(container.bytes()).u8(compartment).u32(epoch).u32(generation);
        add("key offered to the group", readers_,
            opening_sealed_key(context.take(), commitment, in.array<crypto::kSealedKeySize>()));
        continue;
      }
      static_cast<void>(in.raw(in.u16() * UserId::kSize));
      for (auto wraps = in.u16(); wraps > 0; --wraps) {
        crypto::WrapContext context;
        context.purpose = crypto::WrapPurpose::compartment_key;
        context.log = log_;
        context.subject = container.array();
        context.compartment = compartment;
        context.generation = epoch;
        context.recipient = in.array<16>();
        context.recipient_generation = in.u32();
        context.sender_device = entry.core.device;
        const auto* device = state_->device(DeviceId(context.recipient));
        add("key wrapped to a device", {device->organisation},
            opening_wrap(context, in.array<crypto::kWrapSize>()));
      }
    }
    REQUIRE(in.finish("keys"));
  }

  const sync::test::ServerModel& server_;
  cases::World& world_;
  std::set<LogId>& audited_;
  std::vector<Ciphertext> out_;
  LogId log_;
  std::set<OrganisationId> readers_;
  const chain::ChainState* state_{nullptr};
  chain::SignedLink link_;
};

}  // namespace

Trial::Trial(const Value& value)
    : value_(value),
      keys_{key_of(value), derived(key_of(value), crypto::labels::kChainKey),
            derived(key_of(value), crypto::labels::kCaseWrap),
            derived(key_of(value), crypto::labels::kGroupNext)},
      boxes_{crypto::BoxKey::from_secret(value), crypto::user_box_key(*crypto::UserSeed::from(value)),
             crypto::group_box_key(*crypto::GroupSeed::from(value))} {}

const Trial::FeedKeys& Trial::feed(const LogId& feed, std::uint32_t epoch) const {
  const std::pair name{feed, epoch};
  const auto known = feeds_.find(name);
  if (known != feeds_.end()) return known->second;
  Writer context;
  context.raw(feed.bytes()).u32(epoch);
  const auto root = derived(keys_[0], crypto::labels::kFeedRoot);
  return feeds_
      .emplace(name, FeedKeys{keys_[0].clone(), derived(keys_[0], crypto::labels::kFeedKey, context.view()),
                              derived(root, crypto::labels::kFeedKey, context.view())})
      .first->second;
}

std::vector<Ciphertext> ciphertexts_of(const sync::test::ServerModel& server, cases::World& auditor,
                                       std::set<LogId>& audited) {
  return Collector(server, auditor, audited).collect();
}

std::set<Value> values_in(vault::Database& db) {
  std::set<Value> out;
  std::vector<std::pair<std::string, std::string>> tables;
  {
    auto rows = db.statement("SELECT name, sql FROM sqlite_master WHERE type = 'table'");
    REQUIRE(rows);
    while (*rows->step()) tables.emplace_back(rows->column_text(0), rows->column_text(1));
  }
  std::size_t columns = 0;
  for (const auto& [table, sql] : tables) {
    const bool windows = table == "secrets" || table == "meta";
    for (const auto& column : columns_of(sql)) {
      ++columns;
      auto rows = db.statement("SELECT CAST(" + column + " AS BLOB) FROM " + table);
      REQUIRE(rows);
      while (*rows->step()) {
        const auto bytes = rows->column_blob(0);
        if (bytes.size() == 32) out.insert(to_array<32>(bytes));
        for (std::size_t at = 0; windows && at + 32 <= bytes.size(); ++at)
          out.insert(to_array<32>(bytes.subspan(at, 32)));
      }
    }
  }
  REQUIRE(columns > 60);
  return out;
}

}  // namespace abri::core::test
