"""What is read off real handshakes, without Qt: bytes, flights, classic numbers, story and key schedule."""

import string
import subprocess
import sys
from dataclasses import replace

import pytest
from handshakes import add_handshake, early, ending, real_call
from hypothesis import given, settings
from hypothesis import strategies as st
from story import RELAY, Story

from gui import handshake_words as words
from gui.dissection import specimen
from gui.flights import CLASSIC, client_way, extra, flights, number, version_of
from gui.inspection import Inspection, clipped, field_at, moved, on_byte, on_channel, on_face, on_side, opened, path_to
from gui.key_schedule import hash_bytes, key_bytes, schedule
from gui.ladder import BYTES_MAX, EARLY, Ladder, Row, climb
from gui.tale import tell
from gui.view_state import ViewState, reduce
from voip.journal.observations import Entry
from voip.session.tls.events import Alert, Failed, HandshakeMessage, Record
from voip.wire.anatomy import Field
from voip.wire.tls_names import HANDSHAKE_NAMES


def ladder_of(version="1.3", **options) -> Ladder:
    ladder = Ladder("link")
    for entry in add_handshake(Story(), "link", version, **options).entries:
        ladder = climb(ladder, entry)
    return ladder


def session_ladder(**options) -> Ladder:
    ladder = Ladder("session")
    for entry in add_handshake(Story(), "session", **options).entries:
        ladder = climb(ladder, entry)
    return ladder


