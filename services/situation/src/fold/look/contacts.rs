//! The lines on which people call a station.

use std::collections::BTreeMap;

use super::heard::Heard;
use super::{Look, usual};
use crate::board::ContactFigures;
use crate::calendar::LikeHours;
use crate::fold::contact::Line;
use crate::fold::station::StationState;
use crate::time::Instant;

fn name((line, language): &Line) -> String {
    match language {
        Some(language) => format!("{line}.{language}"),
        None => line.as_str().to_owned(),
    }
}

pub(super) fn look(found: &mut Look, like: Option<&LikeHours>, state: &StationState, clock: Instant) {
    for (line, told) in &state.contacts {
        let mut heard = Heard::at(clock);
        let callbacks_waiting = heard.value(&told.callbacks_waiting);
        let oldest_callback = heard.value(&told.oldest_callback);
        let mut figures = ContactFigures {
            line: line.0.clone(),
            language: line.1.clone(),
            feed: None,
            coverage: heard.value(&told.coverage),
            offered: heard.value(&told.offered),
            answered: heard.value(&told.answered),
            abandoned: heard.value(&told.abandoned),
            callbacks_waiting,
            // Told of an earlier moment: where nobody waits, nobody is the oldest.
            oldest_callback: oldest_callback.filter(|_| callbacks_waiting != Some(0)),
            agents: heard.value(&told.agents),
            callbacks_before: BTreeMap::new(),
            observed_by: None,
            observed_at: None,
            valid_until: None,
        };
        if let Some(like) = like {
            figures.callbacks_before = usual::callbacks(&told.callbacks_by_hour, like);
            found.due(Some(like.this.next().start()).filter(|_| figures.callbacks_waiting.is_some()));
        }
        figures.feed = heard.feed();
        figures.observed_by = heard.by();
        figures.observed_at = heard.said_at();
        figures.valid_until = heard.valid_until();
        found.due(heard.lapses);
        found.figures.contacts.insert(name(line), figures);
    }
}
