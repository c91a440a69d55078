//! The replies of handlers, and how they become JSON or XML.

use std::borrow::Cow;

use axum::Form;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::xml;

/// The format of a reply. plex.tv sends JSON only if the client accepts nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Xml,
}

impl Format {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut accepts = headers.get_all(header::ACCEPT).iter();
        match (accepts.next(), accepts.next()) {
            (Some(only), None) if only == "application/json" => Self::Json,
            _ => Self::Xml,
        }
    }

    /// Renders the [`Reply`] of a handler. A response without one passes unchanged.
    pub(crate) fn render(self, mut response: Response) -> Response {
        let Some(reply) = response.extensions_mut().remove::<Reply>() else {
            return response;
        };
        let (content_type, body) = match reply.only_as.unwrap_or(self) {
            Self::Json => ("application/json; charset=utf-8", reply.value.to_string()),
            Self::Xml => ("application/xml; charset=utf-8", xml::document(reply.root, &reply.value)),
        };
        let mut rendered = (response.status(), [(header::CONTENT_TYPE, content_type)], body).into_response();
        for (name, value) in response.headers() {
            rendered.headers_mut().insert(name, value.clone());
        }
        rendered
    }
}

/// A value to send, not yet in a format.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    root: &'static str,
    value: Value,
    /// The only format it has, whatever the caller accepts.
    only_as: Option<Format>,
}

impl Reply {
    pub(crate) fn ok(root: &'static str, value: Value) -> Self {
        Self { status: StatusCode::OK, root, value, only_as: None }
    }

    pub(crate) fn created(root: &'static str, value: Value) -> Self {
        Self { status: StatusCode::CREATED, root, value, only_as: None }
    }

    /// A reply that is always XML, as in the older calls.
    pub(crate) fn xml(root: &'static str, value: Value) -> Self {
        Self { status: StatusCode::OK, root, value, only_as: Some(Format::Xml) }
    }

    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// A reply that is always JSON.
    pub(crate) fn json(value: Value) -> Self {
        Self { status: StatusCode::OK, root: "response", value, only_as: Some(Format::Json) }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        *response.status_mut() = self.status;
        response.extensions_mut().insert(self);
        response
    }
}

