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
/// `name+=value` and `name-=value` of sets are `add` and `remove`. `set` adds to a set as well.
struct FieldEdit {
  enum class Kind : std::uint8_t { set, add, remove };
  std::string field;     ///< identifier of the schema, "safe_phone"
  std::string value;     ///< as `proto::parse_value` reads it, at most 16 KiB; empty clears the field
  Kind kind{Kind::set};  ///< notes are added, never removed
};

/// What founding an organisation takes. Each text is checked; the error names the field.
struct NewOrganisation {
  std::string name;            ///< 1 to 256 bytes of UTF-8
  std::string kind;            ///< enumerator of OrganisationKind
  std::string person;          ///< name of the founder, who becomes administrator and head; 1 to 256 bytes
  std::string server_address;  ///< "host:port", at most 256 bytes
  std::string server_key;      ///< fingerprint as the server prints it, 64 hexadecimal digits
  std::string account;         ///< code that the operator handed out: `abri-server account add`
};

/// The door to an open vault: everything that a person does. Nothing waits for the network.
///
/// What writes is one transaction: whole or not at all, and on the disk when it returns. Errors name the field or the place
/// in `Error::where` and never hold a value.
///
/// Every call can meet a disk or file that fails, besides what is named with it:
///   Errc::storage_full, Errc::storage_failed    what was saved before is intact
///   Errc::version_unsupported, Errc::malformed  a newer version wrote what is read, or it is damaged
/// Every call that writes a link of a chain (organisation, devices, people, partners) meets also
///   Errc::version_unsupported  a newer version wrote to this chain: it is read only until the update
///   Errc::auth_failed          this device is not on the chain yet: synchronise first
///   Errc::too_large            the link does not fit into an entry (groups of about 400)
/// Every call that takes `FieldEdit`s meets also, here called *those of the fields*,
///   Errc::not_found            "field": the record has no such field; or `remove` of what is not there
///   Errc::invalid_argument     not of the field's kind, out of its range, no such commune; `add` or `remove` where there
///                              is no list; a status, which only `advance` changes
///   Errc::too_large            a text above 16 KiB, a list above 1,000 items, more than 4,096 fields at once
///   Errc::not_permitted        a projected field, or one that the other side writes
///   Errc::unresolved_conflict  two values stand and a person must choose first: `resolve`
/// @threads  core strand only: one thread at a time, the one that runs the engine
class App {
 public:
  /// Where the keystore and the anchor live unless a person says otherwise: $XDG_STATE_HOME/abri, else ~/.local/state/abri.
  /// @errors Errc::not_found  neither variable is set
  static Result<std::filesystem::path> default_keystore_directory();
  /// Makes a new vault with one passphrase and leaves it open. Takes the time and memory of the parameters (Argon2id).
  /// @errors Errc::already_exists   there is a vault; nothing was changed
  ///         Errc::weak_parameters  passphrase shorter than 8 bytes, or parameters below the floor
  ///         Errc::too_large        parameters above the ceiling
  ///         Errc::storage_busy     another process makes a vault there
  ///         Errc::internal         the machine gives no random numbers
  ///         Errc::unsafe_storage   the database could spill plaintext
  static Result<std::unique_ptr<App>> create(const AppOptions& options, crypto::SecretText passphrase);
  /// Opens a vault: about 0.6 s and 256 MiB of Argon2id for each slot tried, then milliseconds.
  /// @errors Errc::wrong_passphrase     it opens no slot; or the slot's salt or commitment was changed
  ///         Errc::not_found            the keystore holds the secret of no slot: the vault of another device
  ///         Errc::not_a_vault          missing, foreign or truncated files
  ///         Errc::version_unsupported  written by a newer version
  ///         Errc::storage_busy         another process has it open
  ///         Errc::auth_failed, weak_parameters, too_large  a slot was tampered with
  ///         Errc::unsafe_storage       the file is not encrypted, or the database could spill plaintext
  ///         Errc::internal             the machine gives no random numbers
  static Result<std::unique_ptr<App>> open(const AppOptions& options, crypto::SecretText passphrase);
  /// Closes the vault and wipes its keys.
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Seals the database's key under `next` in place of the slot that `present` opens, with the default parameters: two times
  /// Argon2id. The database's key stays. After a crash one of the two passphrases works.
  /// @errors Errc::weak_parameters   `next` is shorter than 8 bytes
  ///         Errc::wrong_passphrase  `present` opens no slot
  ///         Errc::not_found         the keystore holds the secret of no slot
  Result<void> change_passphrase(const crypto::SecretText& present, crypto::SecretText next);
  /// Where things stand, without a text of any case. Organisation and person are empty before this device belongs to one.
  Result<StatusView> status();
  /// Digest of everything that this device shares with its team, 64 hexadecimal digits: equal on devices that have read the same.
  /// Reads every record; addresses are left out.
  Result<std::string> state_digest();
  /// Was the vault restored or rolled back, and not everything read again since?
  [[nodiscard]] bool stale() const;
  /// Several calls as one: all of them or none, durable on return. For imports, where one call would wait for the disk each.
  /// @errors the first error of `body`, after which nothing of it holds
  Result<void> batch(const std::function<Result<void>()>& body);

