//! A sheet as HTML that prints on one page of A4: no script, nothing from elsewhere.

use super::sheet::{Section, Sheet};

/// The only style of the page. Whoever serves it must allow it by its hash; see [`html`].
pub const STYLE: &str = include_str!("sheet.css");

/// Characters of a cell that is not broken: `17:10–17:45`, `13 (17:51)`.
const SHORT: usize = 13;

/// The sheet as a page. It holds one `<style>`, [`STYLE`], and no script.
#[must_use]
pub fn html(sheet: &Sheet) -> String {
    let Sheet { language, title, about, sections, proof } = sheet;
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{}</h1>\n",
        language.code(),
        escaped(title),
        escaped(title),
    );
    out.push_str(&format!("<p>{}</p>\n", escaped(&about.join(" · "))));
    let (first, rest) = sections.split_at(sections.len().min(1));
    first.iter().for_each(|section| write(&mut out, section));
    out.push_str("<div>\n");
    rest.iter().for_each(|section| write(&mut out, section));
    out.push_str(&format!("</div>\n<footer>{}</footer>\n</body>\n</html>\n", escaped(proof)));
    out
}

fn write(out: &mut String, section: &Section) {
    let Section { title, columns, rows, remark } = section;
    out.push_str(&format!("<section>\n<h2>{}</h2>\n", escaped(title)));
    if !rows.is_empty() {
        out.push_str("<table>\n<tr>");
        columns.iter().for_each(|column| cell(out, "th", " scope=\"col\"", column));
        out.push_str("</tr>\n");
        for row in rows {
            out.push_str("<tr>");
            row.iter().for_each(|text| cell(out, "td", "", text));
            out.push_str("</tr>\n");
        }
        out.push_str("</table>\n");
    }
    if let Some(remark) = remark {
        out.push_str(&format!("<p>{}</p>\n", escaped(remark)));
    }
    out.push_str("</section>\n");
}

/// A cell; times and figures stay on one line.
fn cell(out: &mut String, tag: &str, attributes: &str, text: &str) {
    let class = if text.chars().count() <= SHORT { " class=\"n\"" } else { "" };
    out.push_str(&format!("<{tag}{attributes}{class}>{}</{tag}>", escaped(text)));
}

/// What people wrote is text, whatever it looks like.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
