//! The same events end in the same board, however they came.

use acceptance::dice::Dice;
use acceptance::door::Door;
use acceptance::server::{Plan, Server};
use serde_json::Value;

use crate::PROGRAM;
use crate::skane::AREA;
use crate::visits::{Year, time};

const EVENTS_A_BODY: usize = 1_000;

async fn server() -> (Server, Door) {
    let server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    (server, door)
}

/// Sends everything; how many were recorded, and how many known.
async fn send(door: &Door, events: &[Value]) -> (usize, usize) {
    let (mut recorded, mut known) = (0, 0);
    for body in events.chunks(EVENTS_A_BODY) {
        for receipt in door.send(body).await {
            match receipt["status"].as_str() {
                Some("recorded") => recorded += 1,
                Some("duplicate") => known += 1,
                _ => panic!("{receipt}"),
            }
        }
    }
    (recorded, known)
}

#[tokio::test]
async fn sent_twice_shuffled_or_cut_off_the_board_is_the_same() {
    let mut dice = Dice::thrown("order");
    let Some(year) = Year::read(&mut dice) else { return };
    let all = year.events.len();

    let (_straight, door) = server().await;
    assert_eq!(send(&door, &year.events).await, (all, 0));
    let expected = year.hashes(&door).await;
    let different: std::collections::BTreeSet<_> = expected.iter().collect();
    assert!(different.len() > 10, "the moments differ, so that their hashes say something");

    let (_twice, door) = server().await;
    for body in year.events.chunks(EVENTS_A_BODY) {
        send(&door, body).await;
        assert_eq!(send(&door, body).await, (0, body.len()));
    }
    assert_eq!(send(&door, &year.events).await, (0, all));
    assert_eq!(year.hashes(&door).await, expected, "sent twice");

    let (_shuffled, door) = server().await;
    assert_eq!(send(&door, &shuffled(&year.events, &mut dice)).await, (all, 0));
    assert_eq!(year.hashes(&door).await, expected, "shuffled within each hour");

    let (mut cut, door) = server().await;
    let half = all / 2;
    send(&door, &year.events[..half]).await;
    let before = door.settled().await;
    cut.interrupt().await;
    cut.again().await;
    assert!(door.settled().await >= before, "nothing was lost by stopping");
    let overlap = half - half / 10;
    assert_eq!(send(&door, &year.events[overlap..]).await, (all - half, half - overlap));
    assert_eq!(year.hashes(&door).await, expected, "cut off and resumed");
    eprintln!("order: {all} events in four orders, the same hash at {} moments", year.moments.len());
}

/// The events with those of each hour in another order.
fn shuffled(events: &[Value], dice: &mut Dice) -> Vec<Value> {
    let mut events = events.to_vec();
    let hour = |event: &Value| time(event).as_second().div_euclid(3_600);
    for hour in events.chunk_by_mut(|one, other| hour(one) == hour(other)) {
        dice.shuffle(hour);
    }
    events
}
