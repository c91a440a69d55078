//! Names as a person would write them, where the generator's rules give something else.

use proc_macro2::Span;
use syn::{File, Ident, LitStr, visit_mut::VisitMut};

/// `(what the generator makes of it, what we call it)`.
const NAMES: [(&str, &str); 2] = [("i_pv6", "ipv6"), ("x_plex_container_", "container_")];

pub(super) fn run(file: &mut File) {
    Names.visit_file_mut(file);
}

struct Names;

impl VisitMut for Names {
    fn visit_ident_mut(&mut self, ident: &mut Ident) {
        if let Some(name) = renamed(&ident.to_string()) {
            *ident = Ident::new(&name, ident.span());
        }
    }

    /// Documentation and messages speak of the same names.
    fn visit_lit_str_mut(&mut self, text: &mut LitStr) {
        if let Some(name) = renamed(&text.value()) {
            *text = LitStr::new(&name, Span::call_site());
        }
    }
}

fn renamed(text: &str) -> Option<String> {
    let changed = NAMES.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    (changed != text).then_some(changed)
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens as _, quote};

    use super::*;

    #[test]
    fn names_change_in_code_and_text_and_stay_on_the_wire() {
        let mut file: File = syn::parse2(quote! {
            #[doc = "Sets `include_i_pv6`."]
            fn include_i_pv6() { send("includeIPv6") }
            fn x_plex_container_size() { send("X-Plex-Container-Size") }
        })
        .unwrap();

        run(&mut file);

        let expected = quote! {
            #[doc = "Sets `include_ipv6`."]
            fn include_ipv6() { send("includeIPv6") }
            fn container_size() { send("X-Plex-Container-Size") }
        };
        assert_eq!(file.into_token_stream().to_string(), expected.to_string());
    }
}
