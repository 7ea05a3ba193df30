//! A sheet as Markdown.

use std::fmt::Write;

use super::sheet::Sheet;

/// The sheet as Markdown: a heading and a table for each section.
#[must_use]
pub fn markdown(sheet: &Sheet) -> String {
    let Sheet { language: _, title, about, sections, proof } = sheet;
    let mut out = format!("# {}\n\n{}\n", plain(title), plain(&about.join(" · ")));
    // Writing to a string cannot fail.
    for section in sections {
        let _ = write!(out, "\n## {}\n\n", plain(&section.title));
        if !section.rows.is_empty() {
            row(&mut out, &section.columns);
            row(&mut out, &vec!["---".to_owned(); section.columns.len()]);
            section.rows.iter().for_each(|cells| row(&mut out, cells));
        }
        if let Some(remark) = &section.remark {
            let gap = if section.rows.is_empty() { "" } else { "\n" };
            let _ = writeln!(out, "{gap}{}", plain(remark));
        }
    }
    let _ = write!(out, "\n`{proof}`\n");
    out
}

fn row(out: &mut String, cells: &[String]) {
    for cell in cells {
        let _ = write!(out, "| {} ", plain(cell));
    }
    out.push_str("|\n");
}

/// What people wrote is text, whatever it looks like: nothing in it makes a table, a heading or a link.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' => out.push(' '),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '!' => {
                out.push('\\');
                out.push(character);
            }
            other => out.push(other),
        }
    }
    // A row of dashes is ours.
    if text == "---" { text.to_owned() } else { out }
}
