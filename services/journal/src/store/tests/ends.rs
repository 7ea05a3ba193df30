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
        assert_eq!((report.damage, report.remains.len(), report.unwitnessed), (None, 1, None));
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

/// What a reader finds at the end.
fn looked(directory: &Path) -> crate::Report {
    open_to_read(directory).unwrap().verify(&mut |_| {}).unwrap()
}

#[test]
fn without_a_witness_nobody_says_what_was_acknowledged() {
    for wreck in
        [(|note| fs::remove_file(note).unwrap()) as fn(PathBuf), |note| fs::write(note, [7; 700]).unwrap()]
    {
        let directory = killed(2);
        assert_eq!(looked(directory.path()).unwitnessed, None);
        let tail = fs::File::options().write(true).open(only(directory.path().join("tail"))).unwrap();
        tail.set_len(tail.metadata().unwrap().len() - 8).unwrap();
        let error = open_to_read(directory.path()).err().unwrap();
        assert!(matches!(error, Error::Damaged { sequence: 11, .. }), "{error}");
        wreck(directory.path().join("witness"));
        let report = looked(directory.path());
        assert_eq!((report.damage, report.sound), (None, head_after(10)));
        let unwitnessed = report.unwitnessed.unwrap();
        assert!(unwitnessed.contains("behind sequence 10 was acknowledged is not known"), "{unwitnessed}");
        let [remains] = &report.remains[..] else { panic!("{:?}", report.remains) };
        assert!(remains.contains("sequence 11 may have been acknowledged"), "{remains}");
        // Whoever starts says so once more, and notes how far it goes from then on.
        let opened = open_in(directory.path()).unwrap().verify(&mut |_| {}).unwrap();
        assert!(opened.unwitnessed.is_some() && opened.remains.len() == 1, "{opened:?}");
        assert_eq!(looked(directory.path()).unwitnessed, None);
    }
}

#[test]
fn a_whole_tail_without_a_witness_is_sound_and_in_doubt() {
    let directory = killed(2);
    fs::remove_file(directory.path().join("witness")).unwrap();
    let report = looked(directory.path());
    assert_eq!((report.damage, report.sound, report.remains.len()), (None, head_after(20), 0));
    assert!(report.unwitnessed.is_some());
}

#[test]
fn a_journal_that_was_just_made_is_not_in_doubt() {
    let directory = tempfile::tempdir().unwrap();
    let made = open_in(directory.path()).unwrap();
    assert_eq!(made.verify(&mut |_| {}).unwrap().unwitnessed, None);
    assert_eq!(looked(directory.path()).unwitnessed, None);
}
