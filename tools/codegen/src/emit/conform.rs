//! Tables that map operations to types, for the check of recorded replies by `cargo xtask conform`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::gate;
use crate::{kind::Kind, model::Model};

pub(super) fn tables(model: &Model<'_>) -> TokenStream {
    let replies = model.calls.iter().filter_map(|call| {
        let (id, kind) = (&call.operation.id, call.reply.outside());
        let gate = gate(&call.operation);
        match (&call.reply, &call.operation.xml) {
            (Kind::Nothing | Kind::Bytes, _) => None,
            (_, Some(root)) => Some(quote!(#gate #id => conform::xml::<#kind>(body, #root, strict_rows),)),
            (_, None) => Some(quote!(#gate #id => conform::json::<#kind>(body, strict_rows),)),
        }
    });
    let bodies = model.calls.iter().filter_map(|call| {
        let (id, body) = (&call.operation.id, call.body.as_ref()?);
        let (gate, kind) = (gate(&call.operation), format_ident!("{}", body.name));
        Some(quote!(#gate #id => conform::json::<types::#kind>(body, false),))
    });
    let has_rows = model.calls.iter().any(|call| matches!(call.reply, Kind::Rows(_)));
    let rows = has_rows.then(|| {
        quote!(
            use runtime::Rows;
        )
    });
    let replies: Vec<_> = replies.collect();
    let bodies: Vec<_> = bodies.collect();
    // If there is nothing to decode, a table would be unreachable code.
    let (reply_table, body_table) = (table(&replies, rows), table(&bodies, None));
    let [of_reply, in_reply, strictly] = arguments(&replies, ["operation", "body", "strict_rows"]);
    let [of_body, in_body] = arguments(&bodies, ["operation", "body"]);
    quote! {
        /// Decodes a success of an operation and encodes it again. Returns `None` if there is
        /// nothing to decode. With `strict_rows`, a row that cannot be read fails the whole reply.
        #[cfg(feature = "conform")]
        pub fn reread_reply(
            #of_reply: &str,
            #in_reply: &[u8],
            #strictly: bool,
        ) -> Option<Result<runtime::conform::Reread, runtime::Error>> {
            #reply_table
        }

        /// Decodes a request body, given as JSON, and encodes it again. Returns `None`
        /// if the operation has none.
        #[cfg(feature = "conform")]
        pub fn reread_request(
            #of_body: &str,
            #in_body: &[u8],
        ) -> Option<Result<runtime::conform::Reread, runtime::Error>> {
            #body_table
        }
    }
}

fn table(rows: &[TokenStream], import: Option<TokenStream>) -> TokenStream {
    if rows.is_empty() {
        return quote!(None);
    }
    quote! {
        #import
        use runtime::conform;

        Some(match operation {
            #(#rows)*
            _ => return None,
        })
    }
}

/// Returns the names of arguments, or `_` if nothing uses them.
fn arguments<const N: usize>(rows: &[TokenStream], names: [&str; N]) -> [TokenStream; N] {
    names.map(|name| {
        let name = format_ident!("{name}");
        if rows.is_empty() { quote!(_) } else { quote!(#name) }
    })
}
