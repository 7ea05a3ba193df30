//! What a server tells whoever runs it: how it stands, and its metrics.

use std::time::Instant;

use serde_json::Value;

use super::{LOOK, PATIENCE, Server};

impl Server {
    /// The value of a metric, named with its labels if it has any.
    pub async fn metric(&self, name: &str) -> f64 {
        let page =
            crate::door::http().get(format!("http://{}/metrics", self.admin)).send().await.expect("metrics");
        let page = page.text().await.expect("a page");
        let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name} in {page}")).parse().expect("a number")
    }

    /// Waits until a metric, named with its labels if it has any, is at least so much.
    pub async fn metric_from(&self, name: &str, at_least: f64) {
        let begun = Instant::now();
        while self.metric(name).await < at_least {
            assert!(begun.elapsed() < PATIENCE, "{name} never came to {at_least}:\n{}", self.log());
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The answer of `/readyz`.
    pub async fn checks(&self) -> Value {
        self.checks_if_any().await.expect("an answer")
    }

    /// The answer of `/readyz`, if somebody listens already.
    pub async fn checks_if_any(&self) -> Option<Value> {
        let url = format!("http://{}/readyz", self.admin);
        let answer = crate::door::http().get(url).send().await.ok()?;
        serde_json::from_slice(&answer.bytes().await.ok()?).ok()
    }

    /// The answer of `/readyz`, once somebody gives one that fulfils a condition.
    pub async fn checks_when(&self, condition: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let checks = self.checks_if_any().await;
            if let Some(checks) = checks.clone().filter(|checks| condition(checks)) {
                return checks;
            }
            assert!(begun.elapsed() < PATIENCE, "it never came to it: {checks:?}\n{}", self.log());
            tokio::time::sleep(LOOK).await;
        }
    }
}
