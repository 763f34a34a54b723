"""Every handshake message, alert and record header of TLS 1.2 and 1.3, taken apart to the last byte.

field       what a field is
"""

from voip.wire.anatomy.field import Field, Mark

__all__ = ["Field", "Mark"]
