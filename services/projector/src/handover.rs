//! Answering for shifts: which span is meant, up to which fact, and its report.

use std::sync::Arc;
use std::time::Duration;

use proto::live::{BoardAnswer, HandoverSpan};
use situation::area::Area;
use situation::fold::SignedShifts;
use situation::handover::{LONGEST, Span, last_ended, shift_around};
use situation::time::Instant;

use crate::Error;
use crate::rooms::{SharedRooms, lock};
use crate::stood::{MOST_FACTS, Past};

/// What the boards of now tell before anything of the past is read.
struct Now {
    area: Arc<Area>,
    clock: Instant,
    newest: u64,
    epoch: String,
    /// Signatures are no part of a report: whoever asks later sees those of later.
    signed: SignedShifts,
}

/// Where a report begins and ends in the journal.
pub(crate) struct Route {
    span: Span,
    /// The last fact that was received before the span.
    pub before: u64,
    /// The last one in the report.
    last: u64,
    ended: bool,
    now: Now,
}

/// Where the facts of a span lie.
struct Facts {
    span: Span,
    /// The last that was received before it.
    before: u64,
    /// The last that is known of it.
    known: u64,
    is_over: bool,
}

impl Now {
    fn of(rooms: &SharedRooms) -> Option<Self> {
        let rooms = lock(rooms);
        let boards = rooms.gallery.boards();
        Some(Self {
            area: Arc::clone(boards.area()?),
            clock: boards.clock(),
            newest: boards.sequence(),
            signed: boards.situation().signed().clone(),
            epoch: boards.epoch().map_or_else(String::new, ToString::to_string),
        })
    }

    /// The span that is meant, or a sentence that says why there is none.
    fn span(&self, asked: &HandoverSpan) -> Result<Span, BoardAnswer> {
        let parse = |name: &str, text: &str| {
            proto::time::parse(text)
                .map_err(|sentence| BoardAnswer::BadQuestion(format!("{name}: {sentence}")))
        };
        let found = match asked {
            HandoverSpan::Last => last_ended(&self.area, self.clock),
            HandoverSpan::Now => shift_around(&self.area, self.clock),
            HandoverSpan::Around(text) => shift_around(&self.area, parse("shift", text)?),
            HandoverSpan::Between(from, to) => {
                let (from, to) = (parse("from", from)?, parse("to", to)?);
                return Span::between(&self.area, from, to).ok_or_else(|| {
                    let hours = LONGEST.as_secs() / 3600;
                    BoardAnswer::BadQuestion(format!("to must be after from, by {hours} h at the most"))
                });
            }
        };
        let none = "the area file names no shift then: add [[shifts]] to it, or ask with from and to";
        found.ok_or_else(|| BoardAnswer::NotFound(none.to_owned()))
    }

    /// Where the facts of the span lie, or a sentence that says why there are none.
    async fn facts(&self, past: &Past, asked: &HandoverSpan) -> Result<Result<Facts, BoardAnswer>, Error> {
        let span = match self.span(asked) {
            Ok(span) => span,
            Err(answer) => return Ok(Err(answer)),
        };
        if span.from > self.clock {
            let text = format!("the span has not begun: it is {} here", proto::time::format(self.clock));
            return Ok(Err(BoardAnswer::NotFound(text)));
        }
        let just_before = |moment: Instant| moment.minus(Duration::from_micros(1));
        let before = past.stood_at(just_before(span.from), self.newest).await?;
        let is_over = span.to <= self.clock;
        let known =
            if is_over { past.stood_at(just_before(span.to), self.newest).await? } else { self.newest };
        Ok(Ok(Facts { span, before, known, is_over }))
    }
}

impl Route {
    /// Finds the facts of a report, or says why there is none.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub async fn find(
        rooms: &SharedRooms,
        past: &Past,
        asked: &HandoverSpan,
        sequence: Option<u64>,
    ) -> Result<Result<Self, BoardAnswer>, Error> {
        let Some(now) = Now::of(rooms) else {
            return Ok(Err(BoardAnswer::NotFound("no area is configured yet".to_owned())));
        };
        let mut facts = match now.facts(past, asked).await? {
            Ok(facts) => facts,
            Err(answer) => return Ok(Err(answer)),
        };
        if *asked == HandoverSpan::Last && facts.known == 0 {
            // The log is younger than the shift that ended last.
            facts = match now.facts(past, &HandoverSpan::Now).await? {
                Ok(facts) => facts,
                Err(answer) => return Ok(Err(answer)),
            };
        }
        let Facts { span, before, known, is_over } = facts;
        let last = sequence.unwrap_or(known);
        let refused = if last > now.newest {
            format!("the journal stands at fact {}: ask for that or an earlier one", now.newest)
        } else if last <= before {
            format!("nothing was recorded of it up to fact {last}: the facts of it begin after fact {before}")
        } else if last - before > MOST_FACTS {
            format!(
                "it has {} facts, and {MOST_FACTS} are the most of a report: ask for a shorter span",
                last - before
            )
        } else {
            return Ok(Ok(Self { ended: is_over && last >= known, span, before, last, now }));
        };
        Ok(Err(BoardAnswer::NotFound(refused)))
    }

    /// The report's document.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub async fn report(self, past: &Past) -> Result<Option<String>, Error> {
        let Self { span, before, last, ended, now } = self;
        let Some(report) = past.report(span, (before, last), ended).await? else { return Ok(None) };
        let drawn = tokio::task::spawn_blocking(move || {
            let mut drawn = proto::handover::draw(&report, &now.epoch);
            if let Some(signed) = now.signed.of(report.span.from, report.span.to) {
                proto::handover::sign(&mut drawn, signed);
            }
            proto::canonical::text(&drawn)
        });
        Ok(Some(drawn.await?))
    }
}
