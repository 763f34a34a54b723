"""The comparison page: what a resumed handshake leaves out is a gap, and the real measurement fills it."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.comparison import Column, Message, lines, read_untrusted
from gui.panels.compare_view import CompareView
from gui.theme import Look
from voip.errors import ProtocolError
from voip.journal.observations import CallCost


def column(*names, resumed=False):
    return Column("1.3", resumed, tuple(Message(n[0:3].strip(), n[3:], 9) for n in names), 1, 1, 1, 1.0, 1.0, 1.0, 1.0)


def test_what_is_left_out_is_a_gap():
    full = column("outClientHello", "in ServerHello", "in Certificate", "in Finished", "outFinished")
    resumed = column("outClientHello", "in ServerHello", "in Finished", "outFinished", resumed=True)
    assert [(line.name, line.resumed) for line in lines(full, resumed)] == [
        ("ClientHello", 9), ("ServerHello", 9), ("Certificate", None), ("Finished", 9), ("Finished", 9),
    ]  # fmt: skip


def test_tls_12_is_numbered_as_in_the_classic_diagram_and_client_authentication_stands_beside_it():
    names = ("outClientHello", "in Certificate", "in CertificateRequest", "outCertificate", "in Finished")
    full, resumed = (msgspec.structs.replace(column(*names), version="1.2") for _ in range(2))
    assert [line.title for line in lines(full, resumed)] == [
        "1 · ClientHello", "3 · Certificate", "CertificateRequest", "Certificate", "10 · Finished",
    ]  # fmt: skip
    assert {line.number for line in lines(column(*names), column(*names))} == {0}


MESSAGES = st.lists(st.sampled_from(["outA", "in B", "outB", "in C"]), max_size=12)


@given(MESSAGES, MESSAGES)
def test_every_message_stands_on_one_line_in_its_order(one, other):
    full, resumed = column(*one), column(*other, resumed=True)
    found = lines(full, resumed)
    assert [(x.direction, x.name) for x in found if x.full is not None] == [
        (m.direction, m.name) for m in full.messages
    ]
    assert [(x.direction, x.name) for x in found if x.resumed is not None] == [
        (m.direction, m.name) for m in resumed.messages
    ]


@given(st.binary(max_size=60))
def test_bytes_that_are_no_measurement_end_in_one_error(data):
    with pytest.raises(ProtocolError):
        read_untrusted(data)


def test_the_page_measures_for_real_and_shows_the_cost(qtbot, qapp):
    view = CompareView(Look(qapp))
    qtbot.addWidget(view)
    view.slider.setValue(20)
    view.button.click()
    assert not view.button.isEnabled()
    qtbot.waitUntil(lambda: view.found is not None or view._problem != "", timeout=60_000)
    assert view._problem == ""
    assert [c.round_trips for c in view.found.columns] == [2, 1, 1, 1]
    view.show_cost(CallCost(10.0, 1000, 80_000, 12_000, 16_000, 2_000, 22_000, 0.01, 0.03, 0.6, 40.0, 42.0))
    assert "29 % of the bytes" in view._cost_text.text()
    assert "0.40 % of one core" in view._cost_text.text()
    view.grab()


def test_a_measurement_can_be_stopped(qtbot, qapp):
    view = CompareView(Look(qapp))
    qtbot.addWidget(view)
    view.measure()
    view.stop()
    assert view.button.isEnabled()
    assert view.found is None
