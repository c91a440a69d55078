//! Signatures on one line, with each type under its public name.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{
    Field, Fields, FnArg, GenericArgument, GenericParam, Generics, Ident, Pat, Path, PathArguments, ReceiverKind,
    ReturnType, Safety, Signature, Type, TypeParamBound, TypePath, TypeTuple, Variant,
    visit_mut::{self, VisitMut},
};

use super::{
    surface::Places,
    tree::{STANDARD, Target, Tree},
};

/// Prints what stands in one module.
pub(super) struct Printer<'t, 'a> {
    pub(super) tree: &'t Tree<'a>,
    pub(super) places: &'t Places,
    pub(super) module: usize,
    /// The local types and traits named since this was emptied.
    pub(super) named: Vec<usize>,
}

impl Printer<'_, '_> {
    pub(super) fn ty(&mut self, ty: &Type) -> String {
        let mut ty = ty.clone();
        self.visit_type_mut(&mut ty);
        line(ty.into_token_stream())
    }

    pub(super) fn bound(&mut self, bound: &TypeParamBound) -> String {
        let mut bound = bound.clone();
        self.visit_type_param_bound_mut(&mut bound);
        line(bound.into_token_stream())
    }

    /// A trait without lifetimes, so that a derived one and a written one read the same.
    pub(super) fn trait_path(&mut self, path: &Path) -> String {
        let mut path = path.clone();
        self.visit_path_mut(&mut path);
        if let Some(last) = path.segments.last_mut()
            && let PathArguments::AngleBracketed(arguments) = &last.arguments
            && arguments.args.iter().all(|argument| matches!(argument, GenericArgument::Lifetime(_)))
        {
            last.arguments = PathArguments::None;
        }
        line(path.into_token_stream())
    }

    /// A function, and what the `impl` that it stands in asks for.
    pub(super) fn function(&mut self, signature: &Signature, of_impl: &Generics) -> String {
        let mut text = String::new();
        if signature.constness.is_some() {
            text.push_str("const ");
        }
        if signature.asyncness.is_some() {
            text.push_str("async ");
        }
        match signature.safety {
            Safety::Unsafe(_) => text.push_str("unsafe "),
            Safety::Safe(_) => text.push_str("safe "),
            Safety::Default => {}
        }
        if let Some(abi) = &signature.abi {
            text.push_str(&line(abi.to_token_stream()));
            text.push(' ');
        }
        let inputs: Vec<_> = signature.inputs.iter().map(|input| self.input(input)).collect();
        let dots = if signature.variadic.is_some() { ", ..." } else { "" };
        let generics = self.generics(&signature.generics);
        text.push_str(&format!("fn {}{generics}({}{dots})", signature.ident, inputs.join(", ")));
        if let ReturnType::Type(_, ty) = &signature.output {
            text.push_str(&format!(" -> {}", self.ty(ty)));
        }
        let mut bounds = self.bounds_of_parameters(of_impl);
        bounds.extend(self.predicates(of_impl));
        bounds.extend(self.predicates(&signature.generics));
        text.push_str(&where_clause(&bounds));
        text
    }

    fn input(&mut self, input: &FnArg) -> String {
        match input {
            FnArg::Receiver(receiver) => match &receiver.kind {
                ReceiverKind::Reference(_, lifetime, mutability) => {
                    let lifetime = lifetime.as_ref().map(|lifetime| format!("{lifetime} ")).unwrap_or_default();
                    format!("&{lifetime}{}self", if mutability.is_some() { "mut " } else { "" })
                }
                ReceiverKind::Typed(_, ty) => format!("self: {}", self.ty(ty)),
                // `mut self` is no business of the caller.
                _ => "self".to_owned(),
            },
            FnArg::Typed(typed) => {
                let name = match &*typed.pat {
                    Pat::Ident(name) => name.ident.to_string(),
                    _ => "_".to_owned(),
                };
                format!("{name}: {}", self.ty(&typed.ty))
            }
        }
    }

    /// `<'a, T: Bound>`, or nothing.
    pub(super) fn generics(&mut self, generics: &Generics) -> String {
        self.parameters(generics, |_| true)
    }

    /// The generics of an `impl` without its lifetimes.
    pub(super) fn generics_of_impl(&mut self, generics: &Generics) -> String {
        self.parameters(generics, |parameter| !matches!(parameter, GenericParam::Lifetime(_)))
    }

    fn parameters(&mut self, generics: &Generics, keep: fn(&GenericParam) -> bool) -> String {
        let kept: Vec<_> = generics.params.iter().filter(|parameter| keep(parameter)).cloned().collect();
        let told: Vec<_> = kept.into_iter().map(|parameter| self.parameter(parameter)).collect();
        if told.is_empty() { String::new() } else { format!("<{}>", told.join(", ")) }
    }

