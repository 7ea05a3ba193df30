//! What was wrongly said, and by whom it may be put right.

use situation::decide::{Decision, Refusal};
use situation::event::{Amendment, Event, Said, Step};

use super::story::*;
use super::tickets::{always, set, urgencies};

#[test]
fn corrections_take_effect_where_the_wrong_event_stood_whenever_they_come() {
    let came = joined("17:00", "t", "hammas", Some("särky"));
    let judged = triaged("17:10", "t", "A");
    let other_lane = corrected("17:30", "t", &came, None, set(|it| it.lane = Some("kiire".into())));
    let other_code = corrected("17:20", "t", &judged, None, set(|it| it.urgency = Some("C".into())));
    let lane = always(&[came.clone(), judged.clone(), other_lane.clone(), other_code.clone()]);
    assert_eq!(urgencies(&lane)["C"], 1);
    // Of two corrections of one event the one with the later time of its own holds.
    let other_again = corrected("17:25", "t", &judged, None, set(|it| it.urgency = Some("B".into())));
    let lane = always(&[came, judged, other_lane, other_code, other_again]);
    assert_eq!(urgencies(&lane)["B"], 1);
}

#[test]
fn every_member_of_a_step_can_be_put_right() {
    let came = joined("17:00", "t", "hammas", Some("särky"));
    let both = set(|it| {
        it.lane = Some("kiire".into());
        it.urgency = Some("A".into());
        it.channel = Some(situation::event::Channel::Ambulance);
    });
    let lane = always(&[came.clone(), corrected("17:30", "t", &came, None, both)]);
    assert_eq!((lane.waiting, urgencies(&lane)["A"]), (Some(1), 1));
    let untriaged = set(|it| it.urgency = Some("untriaged".into()));
    let here = joined("17:00", "t", "kiire", Some("A"));
    assert_eq!(
        urgencies(&always(&[here.clone(), corrected("17:30", "t", &here, None, untriaged)]))["untriaged"],
        1
    );
    let went = moved("17:10", "t", "hammas");
    let back = corrected("17:30", "t", &went, None, set(|it| it.lane = Some("kiire".into())));
    assert_eq!(always(&[here.clone(), went, back]).waiting, Some(1));
    // What the corrected step lacks does nothing.
    let gone = left("17:20", "t");
    let odd = corrected("17:30", "t", &gone, None, set(|it| it.lane = Some("hammas".into())));
    assert_eq!(always(&[here, gone, odd]).present, Some(0));
}

#[test]
fn an_event_said_to_be_void_never_happened() {
    let came = joined("17:00", "t", "kiire", None);
    let gone = left("17:20", "t");
    let not_gone = corrected("17:30", "t", &gone, Some(true), set(|_| {}));
    assert_eq!(always(&[came.clone(), gone.clone(), not_gone.clone()]).present, Some(1));
    let never_came = corrected("17:30", "t", &came, Some(true), set(|_| {}));
    assert_eq!(always(&[came.clone(), never_came]).present, Some(0));
    // It did happen after all: said of the event again, or by correcting the correction.
    let gone_after_all = corrected("17:40", "t", &gone, Some(false), set(|_| {}));
    assert_eq!(always(&[came.clone(), gone.clone(), not_gone.clone(), gone_after_all]).present, Some(0));
    let wrongly_corrected = corrected("17:40", "t", &not_gone, Some(true), set(|_| {}));
    let story = [came.clone(), gone.clone(), not_gone.clone(), wrongly_corrected.clone()];
    assert_eq!(always(&story).present, Some(0));
    let again = corrected("17:50", "t", &wrongly_corrected, Some(true), set(|_| {}));
    assert_eq!(always(&[came, gone, not_gone, wrongly_corrected, again]).present, Some(1));
}

