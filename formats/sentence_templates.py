"""The words in which each kind of event is told, field names between braces.

A part in square brackets is left out when a field inside it has no value that may be shown. A kind
that is missing here is told by its own fields in their order.
"""

from typing import Final

_DATA: Final = (
    "[ in {dataset}][, part {scope}][ of {customer_id}][, count {count}]"
    "[, {content_classes}][, by {method}]"
)
_BLOCK: Final = "[ at {scope}][, decided {decided_by}]"
_SHARED: Final = (
    "[ {content_classes}][, {size_bytes} bytes][, records: {records}][, over {channel}]"
)
_PARTIES: Final = "[ from {sender}][ from {sender_person}][ to {recipient}][ to {recipient_person}]"
_FILE: Final = " file {file_id}[, {size_bytes} bytes][, process {process}]"
_CONSENT: Final = " {consent_id}[ for case {case_id}][ to {controller}][: {scope}][, {form}]"
_DSR: Final = " request {request_id}[ of {subject}]"
_BREACH: Final = " breach {breach_id}"

TEMPLATES: Final[dict[str, str]] = {
    "organisation.registered.v1": (
        "organisation {organisation} is known[ as {roles}][, in {country}]"
    ),
    "organisation.amended.v1": "organisation {organisation} is now[ {roles}][, in {country}]",
    "dpo.designated.v1": (
        "{organisation} designated [{officer}][{office}] as data protection officer"
    ),
    "dpo.designation_ended.v1": (
        "[{officer}][{office}] stepped down as data protection officer of {organisation}"
    ),
    "system.registered.v1": "system {system_id} of {organisation} may report",
    "system.retired.v1": "system {system_id}[ of {organisation}] was taken out of use",
    "identity.status_changed.v1": "{person} is {status}[ at {organisation}]",
    "processing_activity.registered.v1": (
        "activity {processing_activity_id} entered in the register as {role}[, {organisation}]"
    ),
    "processing_activity.amended.v1": (
        "activity {processing_activity_id} changed in the register as {role}[, {organisation}]"
    ),
    "processing_activity.retired.v1": "activity {processing_activity_id} ended",
    "measure.declared.v1": (
        "measure {measure}[ on {scope}][ at {organisation}] declared[: {state}]"
    ),
    "measure.changed.v1": "measure {measure}[ on {scope}][ at {organisation}] is now[ {state}]",
    "measure.failed.v1": "measure {measure}[ on {scope}][ at {organisation}] failed",
    "policy.published.v1": (
        "policy {policy_id}[ version {version}] published[ by {organisation}]"
        "[ for {applies_to}], text {text_sha256}"
    ),
    "policy.withdrawn.v1": "policy {policy_id}[ version {version}] is no longer in force",
    "policy.change_communicated.v1": (
        "change of policy {policy_id} told over {channel}[ to {audience}]"
    ),
    "promise.declared.v1": "promise {promise_id} of {policy_id} is judged from now on",
    "promise.parameter_set.v1": "promise {promise_id} got its parameters[ from {decided_by}]",
    "promise.waived.v1": "promise {promise_id} waived[ by {decided_by}]",
    "promise.interpretation_decided.v1": (
        "promise {promise_id} is read as {reading}[, decided by {decided_by}]"
    ),
    "acknowledgement.recorded.v1": (
        "{person} accepted {document}[ of {organisation}][ until {valid_until}]"
    ),
    "certification.granted.v1": (
        "{person} is certified[ for {document}][ as {role}][ until {valid_until}]"
    ),
    "certification.expired.v1": "certificate of {person}[ for {document}] ran out",
    "certification.revoked.v1": "certificate of {person}[ for {document}] was taken away",
    "contract.started.v1": (
        "contract {contract_id}[ with {customer_id}] started[, between {parties}]"
    ),
    "contract.termination_notified.v1": (
        "notice given of contract {contract_id}[ with {customer_id}][, ends {ends_at}]"
    ),
    "contract.ended.v1": "contract {contract_id}[ with {customer_id}] ended[ at {ended_at}]",
    "specification.agreed.v1": (
        "specification {specification_id} version {version} agreed[, files go to {destinations}]"
    ),
    "dpa.concluded.v1": "processing agreement {agreement_id} concluded[ between {parties}]",
    "dpa.amended.v1": "processing agreement {agreement_id} changed[ between {parties}]",
    "dpa.ended.v1": "processing agreement {agreement_id} ended[ between {parties}]",
    "sub_processor.proposed.v1": (
        "{sub_processor} proposed as sub-processor[ of {processor}][ for {services}]"
    ),
    "sub_processor.approved.v1": "{sub_processor} approved as sub-processor[ of {processor}]",
    "sub_processor.objected.v1": "objection to {sub_processor} as sub-processor[ of {processor}]",
    "sub_processor.engaged.v1": (
        "{sub_processor} works as sub-processor[ of {processor}][ for {services}]"
    ),
    "sub_processor.removed.v1": (
        "{sub_processor} no longer works as sub-processor[ of {processor}]"
    ),
    "access.requested.v1": "[{grantee} ]asked for access to {resource}[ to {acts}]",
    "access.granted.v1": (
        "{grantee} may[ {acts}] on {resource}[ until {valid_until}], grant {grant_id}"
    ),
    "access.denied.v1": "[{grantee} was ]refused access to {resource}",
    "access.modified.v1": (
        "grant {grant_id}[ on {resource}] changed[ to {acts}][ until {valid_until}]"
    ),
    "access.revoked.v1": "grant {grant_id}[ of {grantee}][ on {resource}] taken away",
    "access.used.v1": (
        "used {resource}[ to {act}][ under grant {grant_id}][, for {purpose}]"
        "[, by {auth_method}][, records: {records_count}]"
    ),
    "access.attempt_denied.v1": (
        "was refused at {resource}[ to {act}][ under grant {grant_id}][, attempts: {attempts}]"
        "[, by {auth_method}][: {action}]"
    ),
    "access.review_started.v1": "review of access to {scope} began[ by {reviewer}]",
    "access.review_item_decided.v1": "review decided to {decision} grant {grant_id}",
    "access.review_completed.v1": "review of access[ to {scope}] completed[ by {reviewer}]",
    "exchange.performed.v1": f"{{exchange_kind}} {{direction}}{_SHARED}{_PARTIES}",
    "exchange.blocked.v1": (
        f"stopped: {{exchange_kind}} {{direction}}{_SHARED}{_PARTIES}[, because of {{cause}}]"
    ),
    "exchange.failed.v1": (
        f"failed: {{exchange_kind}} {{direction}}{_SHARED}{_PARTIES}[, because of {{cause}}]"
    ),
    "file.received.v1": f"received{_FILE}[, from {{sender}}]",
    "file.processed.v1": f"processed{_FILE}",
    "file.produced.v1": f"produced{_FILE}",
    "file.delivered.v1": f"{{delivery}}{_FILE}[, to {{recipient}}]",
    "contact.requested.v1": (
        "[{person} ][{customer_id} ]asked for contact by {channel}[ about {topic}]"
    ),
    "contact.performed.v1": (
        "contact by {channel}[ with {person}][ with {customer_id}][ about {topic}]"
        "[: {contact_outcome}]"
    ),
    "processing.performed.v1": (
        "span {span_id} of trace {trace_id}[, {status}][, activity {processing_activity_id}]"
    ),
    "processing.registered.v1": (
        "action {action_id}[ of processing {processing_id}] registered, {confidentiality}"
        "[, shown for {shown_for}]"
    ),
    "processing.terms_changed.v1": (
        "action {action_id}[ is {confidentiality} from now on][, shown for {shown_for}]"
    ),
    "processing.withdrawn.v1": "action {action_id} withdrawn[: {reason}]",
    "data.stored.v1": f"stored{_DATA}",
    "data.corrected.v1": f"corrected{_DATA}",
    "data.restricted.v1": f"restricted{_DATA}",
    "data.restriction_lifted.v1": f"restriction lifted{_DATA}",
    "data.anonymised.v1": f"anonymised{_DATA}",
    "data.deleted.v1": f"deleted{_DATA}",
    "deletion.verified.v1": f"deletion checked{_DATA}[, {{remaining_count}} left]",
    "retention.rule_set.v1": (
        "rule {rule_id}: {category}[ of {kinds}][ from {systems}] kept[ {period}][ {duration}]"
        "[ after {trigger}][, by {basis}]"
    ),
    "legal_hold.placed.v1": (
        "data[ of {person}][ of {ip}][ of {customer_id}][ of {subjects}][ in {dataset}]"
        "[, part {scope}][, of {kinds}][, from {systems}] must be kept[ until {valid_until}]"
        "[, by {basis}]"
    ),
    "legal_hold.released.v1": (
        "data[ of {person}][ of {ip}][ of {customer_id}][ of {subjects}][ in {dataset}]"
        "[, part {scope}] need not be kept any longer under {hold_id}"
    ),
    "backup.expired.v1": "backup[ of {dataset}][ at {location}] destroyed[, count {count}]",
    "intrusion.attempt_detected.v1": (
        "{ip} tried to get into[ {target}][ as {account}][, attempts: {attempts}]"
    ),
    "ip.recorded.v1": "{ip} kept[ for {target}][ because of {attempt_ids}]",
    "ip.blocked.v1": f"{{ip}} kept out{_BLOCK}[, until {{until}}][, after {{attempt_ids}}]",
    "ip.unblocked.v1": f"{{ip}} let in again{_BLOCK}",
    "ip.record_deleted.v1": "{ip} deleted at its source",
    "consent.requested.v1": f"[{{subject}} ]asked to consent{_CONSENT}",
    "consent.given.v1": f"[{{subject}} ]consented{_CONSENT}",
    "consent.refused.v1": f"[{{subject}} ]refused consent{_CONSENT}",
    "consent.withdrawn.v1": f"[{{subject}} ]took back consent{_CONSENT}",
    "consent.expired.v1": f"[of {{subject}} ]ran out: consent{_CONSENT}",
    "consent.renewed.v1": f"[{{subject}} ]renewed consent{_CONSENT}",
    "dsr.received.v1": f"received{_DSR}[ for {{right}}][ by {{channel}}]",
    "dsr.acknowledged.v1": f"acknowledged{_DSR}",
    "dsr.identity_requested.v1": f"identity asked for in{_DSR}",
    "dsr.identity_verified.v1": f"identity verified in{_DSR}[ by {{method}}]",
    "dsr.clarification_requested.v1": f"clarification asked for in{_DSR}",
    "dsr.clarified.v1": f"clarified{_DSR}",
    "dsr.extended.v1": f"extended the term of{_DSR}",
    "dsr.fulfilled.v1": f"fulfilled{_DSR}",
    "dsr.refused.v1": f"refused{_DSR}[, ground {{ground}}]",
    "dsr.withdrawn.v1": f"withdrawn{_DSR}",
    "dsr.recipients_notified.v1": f"recipients told of{_DSR}[: {{recipients}}]",
    "incident.signalled.v1": "incident {incident_id} signalled[ by {source}]",
    "incident.triaged.v1": (
        "incident {incident_id} triaged[: {decision}][, part of breach {breach_id}]"
    ),
    "incident.closed.v1": "incident {incident_id} closed",
    "breach.suspected.v1": f"suspected{_BREACH}[, cause {{cause}}]",
    "breach.awareness_determined.v1": f"aware of{_BREACH} since {{aware_at}}",
    "breach.ruled_out.v1": f"ruled out{_BREACH}",
    "breach.assessed.v1": f"risk {{risk}} in{_BREACH}",
    "breach.measure_taken.v1": f"{{aim}} in{_BREACH}[: {{measure}}]",
    "breach.closed.v1": f"closed{_BREACH}",
    "breach.notification_decided.v1": f"{{addressee}} to be told of{_BREACH}: {{notify}}",
    "breach.controller_notified.v1": f"controller told of{_BREACH} ({{notice_kind}})",
    "breach.authority_notified.v1": f"authority told of{_BREACH} ({{notice_kind}})",
    "breach.subjects_notified.v1": f"data subjects told of{_BREACH}[, people: {{count}}]",
    "log.conflict_recorded.v1": (
        "event id {reused_event_id} came again as {refused_kind} with other content than at"
        " index {first_index}"
    ),
    "log.intake_refused.v1": (
        "refused {payload_format}[ of {source}], faults: {faults}[ in {items} facts],"
        " {payload_bytes} bytes[, payloads removed from quarantine: {payloads_removed}]"
    ),
    "log.export_issued.v1": (
        "handed out[ as {export_format}], records: {records}[, to {recipient}]"
        "[, to {recipient_person}][, in answer to request {request_id}]"
        ", manifest {manifest_sha256}"
    ),
    "log.read.v1": (
        "looked at identities[ for {purpose}], records: {records}[, names: {identities}]"
        "[, unreadable lines: {lines}]"
    ),
    "log.source_coverage_declared.v1": (
        "{source} declared connected from {covered_from}[ until {covered_until}]"
        "[, by {declared_by}]"
    ),
    "log.source_watched.v1": (
        "{source} is followed as {source_format} from {medium}[, silent after {silent_after}]"
    ),
    "log.source_gap_detected.v1": (
        "numbers passed over[ by {source}][ in {series}]: {missing} from {first_missing} on"
        "[, after {missing_from}][ and before {missing_until}]"
    ),
    "log.source_fell_silent.v1": (
        "{source} said nothing as {source_format} for {silent_after}, last heard {last_heard_at}"
    ),
    "log.source_heard_again.v1": (
        "{source} was heard again as {source_format}, silent since {silent_from}"
    ),
    "log.lines_quarantined.v1": (
        "lines[ of {source}] that could not be read as {source_format}: {lines}, kept:"
        " {lines_kept}, {line_bytes} bytes"
    ),
    "log.quarantine_replayed.v1": (
        "lines[ of {source}] in quarantine read again as {source_format}: {lines}, recorded:"
        " {recorded}, known before: {already_recorded}, left: {lines_left}"
    ),
    "log.quarantine_dropped.v1": (
        "lines[ of {source}] in quarantine given up: {lines}, {line_bytes} bytes[: {reason}]"
    ),
    "log.checkpoint_collected.v1": (
        "log {log_origin} was signed up to size {tree_size}, root {root_sha256}"
    ),
    "log.clock_skew_recorded.v1": (
        "clock[ of {source}] was off, add {offset}[, from {skew_from}][ until {skew_until}]"
    ),
    "log.correction_recorded.v1": "event {corrected_event_id} was wrong",
    "log.erasure_requested.v1": (
        "asked to erase[ a {subject_kind}][ what rule {rule_id} says][ for request {request_id}]"
        "[: {reason}]"
    ),
    "log.erasure_confirmed.v1": (
        "erased: {disclosures_destroyed} disclosures of {records_affected} records,"
        " keys: {keys_destroyed}[; erasure horizon {erasure_horizon}]"
    ),
    "log.key_rotated.v1": (
        "{key_role} key[: epoch {to_epoch} follows {from_epoch}]"
        "[, keys wrapped anew: {keys_rewrapped}][, the old key kept until {erasure_horizon}]"
        "[: destroyed that of epoch {destroyed_epochs}][: now {verifier_key}][: {reason}]"
    ),
    "log.retention_executed.v1": (
        "carried out rule {rule_id}[: {disclosures_destroyed} disclosures destroyed]"
        "[, keys: {keys_destroyed}][, held: {held}][, as erasure {erasure_index}]"
        "[, records below {minimum_index} removed]"
        "[, sealed bytes below {archived_index} moved to the archive]"
    ),
    "log.subject_key_destroyed.v1": "key {key_id} destroyed",
}
"""By kind, version included."""

ANSWERED_BY_TOKENS: Final = "was answered by tokens[ for {purpose}], records: {records}"
"""Of a `log.read` that showed nobody."""
