//! How a log begins, and that it goes on as what it was begun as.

use std::sync::Arc;

use journal::Journal;
use proto::fact::StoredBody;
use runtime::snapshots::Shelf;
use situation::area::Area;
use situation::decide::Intake;
use situation::time::Instant;

use crate::Error;
use crate::desk::{Desk, Own};

/// What a log is founded on.
#[derive(Debug, Clone)]
pub struct Founding {
    /// The area.
    pub area: Arc<Area>,
    /// Its canonical document, which goes into the log.
    pub document: Arc<str>,
    /// Whether the simulator feeds it.
    pub simulated: bool,
}

impl Founding {
    /// Whether the log goes on as what it was begun as.
    ///
    /// # Errors
    /// [`Error::OtherWorld`], [`Error::OtherArea`].
    pub(crate) fn fits(&self, desk: &Desk) -> Result<(), Error> {
        if desk.decider.simulated() != self.simulated {
            return Err(Error::OtherWorld { simulated: desk.decider.simulated() });
        }
        match desk.decider.area().filter(|area| area.id != self.area.id) {
            Some(area) => {
                Err(Error::OtherArea { recorded: area.id.clone(), configured: self.area.id.clone() })
            }
            None => Ok(()),
        }
    }
}

/// Opens the desk and makes sure that the log has begun and knows its area.
pub(crate) fn found(
    journal: Arc<dyn Journal>,
    founding: Founding,
    shelf: Option<&Shelf>,
    now: Instant,
) -> Result<(Desk, u64), Error> {
    let (mut desk, from_snapshot) = Desk::open(journal, shelf)?;
    if desk.decider.sequence() == 0 {
        let epoch = new_epoch()?;
        let intake = Intake::Begin { epoch: epoch.as_str().into(), simulated: founding.simulated };
        let body = StoredBody::LogBegun { epoch, simulated: founding.simulated };
        begin(&mut desk, Own { intake, body }, now)?;
    }
    founding.fits(&desk)?;
    let document = founding.document.to_string();
    let intake = Intake::Area { document: founding.document, area: founding.area };
    begin(&mut desk, Own { intake, body: StoredBody::AreaConfigured { document } }, now)?;
    Ok((desk, from_snapshot))
}

/// Records what must be there before anything else. Nothing is written where it is there already, so that
/// on a full disk a house whose area has not changed still comes up.
fn begin(desk: &mut Desk, own: Own, now: Instant) -> Result<(), Error> {
    match desk.record_own(own, now) {
        Err(Error::Journal(journal::Error::ReadOnly(why))) => Err(Error::NoRoomToBegin(why)),
        recorded => recorded.map(drop),
    }
}

/// 16 hex digits that no other log has.
///
/// # Errors
/// [`Error::Randomness`].
pub fn new_epoch() -> Result<String, Error> {
    sixteen_digits()
}

/// 16 hex digits that nobody else has.
///
/// # Errors
/// [`Error::Randomness`].
pub(crate) fn sixteen_digits() -> Result<String, Error> {
    let mut bytes = [0; 8];
    #[expect(
        clippy::disallowed_methods,
        reason = "an epoch or a process begins here, the one place for randomness"
    )]
    getrandom::fill(&mut bytes).map_err(|error| Error::Randomness(error.to_string()))?;
    Ok(format!("{:016x}", u64::from_be_bytes(bytes)))
}