/// A failure as plex.tv reports it.
#[derive(Debug)]
pub(crate) struct Fail {
    status: StatusCode,
    /// Not every failure has one.
    code: Option<u16>,
    message: Cow<'static, str>,
    /// The status and the field in the body, where they differ from the status of the reply.
    details: Option<(u16, &'static str)>,
}

impl Fail {
    pub(crate) const NO_CLIENT_IDENTIFIER: Self =
        Self::new(StatusCode::BAD_REQUEST, 1000, "X-Plex-Client-Identifier is missing");
    pub(crate) const UNAUTHENTICATED: Self =
        Self::new(StatusCode::UNAUTHORIZED, 1001, "User could not be authenticated");
    pub(crate) const NOT_FOUND: Self = Self::new(StatusCode::NOT_FOUND, 1002, "Not found");
    pub(crate) const RATE_LIMITED: Self = Self::new(StatusCode::TOO_MANY_REQUESTS, 1003, "Too many requests");
    pub(crate) const MALFORMED: Self = Self::new(StatusCode::BAD_REQUEST, 1004, "A parameter is missing or malformed");
    pub(crate) const UNKNOWN_PIN: Self = Self::new(StatusCode::NOT_FOUND, 1020, "Code not found or expired");
    pub(crate) const VERIFICATION_CODE_WRONG: Self =
        Self::new(StatusCode::UNAUTHORIZED, 1028, "The verification code is wrong");
    pub(crate) const VERIFICATION_CODE_REQUIRED: Self =
        Self::new(StatusCode::UNAUTHORIZED, 1029, "Please enter the verification code");
    pub(crate) const EMAIL_SIGN_IN_ONLY: Self =
        Self::new(StatusCode::UNAUTHORIZED, 1030, "This account signs in by e-mail only");
    pub(crate) const ADDRESS_BLOCKED: Self =
        Self::new(StatusCode::UNAUTHORIZED, 1031, "Too many failed sign-ins from your address");
    pub(crate) const HOME_PIN_REQUIRED: Self = Self::new(StatusCode::FORBIDDEN, 1041, "A valid PIN is required");
    pub(crate) const DEVICE_REMOVED: Self =
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, 1097, "The key is missing: the device was removed");
    pub(crate) const KEY_TAKEN: Self = Self::without_code(
        StatusCode::UNPROCESSABLE_ENTITY,
        "The thumbprint of the key is already taken by another device",
    );
    pub(crate) const MANAGED_MAY_NOT: Self = Self::new(StatusCode::FORBIDDEN, 1009, "Managed users may not do this");
    pub(crate) const PLEX_PASS_NEEDED: Self = Self::new(StatusCode::FORBIDDEN, 1012, "This needs a Plex Pass");
    pub(crate) const ANONYMOUS_MAY_NOT: Self =
        Self::new(StatusCode::FORBIDDEN, 1013, "Anonymous users may not do this");
    pub(crate) const EXISTS: Self = Self::new(StatusCode::UNPROCESSABLE_ENTITY, 1014, "This exists already");
    pub(crate) const PASSWORD_TOO_SHORT: Self =
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, 1032, "The password is too short");
    pub(crate) const PASSWORD_IS_A_NAME: Self =
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, 1034, "The password is a name of the account");
    pub(crate) const HOME_PIN_MALFORMED: Self =
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, 1038, "The PIN must be four digits");
    pub(crate) const PASSWORD_REQUIRED: Self = Self::new(StatusCode::FORBIDDEN, 1040, "A valid password is required");
    /// [`Self::HOME_PIN_REQUIRED`] in the calls of version 1, which answer 401.
    pub(crate) const LEGACY_HOME_PIN_REQUIRED: Self =
        Self::new(StatusCode::UNAUTHORIZED, 1041, "A valid PIN is required");
    pub(crate) const NOT_ALLOWED: Self = Self::new(StatusCode::FORBIDDEN, 1042, "You may not do this");
    pub(crate) const FORBIDDEN_FOR_USER: Self = Self::new(StatusCode::FORBIDDEN, 1043, "This user may not do this");
    pub(crate) const SETTINGS_MALFORMED: Self =
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, 1065, "The format of the settings is wrong");
    pub(crate) const NOT_YOUR_DEVICE: Self = Self::new(StatusCode::FORBIDDEN, 1068, "The device is not yours");
    pub(crate) const WEBHOOK_ADDRESS: Self =
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, 1071, "The address of a webhook is invalid");
    pub(crate) const SERVER_TOKEN_NEEDED: Self =
        Self::new(StatusCode::FORBIDDEN, 1080, "This needs the token of a server");
    pub(crate) const HOME_MEMBER: Self = Self::new(StatusCode::CONFLICT, 1014, "This user is in a Home already");
    pub(crate) const RETIRED: Self = Self::without_code(StatusCode::GONE, "This endpoint was deprecated and removed");
    /// The body says 400 although the reply is 422.
    pub(crate) const ALREADY_SHARED: Self = Self {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        code: Some(1999),
        message: Cow::Borrowed("You are already sharing this server with this user"),
        details: Some((400, "base")),
    };
    pub(crate) const INVALID: Self = Self::new(StatusCode::UNPROCESSABLE_ENTITY, 1998, "Validation failed");
    pub(crate) const TOO_LARGE: Self = Self::new(StatusCode::PAYLOAD_TOO_LARGE, 1999, "The request body is too large");

    const fn new(status: StatusCode, code: u16, message: &'static str) -> Self {
        Self { status, code: Some(code), message: Cow::Borrowed(message), details: None }
    }

    pub(crate) const fn without_code(status: StatusCode, message: &'static str) -> Self {
        Self { status, code: None, message: Cow::Borrowed(message), details: None }
    }

    /// The failure of an operation that is known but not served.
    pub(crate) fn not_served(operation: &str) -> Self {
        let message = Cow::Owned(format!("The sandbox does not serve {operation}"));
        Self { status: StatusCode::NOT_IMPLEMENTED, code: None, message, details: None }
    }

    /// The failure for an expired JWT. It has status 498, which only plex.tv uses, and no body.
    pub(crate) fn jwt_expired() -> Self {
        Self::without_code(StatusCode::from_u16(498).unwrap_or(StatusCode::UNAUTHORIZED), "")
    }

    /// Returns the failure that plex.tv most likely sends with a status. 498 has no body.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 => Self::UNAUTHENTICATED,
            403 => Self::NOT_ALLOWED,
            404 => Self::NOT_FOUND,
            405 => Self::new(status, 1005, "Method not allowed"),
            406 => Self::new(status, 1006, "Not acceptable"),
            422 => Self::INVALID,
            429 => Self::RATE_LIMITED,
            498 => Self::jwt_expired(),
            500.. => Self::new(status, 1007, "Something went wrong on our side"),
            _ => Self::new(status, 1999, "The request failed"),
        }
    }

    /// Returns a failure with any status and any code.
    pub(crate) fn scripted(status: StatusCode, code: u16) -> Self {
        Self::new(status, code, "This failure was scripted")
    }
}

