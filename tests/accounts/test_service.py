"""Staff sign in with what they were given, and signing out, new passwords and disabling hold."""

import time
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from kb.accounts.models import Permission, Role
from kb.accounts.passwords import UNKNOWN_ACCOUNT_HASH, needs_rehash
from kb.accounts.service import ABSOLUTE_LIMIT, IDLE_LIMIT
from kb.errors import InvalidInput

from .conftest import EMAIL, PASSWORD

OTHER_PASSWORD = "seven green toasters sing"


def test_a_new_account_signs_in(accounts, ada):
    token = accounts.sign_in("  Ada@Example.COM ", PASSWORD)
    assert accounts.find_by_token(token) == ada
    assert (ada.email, ada.name, ada.role) == (EMAIL, "Ada", Role.AGENT)


def test_wrong_password_and_unknown_address_get_nothing(accounts, ada):
    assert accounts.sign_in(EMAIL, PASSWORD.upper()) is None
    assert accounts.sign_in("bob@example.com", PASSWORD) is None
    assert accounts.sign_in("", "") is None
    assert accounts.sign_in(EMAIL, "x" * 100_000) is None


def test_time_does_not_tell_who_has_an_account(accounts, ada):
    def measure(email):
        # Of this thread alone, for the machine may be doing other things.
        start = time.thread_time()
        accounts.sign_in(email, "not the password")
        return time.thread_time() - start

    pairs = [(measure(EMAIL), measure("bob@example.com")) for _ in range(7)]
    known, unknown = (min(times) for times in zip(*pairs, strict=True))
    assert 0.5 < known / unknown < 2
    assert not needs_rehash(UNKNOWN_ACCOUNT_HASH)


def test_a_token_is_random_and_only_its_hash_is_stored(accounts, ada, file):
    tokens = {accounts.sign_in(EMAIL, PASSWORD) for _ in range(3)}
    assert len(tokens) == 3
    assert all(len(token) >= 43 for token in tokens)
    file.close()
    stored = b"".join(path.read_bytes() for path in file.path.parent.iterdir())
    assert EMAIL.encode() in stored
    assert not any(token.encode() in stored for token in tokens)
    assert PASSWORD.encode() not in stored


@pytest.mark.parametrize("token", ["", "x", "\ud800", "' or 1=1 --", "x" * 10_000])
def test_tokens_that_never_were(accounts, ada, token):
    assert accounts.find_by_token(token) is None


def test_signing_out_ends_one_session_only(accounts, ada):
    first, second = accounts.sign_in(EMAIL, PASSWORD), accounts.sign_in(EMAIL, PASSWORD)
    accounts.sign_out(first)
    accounts.sign_out(first)
    assert accounts.find_by_token(first) is None
    assert accounts.find_by_token(second) == ada


def test_an_idle_session_ends(accounts, ada, clock):
    token = accounts.sign_in(EMAIL, PASSWORD)
    clock.advance(IDLE_LIMIT - timedelta(seconds=1))
    assert accounts.find_by_token(token) == ada
    clock.advance(IDLE_LIMIT - timedelta(seconds=1))
    assert accounts.find_by_token(token) == ada
    clock.advance(IDLE_LIMIT)
    assert accounts.find_by_token(token) is None


def test_a_busy_session_ends_after_a_week(accounts, ada, clock):
    token = accounts.sign_in(EMAIL, PASSWORD)
    step = timedelta(hours=6)
    for _ in range(int(ABSOLUTE_LIMIT / step) - 1):
        clock.advance(step)
        assert accounts.find_by_token(token) == ada
    clock.advance(step)
    assert accounts.find_by_token(token) is None


def test_use_is_written_down_once_a_minute(accounts, ada, clock, file):
    token = accounts.sign_in(EMAIL, PASSWORD)
    clock.advance(timedelta(seconds=59))
    accounts.find_by_token(token)
    before = file.connection().conn.total_changes
    accounts.find_by_token(token)
    assert file.connection().conn.total_changes == before
    clock.advance(timedelta(seconds=1))
    accounts.find_by_token(token)
    accounts.find_by_token(token)
    assert file.connection().conn.total_changes == before + 1


def test_expired_sessions_are_deleted(accounts, ada, clock, file):
    accounts.sign_in(EMAIL, PASSWORD)
    clock.advance(IDLE_LIMIT * 2)
    accounts.sign_in(EMAIL, PASSWORD)
    assert file.connection()["sessions"].count == 1


