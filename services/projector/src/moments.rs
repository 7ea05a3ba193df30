//! Boards of then: what was (`at`) and what people saw (`shown`, `sequence`).

use std::sync::Arc;

use proto::board::{Board, draw_station};
use situation::board::{Boards, View};
use situation::event::Said;
use situation::fact::{Body, Fact};
use situation::time::Instant;

use crate::Error;
use crate::reader::Reader;
use crate::stood::Stood;
use crate::timeline::{Files, Kept, MAX_PACKED, Place, Recorded, Route, SPACING, Stored};

/// What was at a moment: all facts known now with event time up to it, folded in event order from the route's beginning on.
/// Situations worth keeping that were folded on the way are put away and added to `kept`.
pub(crate) async fn at(
    (reader, files): (&Reader, &Files),
    (begun, route): (Kept, Route),
    stem: Boards,
    view: View,
    moment: Instant,
    kept: &mut Vec<(Place, Stored)>,
) -> Result<Option<String>, Error> {
    let Some(area) = route.area.clone() else { return Ok(None) };
    let route = Arc::new(route);
    let (mut now, mut start, mut since_kept, mut packed) = (begun, 0, 0, 0);
    while let Some(rest) = route.places.get(start..).filter(|rest| !rest.is_empty()) {
        let take = chunk(rest);
        let mut sequences: Vec<u64> = rest.iter().take(take).map(|(_, sequence)| *sequence).collect();
        sequences.sort_unstable();
        let facts = reader.facts(&sequences).await?;
        let corrected = Arc::clone(&route);
        now = tokio::task::spawn_blocking(move || fold(now, &facts, &corrected)).await?;
        (start, since_kept) = (start + take, since_kept + take);
        let is_worth_it = take < rest.len() && since_kept >= route.spacing && packed <= MAX_PACKED;
        if let (Some(last), true) = (rest.get(take - 1), is_worth_it) {
            now.situation.drop_ended();
            let (place, whole, files) = (*last, now.clone(), files.clone());
            let known = route.known;
            let stored = tokio::task::spawn_blocking(move || files.keep(place, known, whole)).await?;
            packed += stored.as_ref().map_or(0, Stored::packed);
            kept.extend(stored.map(|stored| (place, stored)));
            since_kept = 0;
        }
    }
    let drawn = tokio::task::spawn_blocking(move || {
        let boards = Boards::of_moment(&stem, area, now.situation, moment, now.newest);
        draw(&boards, &view)
    });
    Ok(drawn.await?)
}

/// How many places to fold before a situation may be kept: it must not split a moment, whose facts may
/// come in any order.
fn chunk(places: &[Place]) -> usize {
    let Some((moment, _)) = places.get(SPACING - 1) else { return places.len() };
    places.iter().skip(SPACING).position(|(at, _)| at != moment).map_or(places.len(), |more| SPACING + more)
}

fn fold(mut now: Kept, facts: &[Fact], route: &Route) -> Kept {
    for fact in facts {
        let Body::Event(event) = &fact.body else { continue };
        now.situation.absorb(event, fact.sequence, fact.received);
        now.newest = now.newest.max(fact.sequence);
        // Corrections take effect at the time of what they correct, so they come along with it.
        if let (Said::Ticket(ticket, _), Some(station)) = (&event.said, &event.station)
            && !route.corrections.is_empty()
        {
            let key = (station.clone(), ticket.clone());
            correct(&mut now, route.corrections.get(&key));
        }
    }
    now
}

fn correct(now: &mut Kept, corrections: Option<&Vec<Recorded>>) {
    for (sequence, received, event) in corrections.into_iter().flatten() {
        now.situation.absorb(event, *sequence, *received);
        now.newest = now.newest.max(*sequence);
    }
}

fn draw(boards: &Boards, view: &View) -> Option<String> {
    let area = boards.area()?;
    let board = Board::draw(boards, view, |id| {
        let (look, _) = boards.look(id)?;
        Some(Arc::new(draw_station(area, area.stations.get(id)?, look)))
    })?;
    Some(board.to_text())
}

/// A view of boards that somebody saw.
pub(crate) async fn seen(stood: Arc<Stood>, view: View) -> Result<Option<String>, Error> {
    Ok(tokio::task::spawn_blocking(move || draw(&stood.boards, &view)).await?)
}