    fn parameter(&mut self, mut parameter: GenericParam) -> String {
        match &mut parameter {
            GenericParam::Lifetime(parameter) => parameter.attrs.clear(),
            GenericParam::Type(parameter) => parameter.attrs.clear(),
            GenericParam::Const(parameter) => parameter.attrs.clear(),
        }
        self.visit_generic_param_mut(&mut parameter);
        line(parameter.into_token_stream())
    }

    /// `T: Bound` for each parameter that has a bound.
    fn bounds_of_parameters(&mut self, generics: &Generics) -> Vec<String> {
        let bound: Vec<_> = generics.type_params().filter(|parameter| !parameter.bounds.is_empty()).cloned().collect();
        bound
            .into_iter()
            .map(|mut parameter| {
                parameter.default = None;
                self.parameter(GenericParam::Type(parameter))
            })
            .collect()
    }

    /// What the `where` clause asks for.
    pub(super) fn predicates(&mut self, generics: &Generics) -> Vec<String> {
        let Some(clause) = &generics.where_clause else { return Vec::new() };
        let mut told = Vec::new();
        for predicate in &clause.predicates {
            let mut predicate = predicate.clone();
            self.visit_where_predicate_mut(&mut predicate);
            told.push(line(predicate.into_token_stream()));
        }
        told
    }

    /// A type's own line: its kind, name, generics, and whether it has private fields.
    pub(super) fn structure(&mut self, name: &Ident, generics: &Generics, fields: &Fields) -> String {
        let head = format!("struct {name}{}", self.generics(generics));
        let bounds = where_clause(&self.predicates(generics));
        let is_private = |field: &Field| !super::tree::is_public(&field.vis);
        match fields {
            Fields::Named(_) if fields.iter().any(is_private) => format!("{head}{bounds} {{ .. }}"),
            Fields::Named(_) => format!("{head}{bounds} {{}}"),
            Fields::Unnamed(fields) => {
                let fields: Vec<_> = fields
                    .unnamed
                    .iter()
                    .map(|field| if is_private(field) { "_".to_owned() } else { self.ty(&field.ty) })
                    .collect();
                format!("{head}({}){bounds}", fields.join(", "))
            }
            Fields::Unit => format!("{head}{bounds}"),
        }
    }

    pub(super) fn variant(&mut self, variant: &Variant) -> String {
        let mut text = variant.ident.to_string();
        match &variant.fields {
            Fields::Named(fields) => {
                let told: Vec<_> = fields
                    .named
                    .iter()
                    .map(|field| {
                        let name = field.ident.as_ref().map(Ident::to_string).unwrap_or_default();
                        format!("{name}: {}", self.ty(&field.ty))
                    })
                    .collect();
                text.push_str(&format!(" {{ {} }}", told.join(", ")));
            }
            Fields::Unnamed(fields) => {
                let told: Vec<_> = fields.unnamed.iter().map(|field| self.ty(&field.ty)).collect();
                text.push_str(&format!("({})", told.join(", ")));
            }
            Fields::Unit => {}
        }
        if let Some((_, value)) = &variant.discriminant {
            text.push_str(&format!(" = {}", line(value.to_token_stream())));
        }
        text
    }

    /// The public name of what a path means, where that is known.
    fn public_name(&mut self, path: &Path) -> Option<Vec<Ident>> {
        let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.clone()).collect();
        match self.tree.type_of(self.module, &names, path.leading_colon.is_some())? {
            Target::Definition(id) => {
                self.named.push(id);
                Some(match self.places.definitions.get(&id) {
                    Some(place) => place.path.clone(),
                    None => {
                        let definition = &self.tree.definitions[id];
                        let module = &self.tree.modules[definition.module].path;
                        [module.as_slice(), std::slice::from_ref(definition.name)].concat()
                    }
                })
            }
            Target::External(external) => Some(self.short(external)),
            Target::Module(_) | Target::Variant(..) => None,
        }
    }

    /// What another crate has: under the name that it is public by here, or else as short as it stays clear.
    fn short(&self, path: Vec<Ident>) -> Vec<Ident> {
        for length in (1..=path.len()).rev() {
            let (start, rest) = path.split_at(length);
            if let Some(place) = self.places.externals.get(start) {
                return [place.as_slice(), rest].concat();
            }
        }
        let Some(first) = path.first() else { return path };
        let dropped = if first == "crate" {
            1
        } else if STANDARD.iter().any(|name| first == name) {
            // `fmt::Result` and `error::Error` are not what `Result` and `Error` mean.
            let is_common = path.last().is_some_and(|last| last == "Result" || last == "Error");
            let is_result = path.len() > 1 && path[path.len() - 2] == "result";
            path.len() - if is_common && !is_result { 2.min(path.len()) } else { 1 }
        } else {
            0
        };
        path.into_iter().skip(dropped).collect()
    }
}

