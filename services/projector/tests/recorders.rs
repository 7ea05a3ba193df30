//! Several recorders: a projector draws what is recorded, whichever of them is well.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test may stop"
)]

mod support;

use std::fs;
use std::time::Duration;

use bus::Bus;
use proto::live::Cause;
use runtime::health::State;
use support::{Drawn, Log, Recorder, hash};
use tokio::time::timeout;

#[tokio::test(start_paused = true)]
async fn a_projector_that_starts_before_any_recorder_waits_for_one() {
    let bus = Bus::in_process();
    let mut drawn = Drawn::start(&bus, "1").await;
    drawn.until_check(State::Starting, "none is heard").await;
    assert!(drawn.beat_within(60).await.is_none());
    assert_eq!(drawn.board().await, Err(bus::Error::NoResponder), "whoever asks must not wait for it");
    let _recorder = Recorder::start(&bus, "a", Log::of(0..50)).await;
    assert_eq!(drawn.beat_at(52).await.projector, "1");
    drawn.until_check(State::Ok, "folded up to fact 52").await;
    assert_eq!(drawn.board().await.unwrap()["stations"]["porvoo"]["lanes"]["ovi"]["waiting"], 49);
}

#[tokio::test(start_paused = true)]
async fn a_recorder_that_stops_is_left_for_another_and_boards_stay_live() {
    let bus = Bus::in_process();
    let first = Recorder::start(&bus, "a", Log::of(0..20)).await;
    let second = Recorder::start(&bus, "b", Log::of(0..20)).await;
    let mut drawn = Drawn::start(&bus, "1").await;
    drawn.beat_at(22).await;
    first.stop();
    second.record([7, 8]).await;
    // A beat that comes before is one of live boards too; `beat_at` bears no missing one.
    drawn.beat_at(24).await;
    assert_eq!(drawn.board().await.unwrap()["stations"]["porvoo"]["lanes"]["ovi"]["waiting"], 8);
    let asked = first.asked();
    second.record([9]).await;
    drawn.beat_at(25).await;
    assert_eq!(first.asked(), asked, "it is not asked any more");
    // It comes back with less than the other has, and is no reason to stand still.
    first.go_on();
    second.record([10]).await;
    drawn.beat_at(26).await;
}

#[tokio::test(start_paused = true)]
async fn a_recorder_that_is_behind_costs_nothing() {
    let bus = Bus::in_process();
    let _first = Recorder::start(&bus, "a", Log::of(0..30)).await;
    let second = Recorder::start(&bus, "b", Log::of(0..30)).await;
    let mut drawn = Drawn::start(&bus, "1").await;
    drawn.beat_at(32).await;
    second.record(100..200).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(drawn.board().await.unwrap()["stations"]["porvoo"]["lanes"]["ovi"]["waiting"], 199);
    drawn.beat_at(132).await;
}

#[tokio::test(start_paused = true)]
async fn other_facts_are_never_drawn() {
    let bus = Bus::in_process();
    let liar = Recorder::start(&bus, "a", Log::of(0..20)).await;
    let honest = Recorder::start(&bus, "b", Log::of(0..20)).await;
    let mut drawn = Drawn::start(&bus, "1").await;
    drawn.beat_at(22).await;
    // The same up to 18, and longer than the honest one's: nobody could tell by its length.
    liar.replace(Log::of((0..16).chain(500..540)));
    honest.record([30, 31, 32]).await;
    let beat = drawn.beat_at(25).await;
    assert_eq!(drawn.board().await.unwrap()["stations"]["porvoo"]["lanes"]["ovi"]["waiting"], 32);
    let apart = Bus::in_process();
    let _alone = Recorder::start(&apart, "b", honest.log()).await;
    assert_eq!(hash(&Drawn::start(&apart, "2").await.beat_at(25).await), hash(&beat));
    // Once it holds the right facts it may be read again, which is all that is left.
    liar.replace(honest.log());
    tokio::time::sleep(Duration::from_secs(2)).await;
    honest.stop();
    liar.record([33]).await;
    drawn.beat_at(26).await;
}

#[tokio::test(start_paused = true)]
async fn boards_stand_when_every_recorder_holds_other_facts() {
    let bus = Bus::in_process();
    let first = Recorder::start(&bus, "a", Log::of(0..20)).await;
    let second = Recorder::start(&bus, "b", Log::of(0..20)).await;
    let mut drawn = Drawn::start(&bus, "1").await;
    drawn.beat_at(22).await;
    for recorder in [&first, &second] {
        recorder.replace(Log::of((0..16).chain(500..540)));
    }
    drawn.until_check(State::Failed, "every recorder that is heard holds other facts").await;
    drawn.forget_beats();
    assert!(drawn.beat_within(60).await.is_none());
    assert_eq!(drawn.board().await.unwrap()["stations"]["porvoo"]["lanes"]["ovi"]["waiting"], 19);
    // As the sentence says: another projector, as this one after a restart, draws theirs.
    assert_eq!(Drawn::start(&bus, "2").await.beat_at(58).await.sequence, 58);
    second.replace(Log::of(0..25));
    drawn.beat_within(15).await.expect("one holds the right facts, which is found out now and then");
    drawn.beat_at(27).await;
}

