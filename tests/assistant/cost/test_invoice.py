from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cost.errors import InvoiceRefused
from assistant.cost.invoice import Invoice, InvoiceLine, read_invoice
from assistant.cost.invoice_table import MAX_BYTES
from tests.assistant.cost.samples import dollars

OPENAI = """\
start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,quantity,\
quantity_unit,line_item,project_id,organization_id,organization_name
1795305600,1795392000,2026-11-22T00:00:00+00:00,2026-11-23T00:00:00+00:00,,,,,,,,
1795392000,1795478400,2026-11-23T00:00:00+00:00,2026-11-24T00:00:00+00:00,\
0.0025000000000000000000000000,usd,2000,tokens,"gpt-5-2025-08-07, input",,org-1,Desk
1795392000,1795478400,2026-11-23T00:00:00+00:00,2026-11-24T00:00:00+00:00,\
0.001,usd,8000,tokens,"gpt-5-2025-08-07, cached input",,org-1,Desk
1795392000,1795478400,2026-11-23T00:00:00+00:00,2026-11-24T00:00:00+00:00,\
0.012,usd,1200,tokens,"gpt-5-2025-08-07, output",,org-1,Desk
1795392000,1795478400,2026-11-23T00:00:00+00:00,2026-11-24T00:00:00+00:00,\
0.03,usd,3,calls,web search tool calls,,org-1,Desk
"""

ANTHROPIC = """\
usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,\
list_price_usd,cost_type
2026-11-23,Claude Sonnet 4.6,Default,desk,message,≤ 200k,input_no_cache,0.006,0.06,token
2026-11-23,Claude Sonnet 4.6,Default,desk,message,≤ 200k,input_cache_read,0.0024,0.024,token
2026-11-23,,Default,desk,message,,,0.03,0.03,web_search
"""

OPENROUTER = """\
date,model,model_permaslug,provider_name,usage,byok_usage_inference,requests,prompt_tokens,\
completion_tokens,reasoning_tokens
2026-11-23 00:00:00,qwen/qwen3-max,qwen/qwen3-max-20260901,Alibaba,0.0192,9.9,1,10000,1200,700
"""

GENERATIONS = """\
generation_id,created_at,cost_total,cost_web_search,cost_cache,tokens_prompt,tokens_completion,\
model_permaslug
gen-1,2026-11-23 23:59:59.713,0.0021,0,-0.1,100,50,deepseek/deepseek-v4-pro
"""

GOOGLE = """\
Invoice number,1
Billing account ID,0A-0B
Currency,USD
Total amount due,$1.56

Service description,SKU description,SKU ID,Credit type,Usage start date,Usage end date,\
Usage amount,Usage unit,Unrounded Cost ($),Cost ($)
Gemini API,Generate content output token count gemini 2.5 flash short input text,9-A,,\
2026-11-01,2026-11-30,"622,403",count,1.555990,1.56
Gemini API,Generate content output token count gemini 2.5 flash short input text,9-A,Promotion,\
2026-11-01,2026-11-30,0,count,-0.5,-0.50
,,,,,,,Total,1.055990,1.06
"""


def read(text: str, name: str = "costs.csv") -> Invoice:
    return read_invoice(name, text.encode())


def only_line(text: str) -> InvoiceLine:
    (line,) = read(text).rows
    return line


def refusal(data: bytes | str) -> str:
    with pytest.raises(InvoiceRefused) as refused:
        read_invoice("costs.csv", data if isinstance(data, bytes) else data.encode())
    message = str(refused.value)
    assert message.startswith("costs.csv")
    return message


def test_openai_cost_export() -> None:
    invoice = read(OPENAI)
    assert (invoice.format, invoice.provider) == ("OpenAI cost export", "openai")
    # A day without usage has no amount, and belongs to the period.
    assert (invoice.first, invoice.last) == (date(2026, 11, 22), date(2026, 11, 23))
    assert [(w.line, w.reason) for w in invoice.warnings] == [(2, "it has no amount")]
    assert sum(line.amount for line in invoice.rows) == dollars("0.0455")
    assert {line.day for line in invoice.rows} == {line.until for line in invoice.rows}
    cached, search = invoice.rows[1], invoice.rows[3]
    assert (cached.model, cached.kind) == ("gpt-5-2025-08-07", "cached input")
    assert (cached.quantity, cached.input_tokens) == (Decimal(8000), 8000)
    assert invoice.rows[2].output_tokens == 1200
    assert (search.model, search.description) == (None, "web search tool calls")
    assert (search.input_tokens, search.output_tokens) == (None, None)


