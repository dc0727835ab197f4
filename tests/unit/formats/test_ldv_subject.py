"""How a processing log names people."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.ldv_subject import TOKEN_TYPE, SubjectId, identity_of, subject_of
from ledger.personal import normalised_identity, token_text

WORDS = st.text("abcXYZ019._-", min_size=1, max_size=20)
LONG = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=30)


@given(WORDS.filter(lambda word: word.upper() not in {"BSN", "URI"}) | LONG, LONG)
def test_a_person_comes_back_as_they_were_named(id_type: str, subject_id: str) -> None:
    """Somebody would be found under one name and shown under another."""
    subject = SubjectId(id_type, subject_id)
    if ":" not in id_type and id_type.upper() not in {"BSN", "URI", TOKEN_TYPE.upper()}:
        assert subject_of(normalised_identity(identity_of(subject)), id_type) == subject


@given(LONG.map("https://register.example/{}".format), LONG)
def test_the_type_of_a_register_may_be_read_from_the_identity(uri: str, subject_id: str) -> None:
    """A line whose type was erased could not be shown any more."""
    assert subject_of(identity_of(SubjectId(uri, subject_id)).replace(":uri:", ":URI:")) == (
        uri,
        subject_id,
    )


@pytest.mark.parametrize("identity", ["person:a", "ip:203.0.113.7", "withheld", "data-subject:"])
def test_others_are_no_data_subjects(identity: str) -> None:
    """An operator would be shown as somebody whose data were processed."""
    assert subject_of(identity) is None


def test_a_token_goes_out_and_comes_back() -> None:
    """Whoever may not see people could not ask for them again."""
    token = token_text("data-subject", UUID(int=7))
    subject = subject_of(token, "BSN")
    assert subject == SubjectId(TOKEN_TYPE, UUID(int=7).hex)
    assert identity_of(subject) == token
