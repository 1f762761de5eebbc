"""CSV and JSON Lines: what the csv module cannot tell, and what is broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_bridge.importing.sources.delimited import DelimitedFile, uses_backslash_n
from identity_bridge.importing.sources.errors import SourceFileBroken
from identity_bridge.importing.sources.json_lines import JsonLinesFile


@pytest.fixture
def rows_of(tmp_path):
    def read(content, *, backslash_n=False, encoding="utf-8"):
        path = tmp_path / "T.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return list(DelimitedFile(path, backslash_n=backslash_n))

    return read


def test_an_empty_field_is_null_and_a_quoted_empty_one_is_not(rows_of):
    assert rows_of('a,b,c\n,"",x\n') == [(None, "", "x")]


def test_where_null_is_written_as_backslash_n_an_empty_field_is_empty_text(rows_of):
    assert rows_of('a,b,c\n\\N,,"\\N"\n', backslash_n=True) == [(None, "", "\\N")]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_read_from_the_header(rows_of, separator):
    text = separator.join(["a", "b"]) + "\n" + separator.join(["1", '"x;,|\ty"']) + "\n"
    assert rows_of(text) == [("1", "x;,|\ty")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_byte_order_marks_are_obeyed_and_dropped(rows_of, encoding):
    assert rows_of("Id,Näme\n1,Ö\n", encoding=encoding) == [("1", "Ö")]


def test_line_breaks_and_quotes_inside_quotes_are_kept(rows_of):
    content = 'a,b\r\n"x\r\ny\n","say ""hi"""\r\n"",""\r\n'
    assert rows_of(content) == [("x\r\ny\n", 'say "hi"'), ("", "")]


def test_a_record_may_end_with_an_empty_field_after_a_quoted_one(rows_of):
    assert rows_of('a,b\n"x",\n"y,",\n') == [("x", None), ("y,", None)]


def test_a_file_without_a_last_line_end_keeps_its_last_record(rows_of):
    assert rows_of('a,b\n1,"2"') == [("1", "2")]


def test_blank_lines_are_skipped(rows_of):
    assert rows_of("a,b\n\n1,2\n\n") == [("1", "2")]


def test_a_wrong_number_of_fields_is_reported_with_its_line(rows_of):
    with pytest.raises(SourceFileBroken, match="line 4: found 3 fields, expected 2"):
        rows_of('a,b\n"1\n2",3\n4,5,6\n')


def test_a_quote_that_is_never_closed_is_reported(rows_of):
    with pytest.raises(SourceFileBroken, match=r"line 2: a quote is opened"):
        rows_of('a,b\n1,"2\n3,4\n')


def test_a_quote_inside_a_bare_field_is_reported(rows_of):
    with pytest.raises(SourceFileBroken, match="field 1"):
        rows_of('a,b\nx"y"z,1\n')


def test_bytes_that_are_no_text_are_reported(rows_of):
    with pytest.raises(SourceFileBroken, match="Expected UTF-8"):
        rows_of(b"a,b\nM\xfcller,1\n")


@pytest.mark.parametrize("content", ["", "a,,c\n", "a,A\n"])
def test_a_header_must_name_different_columns(rows_of, content):
    with pytest.raises(SourceFileBroken):
        rows_of(content)


def test_backslash_n_counts_only_as_a_whole_bare_field(tmp_path):
    path = tmp_path / "T.csv"
    path.write_text('a,b\n"\\N",C:\\New\n')
    assert not uses_backslash_n(path)
    path.write_text("a,b\n1,\\N\n")
    assert uses_backslash_n(path)


VALUES = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=5))
def test_what_copy_writes_is_read_back(tmp_path_factory, rows):
    def field(value):
        return "" if value is None else '"' + value.replace('"', '""') + '"'

    path = tmp_path_factory.mktemp("csv") / "T.csv"
    text = "a,b,c\n" + "".join(",".join(map(field, row)) + "\n" for row in rows)
    path.write_bytes(text.encode())
    assert list(DelimitedFile(path)) == rows


def test_json_lines_keep_nested_values_as_json_and_numbers_with_their_digits(tmp_path):
    path = tmp_path / "T.jsonl"
    path.write_text('{"a": 1, "b": {"n": 1.5, "ü": [true]}}\n\n{"a": 1.10, "c": null}\n')
    file = JsonLinesFile(path)
    assert file.columns == ("a", "b", "c")
    assert list(file) == [(1, '{"n": 1.5, "ü": [true]}', None), ("1.10", None, None)]


@pytest.mark.parametrize("content", ['{"a": 1}\n[1]\n', '{"a": 1}\n{"a"\n', '{"a": 1}\n\udcff'])
def test_broken_json_lines_are_reported_with_their_line(tmp_path, content):
    path = tmp_path / "T.jsonl"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(SourceFileBroken, match=r"line \d"):
        JsonLinesFile(path)