def test_reading_goes_on_while_another_process_writes(accounts, ada, clock, file):
    token = accounts.sign_in(EMAIL, PASSWORD)
    clock.advance(timedelta(minutes=2))
    file.connection().conn.execute("pragma busy_timeout=10")
    other = type(file)(file.path)
    with other.transaction() as database:
        database.execute("delete from sessions where token_hash = 'none'")
        assert accounts.find_by_token(token) == ada
    other.close()


def test_a_new_password_ends_the_other_sessions(accounts, ada):
    here, elsewhere = accounts.sign_in(EMAIL, PASSWORD), accounts.sign_in(EMAIL, PASSWORD)
    accounts.change_password(EMAIL, OTHER_PASSWORD, keep_token=here)
    assert accounts.find_by_token(here) == ada
    assert accounts.find_by_token(elsewhere) is None
    assert accounts.sign_in(EMAIL, PASSWORD) is None
    assert accounts.sign_in(EMAIL, OTHER_PASSWORD)
    accounts.change_password(EMAIL, PASSWORD)
    assert accounts.find_by_token(here) is None


def test_a_new_password_leaves_other_accounts_signed_in(accounts, ada):
    accounts.add("bob@example.com", Role.EDITOR, OTHER_PASSWORD)
    token = accounts.sign_in("bob@example.com", OTHER_PASSWORD)
    accounts.change_password(EMAIL, OTHER_PASSWORD)
    accounts.disable(EMAIL)
    assert accounts.find_by_token(token).email == "bob@example.com"


def test_disabling_ends_sessions_and_bars_the_account(accounts, ada):
    token = accounts.sign_in(EMAIL, PASSWORD)
    accounts.disable("ADA@example.com")
    assert accounts.find_by_token(token) is None
    assert accounts.sign_in(EMAIL, PASSWORD) is None
    listed = accounts.list_accounts()
    assert [(a.email, a.disabled_at is not None) for a in listed] == [(EMAIL, True)]
    assert not any(listed[0].may(permission) for permission in Permission)


def test_a_password_stored_with_weaker_parameters_is_stored_anew(accounts, ada, file):
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    file.connection()["accounts"].update(ada.id, {"password_hash": weak})
    token = accounts.sign_in(EMAIL, PASSWORD)
    stored = file.connection()["accounts"].get(ada.id)["password_hash"]
    assert not needs_rehash(stored)
    assert accounts.find_by_token(token) == ada
    assert accounts.sign_in(EMAIL, PASSWORD)


def test_composed_and_decomposed_letters_are_the_same_password(accounts):
    accounts.add("zoe@example.com", Role.AGENT, "vier kleine Kännchen")
    assert accounts.sign_in("zoe@example.com", "vier kleine Ka\u0308nnchen")


def test_one_account_for_an_address(accounts, ada):
    with pytest.raises(InvalidInput, match="already") as refused:
        accounts.add("ADA@example.com", Role.EDITOR, PASSWORD)
    assert refused.value.field == "email"


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@", "a b@example.com", "ada@example.com\nbcc:x", "@"]
)
def test_addresses_that_are_none(accounts, email):
    with pytest.raises(InvalidInput) as refused:
        accounts.add(email, Role.AGENT, PASSWORD)
    assert refused.value.field == "email"


@pytest.mark.parametrize(
    "password",
    [
        "",
        "fourteen chars",
        "x" * 257,
        "a" * 20,
        "Password1234567",
        "password password",
        "ada.lovelace@example.com",
    ],
)
def test_passwords_that_would_be_guessed(accounts, password):
    with pytest.raises(InvalidInput) as refused:
        accounts.add("ada.lovelace@example.com", Role.AGENT, password)
    assert refused.value.field == "password"


def test_long_passwords_work_whole(accounts):
    password = "long words " * 23
    accounts.add("long@example.com", Role.AGENT, password)
    assert accounts.sign_in("long@example.com", password[:-1]) is None
    assert accounts.sign_in("long@example.com", password)


def test_unknown_accounts_are_named(accounts):
    for act in (
        lambda: accounts.disable("bob@x.example"),
        lambda: accounts.change_password("bob@x.example", PASSWORD),
    ):
        with pytest.raises(InvalidInput, match=r"bob@x\.example"):
            act()


def test_each_role_may_do_more():
    agent, editor, administrator = (role.permissions for role in Role)
    assert agent < editor < administrator
    assert Permission.TRIAGE in agent
    assert Permission.PREVIEW_DRAFTS in editor - agent
    assert administrator == frozenset(Permission)


def test_sql_in_every_field_stays_text(accounts, file):
    name = "'); drop table accounts; --"
    accounts.add("o'brien@example.com", Role.AGENT, "it's a long password", name)
    assert accounts.list_accounts()[0].name == name
    assert accounts.sign_in("o'brien@example.com", "it's a long password")
