//! Requests without what the transport would take out again.
//!
//! progenitor sends the version of the description with each request, and an `Accept` with those that have a JSON answer. The
//! transport gives every request its headers, so here neither is put in.

use quote::ToTokens;
use syn::{
    Block, Expr, ExprMethodCall, Local, Pat, Stmt,
    visit_mut::{self, VisitMut},
};

/// Takes them out of the body of a `send`.
pub(super) fn run(send: &mut Block) {
    send.stmts.retain(|step| !is_version(step));
    // An argument that is optional is added further in: `if let Some(value) = …`.
    let has_headers = send.stmts.iter().any(|step| text(step).contains("header_map . append"));
    if !has_headers {
        send.stmts.retain(|step| !makes_headers(step));
    }
    Headers { keep_map: has_headers }.visit_block_mut(send);
}

/// `header_map.append(…"api-version"…);`
fn is_version(step: &Stmt) -> bool {
    matches!(step, Stmt::Expr(Expr::MethodCall(call), _) if is_map(&call.receiver) && text(call).contains("\"api-version\""))
}

/// `let mut header_map = …;`
fn makes_headers(step: &Stmt) -> bool {
    matches!(step, Stmt::Local(Local { pat: Pat::Ident(name), .. }) if name.ident == "header_map")
}

fn text(tree: &impl ToTokens) -> String {
    tree.to_token_stream().to_string()
}

fn is_map(expression: &Expr) -> bool {
    matches!(expression, Expr::Path(path) if path.path.is_ident("header_map"))
}

/// Drops `.header(ACCEPT, …)`, and `.headers(header_map)` when there is no such map any more.
struct Headers {
    keep_map: bool,
}

impl Headers {
    fn drops(&self, call: &ExprMethodCall) -> bool {
        let Some(first) = call.args.first() else { return false };
        let is_accept = || text(first).ends_with("header :: ACCEPT");
        (call.method == "header" && is_accept()) || (call.method == "headers" && is_map(first) && !self.keep_map)
    }
}

impl VisitMut for Headers {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        visit_mut::visit_expr_mut(self, expression);
        if let Expr::MethodCall(call) = expression
            && self.drops(call)
        {
            *expression = call.receiver.as_ref().clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn the_version_and_accept_are_left_to_the_transport() {
        let mut send: Block = parse_quote!({
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map.append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(super::Client::api_version()),
            );
            let mut request = client
                .client
                .get(url)
                .header(::reqwest::header::ACCEPT, ::reqwest::header::HeaderValue::from_static("application/json"))
                .headers(header_map)
                .build()?;
        });

        run(&mut send);

        let expected: Block = parse_quote!({
            let mut request = client.client.get(url).build()?;
        });
        assert_eq!(send, expected);
    }

    #[test]
    fn headers_that_are_arguments_stay() {
        let mut send: Block = parse_quote!({
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map.append(::reqwest::header::HeaderName::from_static("api-version"), version);
            if let Some(value) = &example {
                header_map.append("x-example", value.to_string().try_into()?);
            }
            let mut request = client.client.get(url).headers(header_map).build()?;
        });

        run(&mut send);

        let expected: Block = parse_quote!({
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            if let Some(value) = &example {
                header_map.append("x-example", value.to_string().try_into()?);
            }
            let mut request = client.client.get(url).headers(header_map).build()?;
        });
        assert_eq!(send, expected);
    }
}
