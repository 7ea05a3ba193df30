//! Stored facts keep their bytes for ever.

use std::fs;
use std::path::PathBuf;

use proto::event::SHORT_NAMES;
use proto::fact::{LogRestored, Lost, Origin, StoredBody, StoredFact};
use proto::time::Moment;

use super::samples::{all, by_a_person, event, read};

/// Set to write the files of new types. A file that is there is never written again.
const WRITE: &str = "TILANNE_WRITE_GOLDEN";
const HEAD: &str = "00000000000000000000000000000000000000000000000000000000000000ff";

/// Every version has its folder.
fn folder(version: u8) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("golden/fact/v{version}"))
}

fn fact(sequence: u64, body: StoredBody) -> StoredFact {
    StoredFact { sequence, received: Moment(1_795_705_201_000_001), body }
}

fn restored(origin: Origin, ranges: u64) -> LogRestored {
    LogRestored {
        epoch: "00c0ffee00c0fff0".into(),
        simulated: false,
        from_epoch: "00c0ffee00c0ffee".into(),
        from_sequence: 69_100,
        to: Moment(1_795_705_100_000_000),
        at: Moment(1_795_705_201_000_001),
        origin,
        lost_facts: ranges * 50,
        lost: (0..ranges).map(|n| Lost { first: 1_000 * n + 11, last: 1_000 * n + 60 }).collect(),
    }
}

/// Every kind of fact by the name of its file.
fn facts() -> Vec<(String, StoredFact)> {
    let mut facts = vec![
        (
            "log.begun".into(),
            fact(1, StoredBody::LogBegun { epoch: "00c0ffee00c0ffee".into(), simulated: true }),
        ),
        ("area.configured".into(), fact(2, StoredBody::AreaConfigured { document: super::area::small().1 })),
        ("log.restored".into(), fact(69_000, StoredBody::LogRestored(restored(Origin::Salvage, 2)))),
        ("log.restored.minimal".into(), fact(69_000, StoredBody::LogRestored(restored(Origin::Backup, 0)))),
        (
            "stream.changed".into(),
            fact(
                71_000,
                StoredBody::StreamChanged {
                    identity: "TILANNE_INTAKE_x@2026-11-22T10:00:00.000000001Z".into(),
                },
            ),
        ),
        ("clock.reached".into(), fact(300, StoredBody::ClockReached { due: Moment(1_795_705_200_000_000) })),
    ];
    for sample in all() {
        for (name, data) in [("", &sample.full), (".minimal", &sample.minimal)] {
            if name.is_empty() || sample.full != sample.minimal {
                let stored = read(&event(sample.kind, data)).stored;
                facts.push((format!("{}{name}", sample.kind), fact(70_000, StoredBody::Event(stored))));
            }
        }
    }
    for ((kind, data), number) in by_a_person().into_iter().zip(1..) {
        let stored = read(&event(kind, &data)).stored;
        facts.push((format!("{kind}.by-a-person.{number}"), fact(70_000, StoredBody::Event(stored))));
    }
    facts
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn every_stored_fact_keeps_its_bytes_and_its_line() {
    for (name, fact) in facts() {
        // A fact has the first version that can say it: what was stored so far keeps its bytes.
        let folder = folder(fact.to_bytes().unwrap()[0]);
        let (hex_file, line_file) = (folder.join(format!("{name}.hex")), folder.join(format!("{name}.json")));
        if std::env::var_os(WRITE).is_some() && !hex_file.exists() && !line_file.exists() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&hex_file, format!("{}\n", hex(&fact.to_bytes().unwrap()))).unwrap();
            fs::write(&line_file, format!("{}\n", fact.to_line(HEAD).unwrap())).unwrap();
        }
        let stored = fs::read_to_string(&hex_file)
            .unwrap_or_else(|_| panic!("{name} is new: {WRITE}=1 cargo test -p proto golden"));
        assert_eq!(hex(&fact.to_bytes().unwrap()), stored.trim_end(), "{name} would be written otherwise");
        let line = fs::read_to_string(&line_file).unwrap();
        assert_eq!(fact.to_line(HEAD).unwrap(), line.trim_end(), "{name} would be shown otherwise");
    }
}

/// Reads the folder, not the table: also what no sample makes any more must be read.
#[test]
fn every_fact_that_was_ever_stored_is_read() {
    let mut read = 0;
    for file in (1..=4).flat_map(|version| fs::read_dir(folder(version)).unwrap()) {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "hex") {
            continue;
        }
        let stored = bytes(fs::read_to_string(&path).unwrap().trim_end());
        let fact =
            StoredFact::from_bytes(&stored).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(fact.to_bytes().unwrap(), stored, "{}", path.display());
        let line = fs::read_to_string(path.with_extension("json")).unwrap();
        assert_eq!(fact.to_line(HEAD).unwrap(), line.trim_end(), "{}", path.display());
        let (again, head) = StoredFact::from_line(line.trim_end()).unwrap();
        assert_eq!((again.to_bytes().unwrap(), hex(&head).as_str()), (stored, HEAD), "{}", path.display());
        fact.into_fact().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        read += 1;
    }
    assert!(read > SHORT_NAMES.len(), "{read} files");
}

#[test]
fn damaged_bytes_are_an_error_and_cost_no_memory() {
    for (name, fact) in facts() {
        let stored = fact.to_bytes().unwrap();
        for cut in 0..stored.len() {
            assert!(StoredFact::from_bytes(&stored[..cut]).is_err(), "{name} cut at {cut}");
        }
        let mut longer = stored.clone();
        longer.push(0);
        assert!(StoredFact::from_bytes(&longer).is_err(), "{name} with a byte behind it");
        for at in 0..stored.len().min(400) {
            let mut other = stored.clone();
            other[at] ^= 0x80;
            drop(StoredFact::from_bytes(&other).map(StoredFact::into_fact));
        }
    }
    // What version 1 could not say is not taken for version 1, nor the other way round: a fact has one form.
    for (name, fact) in facts() {
        let stored = fact.to_bytes().unwrap();
        for version in (1..=4).filter(|version| *version != stored[0]) {
            let mut other = stored.clone();
            other[0] = version;
            let error = StoredFact::from_bytes(&other).unwrap_err().to_string();
            assert!(error.contains("is not said in version"), "{name} as {version}: {error}");
        }
    }
    let version = StoredFact::from_bytes(&[9, 1]).unwrap_err().to_string();
    assert!(version.contains("version 9"), "{version}");
    // A length of nearly 2^64 in nine bytes.
    assert!(StoredFact::from_bytes(&[1, 1, 0, 0, 253, 255, 255, 255, 255, 255, 255, 255, 127]).is_err());
}
