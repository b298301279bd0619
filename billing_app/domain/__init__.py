"""The rules of billing: pure functions on plain values, true on paper without a computer."""
