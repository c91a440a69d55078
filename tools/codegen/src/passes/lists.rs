//! A missing list of rows is an empty one: `Option<Rows<T>>` is `Rows<T>`.
//!
//! progenitor says so of plain arrays. Of a type that takes the place of a list it cannot know that it is one.

use syn::{
    Field, Item, Type, parse_quote,
    visit_mut::{self, VisitMut},
};

use super::tolerance::{generic, serde_metas, set_serde_metas};

pub(super) fn run(types: &mut [Item]) {
    types.iter_mut().for_each(|item| Lists.visit_item_mut(item));
}

struct Lists;

impl VisitMut for Lists {
    fn visit_field_mut(&mut self, field: &mut Field) {
        if optional_rows(&field.ty).is_some() {
            let mut metas = serde_metas(&field.attrs);
            for meta in metas.iter_mut().filter(|meta| meta.path().is_ident("skip_serializing_if")) {
                *meta = parse_quote!(skip_serializing_if = "<[_]>::is_empty");
            }
            set_serde_metas(&mut field.attrs, metas);
        }
        visit_mut::visit_field_mut(self, field);
    }

    fn visit_type_mut(&mut self, kind: &mut Type) {
        if let Some(rows) = optional_rows(kind) {
            *kind = rows.clone();
        }
        visit_mut::visit_type_mut(self, kind);
    }
}

/// `Rows<T>` of `Option<Rows<T>>`.
fn optional_rows(kind: &Type) -> Option<&Type> {
    match generic(kind)? {
        ("Option", inner) if matches!(generic(inner), Some(("Rows", _))) => Some(inner),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn optional_rows_are_rows_in_structs_and_builders_and_nothing_else_changes() {
        let before = quote! {
            mod all {
                struct Hub {
                    #[serde(rename = "Metadata", default, skip_serializing_if = "::std::option::Option::is_none")]
                    metadata: ::std::option::Option<crate::Rows<Item>>,
                    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                    title: ::std::option::Option<::std::string::String>,
                    all: crate::Rows<Item>,
                }
                impl Builder {
                    fn metadata<T>(value: T)
                    where
                        T: ::std::convert::TryInto<::std::option::Option<crate::Rows<Item>>>,
                    {
                    }
                }
            }
        };
        let after = quote! {
            mod all {
                struct Hub {
                    #[serde(rename = "Metadata", default, skip_serializing_if = "<[_]>::is_empty")]
                    metadata: crate::Rows<Item>,
                    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                    title: ::std::option::Option<::std::string::String>,
                    all: crate::Rows<Item>,
                }
                impl Builder {
                    fn metadata<T>(value: T)
                    where
                        T: ::std::convert::TryInto<crate::Rows<Item>>,
                    {
                    }
                }
            }
        };

        let parse = |code| syn::parse2::<Item>(code).unwrap();
        let mut items = vec![parse(before)];
        run(&mut items);

        assert_eq!(items, [parse(after)]);
    }
}