def test_anthropic_cost_report_takes_what_was_charged_not_the_list_price() -> None:
    invoice = read(ANTHROPIC)
    assert (invoice.format, invoice.provider) == ("Anthropic cost report", "anthropic")
    assert [line.amount for line in invoice.rows] == [
        *(dollars("0.006"), dollars("0.0024"), dollars("0.03"))
    ]
    assert invoice.rows[0].model == "Claude Sonnet 4.6"
    assert invoice.rows[1].kind == "input_cache_read"
    assert (invoice.rows[2].model, invoice.rows[2].description) == (None, "web_search")


def test_openrouter_activity_and_generations() -> None:
    line = only_line(OPENROUTER)
    assert (line.model, line.amount) == ("qwen/qwen3-max-20260901", dollars("0.0192"))
    assert (line.input_tokens, line.output_tokens, line.requests) == (10000, 1200, 1)
    assert read(OPENROUTER).provider == "openrouter"
    call = only_line(GENERATIONS)
    assert (call.day, call.amount) == (date(2026, 11, 23), dollars("0.0021"))
    assert (call.input_tokens, call.output_tokens) == (100, 50)


def test_google_cloud_billing_has_lines_above_its_header_and_a_total_below() -> None:
    invoice = read(GOOGLE)
    assert (invoice.format, invoice.provider) == ("Google Cloud billing", "google")
    assert [line.amount for line in invoice.rows] == [dollars("1.555990"), -dollars("0.5")]
    assert (invoice.first, invoice.last) == (date(2026, 11, 1), date(2026, 11, 30))
    assert invoice.rows[0].quantity == 622403
    assert invoice.rows[0].description.endswith("gemini 2.5 flash short input text")
    assert [(w.line, w.reason) for w in invoice.warnings] == [(9, "it has no date")]
    assert any("several days" in assumption for assumption in invoice.assumptions)


@pytest.mark.parametrize(
    "header",
    (
        "Date,Model,Cost",
        "DATE , model_id , Cost (USD)",
        "usage_date,Model Name,amount",
        "Timestamp,MODEL,total cost",
        "ChargePeriodStart,model,BilledCost",
        "day,sku,usage_cost",
    ),
)
def test_columns_are_recognised_by_meaning(header: str) -> None:
    invoice = read(f"{header}\n2026-11-23,gpt-5,0.5\n")
    assert (invoice.format, invoice.provider) == ("recognised by its columns", None)
    assert invoice.rows[0].description == "gpt-5"
    assert invoice.rows[0].amount == dollars("0.5")


def test_unrounded_and_net_amounts_are_preferred() -> None:
    header = "Date,Cost ($),Savings programs ($),Unrounded subtotal ($),Subtotal ($)"
    assert only_line(f"{header}\n2026-11-23,9.00,-1.00,7.994,7.99").amount == dollars("7.994")


def test_what_the_file_leaves_open_is_stated() -> None:
    unstated = "No column states the currency; amounts are read as US dollars."
    assert unstated in read("date,cost\n2026-11-23,1").assumptions
    assert unstated not in read("date,cost_usd\n2026-11-23,1").assumptions


@pytest.mark.parametrize("encoding", ("utf-8", "utf-8-sig", "utf-16", "cp1252"))
@pytest.mark.parametrize("delimiter", (",", ";", "\t"))
def test_encodings_and_delimiters(encoding: str, delimiter: str) -> None:
    text = "date,description,cost\r\n2026-11-23,“Café”,0.5\r\n".replace(",", delimiter)
    (line,) = read_invoice("costs.csv", text.encode(encoding)).rows
    assert (line.description, line.amount) == ("“Café”", dollars("0.5"))


@pytest.mark.parametrize(
    ("cell", "amount"),
    (
        ("0.0155", "0.0155"),
        ("$1,234.56", "1234.56"),
        ("US$ 1'234.5", "1234.5"),
        ("1 234.50 USD", "1234.5"),
        ("-$0.50", "-0.5"),
        ("$-0.50", "-0.5"),
        ("−0.50", "-0.5"),
        ("(0.50)", "-0.5"),
        ("($1,000.00)", "-1000"),
        ("+3", "3"),
        ("7.5e-06", "0.0000075"),
        ("1E2", "100"),
        (".5", "0.5"),
        ("0", "0"),
        ("0.0000000000005", "0"),
        ("0.0000000000015", "0.000000000002"),
    ),
)
def test_amounts(cell: str, amount: str) -> None:
    assert only_line(f'date,cost\n2026-11-23,"{cell}"').amount == dollars(amount)


