//! Places that fill and empty by themselves: beds, stretchers, home visits.

use serde_json::json;

use super::Actor;
use super::dice::Dice;
use super::voice::Voice;

/// As likely more as less, in percent, and how much likelier with each place below the usual number.
const EVEN: u32 = 50;
const PULL: u32 = 9;

/// Places of a kind at a station.
#[derive(Debug)]
pub(super) struct Stock {
    pub station: &'static str,
    pub feed: &'static str,
    pub resource: &'static str,
    pub total: u32,
    pub staffed: u32,
    /// In use at the beginning.
    pub occupied: u32,
    /// Discharges planned at the beginning, where that is told.
    pub discharges: Option<u32>,
}

/// All stocks, one after the other.
pub(super) struct Ward {
    stocks: Vec<(&'static Stock, u32)>,
    dice: Dice,
    turn: usize,
    due: i64,
}

impl Ward {
    pub fn begin(stocks: &'static [Stock], voice: &mut Voice, dice: Dice, at: i64) -> Self {
        for stock in stocks {
            tell(voice, at, stock, stock.occupied);
        }
        let stocks = stocks.iter().map(|stock| (stock, stock.occupied)).collect();
        let mut ward = Self { stocks, dice, turn: 0, due: at };
        ward.rest();
        ward
    }

    fn rest(&mut self) {
        self.due += self.dice.minutes(1, 4);
    }
}

impl Actor for Ward {
    fn due(&self) -> i64 {
        self.due
    }

    /// One place more or less in use, the likelier back towards the beginning's number the further from it.
    fn act(&mut self, voice: &mut Voice) {
        let at = self.due;
        self.rest();
        self.turn = (self.turn + 1) % self.stocks.len().max(1);
        let Some((stock, occupied)) = self.stocks.get_mut(self.turn) else { return };
        let more = (EVEN + PULL * stock.occupied).saturating_sub(PULL * *occupied);
        *occupied = if self.dice.percent(more) {
            (*occupied + 1).min(stock.total)
        } else {
            occupied.saturating_sub(1)
        };
        tell(voice, at, stock, *occupied);
    }
}

fn tell(voice: &mut Voice, at: i64, stock: &Stock, occupied: u32) {
    let mut data = json!({
        "resource": stock.resource, "total": stock.total, "staffed": stock.staffed, "occupied": occupied,
    });
    if let (Some(discharges), Some(data)) = (stock.discharges, data.as_object_mut()) {
        // Every bed in use beyond the beginning's is one that was not given back yet.
        let planned = (discharges + stock.occupied).saturating_sub(occupied).min(occupied);
        data.insert("planned_discharges".to_owned(), planned.into());
    }
    voice.say(at, stock.feed, stock.station, "capacity.observed", data);
}
