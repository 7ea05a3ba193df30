//! Whose a directory is, and who else may look into it.

use super::*;

#[test]
fn a_missing_directory_is_made_with_its_parents() {
    let directory = tempfile::tempdir().unwrap();
    let deep = directory.path().join("a/b/journal");
    open_in(&deep).unwrap().append(&group(1..=1)).unwrap();
    assert_eq!(open_in(&deep).unwrap().head(), head_after(1));
}

#[test]
fn a_second_writer_is_told_who_has_it_and_a_reader_is_let_in() {
    let directory = killed(1);
    let first = open_in(directory.path()).unwrap();
    let error = open_in(directory.path()).err().unwrap();
    assert!(matches!(error, Error::InUse(_)), "{error}");
    assert!(error.to_string().contains("in use by another process"));
    first.append(&group(11..=20)).unwrap();
    let reader = open_to_read(directory.path()).unwrap();
    assert_eq!(reader.head(), head_after(20));
    assert!(matches!(reader.append(&group(21..=21)), Err(Error::ReadOnly(_))));
}

#[test]
fn a_newer_format_is_refused_with_a_sentence_and_untouched() {
    let directory = closed(1);
    fs::write(directory.path().join("format"), "tilannekeskus journal\nformat 3\n").unwrap();
    let error = open_in(directory.path()).err().unwrap();
    assert!(matches!(error, Error::NewerFormat { found: 3, known: 2, .. }), "{error}");
    fs::write(directory.path().join("format"), "tilannekeskus journal\nformat 2\n").unwrap();
    assert_eq!(open_in(directory.path()).unwrap().head(), head_after(10));
}

#[test]
fn a_directory_of_something_else_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("letter.txt"), "dear").unwrap();
    let error = open_in(directory.path()).err().unwrap();
    assert!(matches!(error, Error::NotAJournal { .. }), "{error}");
    assert_eq!(names(directory.path().to_owned()), ["letter.txt"]);
    fs::write(directory.path().join("format"), "pdf").unwrap();
    assert!(matches!(open_in(directory.path()).err().unwrap(), Error::NotAJournal { .. }));
}
