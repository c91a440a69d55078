//! Compares callbacks: requests that the server sends to an address that it was given.

use serde_json::Value;

use super::{Comparer, Spot, keys};
use crate::{level::Side, rule::Rule, told::code};
use plex_tv_openapi::METHODS;

impl<'a> Comparer<'a> {
    /// Compares the requests that both descriptions have. Added and removed ones are left
    /// unclassified.
    pub(super) fn callbacks(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        for name in keys(base, head) {
            let (old, new) = (&base[name], &head[name]);
            let before = self.findings.len();
            for address in keys(old, new) {
                for method in METHODS {
                    if let (Some(old), Some(new)) = (old[address].get(method), new[address].get(method)) {
                        self.callback(old, new, &spot.keys(&[name, address, method]));
                    }
                }
            }
            for finding in self.findings.iter_mut().skip(before) {
                finding.message = format!("callback {}: {}", code(name), finding.message);
            }
        }
    }

    fn callback(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        // As with a webhook, the client reads the request and writes the response.
        let (asked, answered) = (Side::Response, Side::Request);
        self.body(base.get("requestBody"), head.get("requestBody"), &spot.key("requestBody").on(asked));
        self.responses(&base["responses"], &head["responses"], &spot.key("responses").on(answered));
        self.texts(Rule::Docs, (base, head), spot, &["summary", "description", "externalDocs"]);
        self.extensions(Rule::Docs, (base, head), spot, &[]);
    }
}
