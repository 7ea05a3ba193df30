use super::{COUNTS, HEADER, body, feed, gzip, read, windows_1252};
use crate::tabular::{Detail, Outcome};

const ROW: &str = "Here;51;1;1;1;2024-03-10T3:45\n";

/// Body, reason, and what the sentence must contain.
fn not_the_feed() -> Vec<(&'static str, Vec<u8>, &'static str, &'static str)> {
    let whole = body(ROW);
    let packed = gzip(&whole);
    vec![
        (
            "a web page",
            b"\r\n<!DOCTYPE html><html>Maintenance".to_vec(),
            "web_page",
            "found a web page: `<!DOCTYPE html>",
        ),
        ("a JSON answer", b"{\"error\":\"down\"}".to_vec(), "delimiter", "`{\"error\":\"down\"}`"),
        ("another delimiter", windows_1252(&HEADER.replace(';', ",")), "delimiter", "separated by `;`"),
        (
            "a renamed column",
            windows_1252(&format!("{}{ROW}", HEADER.replace("Present", "Presents"))),
            "column",
            "expected the column `Present`, found none of that name; the nearest is `Presents`",
        ),
        (
            "a column in other case",
            windows_1252(&format!("{}{ROW}", HEADER.replace("Name", "name"))),
            "column",
            "`Name`",
        ),
        (
            "a column twice",
            windows_1252(&format!("{}{ROW}", HEADER.replace("Name", "Name; Station"))),
            "column_twice",
            "`Station` twice",
        ),
        ("no header", windows_1252(ROW), "column", "`Station`"),
        ("cut in a row", whole[..whole.len() - 30].to_vec(), "cut_off", "6 cells in the last row"),
        (
            "cut in the last cell",
            whole[..whole.len() - 3].to_vec(),
            "cut_off",
            "a line end after the last row",
        ),
        (
            "cut between rows",
            windows_1252(&format!("{HEADER}{ROW}")),
            "cut_off",
            "expected `All of it` in column Name of the last row, found `Here`",
        ),
        ("a header alone", windows_1252(HEADER), "cut_off", "All of it"),
        ("cut gzip", packed[..packed.len() - 12].to_vec(), "gzip", "whole gzip body"),
        ("damaged gzip", [&packed[..12], &[0xff; 40][..]].concat(), "gzip", "whole gzip body"),
        ("bytes that mean nothing", [&whole[..], b"\x81"].concat(), "undecodable", "windows-1252"),
        ("NUL", [HEADER.as_bytes(), b"He\0re"].concat(), "undecodable", "after line 1"),
        ("too long", vec![b'a'; 2001], "too_large", "2000 bytes"),
        ("a packed bomb", gzip(&vec![b'a'; 1 << 20]), "too_large", "2000 bytes"),
        ("too many rows", body(&ROW.repeat(7)), "too_many_rows", "more than 6 rows"),
        (
            "a long cell",
            windows_1252(&format!("{HEADER}{};51;1;1;1;x\n", "a".repeat(41))),
            "cell_too_long",
            "line 2",
        ),
        ("an open quote", body(&format!("\"Here;51;1;1\n{ROW}")), "cell_too_long", "is a quote left open?"),
        ("a line break", body("\"He\nre\";51;1;1;1;2024-03-10T3:45\n"), "line_break", "line 2"),
        (
            "every time in another form",
            body("Here;51;1;1;1;10.3.2024 3:45\n"),
            "no_row_readable",
            "none of 2 rows can be read; line 2: column Updated: `10.3.2024 3:45` is not a time",
        ),
    ]
}

#[test]
fn a_body_that_is_not_the_feed_is_refused_with_what_was_expected_and_found() {
    for (what, bytes, reason, sentence) in not_the_feed() {
        let refusal = read(COUNTS, &bytes).expect_err(what);
        assert_eq!(refusal.reason(), reason, "{what}: {refusal}");
        assert!(refusal.to_string().contains(sentence), "{what}: {refusal}");
    }
}

#[test]
fn a_refused_body_changes_nothing_that_is_remembered() {
    let mut adapter = feed(COUNTS);
    let whole = body(ROW);
    adapter.read(&whole, Detail::Events).unwrap();
    for (what, bytes, _, _) in not_the_feed() {
        adapter.read(&bytes, Detail::Events).expect_err(what);
        let again = adapter.read(&whole, Detail::Events).unwrap();
        assert_eq!(again.outcome, Outcome::Unchanged, "after {what}");
    }
}

