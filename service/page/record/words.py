"""The words that the script of a record's page shows, in the language of the visitor."""

from collections.abc import Callable


def words_for_script(_: Callable[[str], str]) -> dict[str, str]:
    """Each word by the name that the script has for it; `{…}` stands for a value."""
    return {
        "checking": _("Your browser is verifying this record…"),
        "holds": _("Verified by your browser"),
        "holds_why": _(
            "It stands byte for byte like this as record {index} of the {size} that the log signed."
        ),
        "unsigned": _("Sealed and linked, not signed yet"),
        "unsigned_why": _(
            "Its links hold. No checkpoint covers it yet; the signer makes one within its interval."
        ),
        "refused": _("Refused: this record does not hold"),
        "neighbour": _("It holds, but record {index} beside it does not"),
        "forged": _("Refused: the forged copy does not hold"),
        "forged_why": _(
            "One character was changed in a copy inside your browser; the log was not touched."
        ),
        "unchecked": _("Your browser could not verify this"),
        "unchecked_why": _(
            "It lacks what verification needs (WebCrypto with Ed25519, over HTTPS or on this "
            "machine). Nothing is proven by this page; use the commands below."
        ),
        "step_holds": _("verified here"),
        "step_refused": _("refused"),
        "step_unchecked": _("not checked"),
        "step_unsigned": _("not signed yet"),
        "same": _("same"),
        "differs": _("differs"),
        "expected": _("expected"),
        "found": _("found"),
        "key_pinned": _("under the key that you gave this browser"),
        "key_given": _("under the key that this service names"),
        "witnessed": _("seen by {names}"),
        "first": _("It is the first record of the log."),
        "last": _("No record follows yet."),
        "pruned": _("The record before it was removed on purpose."),
    }
