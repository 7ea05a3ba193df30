//! Several receipts for one source in one message.

use bytes::{BufMut, Bytes, BytesMut};

/// Bytes of receipts in one message: some thousand of them, and far below what a server takes.
const TOGETHER_BYTES: usize = 256 * 1024;

/// One receipt a line, each after its token.
pub(super) fn messages(receipts: &[(String, Bytes)]) -> Vec<Bytes> {
    let mut messages = Vec::new();
    let mut lines = BytesMut::new();
    for (token, receipt) in receipts {
        if !lines.is_empty() && lines.len() + token.len() + receipt.len() > TOGETHER_BYTES {
            messages.push(lines.split().freeze());
        }
        lines.extend_from_slice(token.as_bytes());
        lines.put_u8(b' ');
        lines.extend_from_slice(receipt);
        lines.put_u8(b'\n');
    }
    if !lines.is_empty() {
        messages.push(lines.freeze());
    }
    messages
}

/// The receipts of a message, each with its token; what can't be read is left out.
pub(super) fn apart(message: &Bytes) -> impl Iterator<Item = (u64, Bytes)> + '_ {
    message.split(|byte| *byte == b'\n').filter_map(|line| {
        let space = line.iter().position(|byte| *byte == b' ')?;
        let (token, receipt) = line.split_at(space);
        let token = std::str::from_utf8(token).ok()?.parse().ok()?;
        Some((token, message.slice_ref(receipt.get(1..)?)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_that_came_together_come_apart_as_they_were() {
        let receipt = |n: u64| Bytes::from(format!("{{\"n\":{n},\"of\":\"a b\"}}"));
        let receipts: Vec<_> = (0..20_000).map(|n| (n.to_string(), receipt(n))).collect();
        let messages = messages(&receipts);
        assert!(messages.len() > 1 && messages.iter().all(|message| message.len() <= TOGETHER_BYTES));
        let read: Vec<_> = messages.iter().flat_map(apart).collect();
        assert!(read.into_iter().eq((0..20_000).map(|n| (n, receipt(n)))));
        assert_eq!(apart(&Bytes::from_static(b"x y\n\n7\n8 \n")).collect::<Vec<_>>(), [(8, Bytes::new())]);
    }
}