def test_no_qt_in_what_is_read_off_a_ladder():
    code = (
        "import sys, gui.flights, gui.inspection, gui.dissection, gui.tale, gui.key_schedule, gui.handshake_words;"
        "sys.exit(any(m.startswith('PySide6') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ── bytes ──


def test_each_message_keeps_its_bytes_and_the_record_that_carried_it():
    ladder = ladder_of()
    for row in ladder.rows:
        assert len(row.raw) == row.size
        assert row.wire[3] << 8 | row.wire[4] == len(row.wire) - 5, "one whole record"
        assert (row.raw in row.wire) == (not row.encrypted), row.name
    assert [row.record for row in ladder.rows if row.direction == "in"] == list(range(1, 10))


def test_tls_12_hides_only_what_follows_change_cipher_spec_in_its_direction():
    assert [(r.direction, r.name) for r in ladder_of("1.2").rows if r.encrypted] == [
        ("out", "Finished"), ("in", "Finished"),
    ]  # fmt: skip


def test_messages_of_one_record_share_it_and_a_long_message_has_several():
    ladder = Ladder("link")
    for what in (
        Record(0.0, "in", "handshake", 2, b"\x16\x03\x03\0\x02ab"),
        HandshakeMessage(0.0, "in", "ServerHello", b"a"), HandshakeMessage(0.0, "in", "Certificate", b"b"),
        Record(0.0, "in", "handshake", 1, b"\x16\x03\x03\0\x01c"),
        Record(0.0, "in", "handshake", 1, b"\x16\x03\x03\0\x01d"),
        HandshakeMessage(0.0, "in", "Certificate", b"cd"),
    ):  # fmt: skip
        ladder = climb(ladder, Entry(0.0, "link", "", what))
    assert [row.record for row in ladder.rows] == [1, 1, 2]
    assert ladder.rows[0].wire == ladder.rows[1].wire
    assert ladder.rows[2].wire == b"\x16\x03\x03\0\x01c\x16\x03\x03\0\x01d"


def test_the_bytes_kept_are_bounded():
    ladder = Ladder("link")
    for _ in range(30):
        ladder = climb(ladder, Entry(0.0, "link", "", Record(0.0, "in", "handshake", 9, b"\x16" * 20_000)))
        ladder = climb(ladder, Entry(0.0, "link", "", HandshakeMessage(0.0, "in", "Certificate", b"x" * 20_000)))
    assert ladder.kept <= BYTES_MAX
    assert len(ladder.rows) == 30
    assert ladder.rows[-1].size == 20_000
    assert ladder.rows[-1].raw == b""
    assert specimen(ladder, ladder.rows[-1], "message") is None


@pytest.mark.parametrize(
    ("version", "parts"),
    [("1.2", ["nonce_explicit", "ciphertext", "authentication_tag"]), ("1.3", ["ciphertext", "authentication_tag"])],
)
def test_the_wire_shows_where_the_tag_of_an_encrypted_record_is(version, parts):
    ladder = ladder_of(version)
    row = next(row for row in ladder.rows if row.name == "Finished")
    tree = specimen(ladder, row, "wire").tree
    assert tree.name == "TLSCiphertext"
    assert [leaf.name for leaf in tree.leaves()][3:] == parts
    assert specimen(ladder, ladder.rows[0], "wire").tree.name == "TLSPlaintext"


def test_a_message_of_two_records_is_shown_with_both():
    ladder = Ladder("link")
    for what in (
        Record(0.0, "in", "handshake", 1, b"\x16\x03\x03\0\x01c"),
        Record(0.0, "in", "handshake", 1, b"\x16\x03\x03\0\x01d"),
        HandshakeMessage(0.0, "in", "Certificate", b"cd"),
    ):
        ladder = climb(ladder, Entry(0.0, "link", "", what))
    tree = specimen(ladder, ladder.rows[0], "wire").tree
    assert (tree.name, tree.mark, [child.name for child in tree.children]) == ("records", "", ["TLSPlaintext"] * 2)


def test_times_are_told_to_the_microsecond():
    assert [row.t_ms for row in ladder_of().rows[:3]] == pytest.approx([0.0, 1.835, 1.857], abs=0.0011)


def ended(version, **options) -> Ladder:
    ladder = Ladder("link")
    for event in ending(version, **options):
        ladder = climb(ladder, Entry(0.0, "link", "", event))
    return ladder


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_refusal_is_an_alert_that_can_be_opened(version):
    ladder = ended(version, refused=True)
    alert = ladder.rows[-1]
    assert (alert.title, alert.direction, alert.raw) == ("Alert: unknown_ca", "out", b"\x02\x30")
    assert not alert.encrypted, "a client that gives up so early has no keys to encrypt with yet"
    assert ladder.messages == len(ladder.rows) - 1
    shown = specimen(ladder, alert, "message").tree
    assert [leaf.value.partition(",")[0] for leaf in shown.leaves()] == ["fatal", "unknown_ca"]
    assert specimen(ladder, alert, "wire").data == b"\x15\x03\x03\0\x02\x02\x30"
    assert flights(ladder)[-1].halves == 0
    assert "raises an alert, unknown_ca" in "\n".join(sentences(ladder))


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_goodbye_stands_behind_the_handshake_and_is_encrypted(version):
    ladder = ended(version)
    goodbye = ladder.rows[-1]
    assert (goodbye.direction, goodbye.title, goodbye.encrypted) == ("out", "Alert: close_notify", True)
    assert specimen(ladder, goodbye, "wire").data[0] == (23 if version == "1.3" else 21)
    assert specimen(ladder, goodbye, "wire").tree.name == "TLSCiphertext"
    assert ladder.alert == ""
    last = max(flight.halves for flight in flights(ladder))
    assert last == (4 if version == "1.2" else 3)
    spoken = "\n".join(sentences(ladder))
    assert spoken.count("says goodbye") == 1
    client = next(s for stage in schedule(ladder) for s in stage.secrets if s.name.startswith(
        "client_write_key" if version == "1.2" else "client_application"))  # fmt: skip
    assert ladder.rows[client.rows[-1]].name == "Alert"


def test_early_data_stand_where_they_were_sent_and_have_a_key_of_their_own():
    ladder = Ladder("leg")
    for event in early(b"token"):
        ladder = climb(ladder, Entry(0.0, "leg", "", event))
    names = [row.name for row in ladder.rows]
    assert names[:4] == ["ClientHello", "ChangeCipherSpec", "early data", "ServerHello"]
    row = ladder.rows[2]
    assert (row.direction, row.size, row.encrypted, row.settled) == ("out", 5, True, False)
    assert len(row.wire) == 5 + 5 + 17
    end = ladder.rows[names.index("EndOfEarlyData")]
    assert len(end.wire) == 5 + end.size + 17, "its own record, without the early data's"
    assert ladder.messages == len(ladder.rows) - 1
    secret = schedule(ladder)[0].secrets[-1]
    assert secret.name == "client_early_traffic_secret"
    assert [names[i] for i in secret.rows] == ["early data", "EndOfEarlyData"]
    shown = [i for stage in schedule(ladder) for s in stage.secrets for i in s.rows]
    assert sorted(shown) == [i for i, row in enumerate(ladder.rows) if row.encrypted], "each under one secret"
    told = sentences(ladder)
    assert "already says something" in told[2]
    assert told[4].startswith("bob sends a leftover")
    assert "From here everything" in told[5]
    assert flights(ladder)[0].last == 2
    assert specimen(ladder, row, "message") is None
    assert [leaf.name for leaf in specimen(ladder, row, "wire").tree.leaves()][3:] == [
        "ciphertext",
        "authentication_tag",
    ]


def test_an_alert_without_a_name_or_a_handshake_is_no_trouble():
    odd = Entry(0.0, "link", "", Alert(0.0, "in", "fatal", "254"))
    assert climb(Ladder("link"), odd).rows == ()
    assert climb(ladder_of(), odd).rows[-1].raw == b"\x02\xfe"
    nonsense = Entry(0.0, "link", "", Alert(0.0, "in", "warning", "no such name"))
    assert climb(ladder_of(), nonsense).rows == ladder_of().rows


# ── flights and numbers ──


def test_the_classic_ten_of_a_real_tls_12_handshake():
    ladder = ladder_of("1.2")
    assert [(number(ladder, row), row.name) for row in ladder.rows if number(ladder, row)] == [
        (1, "ClientHello"), (2, "ServerHello"), (3, "Certificate"), (4, "ServerKeyExchange"), (5, "ServerHelloDone"),
        (6, "ClientKeyExchange"), (7, "ChangeCipherSpec"), (8, "Finished"), (9, "ChangeCipherSpec"), (10, "Finished"),
    ]  # fmt: skip
    assert [(row.name, extra(ladder, row)) for row in ladder.rows if not number(ladder, row)] == [
        ("CertificateRequest", "client-authentication"), ("Certificate", "client-authentication"),
        ("CertificateVerify", "client-authentication"), ("NewSessionTicket", "ticket"),
    ]  # fmt: skip


def test_the_server_sees_the_same_numbers():
    ladder = ladder_of("1.2", server=True)
    assert client_way(ladder) == "in"
    assert [n for row in ladder.rows if (n := number(ladder, row))] == list(range(1, 11))


def test_a_resumed_tls_12_handshake_keeps_the_numbers_of_what_is_left():
    ladder = ladder_of("1.2", resumed=True)
    assert sorted(number(ladder, row) for row in ladder.rows) == [1, 2, 7, 8, 9, 10]


def test_tls_13_has_no_numbers_and_its_change_cipher_spec_is_an_extra():
    ladder = ladder_of()
    assert {number(ladder, row) for row in ladder.rows} == {0}
    assert {extra(ladder, row) for row in ladder.rows if row.name == "ChangeCipherSpec"} == {"compatibility"}


@pytest.mark.parametrize(("version", "halves"), [("1.3", [1, 2, 3, 0]), ("1.2", [1, 2, 3, 4])])
def test_flights_count_half_round_trips(version, halves):
    ladder = ladder_of(version)
    made = flights(ladder)
    assert [flight.halves for flight in made] == halves
    assert made[0].first == 0
    assert made[-1].last == len(ladder.rows) - 1
    assert made[1].ms == pytest.approx(1.835, abs=0.0011)


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_the_version_is_known_from_the_server_hello_on(version):
    assert [version_of(ladder_of(version, upto=n)) for n in (0, 2, 4)] == ["", "", f"TLSv{version}"]


def test_classic_has_ten():
    assert sorted(CLASSIC.values()) == list(range(1, 11))


# ── the opened thing ──

TREE = Field("M", 0, 6, children=(Field("a", 0, 2), Field("b", 2, 6, children=(Field("c", 2, 3), Field("d", 3, 6)))))


def test_every_byte_leads_to_the_smallest_field_that_holds_it():
    assert [path_to(TREE, i) for i in (-1, 0, 2, 5, 6)] == [None, (0,), (1, 0), (1, 1), None]
    assert on_byte(Inspection("link"), TREE, 4).field == (1, 1)
    assert on_byte(Inspection("link", field=(0,)), TREE, 99).field == (0,)
    assert field_at(TREE, (1, 1)).name == "d"
    assert field_at(TREE, (1, 7)).name == "b"
    assert clipped(TREE, (1, 7, 3)) == (1,)


def test_another_message_or_side_begins_with_the_whole():
    ladder = ladder_of()
    at = Inspection("link", 2, field=(1,))
    assert moved(at, 3, ladder) == Inspection("link", 3)
    assert moved(at, 2, ladder) is at
    assert moved(at, 99, ladder).message == len(ladder.rows) - 1
    assert on_side(at, "wire") == Inspection("link", 2, side="wire")
    assert on_side(at, "message") is at
    assert on_face(at, "keys").message == 2
    assert on_channel(on_face(at, "keys"), "session") == Inspection("session", face="keys")
    assert opened("leg", -3) == Inspection("leg", 0)


@pytest.mark.parametrize("version", ["1.2", "1.3"])
@pytest.mark.parametrize("side", ["message", "wire"])
def test_every_byte_of_a_real_handshake_is_in_a_field(version, side):
    ladder = ladder_of(version)
    for row in ladder.rows:
        shown = specimen(ladder, row, side)
        assert (shown.tree.start, shown.tree.end) == (0, len(shown.data))
        for offset in range(0, len(shown.data), 7):
            field = field_at(shown.tree, path_to(shown.tree, offset))
            assert field.start <= offset < field.end
            assert not field.children


# ── the story ──


def sentences(ladder: Ladder) -> list[str]:
    return [told.text.format(who={"me": "alice", "them": "bob"}[told.who], **told.values) for told in tell(ladder)]


@pytest.mark.parametrize("name", [*HANDSHAKE_NAMES.values(), "ChangeCipherSpec", "unknown (99)"])
@pytest.mark.parametrize("raw", [b"", b"\1\0\0\0", b"\xff" * 40])
def test_the_story_has_a_sentence_for_every_message(name, raw):
    ladder = Ladder("link", rows=(Row(0.0, "in", name, len(raw), False, raw),))
    assert all(sentences(ladder))
    assert len(tell(ladder)) == 1


def test_the_story_tells_what_was_really_chosen():
    told = "\n".join(sentences(session_ladder()))
    assert "bob answers, chooses AES-256-GCM and adds its own key half (X25519MLKEM768)" in told
    assert f"It names bob@{RELAY}" in told
    assert f"It names alice@{RELAY}" in told
    assert told.count("From here everything is encrypted") == 1
    assert told.splitlines()[-1].startswith("Done in ")


def test_the_story_of_tls_12_and_of_a_resumption():
    told = "\n".join(sentences(ladder_of("1.2")))
    assert "in TLS 1.2" in told
    assert "key half for x25519" in told
    assert told.count("even the certificates") == 2
    assert "shows the ticket of an earlier connection" in "\n".join(sentences(ladder_of(resumed=True)))


def test_the_story_of_a_failure_ends_with_its_reason():
    ladder = ladder_of(upto=8)
    for what in (Alert(1.0, "out", "fatal", "bad_certificate"), Failed(1.0, "x", "Y.")):
        ladder = climb(ladder, Entry(1.0, "link", "", what))
    assert sentences(ladder)[-1] == "The handshake ended here: bad_certificate"


# ── the keys ──


def test_tls_13_secrets_protect_the_messages_of_their_side():
    ladder = session_ladder()
    early, handshake, master = schedule(ladder)
    assert (early.size, handshake.fed_size, early.fed) == (48, 64, words.FED_NOTHING)
    protected = {s.name: [ladder.rows[i].name for i in s.rows] for s in (*handshake.secrets, *master.secrets)}
    assert protected["client_handshake_traffic_secret"] == ["Certificate", "CertificateVerify", "Finished"]
    assert protected["server_handshake_traffic_secret"] == [
        "EncryptedExtensions", "CertificateRequest", "Certificate", "CertificateVerify", "Finished",
    ]  # fmt: skip
    assert protected["server_application_traffic_secret_0"] == ["NewSessionTicket"] * 2
    assert [s.protects for s in master.secrets] == ["data", "data", "srtp", ""]
    assert sum(len(s.rows) for stage in schedule(ladder) for s in stage.secrets) == sum(
        r.encrypted for r in ladder.rows
    )


def test_each_key_update_makes_one_more_secret():
    ladder = session_ladder()
    before = [s.name for s in schedule(ladder)[2].secrets]
    update = Row(9.0, "in", "KeyUpdate", 5, True, bytes.fromhex("1800000100"))
    goodbye = Row(9.1, "in", "Alert", 2, True, b"\x01\0", says="close_notify")
    later = replace(ladder, rows=(*ladder.rows, update, goodbye))
    secrets = {s.name: s for s in schedule(later)[2].secrets}
    assert set(secrets) - set(before) == {"server_application_traffic_secret_1"}
    old, new = (secrets[f"server_application_traffic_secret_{n}"] for n in (0, 1))
    assert [later.rows[i].name for i in old.rows] == ["NewSessionTicket", "NewSessionTicket", "KeyUpdate"]
    assert [later.rows[i].name for i in new.rows] == ["Alert"]
    assert (old.protects, new.protects) == ("", "data")


def test_the_callee_is_the_server():
    ladder = session_ladder(server=True)
    assert [secret.who for secret in schedule(ladder)[1].secrets] == ["them", "me"]


def test_a_resumed_connection_starts_from_the_ticket():
    early = schedule(ladder_of(resumed=True))[0]
    assert early.fed == words.FED_PSK
    assert [secret.name for secret in early.secrets] == ["binder_key"]


def test_tls_12_keys():
    ladder = ladder_of("1.2")
    premaster, master, block = schedule(ladder)
    assert (premaster.size, master.size, block.size) == (32, 48, 2 * (32 + 4))
    assert [[ladder.rows[i].name for i in secret.rows] for secret in block.secrets] == [["Finished"], ["Finished"]]
    assert [stage.name for stage in schedule(ladder_of("1.2", resumed=True))] == ["master_secret", "key_block"]


def test_no_keys_before_the_suite_is_agreed():
    assert schedule(ladder_of(upto=5)) == ()


@pytest.mark.parametrize(
    ("cipher", "digest", "key"),
    [
        ("TLS_AES_256_GCM_SHA384", 48, 32), ("TLS_AES_128_GCM_SHA256", 32, 16),
        ("TLS_CHACHA20_POLY1305_SHA256", 32, 32), ("ECDHE-ECDSA-AES128-GCM-SHA256", 32, 16),
    ],
)  # fmt: skip
def test_lengths(cipher, digest, key):
    assert (hash_bytes(cipher), key_bytes(cipher)) == (digest, key)


def test_every_template_uses_only_what_it_is_given():
    for text in words.TALE.values():
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        assert "who" in names
        assert names <= {"who", "suites", "groups", "suite", "group", "version", "subject", "name"}


def test_a_real_call_folds_into_three_ladders_with_bytes():
    state = ViewState()
    for entry in real_call().entries:
        state = reduce(state, entry)
    for ladder in (state.link, state.leg, state.session):
        assert all(row.wire and (row.raw or row.name == EARLY) for row in ladder.rows)
    assert [row.name for row in state.leg.rows].count(EARLY) == 1, "the token, which only its record is kept of"
    assert state.leg.agreed.resumed


@given(st.binary(max_size=60), st.sampled_from(["ClientHello", "ServerHello", "Certificate", "ServerKeyExchange"]))
@settings(max_examples=80, deadline=None)
def test_no_bytes_can_upset_the_story_or_the_trees(raw, name):
    row = Row(0.0, "in", name, len(raw), False, raw, raw)
    ladder = Ladder("link", rows=(row,))
    assert all(sentences(ladder))
    for side in ("message", "wire"):
        shown = specimen(ladder, row, side)
        assert shown is None or shown.data == raw