@pytest.mark.parametrize(
    ("cell", "amount"),
    (("1.234,56", "1234.56"), ("0,5", "0.5"), ("-0,001 $", "-0.001"), ("7,5e-06", "0.0000075")),
)
def test_decimal_commas_between_semicolons(cell: str, amount: str) -> None:
    assert only_line(f"date;cost\n2026-11-23;{cell}").amount == dollars(amount)


def test_a_semicolon_alone_makes_no_decimal_comma() -> None:
    text = "date;cost\n2026-11-23;1,234.56\n2026-11-23;2.50"
    assert [line.amount for line in read(text).rows] == [dollars("1234.56"), dollars("2.5")]


@pytest.mark.parametrize(
    "cell",
    (
        *("abc", "0,5", "1.2.3", "=1+1", "12abc", "1-2", "--1", "1,23", "$", "1e999"),
        *("1000000000000", "nan", "1 2"),
    ),
)
def test_a_line_without_a_readable_amount_is_left_out_and_reported(cell: str) -> None:
    invoice = read(f'date,cost\n2026-11-23,"{cell}"\n2026-11-24,1\n')
    assert [line.line for line in invoice.rows] == [3]
    (warning,) = invoice.warnings
    assert warning.line == 2
    assert cell in warning.reason


@pytest.mark.parametrize(
    ("cell", "day"),
    (
        ("2026-11-23", 23),
        ("20261123", 23),
        ("2026/11/23", 23),
        ("2026-11-23 UTC", 23),
        ("2026-11-23T23:30:00Z", 23),
        ("2026-11-23T23:30:00-08:00", 24),
        ("2026-11-23 23:59:59.999", 23),
        ("1795392000", 23),
        ("1795391999", 22),
        ("1795392000000", 23),
        ("11/23/2026", 23),
        ("11/23/2026 14:00", 23),
        ("23.11.2026", 23),
        ("11/11/2026", 11),
    ),
)
def test_days_are_utc(cell: str, day: int) -> None:
    assert only_line(f"date,cost\n{cell},1").day == date(2026, 11, day)


def test_one_clear_date_settles_a_column() -> None:
    text = "date,cost\n3/4/2026,1\n3/31/2026,1\n"
    assert [line.day for line in read(text).rows] == [date(2026, 3, 4), date(2026, 3, 31)]
    text = "date,cost\n3/4/2026,1\n31/3/2026,1\n"
    assert [line.day for line in read(text).rows] == [date(2026, 4, 3), date(2026, 3, 31)]


def test_a_month_covers_its_days() -> None:
    line = only_line("month,cost\n2028-02,1")
    assert (line.day, line.until) == (date(2028, 2, 1), date(2028, 2, 29))


@pytest.mark.parametrize("column", ("model", "description"))
@pytest.mark.parametrize(
    "text",
    (
        "Total",
        "TOTAL:",
        "Subtotal",
        "sub-total",
        "Grand total",
        "Total amount due",
        "Total for May",
    ),
)
def test_a_total_is_left_out_and_reported(column: str, text: str) -> None:
    invoice = read(f"date,{column},cost\n2026-11-23,gpt-5,1\n2026-11-23,{text},1\n")
    assert [line.amount for line in invoice.rows] == [dollars("1")]
    (warning,) = invoice.warnings
    assert (warning.line, warning.reason) == (3, f"it is a total of other lines ({text!r})")
    assert "total of other lines" in refusal(f"date,{column},cost\n2026-11-23,{text},1\n")


@pytest.mark.parametrize("text", ("Total tokens gpt-5", "totalizer-1", "image subtotals-model"))
def test_a_name_that_only_begins_like_a_total_is_none(text: str) -> None:
    assert only_line(f"date,description,cost\n2026-11-23,{text},1\n").description == text


