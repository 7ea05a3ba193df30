//! How far a long command is: a bar on a terminal, a line now and then elsewhere.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// A terminal's bar is drawn this often: as fast as an eye follows.
const REDRAW: Duration = Duration::from_millis(100);
/// A log gets a line this often.
const LINE: Duration = Duration::from_secs(10);
/// Characters of the bar.
const WIDTH: u64 = 30;

/// Progress on standard error.
pub struct Bar {
    unit: &'static str,
    terminal: bool,
    told: Instant,
    drawn: bool,
}

impl Bar {
    /// A bar that counts these.
    pub fn of(unit: &'static str) -> Self {
        Self { unit, terminal: std::io::stderr().is_terminal(), told: Instant::now(), drawn: false }
    }

    /// Says how far the work is, if it is time to.
    pub fn show(&mut self, done: u64, of: u64) {
        let every = if self.terminal { REDRAW } else { LINE };
        if self.told.elapsed() < every {
            return;
        }
        self.told = Instant::now();
        let part = |whole: u64| u64::try_from(u128::from(done) * u128::from(whole) / u128::from(of.max(1)));
        let percent = part(100).unwrap_or(100).min(100);
        let counted = format!("{percent:>3} % · {done} of {of} {}", self.unit);
        let mut out = std::io::stderr();
        if self.terminal {
            let full = part(WIDTH).unwrap_or(WIDTH).min(WIDTH) as usize;
            let bar = format!("{}{}", "█".repeat(full), "░".repeat(WIDTH as usize - full));
            drop(write!(out, "\r{bar} {counted}\u{1b}[K"));
            drop(out.flush());
            self.drawn = true;
        } else {
            drop(writeln!(out, "{counted}"));
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if self.drawn {
            drop(write!(std::io::stderr(), "\r\u{1b}[K"));
        }
    }
}
