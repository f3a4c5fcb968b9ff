// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/language.hpp>
#include <abri/base/result.hpp>
#include <abri/core/views.hpp>
#include <abri/crypto/passphrase.hpp>
#include <abri/crypto/secret.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace abri::core {

namespace sync {
class Engine;
}

/// Where an open vault lives and what it takes from the outside world.
struct AppOptions {
  std::filesystem::path directory;  ///< of the vault; made if missing, mode 0700
  std::filesystem::path
      keystore_directory;       ///< of the file keystore and the anchor, elsewhere than the vault
  std::function<Time()> clock;  ///< wall clock
  crypto::PassphraseParameters passphrase_parameters{};  ///< of a new vault; never below the floor
};

/// One field to write: identifier of the schema and the value as text ("59350", "true", "T3", "2026-11-22").
/// `name+=value` and `name-=value` of sets are `add` and `remove`.
struct FieldEdit {
  enum class Kind : std::uint8_t { set, add, remove };
  std::string field;
  std::string value;
  Kind kind{Kind::set};
};

struct NewOrganisation {
  std::string name;
  std::string kind;            ///< enumerator of OrganisationKind
  std::string person;          ///< name of the founder, who becomes administrator and head
  std::string server_address;  ///< "host:port"
  std::string server_key;      ///< fingerprint as the server prints it, 64 hexadecimal digits
  std::string account;         ///< code that the operator handed out: `abri-server account add`
};

/// The door to an open vault: everything that a person does. Nothing waits for the network.
///
/// Errors name the field in `Error::where` where a value was refused.
/// @threads  core strand only: one thread at a time, the one that runs the engine
class App {
 public:
  /// Where the keystore and the anchor live unless a person says otherwise: $XDG_STATE_HOME/abri, else ~/.local/state/abri.
  /// @errors Errc::not_found  neither variable is set
  static Result<std::filesystem::path> default_keystore_directory();
  /// Makes a new vault.
  /// @errors Errc::already_exists, weak_parameters (passphrase shorter than 8 characters), storage_failed
  static Result<std::unique_ptr<App>> create(const AppOptions& options, crypto::SecretText passphrase);
  /// Opens a vault: about 0.6 s of Argon2id, then milliseconds.
  /// @errors Errc::wrong_passphrase, not_a_vault, version_unsupported, storage_busy (another process has it open)
  static Result<std::unique_ptr<App>> open(const AppOptions& options, crypto::SecretText passphrase);
  /// Closes the vault and wipes its keys.
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  Result<void> change_passphrase(const crypto::SecretText& present, crypto::SecretText next);
  Result<StatusView> status();
  /// Hexadecimal digest of everything that this device shares with its team: equal on devices that have read the same. Reads every
  /// record.
  Result<std::string> state_digest();
  /// Was the vault restored or rolled back, and not everything read again since?
  [[nodiscard]] bool stale() const;
  /// Several calls as one: all of them or none, durable on return. For imports, where one call would wait for the disk each.
  /// @errors the first error of `body`, after which nothing of it holds
  Result<void> batch(const std::function<Result<void>()>& body);

  // ---- organisation, devices, partners --------------------------------------------------------------------------------
  /// Founds an organisation on this device; works offline, the server learns of it at the next synchronisation.
  /// @errors Errc::already_exists  at "organisation"; at "join" where a code that was taken may still bring this device in
  Result<void> create_organisation(const NewOrganisation& organisation);
  /// A code for one more device: of this person (empty name), or of a new person with roles ("social_worker", …).
  /// Valid once and for seven days. Administrator only, but for one's own device: whoever once came in by a code brings it in herself,
  /// and a new code of hers takes the place of the earlier one.
  /// @errors Errc::not_permitted     at "administrator", or at "head": every role but `administrator` is the head's to give
  ///         Errc::invalid_argument  at "name": roles without a name
  Result<std::string> invite(const std::string& name, const std::vector<std::string>& roles);
  /// Joins by a code. Completed when this device and the inviting one have both synchronised; until then another code takes its place.
  /// @errors Errc::already_exists  at "organisation": this device is in one; at "join": this very code was taken
  Result<void> join(const std::string& code);
  Result<std::vector<PersonView>> people();
  /// Sets a person's roles; those that read cases are the head's to give.
  Result<void> set_roles(const UserId& user, const std::vector<std::string>& roles);
  /// New generation of every group key that this person may renew. Old devices keep reading what they could.
  Result<void> rotate_keys();

