"""Everything that can go wrong, as one tree. A message is a sentence that a person can act on.

    GlasscallError                 exit status 1
    ├── UsageError                 a command was put wrongly (exit status 2)
    ├── ProtocolError              the *other* end sent what the protocol forbids
    │   ├── FramingError           … a frame over the limit, or of an unknown kind
    │   ├── SignalError            … a message that is no valid signal
    │   └── PacketError            … a malformed RTP, RTCP or STUN packet
    ├── TlsError                   a TLS connection failed, with the reason observed
    ├── CertificateError           a certificate is not what it must be
    │   └── KeyChangedError        a pinned peer shows another key
    ├── InviteError                an invite or enrolment was refused
    ├── RelayError                 the relay cannot be reached, or refuses us
    ├── CallError                  a call cannot be made or has failed
    ├── AudioError                 no device, or a device that will not do
    ├── StoreError                 a file cannot be read or written
    ├── CaptureError               a capture cannot be taken or read
    └── LocalError                 *we* called ourselves wrongly: a defect, never the peer's doing

`code` is a stable word for programs and translators; `str(error)` is the English sentence.
"""


class GlasscallError(Exception):
    """A failure with a sentence for a person and a `code` for a program."""

    exit_status = 1

    def __init__(self, sentence: str, *, code: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code or type(self).__name__.removesuffix("Error").lower()


class UsageError(GlasscallError):
    """The command was put wrongly."""

    exit_status = 2


class ProtocolError(GlasscallError):
    """The other end sent what the protocol forbids."""


class FramingError(ProtocolError):
    """A frame over the size limit, or of an unknown kind."""


class SignalError(ProtocolError):
    """A message that is no valid signal."""


class PacketError(ProtocolError):
    """A malformed RTP, RTCP or STUN packet."""


class TlsError(GlasscallError):
    """A TLS connection failed."""


class CertificateError(GlasscallError):
    """A certificate is not what it must be."""


class KeyChangedError(CertificateError):
    """A pinned peer shows another key. `old`, `new`: SHA-256 fingerprints, lower-case hex."""

    def __init__(self, sentence: str, *, old: str, new: str) -> None:
        super().__init__(sentence, code="key-changed")
        self.old = old
        self.new = new


class InviteError(GlasscallError):
    """An invite or an enrolment was refused."""


class RelayError(GlasscallError):
    """The relay cannot be reached, or refuses us."""


class CallError(GlasscallError):
    """A call cannot be made or has failed."""


class AudioError(GlasscallError):
    """There is no such device, or it will not do what is needed."""


class StoreError(GlasscallError):
    """A file cannot be read or written."""


class CaptureError(GlasscallError):
    """A capture cannot be taken or read."""


class LocalError(GlasscallError):
    """We called ourselves wrongly: a defect of this program."""
