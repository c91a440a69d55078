//! The path of one call: `send` ends in our transport and answers with our error.
//!
//! progenitor's `send` answers with an error that has no operation, no JSON path, and a `Display` that prints whole bodies.
//! Here its last step is handed to `crate::transport`, which reads bodies within limits and builds the one `crate::Error`.

use std::collections::BTreeMap;

use quote::{format_ident, quote};
use syn::{
    Attribute, Expr, ExprCall, File, FnArg, GenericArgument, Ident, ImplItem, ImplItemFn, Item, ItemImpl,
    PathArguments, ReturnType, Stmt, Type, Visibility, parse_quote,
    visit_mut::{self, VisitMut},
};

use super::{module, requests, reread::Reply};
use plex_tv_openapi::Operation;

/// Returns what each operation answers.
pub(super) fn run(file: &mut File, operations: &[Operation]) -> Result<Vec<Reply>, String> {
    close_constructors(file);
    let by_name: BTreeMap<&str, &Operation> =
        operations.iter().map(|operation| (operation.rust_name.as_str(), operation)).collect();
    let builders = module(file, "builder")?;
    let mut replies = Vec::new();
    for item in builders.iter_mut() {
        if let Item::Impl(item) = item
            && let Some(send) = send_method(item)
        {
            replies.push(rewrite(send, &by_name)?);
        }
    }
    if replies.len() != operations.len() {
        return Err(format!("{} operations gave {} `send` methods", operations.len(), replies.len()));
    }
    hide_arguments(builders);
    Ok(replies)
}

/// Only `crate::Client` makes generated clients: a bare `reqwest::Client` would follow redirects with the token.
fn close_constructors(file: &mut File) {
    for item in &mut file.items {
        if let Item::Impl(ItemImpl { trait_: None, items, .. }) = item {
            items.retain(|member| !matches!(member, ImplItem::Fn(function) if function.sig.ident == "new"));
            for member in items {
                if let ImplItem::Fn(function) = member
                    && function.sig.ident == "new_with_client"
                {
                    function.vis = parse_quote!(pub(crate));
                }
            }
        }
    }
}

fn send_method(item: &mut ItemImpl) -> Option<&mut ImplItemFn> {
    item.items.iter_mut().find_map(|member| match member {
        ImplItem::Fn(function)
            if function.sig.ident == "send"
                && function.sig.asyncness.is_some()
                && matches!(function.vis, Visibility::Public(_))
                && matches!(function.sig.inputs.first(), Some(FnArg::Receiver(_))) =>
        {
            Some(function)
        }
        _ => None,
    })
}

