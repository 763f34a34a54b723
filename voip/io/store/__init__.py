"""A client's folder and a relay's. Every file is written whole or not at all, and is for its owner only.

files    atomic and private files; what went wrong with one, as a sentence
client   a person's account, identity, and what is remembered of peers
relay    the relay's CA and certificate; accounts and invites, shared with `glasscall invite`
"""

from voip.io.store.client import ClientAccount, ClientStore, Pins
from voip.io.store.relay import RelayIdentity, RelayStore

__all__ = ["ClientAccount", "ClientStore", "Pins", "RelayIdentity", "RelayStore"]
