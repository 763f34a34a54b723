"""Joining a relay with an invite: the key is made here and never leaves; a CSR goes out, a certificate comes back."""

import asyncio

from voip.client.desk import way_to
from voip.client.link import relay_check, server_name
from voip.config import LIMITS, Limits
from voip.errors import InviteError, RelayError
from voip.io import clock
from voip.io.store import ClientAccount, ClientStore
from voip.io.stream import connect
from voip.pki.certificates import make_csr, new_key
from voip.pki.invite import Invite
from voip.pki.joining import read_enrolled_untrusted
from voip.session.tls import join_context
from voip.session.tls.context import Version
from voip.wire import signals
from voip.wire.signals import Enrol, Enrolled, Refused


async def join(
    invite: Invite,
    store: ClientStore,
    versions: tuple[Version, ...] = ("1.3",),
    limits: Limits = LIMITS,
    proxy: str = "",
) -> ClientAccount:
    """Enrol at the invite's relay and store key, certificate and CA. Raises `InviteError`, `RelayError`, `TlsError`,
    `CertificateError`, `StoreError`, or `UsageError` for a proxy that is none; then nothing was stored.
    """
    route = way_to(invite.host, invite.port, proxy)
    store.prepare()
    key = new_key()
    stream = await connect(
        invite.host,
        invite.port,
        join_context(invite.ca_fingerprint, versions),
        server_name=server_name(invite.relay_name),
        check_peer=relay_check(invite.relay_name),
        limits=limits,
        route=route,
    )
    try:
        stream.send_packet(signals.encode(Enrol(name=invite.name, token=invite.token, csr=make_csr(key, invite.name))))
        async with asyncio.timeout(limits.reply):
            packet = await stream.receive_packet()
    except TimeoutError:
        raise RelayError("The relay accepted the connection but says nothing.", code="relay-silent") from None
    finally:
        await stream.close()
    answer = None if packet is None else signals.decode_untrusted(packet, signals.join_decoder)
    if isinstance(answer, Refused):
        raise InviteError(answer.sentence, code=answer.code)
    if not isinstance(answer, Enrolled):
        raise RelayError("The relay closed the connection without a reason.", code="relay-closed")
    identity, authority = read_enrolled_untrusted(answer, key, invite, clock.wall())
    account = ClientAccount(invite.name, invite.relay_name, invite.host, invite.port, invite.ca_fingerprint)
    store.save_enrolment(account, identity, authority)
    return account
