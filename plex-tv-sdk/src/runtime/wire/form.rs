//! Form bodies.

use form_urlencoded::Serializer;
use serde::{Serialize, ser::Error as _};
use serde_json::Value;

/// Encodes a value with named members as a form. A list becomes one field per item, and null is
/// left out.
///
/// An empty list becomes the field without its brackets and without a value, which makes plex.tv
/// clear the list.
pub(crate) fn form(body: &impl Serialize) -> serde_json::Result<String> {
    let Value::Object(members) = serde_json::to_value(body)? else {
        return Err(serde_json::Error::custom("a form needs named members"));
    };
    let mut form = Serializer::new(String::new());
    for (name, value) in members {
        match value {
            Value::Array(items) if items.is_empty() => {
                form.append_pair(name.trim_end_matches("[]"), "");
            }
            Value::Array(items) => {
                for item in items {
                    append(&mut form, &name, item)?;
                }
            }
            value => append(&mut form, &name, value)?,
        }
    }
    Ok(form.finish())
}

fn append(form: &mut Serializer<'_, String>, name: &str, value: Value) -> serde_json::Result<()> {
    match value {
        Value::Null => {}
        Value::String(text) => {
            form.append_pair(name, &text);
        }
        Value::Bool(_) | Value::Number(_) => {
            form.append_pair(name, &value.to_string());
        }
        Value::Array(_) | Value::Object(_) => {
            return Err(serde_json::Error::custom(format_args!("the form field `{name}` is a nested value")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_is_one_field_per_item_and_an_empty_one_is_cleared() {
        let full = json!({ "kind": "all of it", "none": null, "on": true, "urls[]": ["a", "b&c"] });

        assert_eq!(form(&full).unwrap(), "kind=all+of+it&on=true&urls%5B%5D=a&urls%5B%5D=b%26c");
        assert_eq!(form(&json!({ "urls[]": [] })).unwrap(), "urls=");
    }

    #[test]
    fn nested_values_are_refused() {
        for nested in [json!({ "a": { "b": 1 } }), json!({ "a": [[1]] }), json!(7)] {
            assert!(form(&nested).is_err(), "{nested}");
        }
    }
}
