//! Tickets: most of what a situation holds.

use ::situation::fold::state::{Entry, Fix, Symbol, Ticket, What};
use ::situation::name::TicketId;
use ::situation::time::Instant;

use super::v1;

pub(super) fn out<'a>(id: &'a TicketId, ticket: &'a Ticket) -> v1::Ticket<'a> {
    let Ticket { steps, fixes, last_sequence } = ticket;
    v1::Ticket {
        id: id.as_str(),
        last_sequence: *last_sequence,
        steps: steps.iter().map(step_out).collect(),
        fixes: fixes.iter().map(fix_out).collect(),
    }
}

pub(super) fn back(ticket: v1::Ticket<'_>) -> (TicketId, Ticket) {
    let v1::Ticket { id, last_sequence, steps, fixes } = ticket;
    let steps = steps.into_iter().map(step_back).collect();
    let fixes = fixes.into_iter().map(fix_back).collect();
    (id.into(), Ticket { steps, fixes, last_sequence })
}

fn step_out(entry: &Entry) -> v1::Step<'_> {
    let Entry { time, source, id, what } = entry;
    let what = match what {
        What::Joined { lane, urgency } => v1::What::Joined { lane: lane.0, urgency: urgency.map(|it| it.0) },
        What::Triaged { urgency } => v1::What::Triaged { urgency: urgency.0 },
        What::Moved { lane } => v1::What::Moved { lane: lane.0 },
        What::WaitingFor { on, off } => v1::What::WaitingFor { on: *on, off: *off },
        What::CareStarted => v1::What::CareStarted,
        What::Left => v1::What::Left,
    };
    v1::Step { time: time.as_micros(), source: source.0, id: id.as_str(), what }
}

fn step_back(step: v1::Step<'_>) -> Entry {
    let v1::Step { time, source, id, what } = step;
    let what = match what {
        v1::What::Joined { lane, urgency } => {
            What::Joined { lane: Symbol(lane), urgency: urgency.map(Symbol) }
        }
        v1::What::Triaged { urgency } => What::Triaged { urgency: Symbol(urgency) },
        v1::What::Moved { lane } => What::Moved { lane: Symbol(lane) },
        v1::What::WaitingFor { on, off } => What::WaitingFor { on, off },
        v1::What::CareStarted => What::CareStarted,
        v1::What::Left => What::Left,
    };
    Entry { time: Instant::from_micros(time), source: Symbol(source), id: id.into(), what }
}

fn fix_out(fix: &Fix) -> v1::Fix<'_> {
    let Fix { time, source, id, corrects, void, lane, urgency, needs } = fix;
    v1::Fix {
        time: time.as_micros(),
        source: source.0,
        id: id.as_str(),
        corrects: corrects.as_str(),
        void: *void,
        lane: lane.map(|it| it.0),
        urgency: urgency.map(|it| it.0),
        needs: *needs,
    }
}

fn fix_back(fix: v1::Fix<'_>) -> Fix {
    let v1::Fix { time, source, id, corrects, void, lane, urgency, needs } = fix;
    Fix {
        time: Instant::from_micros(time),
        source: Symbol(source),
        id: id.into(),
        corrects: corrects.into(),
        void,
        lane: lane.map(Symbol),
        urgency: urgency.map(Symbol),
        needs,
    }
}