#[test]
fn a_correction_that_was_wrong_itself_can_be_put_right() {
    let came = joined("17:00", "t", "hammas", None);
    let judged = triaged("17:10", "t", "A");
    let wrongly = corrected("17:20", "t", &judged, None, set(|it| it.urgency = Some("B".into())));
    let rightly = corrected("17:30", "t", &wrongly, None, set(|it| it.urgency = Some("C".into())));
    let lane = corrected("17:20", "t", &came, Some(false), set(|_| {}));
    let really = corrected("17:31", "t", &lane, None, set(|it| it.lane = Some("kiire".into())));
    let story = [came, judged, wrongly.clone(), rightly, lane, really];
    assert_eq!(urgencies(&always(&story))["C"], 1);
    // Voiding the first takes along what was put right in it.
    let neither = corrected("17:40", "t", &wrongly, Some(true), set(|_| {}));
    let [came, judged, wrongly, rightly, lane, really] = story;
    let mut log = Log::given([came, judged, lane, really]);
    for event in [wrongly, rightly, neither] {
        log.hear(event);
    }
    assert_eq!(urgencies(log.lane("kiire"))["A"], 1);
}

#[test]
fn a_correction_takes_effect_at_the_time_of_what_it_corrects() {
    let gone = left("17:20", "t");
    let not_gone = corrected("17:30", "t", &gone, Some(true), set(|_| {}));
    let gone_after_all = corrected("17:40", "t", &not_gone, Some(true), set(|_| {}));
    let situation = fold(&[joined("17:00", "t", "kiire", None), gone.clone(), not_gone.clone()]);
    assert_eq!(situation.takes_effect_at(&gone), Some(at("17:20")));
    assert_eq!(situation.takes_effect_at(&not_gone), Some(at("17:20")));
    assert_eq!(situation.takes_effect_at(&gone_after_all), Some(at("17:20")));
    assert_eq!(fold(&[]).takes_effect_at(&not_gone), None, "not known where yet");
    let of_itself = corrected("17:30", "t", &gone, Some(true), set(|_| {})).named(gone.id.as_str());
    let circle = fold(&[joined("17:00", "t", "kiire", None), of_itself.clone()]);
    assert_eq!(circle.takes_effect_at(&of_itself), None);
}

#[test]
fn only_who_said_it_may_correct_it_and_others_are_told() {
    let came = joined("17:00", "t", "kiire", None);
    let log = Log::given([came.clone()]);
    let foreign = corrected("17:30", "t", &came, Some(true), set(|_| {})).by_feed("/feeds/other");
    let refusal = log.refusal(foreign.clone(), at("17:30"));
    assert!(matches!(refusal, Refusal::OthersWord { .. }), "{refusal:?}");
    assert!(refusal.to_string().ends_with("only the source that sent it may correct it"), "{refusal}");
    // A correction of one's own that comes before what it corrects waits for it …
    let mut early = Log::given([]);
    early.hear_at(corrected("17:30", "t", &came, Some(true), set(|_| {})), at("17:30"));
    early.hear_at(came.clone(), at("17:31"));
    assert_eq!(early.lane("kiire").present, Some(0));
    // … and another's, which nobody could tell from that, then corrects nothing: ids are a feed's own.
    let mut early = Log::given([]);
    early.hear_at(foreign, at("17:30"));
    early.hear_at(came.clone(), at("17:31"));
    assert_eq!(early.lane("kiire").present, Some(1));
    // Two sources may use one id for events of one ticket: each corrects its own.
    let theirs = triaged("17:05", "t", "A").by_feed("/feeds/other").named(came.id.as_str());
    let void = corrected("17:30", "t", &theirs, Some(true), set(|_| {})).by_feed("/feeds/other");
    let mut both = Log::given([came, theirs]);
    assert!(matches!(both.offer(void.clone(), at("17:30")), Decision::Record(_)));
    both.hear(void);
    assert_eq!(urgencies(both.lane("kiire"))["untriaged"], 1);
}

#[test]
fn what_was_is_put_right_and_what_was_shown_stays() {
    let came = joined("17:00", "t", "kiire", Some("C"));
    let gone = left("17:20", "t");
    let mut shown = Log::given([came.clone(), gone.clone()]);
    let as_shown = shown.porvoo().clone();
    assert_eq!(as_shown.lanes["kiire"].present, Some(0));
    let fixes = [
        corrected("17:30", "t", &came, None, set(|it| it.urgency = Some("A".into()))),
        corrected("17:31", "t", &gone, Some(true), set(|_| {})),
    ];
    let facts: Vec<Event> = [came, gone].into_iter().chain(fixes.clone()).collect();
    fixes.into_iter().for_each(|fix| shown.hear(fix));
    assert_eq!(shown.lane("kiire").present, Some(1), "now");
    // As it was: everything known now, of what happened by then.
    let all = fold(&facts);
    let by = |clock: &str| {
        facts.iter().filter(|fact| all.takes_effect_at(fact) <= Some(at(clock))).cloned().collect::<Vec<_>>()
    };
    let was = figures_of(fold(&by("17:10")), at("17:10"));
    assert_eq!(urgencies(&was["porvoo"].lanes["kiire"])["A"], 1);
    // As it was shown: the facts up to then.
    let until = Log::given(facts[..2].iter().cloned());
    assert_eq!(*until.porvoo(), as_shown);
}

