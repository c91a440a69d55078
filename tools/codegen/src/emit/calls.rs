//! The calls, and the methods that create them.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use super::{
    deprecated,
    docs::{self, docs},
    example, gate, operation,
    setter::{Argument, argument, field, setters},
};
use crate::{
    kind::Kind,
    model::{Call, Model, Place},
};

/// Returns the `impl` blocks with the methods of each tag.
pub(super) fn methods(model: &Model<'_>) -> Vec<TokenStream> {
    let tags = docs::by_tag(model).into_iter();
    tags.map(|(tag, calls)| {
        let about = docs(&docs::about_tag(model, &tag));
        let methods = calls.into_iter().map(|call| method(model, call));
        quote! {
            #about
            impl Api {
                #(#methods)*
            }
        }
    })
    .collect()
}

fn method(model: &Model<'_>, call: &Call<'_>) -> TokenStream {
    let about = docs(&docs::method(model, call));
    let (gate, deprecated) = (gate(&call.operation), deprecated(call.node));
    let name = format_ident!("{}", call.operation.rust_name);
    let kind = format_ident!("{}", call.name);
    let fields = Fields::of(model, call);
    let (arguments, values): (Vec<_>, Vec<_>) = if call.takes_arguments() {
        let arguments = format_ident!("{}Arguments", call.name);
        (vec![quote!(arguments: calls::#arguments)], vec![quote!(arguments)])
    } else {
        fields.required.iter().map(|required| (required.argument.clone(), required.value.clone())).unzip()
    };
    let optional = fields.optional.iter().map(|(name, _)| quote!(#name: Default::default()));
    quote! {
        #about
        #gate
        #deprecated
        pub fn #name(&self #(, #arguments)*) -> calls::#kind {
            calls::#kind { api: self.clone(), #(#values,)* #(#optional),* }
        }
    }
}

/// The fields of a call.
struct Fields {
    required: Vec<Required>,
    optional: Vec<(Ident, TokenStream)>,
}

struct Required {
    name: Ident,
    /// The type of the field.
    kind: TokenStream,
    /// The argument of the method.
    argument: TokenStream,
    /// The field in the struct literal of the call.
    value: TokenStream,
    about: String,
}

impl Fields {
    fn of(model: &Model<'_>, call: &Call<'_>) -> Self {
        let mut fields = Self { required: Vec::new(), optional: Vec::new() };
        for parameter in &call.parameters {
            let (name, kind) = (field(&parameter.name), parameter.kind.outside());
            if parameter.required {
                let Argument { written, kept } = argument(model, &parameter.kind, &name, false);
                let value = quote!(#name: #kept);
                let about = docs::sentence(parameter.node, &parameter.wire_name);
                fields.required.push(Required { argument: quote!(#name: #written), value, kind, name, about });
            } else {
                fields.optional.push((name, quote!(Option<#kind>)));
            }
        }
        if let Some(body) = &call.body {
            let (name, kind) = (format_ident!("body"), format_ident!("{}", body.name));
            let kind = quote!(types::#kind);
            if body.required {
                let argument = quote!(body: #kind);
                let about = docs::sentence(&call.node["requestBody"], "body");
                fields.required.push(Required { value: quote!(body), argument, kind, name, about });
            } else {
                fields.optional.push((name, quote!(Option<#kind>)));
            }
        }
        fields
    }
}

/// Returns the type of a call, with its setters and its `send`.
pub(super) fn call(model: &Model<'_>, call: &Call<'_>) -> TokenStream {
    let kind = format_ident!("{}", call.name);
    let (gate, operation_gate, debug_gate) = (gate(&call.operation), gate(&call.operation), gate(&call.operation));
    let fields = Fields::of(model, call);
    let (names, kinds): (Vec<_>, Vec<_>) = fields.optional.iter().cloned().unzip();
    let (arguments, required) = if call.takes_arguments() {
        let arguments = format_ident!("{}Arguments", call.name);
        (Some(self::arguments(call, &fields)), vec![quote!(pub(super) arguments: #arguments)])
    } else {
        let required = fields.required.iter().map(|Required { name, kind, .. }| quote!(pub(super) #name: #kind));
        (None, required.collect())
    };
    let method = &call.operation.rust_name;
    let about = docs(&format!("The call [`Api::{method}`].\n\n{}", example::of_call(model, call)));
    let operation = operation::constant(call);
    let setters = call.parameters.iter().filter(|parameter| !parameter.required).map(|parameter| {
        let about = docs::sentence(parameter.node, &parameter.wire_name);
        let kind = Kind::Option(Box::new(parameter.kind.clone()));
        self::setters(model, &kind, &parameter.name, &about, false)
    });
    let body_setter = call.body.as_ref().filter(|body| !body.required).map(|body| {
        let about = docs::sentence(&call.node["requestBody"], "body");
        self::setters(model, &Kind::Option(Box::new(Kind::Named(body.name.clone()))), "body", &about, false)
    });
    let send = send(call);
    quote! {
        #arguments

        #about
        #gate
        #[must_use = "a call does nothing until it is sent"]
        #[derive(Clone)]
        pub struct #kind {
            pub(super) api: Api,
            #(#required,)*
            #(pub(super) #names: #kinds),*
        }

        #operation_gate
        impl #kind {
            #operation
            #(#setters)*
            #body_setter
            #send
        }

        #debug_gate
        runtime::call_debug!(#kind);
    }
}

/// Returns the struct that takes many required arguments by name.
fn arguments(call: &Call<'_>, fields: &Fields) -> TokenStream {
    let kind = format_ident!("{}Arguments", call.name);
    let about = docs(&format!("The required arguments of [`Api::{}`].", call.operation.rust_name));
    let gate = gate(&call.operation);
    let members = fields.required.iter().map(|Required { name, kind, about, .. }| {
        let about = docs(about);
        quote!(#about pub #name: #kind)
    });
    let debug_gate = self::gate(&call.operation);
    quote! {
        #about
        #gate
        #[derive(Clone)]
        pub struct #kind {
            #(#members),*
        }

        #debug_gate
        runtime::call_debug!(#kind);
    }
}

fn send(call: &Call<'_>) -> TokenStream {
    let reply = call.reply.outside();
    let required = if call.takes_arguments() { quote!(self.arguments) } else { quote!(self) };
    // The query is sorted by name, whatever the order of the arguments.
    let mut sent: Vec<_> = call.parameters.iter().collect();
    sent.sort_by_key(|parameter| (parameter.place != Place::Path).then_some(&parameter.wire_name));
    let steps = sent.into_iter().map(|parameter| {
        let name = field(&parameter.name);
        let wire_name = &parameter.wire_name;
        let holder = if parameter.required { required.clone() } else { quote!(self) };
        match parameter.place {
            Place::Path => quote!(.path(&#holder.#name)),
            Place::Query => quote!(.query(#wire_name, &#holder.#name)),
            Place::Header => quote!(.header(#wire_name, &#holder.#name)),
        }
    });
    let constants = constant_headers(call).map(|(name, value)| quote!(.header(#name, #value)));
    let body = call.body.as_ref().map(|body| {
        let method = if body.is_form { format_ident!("form") } else { format_ident!("json") };
        if body.required { quote!(.#method(Some(&#required.body))) } else { quote!(.#method(self.body.as_ref())) }
    });
    let send = match call.reply {
        Kind::Nothing => format_ident!("send_empty"),
        Kind::Bytes => format_ident!("send_stream"),
        _ => format_ident!("send"),
    };
    quote! {
        /// Sends the call and returns the value.
        pub async fn send(self) -> Result<#reply, Error> {
            self.send_with_response().await.map(Response::into_value)
        }

        /// Sends the call and returns the value with status and headers.
        pub async fn send_with_response(self) -> Result<Response<#reply>, Error> {
            let request = self.api.hosts.request(Self::OPERATION);
            request #(#steps)* #(#constants)* #body .#send().await
        }
    }
}

/// Returns the headers with a constant value, and that value. The client fills them in.
fn constant_headers<'a>(call: &Call<'a>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let parameters = call.node["parameters"].as_array().into_iter().flatten();
    parameters.filter_map(|parameter| Some((parameter["name"].as_str()?, parameter["x-plex-constant"].as_str()?)))
}
