//! Converts JSON values to the XML form that plex.tv's v2 calls use.

use serde_json::Value;

/// Writes `value` as a document. Scalars become attributes, objects become child elements, and
/// lists become elements that hold elements.
pub(crate) fn document(root: &str, value: &Value) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    element(&mut out, root, unwrap(root, value));
    out.push('\n');
    out
}

/// In XML, `{"errors":[…]}` is one `<errors>`, not an `<errors>` inside another.
fn unwrap<'a>(root: &str, value: &'a Value) -> &'a Value {
    match value {
        Value::Object(members) if members.len() == 1 => members.get(root).unwrap_or(value),
        _ => value,
    }
}

fn element(out: &mut String, name: &str, value: &Value) {
    let mut children = String::new();
    out.push('<');
    out.push_str(name);
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    // Names that begin with a capital are of an older style: their lists have no
                    // enclosing element.
                    Value::Array(items) if key.starts_with(char::is_uppercase) => {
                        items.iter().for_each(|item| element(&mut children, tag(key, item), item));
                    }
                    Value::Object(_) | Value::Array(_) => element(&mut children, tag(key, member), member),
                    scalar => attribute(out, key, scalar),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| list_item(&mut children, name, item)),
        Value::Bool(flag) => children.push_str(if *flag { "true" } else { "false" }),
        scalar => children.push_str(&escape(&text(scalar))),
    }
    if children.is_empty() {
        out.push_str("/>");
    } else {
        out.push('>');
        out.push_str(&children);
        out.push_str("</");
        out.push_str(name);
        out.push('>');
    }
}

/// Returns the XML name of a member. `Metadata` is named by its type: `Video`, `Track` or
/// `Directory`.
fn tag<'a>(key: &'a str, member: &Value) -> &'a str {
    match member["type"].as_str() {
        Some("movie" | "episode" | "clip") if key == "Metadata" => "Video",
        Some("track") if key == "Metadata" => "Track",
        Some(_) if key == "Metadata" => "Directory",
        _ => key,
    }
}

/// `connections` holds `connection` elements; a list of plain names holds `<feature id="…"/>`.
fn list_item(out: &mut String, list: &str, item: &Value) {
    let name = list.strip_suffix('s').unwrap_or(list);
    match item {
        Value::Object(_) | Value::Array(_) => element(out, name, item),
        scalar => {
            out.push('<');
            out.push_str(name);
            attribute(out, "id", scalar);
            out.push_str("/>");
        }
    }
}

fn attribute(out: &mut String, name: &str, value: &Value) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    out.push_str(&escape(&text(value)));
    out.push('"');
}

/// Returns the text of a scalar: empty for null, `1` for true.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(flag) => String::from(if *flag { "1" } else { "0" }),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Escapes text for XML and HTML, attributes included. Drops characters that XML does not allow.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body(root: &str, value: &Value) -> String {
        let document = document(root, value);
        String::from(document.lines().nth(1).unwrap())
    }

    #[test]
    fn scalars_are_attributes_and_objects_children() {
        let value = json!({"id": 7, "trusted": false, "authToken": null, "location": {"code": "GB"}});

        assert_eq!(body("pin", &value), r#"<pin authToken="" id="7" trusted="0"><location code="GB"/></pin>"#);
    }

    #[test]
    fn lists_hold_singular_elements() {
        let value = json!([{"name": "Den", "connections": [{"port": 1}], "roles": []}]);

        assert_eq!(
            body("resources", &value),
            r#"<resources><resource name="Den"><connections><connection port="1"/></connections><roles/></resource></resources>"#
        );
        assert_eq!(body("features", &json!(["a"])), r#"<features><feature id="a"/></features>"#);
    }

    #[test]
    fn lists_of_containers_are_their_elements() {
        let value = json!({"MediaContainer": {"size": 2, "Metadata": [{"key": 1}, {"key": 2}]}});

        assert_eq!(
            body("MediaContainer", &value),
            r#"<MediaContainer size="2"><Metadata key="1"/><Metadata key="2"/></MediaContainer>"#
        );
    }

    #[test]
    fn films_and_shows_have_names_of_their_own() {
        let value = json!({"Metadata": [{"type": "movie"}, {"type": "show"}], "Hub": {"type": "movie"}});

        assert_eq!(
            body("MediaContainer", &value),
            r#"<MediaContainer><Hub type="movie"/><Video type="movie"/><Directory type="show"/></MediaContainer>"#
        );
    }

    #[test]
    fn wrapped_errors_and_scalars_are_the_root_itself() {
        let errors = json!({"errors": [{"code": 1001, "message": "no", "status": 401}]});

        assert_eq!(body("errors", &errors), r#"<errors><error code="1001" message="no" status="401"/></errors>"#);
        assert_eq!(body("pong", &json!({"pong": true})), "<pong>true</pong>");
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(
            body("pin", &json!({"product": "a<b>&\"'\u{1}\n"})),
            r#"<pin product="a&lt;b&gt;&amp;&quot;&#39;&#10;"/>"#
        );
    }
}