  // ---- organisation, devices, partners --------------------------------------------------------------------------------
  /// Founds an organisation on this device; works offline, the server learns of it at the next synchronisation.
  /// @errors Errc::already_exists    at "organisation": this device belongs to one; at "join": a code that was taken may still bring it in
  ///         Errc::invalid_argument  at the field of `NewOrganisation`
  Result<void> create_organisation(const NewOrganisation& organisation);
  /// A code for one more device: of this person (empty name), or of a new person with roles ("social_worker", …).
  /// Valid once and for seven days. Administrator only, but for one's own device: whoever once came in by a code brings it in herself,
  /// and a new code of hers takes the place of the earlier one.
  /// @errors Errc::not_joined        this device belongs to no organisation yet
  ///         Errc::invalid_argument  "role": unknown, or none for a new person; "name": above 256 bytes, or roles without one
  ///         Errc::not_permitted     "head": every role but `administrator` is a head's to give; "administrator": for a new person;
  ///                                 "own_device": neither an administrator nor somebody who came in by a code
  Result<std::string> invite(const std::string& name, const std::vector<std::string>& roles);
  /// Joins by a code. Completed when this device and the inviting one have both synchronised; until then another code takes its place.
  /// @errors Errc::already_exists       "organisation": this device belongs to one; "join": this very code was taken
  ///         Errc::malformed            no code, mistyped, or a partner's ("code: kind")
  ///         Errc::version_unsupported  a code of a newer version
  Result<void> join(const std::string& code);
  /// Everyone of the organisation, in the order of their ids.
  /// @errors Errc::not_joined
  Result<std::vector<PersonView>> people();
  /// Gives a person exactly these roles, and puts her into the groups that follow from them. Never takes her out of a group.
  /// @errors Errc::not_joined
  ///         Errc::invalid_argument  an unknown role; the roles that she has; or there would be no administrator or no head
  ///                                 with a device, or an administrator's role gone who is still in that group
  ///         Errc::not_found         no such person; or a group's key is not held here (only an administrator makes another one)
  ///         Errc::not_permitted     neither head nor administrator; an administrator only adds `administrator`
  Result<void> set_roles(const UserId& user, const std::vector<std::string>& roles);
  /// New generation of the key of every group whose key this device holds. Old devices keep reading what they could, and read on.
  /// Where two people do so at once, the first in the chain holds. The groups of one partner that cannot be renewed keep their keys; all
  /// others are renewed, and the first error is given.
  /// @errors Errc::not_joined
  ///         Errc::invalid_argument  a key of a partner's that nothing can be sealed for
  Result<void> rotate_keys();

