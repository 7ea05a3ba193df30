//! Given what was said, when somebody says more or time passes, then the boards show this.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::wildcard_enum_match_arm)]

mod alarms;
mod almanac;
mod any_order;
mod boards;
mod calendar;
mod contacts;
mod corrections;
mod counts;
mod days;
mod decide;
mod desk;
mod dispatch;
mod due;
mod exceptions;
mod feeds;
mod forecast;
mod handover;
mod ladder;
mod notes;
mod notices;
mod pace;
mod places;
mod sayings;
mod signatures;
mod status;
mod story;
mod strain;
mod streams;
mod tickets;
mod usual;
mod versions;
mod waits;