impl IntoResponse for Fail {
    fn into_response(self) -> Response {
        if self.message.is_empty() {
            return self.status.into_response();
        }
        let mut error = json!({"message": self.message});
        if let Some(code) = self.code {
            error["code"] = json!(code);
        }
        match self.details {
            Some((status, field)) => {
                error["status"] = json!(status);
                error["field"] = json!(field);
            }
            // plex.tv omits the status only for this code.
            None if self.code == Some(1020) => {}
            None => error["status"] = json!(self.status.as_u16()),
        }
        let errors = json!({"errors": [error]});
        Reply { status: self.status, root: "errors", value: errors, only_as: None }.into_response()
    }
}

/// A failure as plain text, as some hosts send it.
#[derive(Debug)]
pub(crate) struct PlainFail(pub(crate) StatusCode, pub(crate) &'static str);

impl IntoResponse for PlainFail {
    fn into_response(self) -> Response {
        (self.0, self.1).into_response()
    }
}

/// A form or a JSON body; empty for any other content type.
#[derive(Debug)]
pub(crate) enum Fields {
    Form(Vec<(String, String)>),
    Json(Value),
}

impl Fields {
    /// Parses a JSON body. Some clients declare JSON but send an empty body.
    fn of_json(body: &[u8]) -> Result<Self, Fail> {
        if body.is_empty() {
            return Ok(Self::Form(Vec::new()));
        }
        let value: Value = serde_json::from_slice(body).map_err(|_| Fail::MALFORMED)?;
        if value.is_object() { Ok(Self::Json(value)) } else { Err(Fail::MALFORMED) }
    }

    /// The member of a JSON body; forms have none.
    pub(crate) fn json(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Json(value) => value.get(name),
            Self::Form(_) => None,
        }
    }

    /// All members of a JSON body; a form has none.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, &Value)> {
        let members = match self {
            Self::Json(Value::Object(members)) => Some(members),
            _ => None,
        };
        members.into_iter().flatten().map(|(name, value)| (name.as_str(), value))
    }

    /// The member as text, whatever scalar it was sent as.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        match self {
            Self::Form(pairs) => pairs.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone()),
            Self::Json(value) => match value.get(name)? {
                Value::String(text) => Some(text.clone()),
                Value::Null | Value::Array(_) | Value::Object(_) => None,
                scalar => Some(scalar.to_string()),
            },
        }
    }

    /// Returns all values of a name. Forms may repeat names.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        match self {
            Self::Form(pairs) => {
                pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect()
            }
            Self::Json(value) => {
                let values = value.get(name).and_then(Value::as_array).into_iter().flatten();
                values.filter_map(Value::as_str).map(String::from).collect()
            }
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Fail;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fail> {
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let content_type = content_type.to_ascii_lowercase();
        if content_type.starts_with("application/json") {
            let body = Bytes::from_request(request, state).await;
            return Self::of_json(&body.map_err(|rejection| body_failure(rejection.status()))?);
        }
        if content_type.starts_with("application/x-www-form-urlencoded") {
            let form = Form::<Vec<(String, String)>>::from_request(request, state).await;
            let Form(pairs) = form.map_err(|rejection| body_failure(rejection.status()))?;
            return Ok(Self::Form(pairs));
        }
        Ok(Self::Form(Vec::new()))
    }
}

fn body_failure(status: StatusCode) -> Fail {
    if status == StatusCode::PAYLOAD_TOO_LARGE { Fail::TOO_LARGE } else { Fail::MALFORMED }
}
