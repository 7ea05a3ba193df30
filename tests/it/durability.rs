//! The journal's promise, held against the whole process: what has a receipt is there, once and in its place,
//! whenever the process ends, whatever the disk answers, and however full it is.
//!
//! `TILANNE_FULL=1 cargo test -p acceptance --release --test it -- durability --nocapture` runs the long form.
//! Each test prints one line of figures and its seed; `TILANNE_SEED` plays it again.

mod client;
mod full_disk;
mod io_errors;
mod kill_points;
mod order_of_calls;

/// The area whose stations the events speak of.
const AREA: &str = "itauusimaa";

/// The upper end of the 95 % confidence interval of a share that was 0 in so many trials, in per cent: the
/// rule of three.
fn bound(trials: usize) -> String {
    let trials = u32::try_from(trials.max(1)).expect("few trials");
    format!("95 % bound {:.2} %", 300.0 / f64::from(trials))
}
