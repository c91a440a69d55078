//! Compares the operations here with those of another document.

use std::{collections::BTreeSet, fmt::Write as _};

use plex_tv_openapi::printable;
use serde_json::{Value, json};

use super::{endpoint::Endpoint, fields::Fields};

/// Incremented when a member is removed or changes its meaning.
const SCHEMA_VERSION: u32 = 1;

#[derive(Debug)]
pub(super) struct Comparison {
    only_here: Vec<Endpoint>,
    only_there: Vec<Endpoint>,
    both: Vec<Pair>,
}

#[derive(Debug)]
struct Pair {
    here: Endpoint,
    there: Endpoint,
    differences: Vec<Difference>,
}

/// What only one of the two sides has.
#[derive(Debug)]
struct Difference {
    what: &'static str,
    here: Vec<String>,
    there: Vec<String>,
}

impl Comparison {
    pub(super) fn new(mut here: Vec<Endpoint>, mut there: Vec<Endpoint>) -> Self {
        for side in [&mut here, &mut there] {
            side.sort_by(|one, other| {
                (&one.key, &one.method, &one.host).cmp(&(&other.key, &other.method, &other.host))
            });
        }
        // Operations on the same host are paired first, then those where one side does not name the
        // host. Two different hosts mean two operations, even if the paths are the same.
        let mut both = Vec::new();
        for is_same_host in [|one: &Endpoint, other: &Endpoint| one.host == other.host, is_unknown] {
            let mut rest = Vec::new();
            for endpoint in here {
                let is_same = |other: &Endpoint| {
                    (&endpoint.key, &endpoint.method) == (&other.key, &other.method) && is_same_host(&endpoint, other)
                };
                match there.iter().position(is_same) {
                    Some(at) => both.push(Pair::new(endpoint, there.remove(at))),
                    None => rest.push(endpoint),
                }
            }
            here = rest;
        }
        both.sort_by(|one, other| (&one.here.key, &one.here.method).cmp(&(&other.here.key, &other.here.method)));
        Self { only_here: here, only_there: there, both }
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for (title, endpoints) in [("only here", &self.only_here), ("only there", &self.only_there)] {
            let _ = writeln!(text, "{title}: {}", endpoints.len());
            for endpoint in endpoints {
                let id = if endpoint.id.is_empty() { String::new() } else { format!(" ({})", printable(&endpoint.id)) };
                let host = endpoint.host.as_deref().unwrap_or_default();
                let _ = writeln!(text, "  {} {}{}{id}", endpoint.method, printable(host), printable(&endpoint.path));
            }
        }
        let different = self.both.iter().filter(|pair| !pair.differences.is_empty());
        let _ = writeln!(text, "in both: {}; different: {}", self.both.len(), different.clone().count());
        for pair in different {
            let _ = writeln!(text, "  {} {}{}", pair.here.method, printable(&pair.here.path), pair.names(printable));
            for Difference { what, here, there } in &pair.differences {
                for (side, names) in [("here", here), ("there", there)] {
                    if !names.is_empty() {
                        let _ = writeln!(text, "    {what} only {side}: {}", printable(&names.join(", ")));
                    }
                }
            }
        }
        let _ = writeln!(
            text,
            "{} operations here, {} there, {} in both",
            self.only_here.len() + self.both.len(),
            self.only_there.len() + self.both.len(),
            self.both.len()
        );
        text
    }