#[tokio::test(start_paused = true)]
async fn that_nothing_is_recorded_is_told_only_where_nobody_records() {
    let bus = Bus::in_process();
    let first = Recorder::start(&bus, "a", Log::of(0..20)).await;
    let second = Recorder::start(&bus, "b", Log::of(0..20)).await;
    let mut drawn = Drawn::start(&bus, "1").await;
    drawn.beat_at(22).await;
    first.degrade(Some(Cause::JournalReadOnly));
    second.record([5]).await;
    for _ in 0..3 {
        assert_eq!(drawn.beat().await.degraded, None);
    }
    second.degrade(Some(Cause::JournalUnbound));
    let told = drawn.beat_within(2).await.expect("that is told at once");
    assert_eq!(told.degraded, Some(Cause::JournalUnbound), "as the one says that is read from");
    drawn.until_check(State::Ok, "").await;
    first.degrade(None);
    assert_eq!(drawn.beat_within(2).await.expect("so is its end").degraded, None);
}

#[tokio::test(start_paused = true)]
async fn boards_are_not_live_while_what_was_announced_is_missing() {
    let bus = Bus::in_process();
    let recorder = Recorder::start(&bus, "a", Log::of(0..20)).await;
    let mut drawn = Drawn::start(&bus, "1").await;
    drawn.beat_at(22).await;
    recorder.boast(3);
    drawn.until_check(State::Failed, "behind what is recorded").await;
    drawn.forget_beats();
    assert!(drawn.beat_within(60).await.is_none());
    let withheld = drawn.withheld.take().expect("it says why");
    assert!(withheld.why.contains("behind") && withheld.cause.is_none(), "recorders are heard: {withheld:?}");
    recorder.boast(0);
    recorder.record([1, 2, 3]).await;
    let beat = drawn.beat_within(2).await.expect("they are again, and that is told at once");
    assert_eq!(beat.sequence, 25);
}

#[tokio::test(start_paused = true)]
async fn boards_are_not_live_while_no_recorder_is_heard() {
    let bus = Bus::in_process();
    let recorder = Recorder::start(&bus, "a", Log::of(0..20)).await;
    let mut drawn = Drawn::start(&bus, "1").await;
    drawn.beat_at(22).await;
    recorder.fall_silent();
    drawn.until_check(State::Failed, "no recorder is heard").await;
    drawn.forget_beats();
    assert!(drawn.beat_within(60).await.is_none());
    let withheld = drawn.withheld.take().expect("it says why");
    assert!(withheld.why.contains("no recorder is heard"), "{withheld:?}");
    assert_eq!(withheld.cause, Some(Cause::IntakeStopped));
    recorder.go_on();
    recorder.record(0..1_000).await;
    let beat = drawn.beat_within(2).await.expect("they are as soon as all is drawn");
    assert_eq!(beat.sequence, 1_022, "and not before");
    drawn.until_check(State::Ok, "folded up to fact 1022").await;
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_cut_off_while_it_folds_goes_on_from_there() {
    let place = tempfile::tempdir().unwrap();
    let bus = Bus::in_process();
    let recorder = Recorder::start(&bus, "a", Log::of(0..200)).await;
    // More is announced than is given: no start comes to its end.
    recorder.boast(5);
    let killed = Drawn::start_in(&bus, "1", place.path(), 50).await;
    let put_away = async {
        let is_snapshot = |name: &str| name.ends_with(".snapshot");
        while !fs::read_dir(place.path())
            .unwrap()
            .flatten()
            .any(|entry| is_snapshot(entry.file_name().to_str().unwrap()))
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(30), put_away).await.expect("it puts its state away on the way");
    killed.kill().await;
    recorder.boast(0);
    let mut drawn = Drawn::start_in(&bus, "1", place.path(), 50).await;
    drawn.beat_at(202).await;
    assert!(drawn.facts_from_snapshot() >= 50, "it goes on from what was put away");
    assert_eq!(drawn.board().await.unwrap()["stations"]["porvoo"]["lanes"]["ovi"]["waiting"], 199);
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_stopped_while_it_folds_goes_on_where_it_was() {
    let place = tempfile::tempdir().unwrap();
    let bus = Bus::in_process();
    let recorder = Recorder::start(&bus, "a", Log::of(0..200)).await;
    recorder.boast(5);
    // So many facts never come: only the stop can put anything away.
    let stopped = Drawn::start_in(&bus, "1", place.path(), 1_000).await;
    stopped.until_check(State::Starting, "fact 202 of 207").await;
    stopped.stop().await;
    recorder.boast(0);
    let mut drawn = Drawn::start_in(&bus, "1", place.path(), 1_000).await;
    drawn.beat_at(202).await;
    assert_eq!(drawn.facts_from_snapshot(), 202);
    assert_eq!(drawn.board().await.unwrap()["stations"]["porvoo"]["lanes"]["ovi"]["waiting"], 199);
}
