//! What one event costs in areas of 12, 115 and 1,000 stations: from the decision to the patches of the boards that show
//! it. It should cost what it touches, however large the area is.

mod evening;

use std::sync::Arc;
use std::time::Instant;

use projector::Gallery;
use proto::board::{Board, draw_station};
use situation::board::View;
use situation::decide::{Decider, Decision, Intake};
use situation::fact::{Body, Fact};
use situation::time::Instant as Moment;

use self::evening::Evening;
use super::row::{Row, quantile};
use crate::Error;

/// Stations: as many as Itä-Uusimaa has, as many emergency departments as Québec has, and a country.
const SIZES: [usize; 3] = [12, 115, 1_000];
/// The areas take turns this often, so that what slows the machine for a while slows all of them.
const ROUNDS: usize = 40;
/// Events of one turn.
const EVENTS_A_TURN: usize = 100;
/// Events before the first that counts: each kind once in the largest area's caches, and all boards drawn.
const WARM_UP: usize = 1_000;

/// What is measured: the rows' names by size, the quantile, and which part of the cost.
const FIGURES: [([&str; SIZES.len()], f64, Part); 6] = [
    (["area_12_event_p50", "area_115_event_p50", "area_1000_event_p50"], 0.5, Cost::whole),
    (["area_12_event_p99", "area_115_event_p99", "area_1000_event_p99"], 0.99, Cost::whole),
    (["area_12_decide_p50", "area_115_decide_p50", "area_1000_decide_p50"], 0.5, |cost| cost.decide),
    (["area_12_apply_p50", "area_115_apply_p50", "area_1000_apply_p50"], 0.5, |cost| cost.apply),
    (["area_12_show_p50", "area_115_show_p50", "area_1000_show_p50"], 0.5, |cost| cost.show),
    (["area_12_show_p99", "area_115_show_p99", "area_1000_show_p99"], 0.99, |cost| cost.show),
];

type Part = fn(&Cost) -> f64;

/// Microseconds of one event.
struct Cost {
    /// Deciding, and the decider's own fold.
    decide: f64,
    /// The fold into boards and the look at what it touched.
    apply: f64,
    /// Drawing the stations, the boards that show them, their hashes and patches.
    show: f64,
}

impl Cost {
    fn whole(&self) -> f64 {
        self.decide + self.apply + self.show
    }
}

/// Median and p99 of one event, and the medians of its parts, by size: the larger areas beside the smallest.
pub async fn area() -> Result<Vec<Row>, Error> {
    tokio::task::spawn_blocking(measure).await?
}

fn measure() -> Result<Vec<Row>, Error> {
    let mut desks = SIZES.into_iter().map(Desk::new).collect::<Result<Vec<_>, _>>()?;
    let mut costs: Vec<Vec<Cost>> = desks.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        for (desk, costs) in desks.iter_mut().zip(&mut costs) {
            for _ in 0..EVENTS_A_TURN {
                costs.push(desk.take_next()?);
            }
        }
    }
    desks.iter().try_for_each(Desk::check)?;
    let mut rows = Vec::new();
    for (names, q, part) in FIGURES {
        let mut smallest = None;
        for (name, costs) in names.into_iter().zip(&costs) {
            let mut sorted: Vec<f64> = costs.iter().map(part).collect();
            sorted.sort_by(f64::total_cmp);
            let value = quantile(&sorted, q);
            let beside = *smallest.get_or_insert(value);
            rows.push(Row::beside(name, value, "us", "12 stations", beside));
        }
    }
    Ok(rows)
}

/// An area with what the recorder decides by and what the projector shows.
struct Desk {
    decider: Decider,
    gallery: Gallery,
    evening: Evening,
}

impl Desk {
    /// An area in which people wait everywhere, and everybody has been shown so.
    fn new(stations: usize) -> Result<Self, Error> {
        let evening = Evening::new(stations)?;
        let mut desk = Self { decider: Decider::default(), gallery: Gallery::default(), evening };
        let begun = desk.evening.clock();
        let (document, area) = (desk.evening.document(), desk.evening.area());
        desk.record(Body::LogBegun { epoch: "0".into(), simulated: true }, begun);
        desk.record(Body::AreaConfigured { document, area }, begun);
        while desk.evening.gathers() {
            let (event, received) = desk.evening.next_event()?;
            let body = desk.decide(Intake::Event(event), received)?;
            desk.record(body, received);
        }
        desk.gallery.changes("bench");
        for _ in 0..WARM_UP {
            desk.take_next()?;
        }
        Ok(desk)
    }

    fn decide(&self, intake: Intake, received: Moment) -> Result<Body, Error> {
        match self.decider.decide(intake, received) {
            Decision::Record(body) => Ok(body),
            Decision::Refuse(refusal) => Err(Error::Bad(format!("the bench's event was refused: {refusal}"))),
            Decision::Known(_) | Decision::Nothing => {
                Err(Error::Bad("the bench's event was no news: its ids are wrong".to_owned()))
            }
        }
    }

    fn record(&mut self, body: Body, received: Moment) {
        let fact = Fact { sequence: self.decider.sequence() + 1, received, body };
        self.decider.evolve(&fact);
        self.gallery.apply(&fact);
    }

    /// Takes the next event all the way, and the time of each part of it.
    fn take_next(&mut self) -> Result<Cost, Error> {
        let (event, received) = self.evening.next_event()?;
        let begun = Instant::now();
        let body = self.decide(Intake::Event(event), received)?;
        let fact = Fact { sequence: self.decider.sequence() + 1, received, body };
        self.decider.evolve(&fact);
        let decided = Instant::now();
        self.gallery.apply(&fact);
        let applied = Instant::now();
        let pushes = self.gallery.changes("bench");
        let shown = Instant::now();
        if pushes.is_empty() {
            return Err(Error::Bad("the bench's event changed no board".to_owned()));
        }
        let us = |from: Instant, to: Instant| to.duration_since(from).as_secs_f64() * 1e6;
        Ok(Cost { decide: us(begun, decided), apply: us(decided, applied), show: us(applied, shown) })
    }

    /// A figure of wrong boards would be worth nothing: what was pushed is what is drawn from nothing.
    fn check(&self) -> Result<(), Error> {
        let boards = self.gallery.boards();
        for view in View::OF_THE_AREA {
            let drawn = Board::draw(boards, &view, |id| {
                let (area, (look, _)) = (boards.area()?, boards.look(id)?);
                Some(Arc::new(draw_station(area, area.stations.get(id)?, look)))
            });
            if drawn.map(|board| board.hash) != self.gallery.shown(&view).map(|board| board.hash.clone()) {
                return Err(Error::Bad(format!("the board {view} is not what its facts make it")));
            }
        }
        Ok(())
    }
}