  /// Opens a bilateral chain; the code goes to the other organisation.
  Result<std::string> invite_partner();
  Result<void> accept_partner(const std::string& code);
  Result<std::vector<PartnerView>> partners();
  /// Trusts a partner after two people compared the fingerprint (digits; spaces do not matter).
  /// @errors Errc::auth_failed  the fingerprint is another one: do not go on, somebody may sit in between
  ///         Errc::out_of_sync  no partner waits for it on this device: the answer has not arrived here yet
  Result<void> confirm_partner(const std::string& fingerprint);

  // ---- files ----------------------------------------------------------------------------------------------------------
  /// A new case of the team with its first person (fields of `person`), or a dwelling (fields of `dwelling`).
  Result<CaseId> create_case(std::span<const FieldEdit> person);
  Result<CaseId> create_dwelling(std::span<const FieldEdit> dwelling);
  /// An entry of the organisation's own directory (fields of `organisation`).
  Result<CaseId> create_directory_entry(std::span<const FieldEdit> organisation);
  /// Adds a record to a container. A case has one `case_file`, one `danger_assessment` and one `needs_sheet`.
  /// @errors Errc::already_exists  at the type: the case has its one
  Result<RecordId> add_record(const CaseId& id, std::string_view type, std::span<const FieldEdit> fields);
  /// Writes fields of a record, all or none, durable on return. One value for each field that is set; a required field that holds one
  /// is not emptied.
  Result<void> edit(const CaseId& id, const RecordId& record, std::span<const FieldEdit> fields);
  /// Chooses one of the values of a field in conflict (`ValueView::choice`), or a new value instead of all.
  Result<void> resolve(const CaseId& id, const RecordId& record, std::string_view field,
                       std::uint32_t choice);
  Result<void> resolve_with(const CaseId& id, const RecordId& record, std::string_view field,
                            std::string_view value);

  /// Who can read the address in this record. Whoever saved it is told where it is this person alone: losing her devices would be losing
  /// the address.
  Result<AddressHolders> address_holders(const CaseId& id, const RecordId& record);

  /// Sensitive fields are hidden unless `reveal`; each reveal is written down (audit).
  Result<CaseView> show(const CaseId& id, bool reveal);
  Result<std::vector<CaseSummary>> list(CaseKind kind);
  /// Files in which every word is the beginning of some name, be it of one person or another; at most `limit`, the best first: those
  /// that hold more of the words whole, then by title.
  Result<SearchResult> search(std::string_view words, std::size_t limit);
  Result<std::vector<ConflictView>> conflicts();
  /// The file or record whose hexadecimal id begins with `prefix` (at least 4 digits).
  /// @errors Errc::not_found, Errc::invalid_argument (several begin so, or too short)
  Result<CaseId> find_case(std::string_view prefix);
  Result<RecordId> find_record(const CaseId& id, std::string_view prefix);

  // ---- rehousing ------------------------------------------------------------------------------------------------------
  /// Sends the projection of a case's needs sheet to a trusted landlord, under a pseudonym of its own.
  /// @errors Errc::invalid_argument  the needs sheet is incomplete (the missing field is named)
  ///         Errc::conflict          at "open_request": an earlier request of the case to this landlord is still open;
  ///                                 at "needs_sheet": the case has two of them with something in them
  Result<CaseId> send_request(const CaseId& case_id, const OrganisationId& landlord);
  /// All requests sent or received, the newest first.
  Result<std::vector<RequestView>> requests();
  /// A step of the request's or proposal's workflow: action as the workflow names it ("acknowledge", "plan_visit", …).
  /// @errors Errc::illegal_transition, not_permitted (the other side's step)
  Result<void> advance(const CaseId& id, const RecordId& record, std::string_view action);
  /// Proposes a dwelling of this organisation for a request addressed to it.
  /// @errors Errc::illegal_transition  at "request": it is over
  ///         Errc::conflict            at "dwelling": it is proposed for this request already
  Result<RecordId> propose(const CaseId& request, const CaseId& dwelling);

  // ---- synchronisation --------------------------------------------------------------------------------------------------
  /// The state machine that a transport drives (`abri/core/net/synchroniser.hpp`).
  sync::Engine& engine();
  /// A person saves: what is written next, and whatever waits, leaves without the coalescing pause. Call it before the writing.
  Result<void> flush();
  /// Called after every change that another device or the engine made, with the cases to show anew; with none where any may have
  /// changed.
  void on_change(std::function<void(std::span<const CaseId> cases)> callback);

 private:
  class Impl;
  explicit App(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace abri::core
