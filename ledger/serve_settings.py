"""What `zegel.toml` says about the service, in its table `[serve]`; read without any web library.

Invariant: a setting that is not known, not of its type or out of its range is refused by name; see
`ledger.setting_sources` for where each comes from.
"""

from dataclasses import dataclass, field
from typing import Any, Final

MEBIBYTE: Final = 1024 * 1024
LARGEST_PORT: Final = 65_535


def _number(default: float | None, least: float, most: float) -> Any:  # noqa: ANN401 - as `field`
    """A number in a range, both ends included."""
    return field(default=default, metadata={"least": least, "most": most})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """How one log is served."""

    host: str = "127.0.0.1"
    """Name or address to listen at; beyond this machine only with TLS or behind a proxy."""
    port: int = _number(8080, 0, LARGEST_PORT)
    """Of HTTP; 0 takes a free one."""
    grpc_port: int | None = _number(4317, 0, LARGEST_PORT)
    """Of OTLP over gRPC; 0 takes a free one, `none`: not served."""
    tls_cert: str | None = None
    """File of the certificate chain, PEM; relative to the home."""
    tls_key: str | None = None
    """File of its private key, PEM; relative to the home."""
    require_tls: bool = False
    """Refuse whatever does not come over TLS, even on this machine."""
    behind_proxy: tuple[str, ...] = ()
    """Addresses or networks of proxies that terminate TLS; only they are believed about callers."""
    most_connections: int = _number(512, 1, 100_000)
    """How many may be open at once; more are answered with 503."""
    most_connections_of_address: int = _number(128, 1, 100_000)
    """Of them from one address beyond this machine that is no proxy; more are answered with 503."""
    most_events: int = _number(10_000, 1, 1_000_000)
    """Facts in one request, which are stored together; a stream of lines has no such limit."""
    head_s: float = _number(10.0, 0.1, 3600)
    """Seconds in which path and headers of a request must have arrived."""
    unread_s: float = _number(30.0, 0.1, 3600)
    """Seconds after which a connection is cut whose client reads nothing of its answer."""
    most_header_bytes: int = _number(32 * 1024, 1024, MEBIBYTE)
    """Of the path, query and headers of one request together."""
    most_body_bytes: int = _number(20 * MEBIBYTE, 1024, 1024 * MEBIBYTE)
    """Of one request, also after decompression; a stream of lines has no such limit."""
    most_depth: int = _number(64, 4, 500)
    """How deep JSON may be nested."""
    body_s: float = _number(30.0, 0.1, 3600)
    """Seconds in which a body must have arrived."""
    append_s: float = _number(10.0, 0.1, 3600)
    """Seconds after which an append that is not durable yet is answered with 503."""
    skip_spans_without_ldv: bool = False
    """Leave out and count a span without `dpl.*` attributes, instead of refusing its request."""
    skip_logs_without_kind: bool = False
    """Leave out and count a log record that names no kind of event, instead of refusing all."""
    stream_idle_s: float = _number(60.0, 0.1, 86_400)
    """Seconds that a stream of lines may be silent before it is answered with 408."""
    refused_bytes: int = _number(64 * MEBIBYTE, 0, 1024 * 1024 * MEBIBYTE)
    """Of refused payloads kept for the operator; beyond it the oldest leave."""
    requests_per_minute: int = _number(60_000, 1, 10_000_000)
    """Of one caller, and of one address whose caller is not known yet."""
    refusals_per_minute: int = _number(60, 1, 10_000_000)
    """Of one address with credentials that prove nobody; beyond it, none are looked at."""
    public_requests_per_minute: int = _number(60_000, 1, 10_000_000)
    """Of one address for what needs no login: checkpoints, tiles, proofs, probes."""
    most_tails: int = _number(64, 0, 100_000)
    """How many may follow the log live at once; more are answered with 429."""
    tail_heartbeat_s: float = _number(15.0, 0.1, 300)
    """Seconds after which a silent tail shows that it lives; its caller is then looked at anew."""
    tail_patience_s: float = _number(30.0, 0.1, 3600)
    """Seconds in which a reader of a tail must take what it was sent."""
    stop_s: float = _number(20.0, 0, 3600)
    """Seconds that requests in flight get to end when the service stops."""
    seal: bool = True
    """Run the signer inside the service."""
    seal_every_s: float = _number(60.0, 1, 3600)
    """How long something new stays unsigned."""
    heartbeat_s: float = _number(3600.0, 1, 864_000)
    """How old the last checkpoint of an idle log may become."""
    project: bool = True
    """Keep the views in step inside the service."""
    project_every_s: float = _number(0.5, 0.05, 3600)
    """Least seconds between two runs that bring the views in step."""
    verify: bool = True
    """Verify the log inside the service, again and again, and show how it stands."""
    verify_every_s: float = _number(60.0, 1, 86_400)
    """How often what is new is verified."""
    verify_full_s: float = _number(3600.0, 1, 8_640_000)
    """How long after everything was verified everything is verified again."""
    verify_share: float = _number(0.2, 0.01, 1)
    """Share of the time of one core that verifying everything may take."""
    anchor_within_s: float = _number(90_000.0, 60, 8_640_000)
    """How long a record may wait for an anchor before the log is shown as not yet anchored."""
    silent_after_s: float = _number(86_400.0, 60, 8_640_000)
    """After how long without a record of it a source is shown as silent."""
    metrics_port: int | None = _number(None, 0, LARGEST_PORT)
    """A port of this machine only that gives `/metrics` without login; `none`: no such port."""
    ready_signer_s: float = _number(300.0, 1, 864_000)
    """How long records may be unsigned before `/readyz` says so."""
    ready_lag_records: int = _number(100_000, 0, 1_000_000_000)
    """How many records views may be behind before `/readyz` says so."""
    ready_free_bytes: int = _number(256 * MEBIBYTE, 0, 2**50)
    """Of disk, below which `/readyz` says so."""
    public_url: str | None = None
    """Where others reach the service, for the links in its answers; `none`: as the caller did."""
    logbook_id: str | None = None
    """Of this log in the LDV reading API; `none`: the name of the log."""
    organisation_name: str | None = None
    """Whose log it is, in the LDV reading API; `none`: the name of the log."""
    organisation_oin: str | None = None
    """Its number of 20 digits among Dutch authorities, for the VNG interfaces."""
    lezen_hex_traces: bool = False
    """Write traces in the LDV reading API as 32 digits, not dashed as a UUID."""
    lezen_most_lines: int = _number(1000, 1, 100_000)
    """Of one answer of the LDV reading API; a question that finds more is refused."""
    lezen_most_requests: int = _number(100, 1, 1000)
    """Questions in one batch of the LDV reading API."""
    vng_page: int = _number(100, 1, 1000)
    """Results on one page of the VNG interfaces."""
    telemetry: bool = False
    """Send traces of the service itself, to where the `OTEL_*` variables say."""
    oidc_issuer: str | None = None
    """Address of the issuer of people's bearer tokens, exactly as tokens name it; https."""
    oidc_audience: str | None = None
    """What its tokens must name as their audience; needed beside the issuer."""
    oidc_identity_claim: str = "sub"
    """The claim that says who it is, `person:…`; the issuer must never give it to another one."""
    oidc_algorithms: tuple[str, ...] = ("RS256", "PS256", "ES256")
    """With which tokens may be signed; keys that are shared with the issuer are never taken."""
    oidc_leeway_s: int = _number(30, 0, 300)
    """How far the clocks of issuer and service may differ."""
    oidc_keys_s: float = _number(3600.0, 60, 86_400)
    """After how long the keys of the issuer are fetched again."""
    oidc_client_id: str | None = None
    """As whom the page sends people to the issuer to log in; `none`: no such login."""
    oidc_client_secret_file: str | None = None
    """File with the secret of that client, if it has one; relative to the home."""
    oidc_scopes: tuple[str, ...] = ("openid",)
    """What the page asks the issuer for; `email` or `profile`, if the claim needs it."""
    session_s: float = _number(28_800.0, 60, 604_800)
    """How long somebody stays logged in to the page at most."""
    session_idle_s: float = _number(1800.0, 60, 604_800)
    """After how long without a request somebody is logged out of the page."""