impl VisitMut for Printer<'_, '_> {
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        let mut before_last = path.segments.iter().rev().skip(1);
        if !before_last.all(|segment| segment.arguments.is_none()) {
            return;
        }
        let Some(name) = self.public_name(path) else { return };
        let arguments = path.segments.last().map(|segment| segment.arguments.clone()).unwrap_or_default();
        path.leading_colon = None;
        path.segments = name.into_iter().map(syn::PathSegment::from).collect();
        if let Some(last) = path.segments.last_mut() {
            last.arguments = arguments;
        }
    }

    fn visit_type_tuple_mut(&mut self, tuple: &mut TypeTuple) {
        visit_mut::visit_type_tuple_mut(self, tuple);
        if tuple.elems.len() > 1 {
            tuple.elems.pop_punct();
        }
    }

    fn visit_type_path_mut(&mut self, ty: &mut TypePath) {
        let Some(of) = &mut ty.qself else { return self.visit_path_mut(&mut ty.path) };
        self.visit_type_mut(&mut of.ty);
        // `<V as Trait>::Error`: the trait is a path of its own.
        let segments = std::mem::take(&mut ty.path.segments);
        let mut segments = segments.into_iter();
        let mut path =
            Path { leading_colon: ty.path.leading_colon, segments: segments.by_ref().take(of.position).collect() };
        if of.position > 0 {
            self.visit_path_mut(&mut path);
        }
        of.position = path.segments.len();
        path.segments = path.segments.into_iter().chain(segments).collect();
        ty.path = path;
    }
}

pub(super) fn where_clause(bounds: &[String]) -> String {
    if bounds.is_empty() { String::new() } else { format!(" where {}", bounds.join(", ")) }
}

/// Tokens on one line, spaced as rustfmt would.
pub(super) fn line(tokens: TokenStream) -> String {
    let mut lexemes = Vec::new();
    flatten(tokens, &mut lexemes);
    let mut text = String::new();
    let mut before = "";
    for (index, lexeme) in lexemes.iter().enumerate() {
        // A comma at the end says how the code was broken into lines.
        if lexeme == "," && lexemes.get(index + 1).is_some_and(|next| next == ">" || next == "]") {
            continue;
        }
        if is_spaced(before, lexeme) {
            text.push(' ');
        }
        text.push_str(lexeme);
        before = lexeme;
    }
    text
}

fn flatten(tokens: TokenStream, lexemes: &mut Vec<String>) {
    let mut joint = String::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                lexemes.extend((!open.is_empty()).then(|| open.to_owned()));
                flatten(group.stream(), lexemes);
                lexemes.extend((!close.is_empty()).then(|| close.to_owned()));
            }
            TokenTree::Ident(ident) => lexemes.push(format!("{}{ident}", std::mem::take(&mut joint))),
            TokenTree::Literal(literal) => lexemes.push(literal.to_string()),
            TokenTree::Punct(punct) => {
                joint.push(punct.as_char());
                let is_open =
                    punct.spacing() == Spacing::Joint && matches!(joint.as_str(), ":" | "-" | "=" | "'" | "." | "..");
                if !is_open {
                    lexemes.push(std::mem::take(&mut joint));
                }
            }
        }
    }
    lexemes.extend((!joint.is_empty()).then_some(joint));
}

fn is_spaced(before: &str, next: &str) -> bool {
    let is_word = |text: &str| text.starts_with(|first: char| first.is_alphanumeric() || "_'\"".contains(first));
    match (before, next) {
        ("", _) | (_, "," | ";" | ")" | "]" | ">" | ":" | "::" | ".") => false,
        ("," | ";" | ":" | "->" | "=>" | "=" | "+" | "{", _) | (_, "->" | "=>" | "=" | "+" | "{" | "}") => true,
        ("(" | "[" | "<" | "&" | "::" | "!" | "*" | "?" | "#" | "." | "-", _) => false,
        ("as" | "dyn" | "impl" | "mut" | "const", "<" | "(" | "[") => true,
        (_, "<" | "(" | "!" | "?") => false,
        (before, "[") => is_word(before),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_spaced_as_rustfmt_would() {
        for text in [
            "Option<Vec<String>>",
            "&'a mut [u8]",
            "[u8; 32]",
            "<V as TryInto<types::Pin>>::Error",
            "Box<dyn Fn(&str, i64) -> Result<(), Error> + Send + 'static>",
            "impl Into<String>",
            "for<'de> Deserialize<'de>",
            "*const T",
            "(A, B)",
            "T: ?Sized + Clone",
            "impl FnOnce(A) -> B",
            "dyn Iterator<Item = &'static str>",
            "feature = \"v1\"",
            "all(unix, not(feature = \"v1\"))",
            "derive(Clone, Debug)",
            "unsafe extern \"C\" fn(i32, ...) -> !",
            "Wrapper<-1, { N + 1 }>",
        ] {
            let tokens: TokenStream = text.parse().unwrap();

            assert_eq!(line(tokens), text);
        }
    }
}
