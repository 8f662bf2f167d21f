from datetime import date, datetime, time, timedelta

import pytest

from ingest.readers.number_format import shown

ACCOUNTING = '_($* #,##0.00_);_($* \\(#,##0.00\\);_($* "-"??_);_(@_)'


@pytest.mark.parametrize(
    ("value", "code", "text"),
    (
        (1234567, "General", "1234567"),
        (0.1 + 0.2, "General", "0.3"),
        (-1.5, "General", "-1.5"),
        (0.00001, "", "0.00001"),
        (1234.5, "#,##0", "1,235"),
        (2.5, "0", "3"),
        (-2.5, "0.0", "-2.5"),
        (0.125, "0.0%", "12.5%"),
        (-0.07, "0%", "-7%"),
        (1234.5, ACCOUNTING, "$1,234.50"),
        (-938, ACCOUNTING, "$(938.00)"),
        (0, ACCOUNTING, "$-"),
        (37_600_000_000, '#,##0.0,,,"bn"', "37.6bn"),
        (1_200_000, "#,##0,", "1,200"),
        (95.2, "[$€-407] #,##0.00", "€ 95.20"),
        (95.2, '#,##0.0\\ "MW"', "95.2 MW"),
        (7, "000", "007"),
        (12.5, "0.0x", "12.5x"),
        (1.5, "0.##", "1.5"),
        (12345, "0.00E+00", "1.23E+4"),
        (1_500_000, '[>=1000000]0.0,,"M";[>=1000]0.0,"K";0', "1.5M"),
        (1_500, '[>=1000000]0.0,,"M";[>=1000]0.0,"K";0', "1.5K"),
        (15, '[>=1000000]0.0,,"M";[>=1000]0.0,"K";0', "15"),
        (5, ";;;", ""),
        (5, "@", "5"),
        (1e300, "0.00", "1E+300"),
        (float("inf"), "0.00", "inf"),
        (True, "General", "TRUE"),
        (None, "0.00", ""),
        ("  two\n lines ", "General", "two lines"),
        (datetime(2025, 1, 31), "mmm\\-yy", "2025-01-31"),
        (date(2025, 1, 31), '"FY"yyyy', "FY2025"),
        (datetime(2025, 1, 31, 16, 30), "m/d/yy h:mm", "2025-01-31 16:30:00"),
        (time(16, 30), "h:mm", "16:30:00"),
        (timedelta(hours=30), "[h]:mm", "30:00"),
    ),
)
def test_values_read_as_they_are_shown(value: object, code: str, text: str) -> None:
    assert shown(value, code) == text


def test_a_negative_that_only_its_colour_tells_keeps_its_sign() -> None:
    assert shown(-12.5, "#,##0.0;[Red]#,##0.0") == "-12.5"
    assert shown(-12.5, "#,##0.0;[Red](#,##0.0)") == "(12.5)"


def test_what_rounds_to_nothing_has_no_sign() -> None:
    assert shown(-0.01, "0.0") == "0.0"
