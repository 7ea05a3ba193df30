//! How much may wait: more than a test could write.

use std::sync::{Condvar, Mutex};

use super::*;
use crate::ReadOnly;
use crate::store::backlog::UNBOUND_LIMIT;

/// A binder without a thread that fares like this.
fn faring(unbound: u64, failing: Option<&str>) -> Binder {
    let state = State { unbound, failing: failing.map(str::to_owned), ..State::default() };
    Binder { shared: Arc::new((Mutex::new(state), Condvar::new())), thread: None }
}

#[test]
fn where_too_much_waits_because_binding_fails_the_reason_is_that() {
    let binder = faring(UNBOUND_LIMIT + 1, Some("naming a volume failed"));
    let refused = binder.await_room().unwrap_err();
    assert!(refused.to_string().contains("naming a volume failed"), "{refused}");
    let Error::ReadOnly(why) = refused else { panic!("{refused}") };
    assert_eq!(why, ReadOnly::Unbound { bytes: UNBOUND_LIMIT + 1, why: "naming a volume failed".to_owned() });
    assert_eq!(binder.bearing().read_only, Some(why), "and it is known before an append is tried");
}

#[test]
fn less_than_that_is_taken() {
    faring(UNBOUND_LIMIT, Some("naming a volume failed")).await_room().unwrap();
    faring(UNBOUND_WAITS, None).await_room().unwrap();
}
