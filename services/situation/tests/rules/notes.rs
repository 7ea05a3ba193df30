//! Notes of people at the desk.

use situation::board::View;
use situation::decide::Refusal;
use situation::fold::MAX_NOTES;

use super::sayings::*;
use super::story::*;

fn texts(log: &Log) -> Vec<String> {
    let (frame, _) = log.boards.view(&View::Evening).unwrap();
    frame.notes.into_iter().map(|(id, (_, note))| format!("{id}: {}", note.text)).collect()
}

#[test]
fn a_note_is_shown_from_when_it_was_written_until_its_end_or_its_removal() {
    let mut log = Log::given([]);
    log.hear(noted("16:00", "k-1", "17:00"));
    log.hear(noted("16:10", "k-2", "20:00"));
    assert_eq!(texts(&log), ["k-1: Hissi rikki", "k-2: Hissi rikki"]);
    log.reach(at("17:00"));
    assert_eq!(texts(&log), ["k-2: Hissi rikki"]);
    log.hear(unnoted("17:10", "k-2"));
    assert_eq!(texts(&log), Vec::<String>::new());
}

#[test]
fn a_note_has_an_end_and_a_station_that_exists() {
    let log = Log::given([]);
    let now = at("16:00");
    assert!(matches!(log.refusal(noted("16:00", "k", "15:00"), now), Refusal::NotSoLong { .. }));
    let mut elsewhere = noted("16:00", "k", "17:00");
    if let situation::event::Said::NoteAdded(_, note) = &mut elsewhere.said {
        note.station = Some("nowhere".into());
    }
    assert_eq!(log.refusal(elsewhere.sealed(), now), Refusal::UnknownStation("nowhere".into()));
}

#[test]
fn who_writes_more_than_anybody_reads_has_to_remove_some() {
    let mut log = Log::given([]);
    for n in 0..MAX_NOTES {
        log.hear(noted("16:00", &format!("k-{n}"), "18:00"));
    }
    assert_eq!(log.refusal(noted("16:01", "more", "18:00"), at("16:01")), Refusal::TooManyNotes);
    log.hear(unnoted("16:02", "k-3"));
    log.hear(noted("16:03", "more", "18:00"));
    assert_eq!(texts(&log).len(), MAX_NOTES);
}
