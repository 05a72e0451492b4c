"""What words of the API and result codes can do."""

from __future__ import annotations

import enum

NUMERIC = "bcdoxXneEfFgG%"
"""What ends the format of a number."""


class WordBase(enum.IntEnum):
    """A word: a number that is printed as its name."""

    def __str__(self) -> str:
        return self.name

    def __format__(self, spec: str) -> str:
        return _formatted(self, spec)


class FlagBase(enum.IntFlag):
    """Flags, which are printed as their names."""

    def __str__(self) -> str:
        named = {member.value: name for name, member in type(self).__members__.items()}
        if self.value in named:
            return named[self.value]
        left, names = self.value, []
        for value, name in named.items():
            if value and left & value == value:
                names.append(name)
                left &= ~value
        return "|".join(names if left == 0 and names else [*names, f"0x{left:X}"])

    def __format__(self, spec: str) -> str:
        return _formatted(self, spec)


def _formatted(word: int, spec: str) -> str:
    return int.__format__(word, spec) if spec[-1:] in NUMERIC and spec else format(str(word), spec)


class CodeBase(enum.IntEnum):
    """A result code. Any number of 32 bits is one, whether it has a name or not."""

    @classmethod
    def _missing_(cls, value: object) -> CodeBase | None:
        if not isinstance(value, int) or not -0x8000_0000 <= value <= 0xFFFF_FFFF:
            return None
        # A signed number, as some systems write it, is the same code.
        number = value & 0xFFFF_FFFF
        known = cls._value2member_map_.get(number)
        if isinstance(known, cls):
            return known
        code = int.__new__(cls, number)
        code._name_ = f"0x{number:08X}"
        code._value_ = number
        return code

    @property
    def is_failure(self) -> bool:
        """True for a failure."""
        return bool(self.value & 0x8000_0000)

    @property
    def http_status(self) -> int | None:
        """The HTTP status it stands for."""
        status = int(self.value) - 0x8019_0000
        return status if 100 <= status <= 599 else None

    @property
    def text(self) -> str:
        """A readable sentence for it."""
        from ._bgcopy import code_text

        return code_text(self.value)

    def __str__(self) -> str:
        return f"0x{self.value:08X} {self.name}" if self.name[0] != "0" else self.name

    def __repr__(self) -> str:
        return f"<{type(self).__name__}.{self.name}: 0x{self.value:08X}>"

    def __format__(self, spec: str) -> str:
        return _formatted(self, spec)
