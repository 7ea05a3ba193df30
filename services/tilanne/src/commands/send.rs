//! `tilanne send`: CloudEvents in, receipts out.

use std::path::Path;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, BufReader};

use crate::Error;
use crate::cli::Send;
use crate::client::{Client, Tally};
use crate::output::say;

/// Events sent in one body: enough to share a flush, few enough that receipts come steadily.
const EVENTS_A_BODY: usize = 500;
/// Bytes sent in one body, well below the server's limit.
const BYTES_A_BODY: usize = 4 * 1024 * 1024;

pub async fn send(asked: Send) -> Result<(), Error> {
    let client = Client::new(&asked.to, asked.token_file.as_deref())?;
    let failed = |source| Error::File { path: asked.file.clone(), source };
    let mut input: Box<dyn AsyncBufRead + Unpin> = if asked.file == Path::new("-") {
        Box::new(BufReader::new(tokio::io::stdin()))
    } else {
        Box::new(BufReader::new(tokio::fs::File::open(&asked.file).await.map_err(failed)?))
    };
    let (mut tally, mut body, mut events, mut line) = (Tally::default(), String::new(), 0, String::new());
    loop {
        line.clear();
        let read = input.read_line(&mut line).await.map_err(failed)?;
        if !line.trim().is_empty() {
            body.push_str(line.trim());
            body.push('\n');
            events += 1;
        }
        if events > 0 && (read == 0 || events == EVENTS_A_BODY || body.len() > BYTES_A_BODY) {
            deliver(&client, std::mem::take(&mut body), &mut tally).await?;
            events = 0;
        }
        if read == 0 {
            break;
        }
    }
    eprint_summary(tally);
    Ok(())
}

async fn deliver(client: &Client, body: String, tally: &mut Tally) -> Result<(), Error> {
    let receipts = client.send(body).await?;
    tally.take(&receipts);
    for receipt in &receipts {
        say(&serde_json::to_string(receipt).unwrap_or_default())?;
    }
    Ok(())
}

/// Receipts go to standard output, so the sum goes beside it.
fn eprint_summary(tally: Tally) {
    use std::io::Write;
    drop(writeln!(std::io::stderr(), "{tally}"));
}
