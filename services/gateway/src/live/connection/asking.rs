//! What a client asks for.

use super::{Connection, Flow};
use crate::live::frames::{ClientFrame, Position, ServerFrame, Span};
use crate::live::replay::{self, Order};

impl Connection {
    pub(super) async fn answer(&mut self, frame: ClientFrame) -> Flow {
        match frame {
            ClientFrame::Ping {} => self.send(ServerFrame::Pong {}.text()).await,
            ClientFrame::Refresh {} => Flow::Continue(()),
            ClientFrame::Unsubscribe { area, view } => {
                if area == *self.door.area && (self.desk.unfollow(&view) || self.replays.end(&view)) {
                    return Flow::Continue(());
                }
                self.complain(Some(&view), "this view is not subscribed").await
            }
            ClientFrame::Seek { area, view, to } => self.order(&area, &view, Order::Seek(to)).await,
            ClientFrame::Pause { area, view } => self.order(&area, &view, Order::Pause).await,
            ClientFrame::ResumeReplay { area, view, speed } => match replay::speed(speed) {
                Ok(speed) => self.order(&area, &view, Order::Resume(speed)).await,
                Err(text) => self.complain(Some(&view), &text).await,
            },
            ClientFrame::Subscribe { area, view, resume, replay } => {
                self.subscribe(&area, view, resume, replay).await
            }
        }
    }

    async fn subscribe(
        &mut self,
        area: &str,
        view: String,
        resume: Option<Position>,
        replay: Option<Span>,
    ) -> Flow {
        if *area != *self.door.area {
            let text = format!("no area {area} here: GET /v1/areas names those there are");
            return self.complain(Some(&view), &text).await;
        }
        let limit = self.door.config.subscriptions;
        if self.desk.beside(&view) + self.replays.beside(&view) >= limit {
            let text = format!("at most {limit} views a connection: unsubscribe from one first");
            return self.complain(Some(&view), &text).await;
        }
        if let Some(span) = replay {
            return self.replay(&view, resume.as_ref(), span).await;
        }
        match self.door.hub.view(&view).await {
            Ok(found) => {
                // A view is shown as it is or as it was: the client could not tell whose its board is.
                self.replays.end(&view);
                let frames = self.desk.follow(view, found, resume, self.cause_told);
                self.send(frames).await
            }
            Err(error) => self.complain(Some(&view), &error.to_string()).await,
        }
    }

    async fn replay(&mut self, view: &str, resume: Option<&Position>, span: Span) -> Flow {
        let now = self.pulse.borrow().beat.as_ref().and_then(|beat| beat.moment());
        let begun = match resume {
            Some(_) => Err("a replay begins where its span does: leave resume out".to_owned()),
            None => self.replays.begin(view, span, now),
        };
        match begun {
            Ok(()) => {
                self.desk.unfollow(view);
                Flow::Continue(())
            }
            Err(text) => self.complain(Some(view), &text).await,
        }
    }

    async fn order(&mut self, area: &str, view: &str, order: Order) -> Flow {
        let known = (*area == *self.door.area).then_some(());
        let done = known.ok_or_else(|| format!("no area {area} here: GET /v1/areas names those there are"));
        match done.and_then(|()| self.replays.order(view, order)) {
            Ok(()) => Flow::Continue(()),
            Err(text) => self.complain(Some(view), &text).await,
        }
    }
}