#[test]
fn a_correction_cannot_take_anybody_where_there_is_no_lane() {
    let came = joined("17:00", "t", "kiire", None);
    let log = Log::given([came.clone()]);
    let nowhere = corrected("17:30", "t", &came, None, set(|it| it.lane = Some("leikkaus".into())));
    assert!(matches!(log.refusal(nowhere, at("17:30")), Refusal::UnknownLane(..)));
    let nobody = corrected("17:30", "t", &came, None, set(|it| it.urgency = Some("Z".into())));
    assert!(matches!(log.refusal(nobody, at("17:30")), Refusal::UnknownUrgencyAtStation(..)));
}

#[test]
fn a_lane_that_only_a_correction_named_is_known_when_it_is_empty_again() {
    let came = joined("17:00", "t", "hammas", None);
    let really = corrected("17:01", "t", &came, None, set(|it| it.lane = Some("kiire".into())));
    assert_eq!(always(&[came.clone(), really, left("17:30", "t")]).present, Some(0));
    let first = corrected("17:01", "t", &came, None, Amendment::default());
    let second = corrected("17:02", "t", &first, None, set(|it| it.lane = Some("kiire".into())));
    assert_eq!(always(&[came, first, second, left("17:30", "t")]).present, Some(0));
}

#[test]
fn a_correction_is_no_sign_of_life_of_its_feed() {
    let came = joined("17:00", "t", "kiire", None);
    let mut log = Log::given([came.clone()]);
    log.hear(corrected("17:30", "t", &came, None, set(|it| it.urgency = Some("A".into()))));
    assert_eq!(log.porvoo().feeds[FEED].last_event_time, Some(at("17:00")));
}

#[test]
fn needs_that_were_wrong_are_put_right() {
    use situation::event::Need;
    let what = |needs: &[(Need, bool)]| needs.iter().copied().collect();
    let came = joined("17:00", "t", "kiire", None);
    let waits = step("17:10", "t", Step::WaitingFor { what: what(&[(Need::Bed, true)]) });
    let set = Amendment { what: Some(what(&[(Need::Doctor, true)])), ..Amendment::default() };
    let fix = corrected("17:20", "t", &waits, None, set);
    assert!(matches!(fix.said, Said::Corrected(_)));
    assert_eq!(always(&[came, waits, fix]).waiting, Some(1));
}

#[test]
fn a_correction_that_names_no_event_of_its_ticket_is_told_so() {
    let (came, counts) = (joined("17:00", "t", "kiire", None), counted("17:00", |_| {}));
    let mut log = Log::given([came.clone(), joined("17:00", "u", "kiire", None), counts.clone()]);
    let void = |ticket: &str, wrong: &Event| corrected("17:30", ticket, wrong, Some(true), set(|_| {}));
    for wrong in
        [void("u", &came), void("nobody", &came), void("t", &counts), void("t", &came).about("kallo")]
    {
        let refusal = log.refusal(wrong, at("17:30"));
        assert!(matches!(refusal, Refusal::OfNoTicket { .. }), "{refusal}");
        assert!(refusal.to_string().contains("name the ticket that it is about"), "{refusal}");
    }
    // What is yet to come, or to happen, may still be about the ticket.
    assert!(matches!(log.offer(void("u", &left("17:29", "u")), at("17:30")), Decision::Record(_)));
    let ahead = left("17:34", "t");
    log.hear_at(ahead.clone(), at("17:30"));
    log.hear_at(void("t", &ahead), at("17:31"));
    log.reach(at("17:40"));
    assert_eq!(log.lane("kiire").present, Some(2));
}