    pub(super) fn markdown(&self) -> String {
        let mut text = String::new();
        for (title, endpoints) in [("Only here", &self.only_here), ("Only there", &self.only_there)] {
            let _ = writeln!(text, "### {title}: {}\n", endpoints.len());
            for endpoint in endpoints {
                let host = endpoint.host.as_deref().unwrap_or_default();
                let place = code(&format!("{} {host}{}", endpoint.method, endpoint.path));
                let _ = writeln!(text, "- {place} {}", code(&endpoint.id));
            }
            text.push_str(if endpoints.is_empty() { "" } else { "\n" });
        }
        let different: Vec<_> = self.both.iter().filter(|pair| !pair.differences.is_empty()).collect();
        let _ = writeln!(text, "### In both: {}; different: {}\n", self.both.len(), different.len());
        for pair in different {
            let place = code(&format!("{} {}", pair.here.method, pair.here.path));
            let _ = writeln!(text, "- {place}{}", pair.names(code));
            for Difference { what, here, there } in &pair.differences {
                for (side, names) in
                    [("here", here), ("there", there)].into_iter().filter(|(_, names)| !names.is_empty())
                {
                    let names: Vec<_> = names.iter().map(|name| code(name)).collect();
                    let _ = writeln!(text, "  - {what} only {side}: {}", names.join(", "));
                }
            }
        }
        text
    }

    pub(super) fn json(&self) -> Value {
        let all = |endpoints: &[Endpoint]| endpoints.iter().map(endpoint).collect::<Vec<_>>();
        let pair = |Pair { here, there, differences }: &Pair| {
            let difference = |Difference { what, here, there }: &Difference| json!({ "what": what, "only_here": here, "only_there": there });
            json!({
                "here": endpoint(here), "there": endpoint(there),
                "differences": differences.iter().map(difference).collect::<Vec<_>>(),
            })
        };
        json!({
            "schema_version": SCHEMA_VERSION,
            "only_here": all(&self.only_here),
            "only_there": all(&self.only_there),
            "both": self.both.iter().map(pair).collect::<Vec<_>>(),
        })
    }
}

/// Returns whether one side does not name its host.
fn is_unknown(one: &Endpoint, other: &Endpoint) -> bool {
    one.host.is_none() || other.host.is_none()
}

impl Pair {
    fn new(here: Endpoint, there: Endpoint) -> Self {
        let names = |endpoint: &Endpoint| endpoint.parameters.keys().cloned().collect::<BTreeSet<_>>();
        let required = |endpoint: &Endpoint, other: &Endpoint| {
            let required = endpoint.parameters.iter().filter(|(_, required)| **required);
            let shared = required.filter(|(name, _)| other.parameters.contains_key(*name));
            shared.map(|(name, _)| name.clone()).collect::<BTreeSet<_>>()
        };
        let mut differences = vec![
            Difference::of("parameters", &names(&here), &names(&there)),
            Difference::of("required parameters", &required(&here, &there), &required(&there, &here)),
            Difference::of("statuses", &here.statuses, &there.statuses),
            Difference::of_fields("request fields", here.request.as_ref(), there.request.as_ref()),
            Difference::of_fields("reply fields", here.reply.as_ref(), there.reply.as_ref()),
        ];
        differences.retain(|difference| !difference.here.is_empty() || !difference.there.is_empty());
        Self { here, there, differences }
    }

    /// Returns the ids of both sides, each formatted by `shown`.
    fn names(&self, shown: fn(&str) -> String) -> String {
        match (self.here.id.as_str(), self.there.id.as_str()) {
            (here, there) if there.is_empty() || here == there => format!(" ({})", shown(here)),
            (here, there) => format!(" ({} here, {} there)", shown(here), shown(there)),
        }
    }
}

impl Difference {
    fn of(what: &'static str, here: &BTreeSet<String>, there: &BTreeSet<String>) -> Self {
        let without = |one: &BTreeSet<String>, other| one.difference(other).cloned().collect();
        Self { what, here: without(here, there), there: without(there, here) }
    }

    fn of_fields(what: &'static str, here: Option<&Fields>, there: Option<&Fields>) -> Self {
        let all = || vec!["all of them".to_owned()];
        match (here, there) {
            (None, None) => Self { what, here: Vec::new(), there: Vec::new() },
            (Some(_), None) => Self { what, here: all(), there: Vec::new() },
            (None, Some(_)) => Self { what, here: Vec::new(), there: all() },
            (Some(here), Some(there)) => Self { what, here: missing(here, there), there: missing(there, here) },
        }
    }
}

