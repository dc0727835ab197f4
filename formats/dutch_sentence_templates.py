"""The Dutch words in which each kind of event is told, shaped as the English ones.

What an event calls by a word of a list is told by the word of `VALUES`, by the name of the field.
"""

from typing import Final

_DATA: Final = (
    "[ in {dataset}][, deel {scope}][ van {customer_id}][, aantal {count}]"
    "[, {content_classes}][, door {method}]"
)
_BLOCK: Final = "[ bij {scope}][, {decided_by} besloten]"
_SHARED: Final = (
    "[ van {content_classes}][, {size_bytes} bytes][, records: {records}][, via {channel}]"
)
_PARTIES: Final = (
    "[, van {sender}][, van {sender_person}][, naar {recipient}][, naar {recipient_person}]"
)
_EXCHANGE: Final = f"{{exchange_kind}} {{direction}}{_SHARED}{_PARTIES}"
_FILE: Final = "bestand {file_id}[, {size_bytes} bytes][, proces {process}]"
_CONSENT: Final = " {consent_id}[ voor zaak {case_id}][ aan {controller}][: {scope}][, {form}]"
_DSR: Final = "verzoek {request_id}[ van {subject}]"
_BREACH: Final = "datalek {breach_id}"
_MEASURE: Final = "maatregel {measure}[ voor {scope}][ bij {organisation}]"
_CERTIFICATE: Final = "certificaat van {person}[ voor {document}]"
_HELD: Final = (
    "gegevens[ van {person}][ van {ip}][ van {customer_id}][ van {subjects}][ in {dataset}]"
    "[, deel {scope}]"
)

