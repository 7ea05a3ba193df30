//! What is going on: facts, rules and board folds as pure functions.
//!
//! Nothing here reads a clock, draws a random number, waits, or touches a byte of the outside. What
//! enters is data (an event, an area's description, a moment); what leaves is data (a decision, a
//! station's figures). So every replica, every replay and every test decides and draws alike.
//!
//! The way through: [`event::Event`] → [`decide::Decider`] → [`fact::Fact`] → [`fold::Situation`] →
//! [`board::Boards`].

pub mod alarm;
pub mod area;
pub mod board;
pub mod calendar;
pub mod decide;
pub mod event;
pub mod fact;
pub mod fold;
pub mod forecast;
pub mod handover;
pub mod identity;
pub mod name;
pub mod strain;
pub mod time;
pub mod trail;