  /// Opens a bilateral chain; the code goes to the other organisation.
  /// @errors Errc::not_joined
  ///         Errc::not_permitted  "role", "administrator": only administrators open logs; "team": who is not of the group that owns
  ///                              cases would be able to read what is shared
  Result<std::string> invite_partner();
  /// Follows the bilateral chain of a partner's code. This organisation joins it with the next synchronisation.
  /// @errors Errc::not_joined
  ///         Errc::not_permitted        neither administrator nor head
  ///         Errc::malformed            no code, mistyped, or a device's ("code: kind")
  ///         Errc::version_unsupported  a code of a newer version
  ///         Errc::wrong_server         the code names another server than this organisation's
  ///         Errc::already_exists       accepted already, or made here
  Result<void> accept_partner(const std::string& code);
  /// All bilateral chains, also those that nobody has answered yet, in the order of their ids.
  /// @errors Errc::not_joined
  Result<std::vector<PartnerView>> partners();
  /// Trusts a partner after two people compared the fingerprint (digits; spaces do not matter). Repeating it is harmless.
  /// @errors Errc::not_joined
  ///         Errc::auth_failed    the fingerprint is another one: do not go on, somebody may sit in between
  ///         Errc::out_of_sync    no partner waits for it on this device: the answer has not arrived here yet
  ///         Errc::not_permitted  neither administrator nor head; on the side that made the code: no administrator
  ///         Errc::not_found      one of the two has no group for cases on the chain yet: synchronise both
  Result<void> confirm_partner(const std::string& fingerprint);

  // ---- files ----------------------------------------------------------------------------------------------------------
  /// A new case of the team with its first person (fields of `person`; the victim unless `role` says otherwise).
  /// @errors Errc::not_joined        this device belongs to no organisation yet
  ///         Errc::not_permitted     "team": this person is not in the group that owns cases
  ///         Errc::invalid_argument  "field": none was given
  ///         those of the fields
  Result<CaseId> create_case(std::span<const FieldEdit> person);
  /// A new dwelling (fields of `dwelling`).
  /// @errors Errc::invalid_argument  at `reference`, `commune` or `typology`, which it needs
  ///         else as `create_case`
  Result<CaseId> create_dwelling(std::span<const FieldEdit> dwelling);
  /// An entry of the organisation's own directory (fields of `organisation`).
  /// @errors Errc::invalid_argument  at `name` or `kind`, which it needs
  ///         else as `create_case`
  Result<CaseId> create_directory_entry(std::span<const FieldEdit> organisation);
  /// Adds a record to a container. A case has one `case_file`, one `danger_assessment` and one `needs_sheet`.
  /// @param type  identifier of the schema, "needs_sheet"
  /// @errors Errc::not_found         no such case here ("case"), no such type ("type")
  ///         Errc::already_exists    at the type: the case has its one
  ///         Errc::not_permitted     "type": it does not belong into such a container, or only the program makes it
  ///         Errc::invalid_argument  "field": none was given; at a required field that was not given
  ///         those of the fields
  Result<RecordId> add_record(const CaseId& id, std::string_view type, std::span<const FieldEdit> fields);
  /// Writes fields of a record, all or none. One value for each field that is set; a required field that holds one is not emptied. The
  /// requests sent for the case follow in the same transaction.
  /// @errors Errc::not_found  no such case or record here
  ///         those of the fields
  Result<void> edit(const CaseId& id, const RecordId& record, std::span<const FieldEdit> fields);
  /// Chooses one of the values of a field in conflict: `ValueView::choice`, from 1.
  /// @errors Errc::not_found         no such record or field, or the field is not in conflict ("conflict")
  ///         Errc::invalid_argument  "choice": there is no value of that number
  Result<void> resolve(const CaseId& id, const RecordId& record, std::string_view field,
                       std::uint32_t choice);
  /// Settles a conflict by a new value instead of all.
  /// @param value  as `FieldEdit::value`
  /// @errors Errc::not_found                    as `resolve`
  ///         Errc::invalid_argument, too_large  the field does not take this value; at the field's name
  Result<void> resolve_with(const CaseId& id, const RecordId& record, std::string_view field,
                            std::string_view value);

  /// Who can read the address in this record. Whoever saved it is told where it is this person alone: losing her devices would be losing
  /// the address.
  Result<AddressHolders> address_holders(const CaseId& id, const RecordId& record);

