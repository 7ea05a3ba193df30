//! How a tail ends, and what can be said of it.

use super::*;

#[test]
fn a_cut_off_append_is_reported_and_left_out() {
    let directory = killed(2);
    let tail = only(directory.path().join("tail"));
    let sound = fs::read(&tail).unwrap();
    for cut in [1, 23, 24, 25, 60] {
        // What an append would have written first, without its end.
        fs::write(&tail, [&sound[..], &sound[..cut]].concat()).unwrap();
        let reader = open_to_read(directory.path()).unwrap();
        assert_eq!(reader.head(), head_after(20));
        let report = reader.verify(&mut |_| {}).unwrap();
        assert_eq!((report.damage, report.remains.len()), (None, 1));
    }
    let journal = open_in(directory.path()).unwrap();
    assert_eq!(journal.append(&group(21..=21)).unwrap(), head_after(21));
}

#[test]
fn a_file_without_one_whole_commit_is_set_aside() {
    let directory = killed(2);
    let torn = directory.path().join("tail/00000000000000000021.tail");
    fs::write(&torn, b"half a commit").unwrap();
    let journal = open_in(directory.path()).unwrap();
    journal.append(&group(21..=21)).unwrap();
    assert_eq!(journal.head(), head_after(21));
    let aside = directory.path().join("aside/00000000000000000021.tail.1");
    assert_eq!(fs::read(aside).unwrap(), b"half a commit");
}
