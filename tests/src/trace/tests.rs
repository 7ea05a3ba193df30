//! Traces written by hand: what must be noticed.

use super::*;

const OPEN: &str = "1 openat(AT_FDCWD</>, \"/d/journal/tail/1.tail\", O_WRONLY|O_CREAT|O_EXCL|O_CLOEXEC, 0666) = 7</d/journal/tail/1.tail>";
const DIRECTORY: &str = "1 fsync(8</d/journal/tail>) = 0";
const WRITE: &str = "1 write(7</d/journal/tail/1.tail>, \"x\\237TKB) = 3\", 40) = 40";
const SYNC: &str = "1 fdatasync(7</d/journal/tail/1.tail>) = 0";
const RECEIPT: &str = "2 writev(9<socket:[11]>, [{iov_base=\"HTTP/1.1 200 OK\", iov_len=15}, {iov_base=\"{\\\"id\\\":\\\"e1\\\"}\", iov_len=11}], 2) = 26";

fn missing(lines: &[&str]) -> String {
    let receipts = [Held { id: "e1".to_owned(), sequence: 1 }];
    let Verdict { kept, exceptions, .. } = judge(&calls(&lines.join("\n")), &receipts);
    assert_eq!(kept + exceptions.len(), 1);
    exceptions.concat()
}

#[test]
fn a_receipt_after_write_and_syncs_is_kept() {
    assert_eq!(missing(&[OPEN, DIRECTORY, WRITE, SYNC, RECEIPT]), "");
    // The directory may be synced at any time after the file was created.
    assert_eq!(missing(&[OPEN, WRITE, DIRECTORY, SYNC, RECEIPT]), "");
}

#[test]
fn what_is_missing_or_late_is_noticed() {
    let weak = "1 sync_file_range(7</d/journal/tail/1.tail>, 0, 40, 7) = 0";
    let failed = "1 fdatasync(7</d/journal/tail/1.tail>) = -1 EIO (Input/output error) (INJECTED)";
    let other = "1 fdatasync(6</d/journal/tail/0.tail>) = 0";
    for instead in [weak, failed, other, ""] {
        let said = missing(&[OPEN, DIRECTORY, WRITE, instead, RECEIPT, SYNC]);
        assert!(said.contains("no fdatasync"), "{instead}: {said}");
    }
    assert!(missing(&[OPEN, DIRECTORY, SYNC, WRITE, RECEIPT]).contains("no fdatasync"));
    assert!(missing(&[OPEN, DIRECTORY, RECEIPT, WRITE, SYNC]).contains("no write"));
    assert!(missing(&[OPEN, WRITE, SYNC, RECEIPT]).contains("no fsync of the directory"));
    assert!(missing(&[DIRECTORY, OPEN, WRITE, SYNC, RECEIPT]).contains("no fsync of the directory"));
    assert!(missing(&[OPEN, DIRECTORY, WRITE, SYNC]).contains("not in the trace"));
}

#[test]
fn calls_of_several_threads_at_once_are_put_together() {
    let begun = "1 fdatasync(7</d/journal/tail/1.tail> <unfinished ...>";
    let resumed = "1 <... fdatasync resumed>)             = 0";
    let noise = "3 write(2</log>, \"a = b\", 5) = 5";
    assert_eq!(missing(&[OPEN, DIRECTORY, WRITE, begun, noise, resumed, RECEIPT]), "");
    // Begun before the receipt is not done before it.
    assert!(missing(&[OPEN, DIRECTORY, WRITE, begun, RECEIPT, resumed]).contains("no fdatasync"));
    let never = "1 fdatasync(7</d/journal/tail/1.tail>) = ?";
    assert!(missing(&[OPEN, DIRECTORY, WRITE, never, RECEIPT]).contains("no fdatasync"));
}