  /// A file with all its records. Sensitive fields are hidden unless `reveal`; each reveal is written down in this vault.
  /// @errors Errc::not_found    no such case here
  ///         Errc::stale_vault  "reveal": nothing is revealed before a restored vault has read everything again
  Result<CaseView> show(const CaseId& id, bool reveal);
  /// All files of a kind, in the order of their titles.
  Result<std::vector<CaseSummary>> list(CaseKind kind);
  /// Files in which every word is the beginning of some name, be it of one person or another; at most `limit`, the best first: those
  /// that hold more of the words whole, then by title.
  Result<SearchResult> search(std::string_view words, std::size_t limit);
  /// Every field that waits for a choice, sensitive values hidden.
  Result<std::vector<ConflictView>> conflicts();
  /// The file whose hexadecimal id begins with `prefix` (at least 4 digits).
  /// @errors Errc::not_found         "case"
  ///         Errc::invalid_argument  "case": several begin so, too short, or no hexadecimal digits
  Result<CaseId> find_case(std::string_view prefix);
  /// The record of that file, in the same way.
  /// @errors Errc::not_found, Errc::invalid_argument  "record"
  Result<RecordId> find_record(const CaseId& id, std::string_view prefix);

  // ---- rehousing ------------------------------------------------------------------------------------------------------
  /// Sends the projection of a case's needs sheet to a trusted landlord, under a pseudonym of its own.
  /// @errors Errc::invalid_argument  "case": no case file; the needs sheet is missing or incomplete (the missing field is named)
  ///         Errc::conflict          "open_request": an earlier request of the case to this landlord is still open;
  ///                                 "needs_sheet": the case has two of them with something in them
  ///         Errc::not_found         no such case, or no confirmed partner of that id
  ///         Errc::auth_failed       "partner": the chain is not the one whose fingerprint was confirmed
  ///         Errc::out_of_sync       the group that both share is not here yet: synchronise both sides
  ///         Errc::not_permitted     neither housing referent nor head
  Result<CaseId> send_request(const CaseId& case_id, const OrganisationId& landlord);
  /// All requests sent or received, the newest first.
  Result<std::vector<RequestView>> requests();
  /// A step of a record's workflow (case, dwelling, request or proposal): action as the workflow names it ("acknowledge",
  /// "plan_visit", …).
  /// @errors Errc::not_found           no such case; no such record, or one without a workflow ("record")
  ///         Errc::illegal_transition  no such step from the present state ("action"); no proposal that the step needs, or one
  ///                                   still under way ("proposal")
  ///         Errc::not_permitted       the other side's step or another role's, or one that this version never takes
  ///         Errc::invalid_argument    a reason or date must be written first: at that field's name
  Result<void> advance(const CaseId& id, const RecordId& record, std::string_view action);
  /// Proposes a dwelling of this organisation for a request addressed to it. A request that is being searched for is under proposal
  /// from then on.
  /// @errors Errc::not_found           no such file ("case")
  ///         Errc::invalid_argument    "request", "dwelling": a file of another kind
  ///         Errc::illegal_transition  "request": it is over
  ///         Errc::conflict            "dwelling": it is proposed for this request already
  ///         Errc::not_permitted       "request": this organisation sent it; "action": no role of the landlord's
  Result<RecordId> propose(const CaseId& request, const CaseId& dwelling);

  // ---- synchronisation --------------------------------------------------------------------------------------------------
  /// The state machine that a transport drives (`abri/core/net/synchroniser.hpp`). Lives as long as the App.
  sync::Engine& engine();
  /// A person saves: what is written next, and whatever waits, leaves without the coalescing pause. Call it before the writing.
  /// Never fails.
  Result<void> flush();
  /// Called after every change that another device or the engine made, with the cases to show anew; with none where any may have
  /// changed. Takes the place of the callback before; comes on the core strand, out of a call of the engine, whose state it must
  /// not change.
  void on_change(std::function<void(std::span<const CaseId> cases)> callback);

 private:
  class Impl;
  explicit App(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace abri::core
