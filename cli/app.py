"""The command tree, as a table: nothing but the command that runs is imported.

`zegel --help` and `zegel --version` may take no more than 1.5 times the import of click and rich,
so this file and what it imports stay free of the ledger, the database and everything that draws.
"""

from typing import Final

import click

from cli.lazy import Entry, LazyGroup
from cli.options import HELP_NAMES, shared_options
from ledger import __version__

COMMANDS: Final[dict[str, Entry]] = {
    "init": Entry("cli.init:init", "Make a new log: folder, database and keys."),
    "logs": Entry("cli.logs:logs", "List the logs of a home; make one."),
    "record": Entry("cli.record:record", "Record one fact."),
    "import": Entry("cli.import_file:import_file", "Record what files of other systems say."),
    "reconcile": Entry("cli.reconcile:reconcile", "Compare fail2ban's database with the log."),
    "sources": Entry("cli.sources:sources", "Show which sources are heard, silent or have gaps."),
    "quarantine": Entry(
        "cli.quarantine:quarantine", "Read again, or give up, what could not be read."
    ),
    "watch": Entry(
        "cli.watch:watch", "Follow files, journals and listeners; record what they say."
    ),
    "log": Entry("cli.log:log", "Search the history."),
    "show": Entry("cli.show:show", "Show one record with everything the log knows of it."),
    "state": Entry("cli.state:state", "Show a view: what is true, or was true on a date."),
    "sql": Entry("cli.sql:sql", "Ask in SQL, over records and views."),
    "ask": Entry("cli.ask:ask", "Ask what an investigator asks."),
    "verify": Entry("cli.verify:verify", "Check that the whole history is unchanged."),
    "retention": Entry(
        "cli.retention:retention", "Set how long personal values are kept, and erase what is due."
    ),
    "archive": Entry("cli.archive:archive", "Keep sealed records in files with signed manifests."),
    "prune": Entry("cli.prune:prune", "Remove old sealed records after exporting them."),
    "erase": Entry("cli.erase:erase", "Erase a person: values, salts and keys."),
    "hold": Entry("cli.hold:hold", "Have data kept: place, release, list legal holds."),
    "role": Entry("cli.role:role", "Say who may see identities, erase, export, hold, decide."),
    "api-key": Entry("cli.api_key:api_key", "Make, list, revoke keys of programs for the service."),
    "backup": Entry("cli.backup:backup", "Copy the database while it is written to."),
    "seal": Entry("cli.seal:seal", "Sign what is new, once or again and again."),
    "key": Entry("cli.key:key", "Make, list, show or rotate keys."),
    "checkpoint": Entry("cli.checkpoint:checkpoint", "List or show signed checkpoints."),
    "anchor": Entry("cli.anchor:anchor", "Have others say that they saw a checkpoint."),
    "prove": Entry("cli.prove:prove", "Write the proof that one record is in the log."),
    "export": Entry("cli.export:export", "Hand the log, or a part of it, to somebody else."),
    "rebuild": Entry("cli.rebuild:rebuild", "Build the views again from the log."),
    "project": Entry("cli.project:project", "Bring the views in step, once or again and again."),
    "access": Entry("cli.access:access", "Review who has access, decide, sign off."),
    "breach": Entry("cli.breach:breach", "Handle a breach: steps, clocks, register."),
    "request": Entry("cli.request:request", "Handle what data subjects ask: steps and clocks."),
    "register": Entry("cli.register:register", "Show, compare and export the Art. 30 register."),
    "clocks": Entry("cli.clocks:clocks", "Show what is due and overdue."),
    "policy": Entry(
        "cli.policy:policy", "Publish privacy statements, decide about their promises."
    ),
    "promises": Entry(
        "cli.promises:promises", "Show which promises of privacy statements were kept."
    ),
    "deadline": Entry("cli.deadline:deadline", "Compute what is due under a rule, and why."),
    "serve": Entry("cli.serve:serve", "Serve the log to programs and browsers."),
    "config": Entry("cli.config:config", "Show every setting and where it comes from."),
    "demo": Entry("cli.demo:demo", "Tell one story: record, look, verify, tamper, find."),
    "completion": Entry("cli.completion:completion", "Print the completion script of a shell."),
}


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    context_settings={"help_option_names": HELP_NAMES, "max_content_width": 100},
    epilog="Exit codes: 0 fine, 1 unexpected failure, 2 usage, 3 evidence broken, 4 unavailable, "
    "5 not authorised, 6 a deadline has passed, 7 a promise was broken.",
)
@click.version_option(__version__, "--version", message="zegel %(version)s")
@shared_options
def app() -> None:
    """Audit log of personal-data processing with verifiable history.

    The options below may stand before or after the command.
    """
