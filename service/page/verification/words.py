"""The words that the script of the page of verification shows, in the language of the visitor."""

from collections.abc import Callable


def words_for_script(_: Callable[[str], str]) -> dict[str, str]:
    """Each word by the name that the script has for it; `{…}` stands for a value."""
    return {
        "checking": _("Your browser is verifying the checkpoint…"),
        "holds": _("Your browser verified the newest checkpoint"),
        "holds_why": _("The log signed {size} records (root {root})."),
        "refused": _("Refused: the newest checkpoint does not hold"),
        "unchecked": _("Your browser could not verify the checkpoint"),
        "unchecked_why": _(
            "It lacks what verification needs (WebCrypto with Ed25519, over HTTPS or on this "
            "machine). Use the commands below."
        ),
        "none": _("The log was never signed"),
        "key_pinned": _("Under the key that you gave this browser."),
        "key_given": _("Under the key that this service names: compare it below with yours."),
        "witnessed": _("Seen by {names}."),
        "first_visit": _("This browser remembers it from now on."),
        "same": _("It is the one that this browser saw before."),
        "continues": _(
            "It continues the one with {size} records that this browser saw on {at}: nothing of "
            "those was changed."
        ),
        "forked": _(
            "It does not continue the one with {size} records that this browser saw on {at}: the "
            "history was rewritten."
        ),
        "rolled_back": _(
            "It covers fewer records than the {size} that this browser saw signed on {at}: the log "
            "was cut off or restored from an older copy."
        ),
        "kept_holds": _(
            "The log of today continues this checkpoint: its {size} records are still as they were."
        ),
        "kept_refused": _("Refused: the log of today does not continue this checkpoint."),
        "kept_unasked": _("The proof could not be had from the service; nothing was compared."),
        "proof_holds": _("The record is number {index} of the {size} that the log signed."),
        "proof_refused": _("Refused: these files do not prove it."),
        "pinned": _("This browser verifies with this key from now on."),
        "unpinned": _("This browser takes the key that the service names again."),
        "pin_differs": _(
            "The service names other keys: ask the organisation which ones are theirs."
        ),
        "pin_refused": _("This is no verifier key of this log."),
        "not_kept": _("This browser keeps nothing; the key was not remembered."),
        "expected": _("expected"),
        "found": _("found"),
    }
