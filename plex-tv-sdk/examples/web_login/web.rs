//! What any web app needs: a page, a redirect, a cookie.

use std::time::Duration;

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse as _, Redirect, Response},
};

pub(crate) type Reply = Result<Response, (StatusCode, String)>;

/// A page with a sentence and one button. Names are chosen by strangers, so they must not become
/// HTML.
pub(crate) fn page(text: &str, button: &str) -> Reply {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let action = button.to_lowercase().replace(' ', "-");
    let body = format!(r#"<p>{text}</p><form method="post" action="/{action}"><button>{button}</button></form>"#);
    Ok(Html(include_str!("page.html").replace("{{body}}", &body)).into_response())
}

pub(crate) fn redirect(url: &str) -> Reply {
    Ok(Redirect::to(url).into_response())
}

/// `HttpOnly` hides the cookie from scripts. With `SameSite=Lax`, it is sent when plex.tv's page
/// leads back, but not with a form of another site. An app that is not on loopback must add
/// `Secure`.
pub(crate) fn redirect_with_cookie(url: &str, session: &str, lifetime: Duration) -> Reply {
    let lifetime = lifetime.as_secs();
    let cookie = format!("session={session}; HttpOnly; SameSite=Lax; Path=/; Max-Age={lifetime}");
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(url)).into_response())
}

/// Sets headers on every reply: no cache may keep it, since it is about one person, and no other
/// site may show it in a frame.
pub(crate) async fn private(mut reply: Response) -> Response {
    let headers = reply.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("frame-ancestors 'none'"));
    reply
}

/// The session id of a browser. Empty if it has none.
pub(crate) fn session(headers: &HeaderMap) -> &str {
    let cookies = headers.get(header::COOKIE).and_then(|cookies| cookies.to_str().ok()).unwrap_or_default();
    cookies.split("; ").find_map(|cookie| cookie.strip_prefix("session=")).unwrap_or_default()
}

/// Shows the text of an error, which never contains a secret.
pub(crate) fn failure(error: plex_tv_sdk::Error) -> (StatusCode, String) {
    (StatusCode::BAD_GATEWAY, error.to_string())
}
