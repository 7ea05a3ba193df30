//! Boards of then: what was (`at`) and what people saw (`shown`, `sequence`).

use std::sync::Arc;

use proto::block::NOTHING;
use proto::board::{Board, draw_station};
use situation::board::{Boards, View};
use situation::event::Said;
use situation::fact::{Body, Fact};
use situation::time::Instant;

use crate::Error;
use crate::reader::{Read, Reader};
use crate::timeline::{Kept, Place, Recorded, Route, SPACING};

/// What was at a moment: all facts known now with event time up to it, folded in event order.
/// Situations worth keeping that were folded on the way are added to `kept`.
pub(crate) async fn at(
    reader: &Reader,
    route: Route,
    stem: Boards,
    view: View,
    moment: Instant,
    kept: &mut Vec<(Place, Arc<Kept>)>,
) -> Result<Option<String>, Error> {
    let Some(area) = route.area.clone() else { return Ok(None) };
    let route = Arc::new(route);
    let mut now = (*route.from).clone();
    let mut start = 0;
    while let Some(rest) = route.places.get(start..).filter(|rest| !rest.is_empty()) {
        let take = chunk(rest);
        let mut sequences: Vec<u64> = rest.iter().take(take).map(|(_, sequence)| *sequence).collect();
        sequences.sort_unstable();
        let facts = reader.facts(&sequences).await?;
        let corrected = Arc::clone(&route);
        now = tokio::task::spawn_blocking(move || fold(now, &facts, &corrected)).await?;
        start += take;
        if let (Some(last), true) = (rest.get(take - 1), take < rest.len()) {
            now.situation.drop_ended();
            kept.push((*last, Arc::new(now.clone())));
        }
    }
    let drawn = tokio::task::spawn_blocking(move || {
        let boards = Boards::of_moment(&stem, area, now.situation, moment, now.newest);
        draw(&boards, &view)
    });
    Ok(drawn.await?)
}

/// How many places to fold before a situation is kept: it must not split a moment, whose facts may
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

/// What people saw when the journal stood at `sequence`.
pub(crate) async fn sequence(reader: &Reader, view: View, sequence: u64) -> Result<Option<String>, Error> {
    let (mut boards, mut head) = (Boards::default(), NOTHING);
    while boards.sequence() < sequence {
        let page = reader.page_after(boards.sequence()).await?;
        if page.is_empty() {
            return Ok(None);
        }
        (boards, head) = tokio::task::spawn_blocking(move || {
            let Read { facts, heads } = page.read(head)?;
            for fact in facts.iter().take_while(|fact| fact.sequence <= sequence) {
                boards.apply(fact);
            }
            Ok::<_, Error>((boards, heads.last().copied().unwrap_or(head)))
        })
        .await??;
    }
    Ok(tokio::task::spawn_blocking(move || draw(&boards, &view)).await?)
}

/// The sequence at which the journal stood at a moment, by receiving time; 0 before the first fact.
/// `newest` is the newest sequence known.
pub(crate) async fn stood_at(reader: &Reader, moment: Instant, newest: u64) -> Result<u64, Error> {
    let (mut low, mut high) = (0, newest);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        let facts = reader.facts(&[middle]).await?;
        if facts.first().is_some_and(|fact| fact.received <= moment) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    Ok(low)
}
