//! Reading the journal for others: nobody but the recorder may open it.

use std::sync::Arc;

use bus::{Delivery, Message, Subscription};
use bytes::{Bytes, BytesMut};
use journal::Journal;
use proto::fact::StoredFact;
use proto::live::{FactsForm, FactsQuery};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Pages read at once: more would only queue at the disk, and each holds a page in memory.
const READERS: usize = 4;
/// Facts of one page as JSON lines.
const MAX_LINES: usize = 1_000;
/// JSON of one page; a line is not cut, so the last may go beyond.
const MAX_LINE_BYTES: usize = 2 * 1024 * 1024;
/// Encoded blocks of one page.
const MAX_BLOCK_BYTES: usize = 1024 * 1024;

/// Answers questions about the journal until told to stop.
pub(crate) async fn lend(mut questions: Subscription, journal: Arc<dyn Journal>, stop: CancellationToken) {
    let readers = Arc::new(Semaphore::new(READERS));
    loop {
        let delivery = tokio::select! {
            delivery = questions.next() => delivery,
            () = stop.cancelled() => return,
        };
        let Some(delivery) = delivery else { return };
        let Delivery::Message(Message { payload, reply: Some(reply), .. }) = delivery else { continue };
        let Ok(permit) = Arc::clone(&readers).acquire_owned().await else { return };
        let journal = Arc::clone(&journal);
        tokio::task::spawn_blocking(move || {
            // Dropping the reply tells the asker that there is no answer; the log says why.
            match answer(journal.as_ref(), &payload) {
                Ok(page) => reply.send(page),
                Err(why) => tracing::error!(%why, "a page of the journal could not be read"),
            }
            drop(permit);
        });
    }
}

fn answer(journal: &dyn Journal, question: &[u8]) -> Result<Bytes, String> {
    let query: FactsQuery = serde_json::from_slice(question).map_err(|error| error.to_string())?;
    match query.form {
        FactsForm::Blocks => {
            let limit = MAX_BLOCK_BYTES.min(query.limit as usize);
            let page = journal.read_blocks(query.after, limit).map_err(|error| error.to_string())?;
            let mut bytes = BytesMut::with_capacity(page.blocks.iter().map(Bytes::len).sum());
            page.blocks.iter().for_each(|block| bytes.extend_from_slice(block));
            Ok(bytes.freeze())
        }
        FactsForm::Json => {
            let limit = MAX_LINES.min(query.limit as usize);
            let page = journal.read_from(query.after, limit).map_err(|error| error.to_string())?;
            let mut lines = String::new();
            for (head, record) in page.heads() {
                if lines.len() > MAX_LINE_BYTES {
                    break;
                }
                let fact = StoredFact::from_bytes(record).map_err(|error| error.to_string())?;
                lines.push_str(
                    &fact.to_line(&proto::fact::hex(&head.hash)).map_err(|error| error.to_string())?,
                );
                lines.push('\n');
            }
            Ok(Bytes::from(lines))
        }
    }
}