fn rewrite(send: &mut ImplItemFn, by_name: &BTreeMap<&str, &Operation>) -> Result<Reply, String> {
    let mut operation = OperationName::default();
    operation.visit_block_mut(&mut send.block);
    let rust_name = operation.0.ok_or("a `send` names no operation")?;
    let Operation { id, xml, .. } =
        by_name.get(rust_name.as_str()).ok_or_else(|| format!("the generated method `{rust_name}` is no operation"))?;

    let reply = reply_type(&send.sig.output).ok_or_else(|| format!("`{rust_name}` returns something unexpected"))?;
    let kind = argument(reply).ok_or_else(|| format!("`{rust_name}` returns no ResponseValue"))?.clone();
    send.sig.output = parse_quote!(-> Result<#reply, crate::Error>);

    Segments.visit_block_mut(&mut send.block);
    requests::run(&mut send.block);
    let last = send.block.stmts.pop();
    let reader = match &last {
        Some(Stmt::Expr(Expr::Match(response), None)) => reader(&quote!(#response).to_string(), xml.is_some()),
        _ => None,
    };
    let reader = reader.ok_or_else(|| format!("`{rust_name}` does not end in a match on the status"))?;
    let root = xml.iter();
    let steps = &send.block.stmts;
    send.block = parse_quote!({
        crate::transport::call(#id, async move {
            #(#steps)*
            crate::transport::#reader(response #(, #root)*).await
        })
        .await
    });
    Ok(Reply { id: id.clone(), kind, reader: reader.to_string(), root: xml.clone() })
}

/// `ResponseValue<T>` of `Result<ResponseValue<T>, Error<E>>`.
fn reply_type(output: &ReturnType) -> Option<&Type> {
    let ReturnType::Type(_, kind) = output else { return None };
    argument(kind)
}

/// `T` of `Generic<T, …>`.
fn argument(kind: &Type) -> Option<&Type> {
    let Type::Path(path) = kind else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(kind) => Some(kind),
        _ => None,
    }
}

/// The function of the transport that reads this kind of success.
fn reader(response: &str, xml: bool) -> Option<Ident> {
    let decode = if xml { "decode_xml" } else { "decode" };
    let kinds = [("from_response", decode), ("empty", "finish"), ("stream", "stream")];
    let found = kinds.into_iter().find(|(made_by, _)| response.contains(&format!("ResponseValue :: {made_by}")));
    found.map(|(_, reader)| format_ident!("{reader}"))
}

/// Finds the name in `OperationInfo { operation_id: "…" }`.
#[derive(Default)]
struct OperationName(Option<String>);

impl VisitMut for OperationName {
    fn visit_expr_struct_mut(&mut self, literal: &mut syn::ExprStruct) {
        if literal.path.is_ident("OperationInfo")
            && let Some(Expr::Lit(value)) = literal.fields.first().map(|field| &field.expr)
            && let syn::Lit::Str(name) = &value.lit
        {
            self.0 = Some(name.value());
        }
    }
}

/// `encode_path(…)` becomes a checked segment: an empty one or `..` would reach another path.
struct Segments;

impl VisitMut for Segments {
    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        if !call.path.is_ident("format") {
            return;
        }
        let parse = syn::punctuated::Punctuated::<Expr, syn::Token![,]>::parse_terminated;
        if let Ok(mut arguments) = call.parse_body_with(parse) {
            arguments.iter_mut().for_each(|argument| self.visit_expr_mut(argument));
            call.tokens = quote!(#arguments);
        }
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        visit_mut::visit_expr_mut(self, expression);
        if let Expr::Call(ExprCall { func, args, .. }) = expression
            && matches!(func.as_ref(), Expr::Path(path) if path.path.is_ident("encode_path"))
        {
            *expression = parse_quote!(crate::transport::path_segment(#args)?);
        }
    }
}

/// Builders hold whatever the caller puts in, secrets too: their `Debug` names the operation and nothing else.
fn hide_arguments(builders: &mut Vec<Item>) {
    let mut printers = Vec::new();
    for item in builders.iter_mut() {
        if let Item::Struct(item) = item {
            item.attrs.iter_mut().for_each(without_debug);
            let (name, text) = (&item.ident, item.ident.to_string());
            printers.push(parse_quote! {
                impl ::std::fmt::Debug for #name<'_> {
                    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.debug_struct(#text).finish_non_exhaustive()
                    }
                }
            });
        }
    }
    builders.extend(printers);
}

fn without_debug(attribute: &mut Attribute) {
    if !attribute.path().is_ident("derive") {
        return;
    }
    let parse = syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated;
    if let Ok(traits) = attribute.parse_args_with(parse) {
        let kept = traits.iter().filter(|path| !path.is_ident("Debug"));
        *attribute = parse_quote!(#[derive(#(#kept),*)]);
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use serde_json::json;

    use super::*;

    fn generated() -> File {
        syn::parse2(quote! {
            impl Client {
                pub fn new(baseurl: &str) -> Self { todo!() }
                pub fn new_with_client(baseurl: &str) -> Self { todo!() }
            }
            pub mod builder {
                #[derive(Debug, Clone)]
                pub struct GetIt<'a> { client: &'a super::Client }
                impl<'a> GetIt<'a> {
                    pub async fn send(self) -> Result<ResponseValue<types::It>, Error<()>> {
                        let Self { client, id } = self;
                        let url = format!("{}/it/{}", client.baseurl, encode_path(&id.to_string()),);
                        let info = OperationInfo { operation_id: "get_it" };
                        let response = result?;
                        match response.status().as_u16() {
                            200..=299 => ResponseValue::from_response(response).await,
                            _ => Err(Error::UnexpectedResponse(response)),
                        }
                    }
                }
            }
        })
        .unwrap()
    }

    fn operations() -> Vec<Operation> {
        plex_tv_openapi::operations(&json!({ "paths": { "/it/{id}": { "get": { "operationId": "getIt" } } } }))
    }

    #[test]
    fn send_ends_in_the_transport_with_our_error() {
        let mut file = generated();

        run(&mut file, &operations()).unwrap();

        let expected = quote! {
            impl Client {
                pub(crate) fn new_with_client(baseurl: &str) -> Self { todo!() }
            }
            pub mod builder {
                #[derive(Clone)]
                pub struct GetIt<'a> { client: &'a super::Client }
                impl<'a> GetIt<'a> {
                    pub async fn send(self) -> Result<ResponseValue<types::It>, crate::Error> {
                        crate::transport::call("getIt", async move {
                            let Self { client, id } = self;
                            let url = format!(
                                "{}/it/{}", client.baseurl, crate::transport::path_segment(&id.to_string())?,
                            );
                            let info = OperationInfo { operation_id: "get_it" };
                            let response = result?;
                            crate::transport::decode(response).await
                        })
                        .await
                    }
                }
                impl ::std::fmt::Debug for GetIt<'_> {
                    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.debug_struct("GetIt").finish_non_exhaustive()
                    }
                }
            }
        };
        assert_eq!(file.into_token_stream().to_string(), expected.to_string());
    }

    #[test]
    fn code_of_another_shape_is_an_error_and_not_shipped() {
        let mut file: File = syn::parse2(quote!(
            pub mod builder {}
        ))
        .unwrap();

        let why = run(&mut file, &operations()).unwrap_err();

        assert_eq!(why, "1 operations gave 0 `send` methods");
    }
}