def test_ambiguous_dates_are_refused_by_line() -> None:
    assert "line 3 may be read as" in refusal("date,cost\n4/4/2026,1\n3/4/2026,1\n")
    message = refusal("date,cost\n3/31/2026,1\n31/3/2026,1\n")
    assert "lines 2 and 3" in message
    assert "YYYY-MM-DD" in message


@pytest.mark.parametrize("cell", ("", "yesterday", "2026-13-01", "2026-02-30", "99/99/2026"))
def test_a_line_without_a_date_is_left_out_and_reported(cell: str) -> None:
    invoice = read(f"date,cost\n2026-11-24,1\n{cell},1\n")
    assert [warning.line for warning in invoice.warnings] == [3]
    assert "date" in invoice.warnings[0].reason


def test_an_unquoted_thousands_separator_shifts_no_amount() -> None:
    invoice = read("date,model,cost\n2026-11-23,gpt-5,1,234.50\n2026-11-24,gpt-5,1,\n")
    assert [line.line for line in invoice.rows] == [3]
    assert invoice.warnings[0].reason == "it has 4 cells under 3 columns"


def test_line_numbers_count_lines_not_records() -> None:
    invoice = read('date,description,cost\n2026-11-23,"two\nlines",1\n\n2026-11-24,x,oops\n')
    assert [line.line for line in invoice.rows] == [2]
    assert [warning.line for warning in invoice.warnings] == [5]


@pytest.mark.parametrize("text", ("=1+1", "+gpt", "@SUM(A1)", "<script>", "$x$"))
def test_formulas_and_markup_are_data(text: str) -> None:
    assert only_line(f"date,description,cost\n2026-11-23,{text},1").description == text


@pytest.mark.parametrize(
    "text",
    (
        "date,cost,currency\n2026-11-23,1,EUR\n",
        "date,cost\n2026-11-23,€1\n",
        "date,cost\n2026-11-23,1 GBP\n",
        "date,cost (EUR)\n2026-11-23,1\n",
        "date,cost_cny\n2026-11-23,1\n",
        "date,Cost (€)\n2026-11-23,1\n",
        "Currency,AUD\n\ndate,Cost ($)\n2026-11-23,1\n",
        "date,cost,currency\n2026-11-23,1,credits\n",
    ),
)
def test_another_currency_is_refused(text: str) -> None:
    message = refusal(text)
    assert "cannot be compared with US dollars" in message
    assert "line" in message or "header" in message


@pytest.mark.parametrize(
    ("data", "reason"),
    (
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04....", "Excel"),
        (b"\x1f\x8b....", "gzip"),
        (b"date,cost\n\x00\x01,1", "not text"),
        (b"\x81\x8d", "not text"),
        (b"foo,bar\n1,2\n", "names a day or an amount; its columns are foo, bar"),
        (b"date,model\n2026-11-23,gpt-5\n", "no column names an amount"),
        (b"date,model,input_tokens\n2026-11-23,gpt-5,1\n", "counts tokens but has no column"),
        (b"date,cost\n", "no line has a day and an amount"),
        (b"date,cost\nx,1\n", "line 2: 'x' is not a date"),
        (b'date,cost\n2026-11-23,1\n2026-11-23,"1\n', "starts in line 3 is broken"),
        (b"x" * (MAX_BYTES + 1), "52,428,801 bytes are more than 50 MB"),
    ),
)
def test_what_is_no_invoice_is_refused(data: bytes, reason: str) -> None:
    message = refusal(data)
    assert reason in message
    assert "Export" in message


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for prefix in (b"", b"date,cost\n", b"date;model;cost;currency\n2026-11-23;x;1;usd\n"):
        try:
            invoice = read_invoice("costs.csv", prefix + data)
        except InvoiceRefused as refused:
            assert "costs.csv" in str(refused)
        else:
            assert invoice.rows


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_cells_are_read_or_refused(day: str, cost: str) -> None:
    quoted = (f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in (day, cost))
    text = f"date,cost\n2026-11-23,1\n{','.join(quoted)}\n"
    try:
        invoice = read_invoice("costs.csv", text.encode(errors="replace"))
    except InvoiceRefused:
        return
    assert invoice.rows[0].amount == dollars("1")


@given(st.integers(-(10**20), 10**20))
def test_amounts_are_exact(pico: int) -> None:
    cell = f"{Decimal(pico).scaleb(-12):f}"
    assert only_line(f"date,cost\n2026-11-23,{cell}").amount == pico
