"""How numbers print, as a journal prints them: one set of functions for terminal, report and results."""

from refractory.numbers.printing import (
    NOT_ESTIMABLE,
    choose_decimals,
    choose_percentage_decimals,
    format_count,
    format_days,
    format_estimate,
    format_p_value,
    format_percentage,
    format_share,
    say_count,
    say_number,
)
from refractory.numbers.published import reproduce_as
from refractory.numbers.rounding import MINUS, format_number

__all__ = [
    "MINUS",
    "NOT_ESTIMABLE",
    "choose_decimals",
    "choose_percentage_decimals",
    "format_count",
    "format_days",
    "format_estimate",
    "format_number",
    "format_p_value",
    "format_percentage",
    "format_share",
    "reproduce_as",
    "say_count",
    "say_number",
]
