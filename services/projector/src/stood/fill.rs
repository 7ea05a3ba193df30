//! Folding from the first fact, and making of it what is missing.

use std::sync::Arc;

use situation::fact::Body;

use super::past::Stood;
use super::{Growing, Past};
use crate::Error;
use crate::reader::Page;
use crate::rooms::{Rooms, lock};
use crate::timeline::Described;

impl Past {
    /// Folds what lies on no leg, so that it lies on one from then on.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub async fn fill(&self) -> Result<(), Error> {
        let end = {
            let Rooms { growing, gallery, .. } = &*lock(&self.rooms);
            growing.from().unwrap_or(gallery.boards().sequence())
        };
        let Some((from, to)) = self.archive.gap(end).filter(|_| self.archive.keeps()) else { return Ok(()) };
        tracing::info!(from, to, "states of the past are made, so that what people saw then is at hand");
        self.fold_from_nothing(end, true).await?;
        tracing::info!(to = end, "what people saw is at hand");
        Ok(())
    }

    /// Folds from the first fact and puts away what is worth keeping on the way. Where that is all that it is for, the
    /// last leg ends there too, and others have the greater part of each core.
    pub(super) async fn fold_from_nothing(&self, to: u64, fills: bool) -> Result<Option<Arc<Stood>>, Error> {
        let mut way = Way { stood: Stood::nothing(), growing: Growing::default(), described: None };
        while way.stood.sequence() < to {
            let page = self.reader.page_after(way.stood.sequence()).await?;
            if page.is_empty() {
                return Ok(None);
            }
            let (archive, begun) = (Arc::clone(&self.archive), tokio::time::Instant::now());
            way = tokio::task::spawn_blocking(move || {
                way.go(&page, to)?;
                if fills && way.stood.sequence() >= to {
                    way.growing.cut(&way.stood.boards, &way.stood.head, way.described.as_ref());
                }
                way.growing.take_done().into_iter().for_each(|leg| archive.put(leg));
                Ok::<_, Error>(way)
            })
            .await??;
            if fills {
                tokio::time::sleep(begun.elapsed()).await;
            }
        }
        Ok(Some(Arc::new(way.stood)))
    }
}

/// A fold from the first fact, of which legs are made.
struct Way {
    stood: Stood,
    growing: Growing,
    described: Option<Described>,
}

impl Way {
    fn go(&mut self, page: &Page, to: u64) -> Result<(), Error> {
        let Self { stood, growing, described } = self;
        stood.go(page, to, |fact, boards, head| {
            growing.pass(fact, boards, head, described.as_ref());
            if let Body::AreaConfigured { area, document } = &fact.body {
                *described = Some((fact.received, Arc::clone(document), Arc::clone(area)));
            }
        })
    }
}
