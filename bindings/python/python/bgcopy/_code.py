"""What all result codes can do."""

from __future__ import annotations

import enum


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