/// Returns the fields that the other side should name and does not. A missing field stands for
/// everything below it.
fn missing(fields: &Fields, other: &Fields) -> Vec<String> {
    let missing: BTreeSet<&str> = fields.known.difference(&other.known).map(String::as_str).collect();
    let is_covered = |path: &str| above(path).any(|above| missing.contains(above) || other.open.contains(above));
    missing.iter().filter(|path| !is_covered(path)).map(|path| (*path).to_owned()).collect()
}

/// Returns the paths above a path, including that of the body itself.
fn above(path: &str) -> impl Iterator<Item = &str> {
    let steps = path.match_indices(['.', '[', '{']).map(|(at, _)| &path[..at]);
    std::iter::once("").chain(steps)
}

fn endpoint(Endpoint { id, method, path, host, .. }: &Endpoint) -> Value {
    json!({ "operationId": id, "method": method, "host": host, "path": path })
}

/// Formats a name of another description as code in Markdown, so that it cannot act as markup. An
/// empty name gives an empty string.
fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("`{}`", printable(text).replace('`', "'")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(host: Option<&str>, id: &str) -> Endpoint {
        let host = host.map(str::to_owned);
        Endpoint { id: id.to_owned(), method: "GET".to_owned(), key: "/".to_owned(), host, ..Endpoint::default() }
    }

    #[test]
    fn operations_on_two_hosts_are_not_paired() {
        let here = vec![endpoint(Some("b"), "b"), endpoint(Some("a"), "a"), endpoint(None, "any")];
        let there = vec![endpoint(Some("c"), "c"), endpoint(Some("a"), "a")];

        let Comparison { only_here, only_there, both } = Comparison::new(here, there);

        let pairs: Vec<_> = both.iter().map(|pair| (pair.here.id.as_str(), pair.there.id.as_str())).collect();
        assert_eq!(pairs, [("a", "a"), ("any", "c")]);
        assert_eq!((only_here.len(), only_here[0].id.as_str(), only_there.len()), (1, "b", 0));
    }

    #[test]
    fn names_cannot_control_a_terminal_or_act_as_markdown() {
        for name in ["@some`body", "<img src=x>`", "esc\u{1b}[31m", "line\n::error::x", "turned\u{202e}around"] {
            let alone = || vec![Endpoint { path: format!("/{name}"), ..endpoint(Some("a"), name) }];
            let other = vec![Endpoint { path: format!("/{name}"), ..endpoint(Some("b"), "b") }];
            let apart = Comparison::new(alone(), other);
            let paired = Comparison::new(alone(), vec![Endpoint { id: "other".to_owned(), ..alone().remove(0) }]);

            for report in [&apart, &paired].map(|comparison| [comparison.text(), comparison.markdown()]).concat() {
                let is_obeyed = |line: &str| line.starts_with("::") || line.contains(['\u{1b}', '\u{202e}']);
                assert!(!report.lines().any(is_obeyed), "{report}");
            }
            let prose: String = apart.markdown().split('`').step_by(2).collect();
            assert!(!prose.contains(['@', '<']), "{prose}");
        }
    }

    fn fields(known: &[&str], open: &[&str]) -> Fields {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let mut fields = Fields::default();
        fields.known = set(known);
        fields.open = set(open);
        fields
    }

    #[test]
    fn a_missing_field_stands_for_all_below_it_and_nothing_is_missing_below_an_open_one() {
        let here = fields(&["a", "a.b", "a-c", "d[].e", "f{}.g", "h"], &[]);

        assert_eq!(missing(&here, &fields(&["h"], &["d", "f"])), ["a", "a-c"]);
        assert_eq!(missing(&here, &fields(&[], &[""])), Vec::<String>::new());
        assert_eq!(missing(&here, &fields(&["a", "a-c", "d[].e", "f{}.g"], &[])), ["a.b", "h"]);
    }
}
