//! Kept unknown members get a type that does not print them.
//!
//! plex.tv may put a new token among them, and the derived `Debug` of a map would print it.

use syn::{File, TypePath, parse_quote, visit_mut::VisitMut};

pub(super) fn run(file: &mut File) {
    Extra.visit_file_mut(file);
}

struct Extra;

impl VisitMut for Extra {
    fn visit_type_path_mut(&mut self, path: &mut TypePath) {
        let map: TypePath = parse_quote!(::serde_json::Map<::std::string::String, ::serde_json::Value>);
        if *path == map {
            *path = parse_quote!(crate::Extra);
        } else {
            syn::visit_mut::visit_type_path_mut(self, path);
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens as _, quote};

    use super::*;

    #[test]
    fn json_maps_become_extra_wherever_they_stand() {
        let mut file: File = syn::parse2(quote! {
            struct A { extra: Result<::serde_json::Map<::std::string::String, ::serde_json::Value>, String> }
        })
        .unwrap();

        run(&mut file);

        assert_eq!(
            file.into_token_stream().to_string(),
            quote! { struct A { extra: Result<crate::Extra, String> } }.to_string()
        );
    }
}
