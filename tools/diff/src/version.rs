//! The OpenAPI version that a document follows.

use plex_tv_openapi::{Document, Problem};
use serde_json::Value;

/// The versions that can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenApi {
    /// 3.0
    V30,
    /// 3.1
    V31,
}

impl OpenApi {
    /// Returns the version of a document.
    ///
    /// # Errors
    /// If it is not an OpenAPI document, or follows a version that cannot be compared.
    pub fn of(document: &Document) -> Result<Self, Problem> {
        const MEND: &str = "give an OpenAPI 3.0 or 3.1 document, YAML or JSON";
        let value = document.value();
        let problem = |pointer, message: String| Err(document.problem("not-openapi", pointer, message, MEND));
        if !value["swagger"].is_null() {
            return problem("/swagger", "this is Swagger 2, not OpenAPI; convert it to OpenAPI 3 first".to_owned());
        }
        let version = match &value["openapi"] {
            Value::String(version) => version.clone(),
            Value::Number(version) => version.to_string(),
            Value::Null => return problem("", "this is not an OpenAPI document: `openapi` is missing".to_owned()),
            _ => return problem("/openapi", "`openapi` is not a version".to_owned()),
        };
        let is = |wanted: &str| version == wanted || version.starts_with(&format!("{wanted}."));
        let found = match () {
            () if is("3.0") || version == "3" => Self::V30,
            () if is("3.1") => Self::V31,
            () => {
                return problem("/openapi", format!("this is OpenAPI {version:?}; only 3.0 and 3.1 can be compared"));
            }
        };
        match &value["paths"] {
            Value::Object(_) => Ok(found),
            Value::Null if found == Self::V31 => Ok(found),
            _ => {
                problem("/paths", "this is not an OpenAPI document: `paths` is missing, or is not a mapping".to_owned())
            }
        }
    }
}
