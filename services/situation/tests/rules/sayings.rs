//! What is said of contacts, tasks, units and notices, and by people at the desk.

use situation::event::{
    Acknowledgement, ContactObserved, Event, Note, Notice, NoticeKind, NoticeText, Part, Person, Said,
    Shelving, Signing, TaskStage, TaskStep, Told, UnitState, UnitStatus,
};

use super::story::*;

pub fn called(clock: &str, change: impl FnOnce(&mut ContactObserved)) -> Event {
    let mut observed = ContactObserved {
        line: word("116117"),
        language: None,
        offered: Told::Unsaid,
        answered: Told::Unsaid,
        abandoned: Told::Unsaid,
        callbacks_waiting: Told::Unsaid,
        oldest_callback: Told::Unsaid,
        agents: Told::Unsaid,
        coverage: Told::Unsaid,
        by: None,
        valid_until: None,
    };
    change(&mut observed);
    event(at(clock), Said::ContactObserved(observed))
}

pub fn task(clock: &str, id: &str, stage: TaskStage, change: impl FnOnce(&mut TaskStep)) -> Event {
    let mut step = TaskStep { stage, kind: None, urgency: None, zone: None, unit: None, outcome: None };
    change(&mut step);
    event(at(clock), Said::Task(id.into(), step))
}

pub fn received(clock: &str, id: &str) -> Event {
    task(clock, id, TaskStage::Received, |_| {})
}

pub fn assigned(clock: &str, id: &str, unit: &str) -> Event {
    task(clock, id, TaskStage::Assigned, |it| it.unit = Some(unit.into()))
}

pub fn on_scene(clock: &str, id: &str) -> Event {
    task(clock, id, TaskStage::OnScene, |_| {})
}

pub fn closed(clock: &str, id: &str) -> Event {
    task(clock, id, TaskStage::Closed, |it| it.outcome = Some(word("kotihoito")))
}

pub fn unit(clock: &str, id: &str, state: UnitState, change: impl FnOnce(&mut UnitStatus)) -> Event {
    let mut status = UnitStatus {
        unit: id.into(),
        state: Told::Value(state),
        zone: Told::Unsaid,
        competence: Told::Unsaid,
        until: None,
    };
    change(&mut status);
    event(at(clock), Said::UnitStatus(status))
}

pub fn posted(clock: &str, id: &str, change: impl FnOnce(&mut Notice)) -> Event {
    let text = NoticeText { fi: Some("Tie poikki".to_owned()), ..NoticeText::default() };
    let mut notice = Notice { kind: NoticeKind::Road, text, from: None, until: None };
    change(&mut notice);
    event(at(clock), Said::NoticePosted(id.into(), notice))
}

pub fn withdrawn(clock: &str, id: &str) -> Event {
    event(at(clock), Said::NoticeWithdrawn(id.into()))
}

/// To everybody in the area.
pub fn for_all(event: Event) -> Event {
    let id = format!("{}-all", event.id);
    Event { station: None, ..event }.named(&id)
}

/// Said by somebody at the desk: of no station.
pub fn by_desk(clock: &str, said: Said) -> Event {
    Event { station: None, ..event(at(clock), said).by_feed("/desk/testi") }.sealed()
}

pub fn person() -> Person {
    Person { actor: word("m.k"), role: word("koordinaattori") }
}

pub fn acknowledged(clock: &str, alarm: &str) -> Event {
    let said = Acknowledgement { by: person(), reason: Some("soitettu".to_owned()), raised: None };
    by_desk(clock, Said::AlarmAcknowledged(alarm.into(), said))
}

pub fn shelved(clock: &str, alarm: &str, until: &str) -> Event {
    let said = Shelving { by: person(), reason: "remontti".to_owned(), until: at(until) };
    by_desk(clock, Said::AlarmShelved(alarm.into(), said))
}

pub fn noted(clock: &str, id: &str, until: &str) -> Event {
    let text = "Hissi rikki".to_owned();
    let note = Note { station: Some("porvoo".into()), text, until: at(until), by: person() };
    by_desk(clock, Said::NoteAdded(id.into(), note))
}

pub fn unnoted(clock: &str, id: &str) -> Event {
    by_desk(clock, Said::NoteRemoved(id.into(), person()))
}

/// Somebody signs the report of a shift of the day, whatever it says.
pub fn signing((from, to): (&str, &str), part: Part, actor: &str) -> Signing {
    let by = Person { actor: actor.into(), role: "koordinaattori".into() };
    Signing { by, part, from: at(from), to: at(to), sequence: 7, hash: "0".repeat(64).as_str().into() }
}