DUTCH_TEMPLATES: Final[dict[str, str]] = {
    "organisation.registered.v1": (
        "organisatie {organisation} is bekend[ als {roles}][, in {country}]"
    ),
    "organisation.amended.v1": "organisatie {organisation} is nu[ {roles}][, in {country}]",
    "dpo.designated.v1": (
        "{organisation} wees [{officer}][{office}] aan als functionaris gegevensbescherming"
    ),
    "dpo.designation_ended.v1": (
        "[{officer}][{office}] stopte als functionaris gegevensbescherming van {organisation}"
    ),
    "system.registered.v1": "systeem {system_id} van {organisation} mag melden",
    "system.retired.v1": "systeem {system_id}[ van {organisation}] is buiten gebruik gesteld",
    "identity.status_changed.v1": "{person} is {status}[ bij {organisation}]",
    "processing_activity.registered.v1": (
        "verwerking {processing_activity_id} staat in het register als {role}[, {organisation}]"
    ),
    "processing_activity.amended.v1": (
        "verwerking {processing_activity_id} is in het register gewijzigd als {role}"
        "[, {organisation}]"
    ),
    "processing_activity.retired.v1": "verwerking {processing_activity_id} is beëindigd",
    "measure.declared.v1": f"{_MEASURE} is vastgelegd[: {{state}}]",
    "measure.changed.v1": f"{_MEASURE} is gewijzigd[: {{state}}]",
    "measure.failed.v1": f"{_MEASURE} heeft gefaald",
    "policy.published.v1": (
        "beleid {policy_id}[ versie {version}] gepubliceerd[ door {organisation}]"
        "[ voor {applies_to}], tekst {text_sha256}"
    ),
    "policy.withdrawn.v1": "beleid {policy_id}[ versie {version}] geldt niet meer",
    "policy.change_communicated.v1": (
        "wijziging van beleid {policy_id} meegedeeld via {channel}[ aan {audience}]"
    ),
    "promise.declared.v1": "belofte {promise_id} van {policy_id} wordt vanaf nu beoordeeld",
    "promise.parameter_set.v1": "belofte {promise_id} is nader ingevuld[ door {decided_by}]",
    "promise.waived.v1": "van belofte {promise_id} is afgezien[ door {decided_by}]",
    "promise.interpretation_decided.v1": (
        "belofte {promise_id} wordt gelezen als {reading}[, besloten door {decided_by}]"
    ),
    "acknowledgement.recorded.v1": (
        "{person} aanvaardde {document}[ van {organisation}][, geldig tot {valid_until}]"
    ),
    "certification.granted.v1": (
        "{person} is gecertificeerd[ voor {document}][ als {role}][, geldig tot {valid_until}]"
    ),
    "certification.expired.v1": f"{_CERTIFICATE} is verlopen",
    "certification.revoked.v1": f"{_CERTIFICATE} is ingetrokken",
    "contract.started.v1": (
        "overeenkomst {contract_id}[ met {customer_id}] ingegaan[, tussen {parties}]"
    ),
    "contract.termination_notified.v1": (
        "overeenkomst {contract_id}[ met {customer_id}] opgezegd[, eindigt {ends_at}]"
    ),
    "contract.ended.v1": "overeenkomst {contract_id}[ met {customer_id}] geëindigd[ op {ended_at}]",
    "specification.agreed.v1": (
        "specificatie {specification_id} versie {version} afgesproken"
        "[, bestanden gaan naar {destinations}]"
    ),
    "dpa.concluded.v1": "verwerkersovereenkomst {agreement_id} gesloten[ tussen {parties}]",
    "dpa.amended.v1": "verwerkersovereenkomst {agreement_id} gewijzigd[ tussen {parties}]",
    "dpa.ended.v1": "verwerkersovereenkomst {agreement_id} geëindigd[ tussen {parties}]",
    "sub_processor.proposed.v1": (
        "{sub_processor} voorgesteld als subverwerker[ van {processor}][ voor {services}]"
    ),
    "sub_processor.approved.v1": "{sub_processor} goedgekeurd als subverwerker[ van {processor}]",
    "sub_processor.objected.v1": (
        "bezwaar tegen {sub_processor} als subverwerker[ van {processor}]"
    ),
    "sub_processor.engaged.v1": (
        "{sub_processor} werkt als subverwerker[ van {processor}][ voor {services}]"
    ),
    "sub_processor.removed.v1": (
        "{sub_processor} werkt niet meer als subverwerker[ van {processor}]"
    ),
    "access.requested.v1": "[{grantee} ]vroeg om toegang tot {resource}[ ({acts})]",
    "access.granted.v1": (
        "{grantee} krijgt toegang tot {resource}[ ({acts})][, tot {valid_until}],"
        " toegang {grant_id}"
    ),
    "access.denied.v1": "[{grantee} ]kreeg geen toegang tot {resource}",
    "access.modified.v1": (
        "toegang {grant_id}[ tot {resource}] gewijzigd[: {acts}][, tot {valid_until}]"
    ),
    "access.revoked.v1": "toegang {grant_id}[ van {grantee}][ tot {resource}] ingetrokken",
    "access.used.v1": (
        "gebruikte {resource}[ ({act})][ met toegang {grant_id}][, voor {purpose}]"
        "[, met {auth_method}][, records: {records_count}]"
    ),
    "access.attempt_denied.v1": (
        "werd geweigerd bij {resource}[ ({act})][ met toegang {grant_id}]"
        "[, pogingen: {attempts}][, met {auth_method}][: {action}]"
    ),
    "access.review_started.v1": "controle van toegangen tot {scope} begonnen[ door {reviewer}]",
    "access.review_item_decided.v1": "bij de controle besloten over toegang {grant_id}: {decision}",
    "access.review_completed.v1": (
        "controle van toegangen[ tot {scope}] afgerond[ door {reviewer}]"
    ),
    "exchange.performed.v1": _EXCHANGE,
    "exchange.blocked.v1": f"tegengehouden: {_EXCHANGE}[, vanwege {{cause}}]",
    "exchange.failed.v1": f"mislukt: {_EXCHANGE}[, vanwege {{cause}}]",
    "file.received.v1": f"{_FILE}, ontvangen[ van {{sender}}]",
    "file.processed.v1": f"{_FILE}, verwerkt",
    "file.produced.v1": f"{_FILE}, gemaakt",
    "file.delivered.v1": f"{_FILE}, {{delivery}}[, naar {{recipient}}]",
    "contact.requested.v1": (
        "[{person} ][{customer_id} ]vroeg om contact via {channel}[ over {topic}]"
    ),
    "contact.performed.v1": (
        "contact via {channel}[ met {person}][ met {customer_id}][ over {topic}]"
        "[: {contact_outcome}]"
    ),
    "processing.performed.v1": (
        "regel {span_id} van trace {trace_id}[, {status}][, verwerking {processing_activity_id}]"
    ),
    "processing.registered.v1": (
        "actie {action_id}[ van verwerking {processing_id}] vastgelegd, {confidentiality}"
        "[, te zien gedurende {shown_for}]"
    ),
    "processing.terms_changed.v1": (
        "actie {action_id}[ is vanaf nu {confidentiality}][, te zien gedurende {shown_for}]"
    ),
    "processing.withdrawn.v1": "actie {action_id} vervallen[: {reason}]",
    "data.stored.v1": f"gegevens opgeslagen{_DATA}",
    "data.corrected.v1": f"gegevens verbeterd{_DATA}",
    "data.restricted.v1": f"gebruik van gegevens beperkt{_DATA}",
    "data.restriction_lifted.v1": f"beperking opgeheven{_DATA}",
    "data.anonymised.v1": f"gegevens geanonimiseerd{_DATA}",
    "data.deleted.v1": f"gegevens verwijderd{_DATA}",
    "deletion.verified.v1": f"verwijdering gecontroleerd{_DATA}[, nog over: {{remaining_count}}]",
    "retention.rule_set.v1": (
        "regel {rule_id}: {category}[ van {kinds}][ uit {systems}] bewaard[ {period}]"
        "[ {duration}][ na {trigger}][, volgens {basis}]"
    ),
    "legal_hold.placed.v1": (
        f"{_HELD}[, van {{kinds}}][, uit {{systems}}] moeten bewaard blijven"
        "[ tot {valid_until}][, volgens {basis}]"
    ),
    "legal_hold.released.v1": f"{_HELD} hoeven niet langer bewaard te blijven onder {{hold_id}}",
    "backup.expired.v1": (
        "reservekopie[ van {dataset}][ op {location}] vernietigd[, aantal {count}]"
    ),
    "intrusion.attempt_detected.v1": (
        "{ip} probeerde binnen te komen[ bij {target}][ als {account}][, pogingen: {attempts}]"
    ),
    "ip.recorded.v1": "{ip} bewaard[ voor {target}][ vanwege {attempt_ids}]",
    "ip.blocked.v1": f"{{ip}} buitengesloten{_BLOCK}[, tot {{until}}][, na {{attempt_ids}}]",
    "ip.unblocked.v1": f"{{ip}} weer toegelaten{_BLOCK}",
    "ip.record_deleted.v1": "{ip} bij de bron verwijderd",
    "consent.requested.v1": f"[aan {{subject}} ]toestemming gevraagd{_CONSENT}",
    "consent.given.v1": f"[{{subject}} ]gaf toestemming{_CONSENT}",
    "consent.refused.v1": f"[{{subject}} ]weigerde toestemming{_CONSENT}",
    "consent.withdrawn.v1": f"[{{subject}} ]trok de toestemming in{_CONSENT}",
    "consent.expired.v1": f"[van {{subject}} ]verlopen: toestemming{_CONSENT}",
    "consent.renewed.v1": f"[{{subject}} ]vernieuwde de toestemming{_CONSENT}",
    "dsr.received.v1": f"{_DSR} ontvangen[: {{right}}][, via {{channel}}]",
    "dsr.acknowledged.v1": f"ontvangst van {_DSR} bevestigd",
    "dsr.identity_requested.v1": f"om de identiteit gevraagd bij {_DSR}",
    "dsr.identity_verified.v1": f"identiteit vastgesteld bij {_DSR}[, met {{method}}]",
    "dsr.clarification_requested.v1": f"om verduidelijking gevraagd bij {_DSR}",
    "dsr.clarified.v1": f"{_DSR} verduidelijkt",
    "dsr.extended.v1": f"termijn verlengd van {_DSR}",
    "dsr.fulfilled.v1": f"aan {_DSR} is voldaan",
    "dsr.refused.v1": f"{_DSR} geweigerd[, grond: {{ground}}]",
    "dsr.withdrawn.v1": f"{_DSR} ingetrokken",
    "dsr.recipients_notified.v1": f"ontvangers ingelicht over {_DSR}[: {{recipients}}]",
    "dsr.template_provided.v1": f"voorbeeldbrief gegeven bij {_DSR}[, via {{channel}}]",
    "complaint.lodged.v1": (
        "klacht ingediend over verzoek {request_id}[ bij {authority}][, kenmerk {reference}]"
    ),
    "incident.signalled.v1": "incident {incident_id} gesignaleerd[ door {source}]",
    "incident.triaged.v1": (
        "incident {incident_id} beoordeeld[: {decision}][, hoort bij datalek {breach_id}]"
    ),
    "incident.classified.v1": (
        "incident {incident_id} ingedeeld volgens {regime}[: {incident_class}]"
    ),
    "incident.reported.v1": (
        "incident {incident_id} gemeld volgens {regime}[: {stage}][, bij {authority}]"
    ),
    "incident.closed.v1": "incident {incident_id} afgesloten",
    "breach.suspected.v1": f"vermoeden van {_BREACH}[, oorzaak: {{cause}}]",
    "breach.awareness_determined.v1": f"{_BREACH} is bekend sinds {{aware_at}}",
    "breach.ruled_out.v1": f"{_BREACH} uitgesloten",
    "breach.assessed.v1": f"risico van {_BREACH}: {{risk}}",
    "breach.measure_taken.v1": f"{{aim}} bij {_BREACH}[: {{measure}}]",
    "breach.closed.v1": f"{_BREACH} afgesloten",
    "breach.notification_decided.v1": f"{_BREACH} melden aan {{addressee}}: {{notify}}",
    "breach.controller_notified.v1": (
        f"{_BREACH} gemeld aan de verwerkingsverantwoordelijke ({{notice_kind}})"
    ),
    "breach.authority_notified.v1": f"{_BREACH} gemeld bij de toezichthouder ({{notice_kind}})",
    "breach.subjects_notified.v1": f"betrokkenen ingelicht over {_BREACH}[, aantal {{count}}]",
    "breach.authority_responded.v1": (
        f"de toezichthouder antwoordde over {_BREACH}[: {{response}}][, uiterlijk {{due_at}}]"
    ),
    "log.conflict_recorded.v1": (
        "kenmerk {reused_event_id} kwam nogmaals, als {refused_kind} met andere inhoud dan op"
        " positie {first_index}"
    ),
    "log.intake_refused.v1": (
        "{payload_format}[ van {source}] geweigerd, fouten: {faults}[ in {items} feiten],"
        " {payload_bytes} bytes[, uit quarantaine verwijderd: {payloads_removed}]"
    ),
    "log.export_issued.v1": (
        "verstrekt[ als {export_format}], records: {records}[, aan {recipient}]"
        "[, aan {recipient_person}][, als antwoord op verzoek {request_id}]"
        ", manifest {manifest_sha256}"
    ),
    "log.read.v1": (
        "keek naar identiteiten[ voor {purpose}], records: {records}[, namen: {identities}]"
        "[, onleesbare regels: {lines}]"
    ),
    "log.source_coverage_declared.v1": (
        "{source} aangesloten vanaf {covered_from}[ tot {covered_until}][, volgens {declared_by}]"
    ),
    "log.source_watched.v1": (
        "{source} wordt gevolgd als {source_format} via {medium}[, stil na {silent_after}]"
    ),
    "log.source_gap_detected.v1": (
        "nummers overgeslagen[ door {source}][ in {series}]: {missing} vanaf {first_missing}"
        "[, na {missing_from}][ en voor {missing_until}]"
    ),
    "log.source_fell_silent.v1": (
        "{source} zei niets als {source_format} gedurende {silent_after}, laatst gehoord"
        " {last_heard_at}"
    ),
    "log.source_heard_again.v1": (
        "{source} weer gehoord als {source_format}, stil sinds {silent_from}"
    ),
    "log.lines_quarantined.v1": (
        "regels[ van {source}] die niet als {source_format} te lezen waren: {lines}, bewaard:"
        " {lines_kept}, {line_bytes} bytes"
    ),
    "log.quarantine_replayed.v1": (
        "regels[ van {source}] in quarantaine opnieuw gelezen als {source_format}: {lines},"
        " vastgelegd: {recorded}, al bekend: {already_recorded}, over: {lines_left}"
    ),
    "log.quarantine_dropped.v1": (
        "regels[ van {source}] in quarantaine opgegeven: {lines}, {line_bytes} bytes[: {reason}]"
    ),
    "log.checkpoint_anchored.v1": (
        "eerste {tree_size} records gestempeld door {anchor}[ op {anchored_at}]"
    ),
    "log.checkpoint_collected.v1": (
        "logboek {log_origin} ondertekend tot en met {tree_size} records, wortel {root_sha256}"
    ),
    "log.verified.v1": "eerste {tree_size} records gecontroleerd en in orde bevonden",
    "log.verification_failed.v1": (
        "controle van {tree_size} records vond fouten[: {faults}][, de eerste op positie"
        " {fault_index}]"
    ),
    "log.clock_skew_recorded.v1": (
        "klok[ van {source}] liep niet gelijk, tel er {offset} bij op[, vanaf {skew_from}]"
        "[ tot {skew_until}]"
    ),
    "log.correction_recorded.v1": "gebeurtenis {corrected_event_id} was onjuist",
    "log.erasure_requested.v1": (
        "gevraagd te wissen[: {subject_kind}][, wat regel {rule_id} zegt]"
        "[, voor verzoek {request_id}][: {reason}]"
    ),
    "log.erasure_confirmed.v1": (
        "gewist: {disclosures_destroyed} gegevens van {records_affected} records,"
        " sleutels: {keys_destroyed}[; weg uit reservekopieën op {erasure_horizon}]"
    ),
    "log.key_rotated.v1": (
        "sleutel voor {key_role}[: tijdperk {to_epoch} volgt op {from_epoch}]"
        "[, sleutels opnieuw verpakt: {keys_rewrapped}][, de oude bewaard tot {erasure_horizon}]"
        "[: vernietigd van tijdperk {destroyed_epochs}][: nu {verifier_key}][: {reason}]"
    ),
    "log.retention_executed.v1": (
        "regel {rule_id} uitgevoerd[: {disclosures_destroyed} gegevens vernietigd]"
        "[, sleutels: {keys_destroyed}][, vastgehouden: {held}][, als wissing {erasure_index}]"
        "[, records onder {minimum_index} verwijderd]"
        "[, verzegelde bytes onder {archived_index} naar het archief]"
    ),
    "log.subject_key_destroyed.v1": "sleutel {key_id} vernietigd",
}
"""By kind, version included."""

DUTCH_ANSWERED_BY_TOKENS: Final = "kreeg tokens te zien[ voor {purpose}], records: {records}"
"""Of a `log.read` that showed nobody."""
