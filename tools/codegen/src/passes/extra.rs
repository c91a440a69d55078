//! Kept unknown members get a type that does not print them, and builders do not ask for them.
//!
//! plex.tv may put a new token among them, and the derived `Debug` of a map would print it.

use quote::ToTokens as _;
use syn::{FieldValue, File, Member, TypePath, parse_quote, visit_mut::VisitMut};

pub(super) fn run(file: &mut File) {
    Extra.visit_file_mut(file);
}

struct Extra;

impl VisitMut for Extra {
    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        let is_extra = matches!(&field.member, Member::Named(name) if name == "extra");
        if is_extra && field.expr.to_token_stream().to_string().starts_with("Err (\"no value supplied") {
            field.expr = parse_quote!(Ok(::std::default::Default::default()));
        } else {
            syn::visit_mut::visit_field_value_mut(self, field);
        }
    }

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
    use quote::quote;

    use super::*;

    #[test]
    fn builders_start_without_unknown_members() {
        let mut file: File = syn::parse2(quote! {
            fn new() -> A {
                A { id: Err("no value supplied for id".to_string()), extra: Err("no value supplied for extra".to_string()) }
            }
        })
        .unwrap();

        run(&mut file);

        let code = file.into_token_stream().to_string();
        assert!(code.contains("extra : Ok (:: std :: default :: Default :: default ())"), "{code}");
        assert!(code.contains("id : Err"), "{code}");
    }

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
