//! One doc attribute for each line.
//!
//! progenitor writes whole texts into one attribute; printed as `/** … */` and then indented by rustfmt, their text would
//! become code blocks. Line by line they print as ordinary `///` comments.

use syn::{Attribute, Expr, ExprLit, File, Lit, Meta, parse_quote, visit_mut::VisitMut};

pub(super) fn run(file: &mut File) {
    Docs.visit_file_mut(file);
}

struct Docs;

impl VisitMut for Docs {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        *attributes = attributes.drain(..).flat_map(split).collect();
    }
}

fn split(attribute: Attribute) -> Vec<Attribute> {
    match doc_text(&attribute) {
        Some(text) => text.trim_end().lines().map(line).collect(),
        None => vec![attribute],
    }
}

fn line(text: &str) -> Attribute {
    let text = text.trim_end();
    let text = if text.is_empty() || text.starts_with(' ') { text.to_owned() } else { format!(" {text}") };
    parse_quote!(#[doc = #text])
}

fn doc_text(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn a_long_text_becomes_one_comment_line_each() {
        let mut file: File = syn::parse2(quote! {
            #[doc = "First.\n\n- second\n   "]
            #[derive(Debug)]
            pub struct A;
        })
        .unwrap();

        run(&mut file);

        assert_eq!(prettyplease::unparse(&file), "/// First.\n///\n/// - second\n#[derive(Debug)]\npub struct A;\n");
    }
}
