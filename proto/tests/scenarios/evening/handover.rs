//! What the evening leaves to the night: the report of the shift that ended at 22:00.

use proto::handover::{Language, Sheet, html, markdown};
use serde_json::{Value, json};

use super::seen::seen;
use super::{at, shows};
use crate::paper::{compare, compare_text, readable};

const LOVIISA: &str = "stations loviisa-iltavastaanotto";

#[test]
fn the_evenings_report_is_the_one_that_people_have_read() {
    let report = &seen().report;
    compare("evening", "2245-handover", &readable(report.clone()));
    for language in [Language::Fi, Language::Sv, Language::En] {
        let mut sheet = Sheet::of(report, language);
        // They change with every happening that is added anywhere.
        sheet.proof.clear();
        sheet.about.retain(|about| !about.contains(&report["sequence"].to_string()));
        let name = format!("2245-handover.{}.md", language.code());
        compare_text("evening", &name, &markdown(&sheet));
    }
}

#[test]
fn the_evenings_row_of_22_45_stands_in_it() {
    let report = &seen().report;
    shows(
        report,
        &[
            (&format!("{LOVIISA} most_waiting"), json!({"count": 13, "at": at("17:51")})),
            (&format!("{LOVIISA} left redirected"), json!(2)),
            (&format!("{LOVIISA} left remote"), json!(2)),
            ("silences /feeds/sipoo times 2026-11-26T15:18:00Z to", at("17:58")),
            ("stations porvoo-paivystys gaps laakari times 2026-11-26T17:00:00Z to", at("19:40")),
            ("stations sipoo-sote closings 2026-11-26T16:00:00Z inside", json!(2)),
            // It tells counts: that both were gone, and not how.
            ("stations sipoo-sote closings 2026-11-26T16:00:00Z empty_at", at("18:06")),
            ("stations sipoo-sote closings 2026-11-26T16:00:00Z unseen", Value::Null),
            (&format!("{LOVIISA} closings 2026-11-26T18:30:00Z inside"), json!(0)),
            (&format!("{LOVIISA} closings 2026-11-26T18:30:00Z unseen"), json!(0)),
            ("ended", json!(true)),
        ],
    );
}

#[test]
fn the_page_has_one_style_and_no_script_and_holds_nobodys_ticket() {
    for language in [Language::Fi, Language::Sv, Language::En] {
        let page = html(&Sheet::of(&seen().report, language));
        assert_eq!((page.matches("<style>").count(), page.matches("<script").count()), (1, 0));
        for ticket in ["po-r1", "po-42", "po-lo13"] {
            assert!(!page.contains(ticket), "{ticket}");
        }
    }
}
