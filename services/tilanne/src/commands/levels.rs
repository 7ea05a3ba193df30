//! `tilanne levels`: thresholds out of the stations' own history.

mod history;
mod proposal;
mod samples;
#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::civil::Date;

use self::history::History;
use super::journal::{Bar, each_fact, read};
use crate::Error;
use crate::cli::{Calibrate, LevelsAction};
use crate::config;
use crate::output::say;

pub async fn levels(action: LevelsAction) -> Result<(), Error> {
    match action {
        LevelsAction::Calibrate(asked) => tokio::task::spawn_blocking(move || calibrate(&asked)).await?,
    }
}

fn calibrate(asked: &Calibrate) -> Result<(), Error> {
    let area = asked.area.as_deref().map(|path| config::area(Some(path))).transpose()?.map(|it| it.area);
    let dates = (date("--from", asked.from.as_deref())?, date("--to", asked.to.as_deref())?);
    if let (Some(from), Some(to)) = dates
        && to < from
    {
        return Err(Error::Usage("--to is before --from".to_owned()));
    }
    let journal = read(&asked.data)?;
    let head = journal.head().sequence;
    let every = Duration::from_secs(60 * u64::from(asked.every));
    let mut history = History::new(area, every, dates);
    let mut failed = None;
    let mut bar = Bar::of("facts");
    each_fact(journal.as_ref(), head, &mut |fact, _| {
        bar.show(fact.sequence, head);
        if failed.is_none() {
            failed = fact.into_fact().map(|fact| history.take(fact)).err();
        }
    })?;
    drop(bar);
    if let Some(error) = failed {
        return Err(error.into());
    }
    let (area, samples) = history.end();
    let area = area.ok_or_else(|| Error::Usage("the journal has nothing in it yet".to_owned()))?;
    let Some(rules) = &area.strain else {
        return Err(Error::Usage(
            "the area has no [strain], so there is nothing to measure: give --area a file that has it"
                .to_owned(),
        ));
    };
    proposal::lines(&area, rules, &samples, asked.every).iter().try_for_each(|line| say(line))
}

fn date(flag: &str, text: Option<&str>) -> Result<Option<Date>, Error> {
    let read = |text: &str| {
        text.parse().map_err(|_| Error::Usage(format!("{flag}: {text:?} is not a date: write YYYY-MM-DD")))
    };
    text.map(read).transpose()
}
