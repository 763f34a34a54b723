"""HTML in which foreign text can be nothing but text: every string is escaped on its way in, there is no other way."""

from html import escape

VOID = frozenset({"meta", "br", "hr"})


class Html(str):
    """Markup that was made here. Whatever is a plain `str` is text, and will be escaped."""

    __slots__ = ()


def text(value: object) -> Html:
    """`value` as text. What would not show, or would turn the line around, shows as a box."""
    shown = "".join(one if one.isprintable() or one in "\n\t" else "\N{REPLACEMENT CHARACTER}" for one in str(value))
    return Html(escape(shown, quote=True))


def tag(name: str, /, *children: object, **attributes: str) -> Html:
    """An element. `class_` is `class`; `None` as a child is nothing."""
    said = "".join(f' {key.rstrip("_").replace("_", "-")}="{text(value)}"' for key, value in attributes.items())
    if name in VOID:
        return Html(f"<{name}{said}>")
    inside = join(*children)
    return Html(f"<{name}{said}>{inside}</{name}>")


def join(*children: object) -> Html:
    """Children one after another."""
    shown = (child if isinstance(child, Html) else text(child) for child in children if child is not None)
    return Html("".join(shown))
