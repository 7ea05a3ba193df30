//! Receipts on their way back to their sources.

use std::collections::BTreeMap;

use bytes::Bytes;
use proto::intake::TOGETHER;

use super::IntakeEnd;
use crate::nats::{together, wire};

/// A receipt, and where its source waits for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressed {
    /// The name that the event gave.
    pub to: String,
    /// Whether it may come in one message with others.
    pub together: bool,
    /// The receipt.
    pub receipt: Bytes,
}

impl IntakeEnd {
    /// Sends a receipt to whom an event named, if it is an inbox; anything else is ignored, so that no event can
    /// make a recorder speak elsewhere. Without a connection, or where the server takes nothing, it is lost: the
    /// source will send its event again.
    pub async fn answer(&self, receipt_to: &str, recorder: &str, receipt: Bytes) {
        if !is_inbox(receipt_to) {
            tracing::debug!(receipt_to, "no receipt is sent: its subject is no inbox");
            return;
        }
        let headers = wire::recorder(recorder);
        if let Err(error) = self.link().publish(receipt_to, Some(headers), receipt).await {
            tracing::debug!(receipt_to, %error, "a receipt is not sent");
        }
    }

    /// The same of a whole group. Receipts for one source go in one message where it takes them so: half of what a
    /// server has to do for an event would otherwise be to carry its receipt.
    pub async fn answer_all(&self, recorder: &str, receipts: Vec<Addressed>) {
        let mut shared: BTreeMap<String, Vec<(String, Bytes)>> = BTreeMap::new();
        for Addressed { to, together, receipt } in receipts {
            match to.rsplit_once('.').filter(|_| together) {
                Some((source, token)) => {
                    shared.entry(source.to_owned()).or_default().push((token.to_owned(), receipt));
                }
                None => self.answer(&to, recorder, receipt).await,
            }
        }
        for (source, mut receipts) in shared {
            if receipts.len() == 1
                && let Some((token, receipt)) = receipts.pop()
            {
                self.answer(&format!("{source}.{token}"), recorder, receipt).await;
                continue;
            }
            let to = format!("{source}.{TOGETHER}");
            for message in together::messages(&receipts) {
                self.answer(&to, recorder, message).await;
            }
        }
    }
}

/// Whether a name is one to which an answer may go: below `_INBOX.`, and no pattern.
fn is_inbox(name: &str) -> bool {
    let below = name.strip_prefix("_INBOX.").unwrap_or_default();
    let plain = |token: &str| {
        !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'*' | b'>'))
    };
    below.split('.').all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_go_to_inboxes_only() {
        assert!(is_inbox("_INBOX.queue.abc.1"));
        for other in
            ["", "_INBOX", "_INBOX.", "_INBOX.a..b", "_INBOX.>", "_INBOX.a.*", "_INBOX.a b", "$JS.API.x"]
        {
            assert!(!is_inbox(other), "{other}");
        }
    }
}