/// Wherever a person's identity code slips into a table, what is said of it does not repeat it.
#[test]
fn no_sentence_repeats_an_identity_code() {
    const CODE: &str = "131052-308T";
    let good = ["Here", "51", "12", "3", "0", "2024-03-10T3:45"];
    let withheld = |sentence: &str| {
        assert!(!sentence.contains("131052"), "{sentence}");
        assert!(sentence.contains("(withheld: looks like an identity code)"), "{sentence}");
    };
    for column in 2..good.len() {
        let mut cells = good;
        cells[column] = CODE;
        let rows = format!("There;52;1;1;1;2024-03-10T3:45\n{}\n", cells.join(";"));
        let reading = read(COUNTS, &body(&rows)).unwrap();
        assert_eq!(reading.complaints.len(), 1);
        withheld(&reading.complaints[0].sentence);
    }
    let twice = format!("Here;{CODE};1;1;1;2024-03-10T3:45\n").repeat(2);
    withheld(&read(COUNTS, &body(&twice)).unwrap().complaints[0].sentence);

    let mapped = format!("{COUNTS}\n[station.map]\n\"52\" = \"b\"\n");
    let rows = format!("There;52;1;1;1;2024-03-10T3:45\nHere;{CODE};1;1;1;2024-03-10T3:45\n");
    withheld(&read(&mapped, &body(&rows)).unwrap().complaints[0].sentence);

    for refused in [
        format!("<p>{CODE}</p>\n"),
        format!("a text that goes on for a while until it comes to {CODE}\n"),
        format!("{HEADER}Here;51;1;1;1;2024-03-10T3:45\n{CODE};;9;9;9;2024-03-10T3:45\n"),
    ] {
        withheld(&read(COUNTS, &windows_1252(&refused)).unwrap_err().to_string());
    }
    let headless = format!("{CODE};{CODE};12;3;0;2024-03-10T3:45\n");
    let refusal = read(COUNTS, &windows_1252(&headless)).unwrap_err().to_string();
    assert!(!refusal.contains("131052"), "{refusal}");
}

#[test]
fn text_that_is_not_utf_8_is_refused_with_its_line() {
    let toml = COUNTS.replace("windows-1252", "utf-8");
    let refusal = read(&toml, &[HEADER.as_bytes(), b"H\xe9re;51"].concat()).unwrap_err();
    assert_eq!(refusal.to_string(), "expected text in UTF-8, found bytes that are not: after line 1");
}

#[test]
fn too_few_rows_are_a_body_cut_off() {
    let toml = COUNTS.replace("final_line_end = true", "rows_at_least = 4");
    let refusal = read(&toml, &body(ROW)).unwrap_err();
    assert_eq!(refusal.to_string(), "the body is cut off: expected at least 4 rows, found 2");
}

#[test]
fn no_beginning_of_a_whole_body_passes_for_a_whole_one() {
    let whole = body(&format!("Total;;1;1;1;2024-03-10T3:45\n{ROW}"));
    for length in 1..whole.len() {
        let read = read(COUNTS, &whole[..length]);
        assert!(read.is_err(), "{length} bytes of {} were taken", whole.len());
    }
}

#[test]
fn a_mark_of_byte_order_is_no_part_of_the_first_column() {
    let toml = COUNTS.replace("windows-1252", "utf-8");
    let text = format!("\u{feff}{HEADER}{ROW}All of it;;;;;\n");
    assert_eq!(read(&toml, text.as_bytes()).unwrap().rows.len(), 1);
}

#[test]
fn a_damaged_byte_stops_nothing_and_never_makes_a_number_of_what_is_none() {
    let whole = body(&format!("Total;;1;1;1;2024-03-10T3:45\n{ROW}"));
    for at in 0..whole.len() {
        for byte in *b"\0\"\n;\xff-{" {
            let mut damaged = whole.clone();
            damaged[at] = byte;
            let Ok(reading) = read(COUNTS, &damaged) else { continue };
            let members = reading.rows.iter().flat_map(|row| &row.events).flat_map(|event| &event.data);
            for (name, value) in members {
                let constant = matches!(&**name, "lane" | "resource");
                assert!(constant || value == 1 || value.is_null(), "byte {byte} at {at}: {name} {value}");
            }
        }
    }
}
