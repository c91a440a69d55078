//! `JsonSchema` behind the feature `schemars`, with schemars 1.x: the generator's own derive is tied to 0.8.

use syn::{Attribute, Item, parse_quote};

use super::tolerance::derives_deserialize;

pub(super) fn run(types: &mut [Item]) {
    for item in types {
        let attributes: Option<&mut Vec<Attribute>> = match item {
            Item::Struct(item) => Some(&mut item.attrs),
            Item::Enum(item) => Some(&mut item.attrs),
            _ => None,
        };
        if let Some(attributes) = attributes.filter(|attributes| derives_deserialize(attributes)) {
            attributes.push(parse_quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]));
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;

    use super::*;

    #[test]
    fn only_types_that_decode_get_a_schema() {
        let mut types: Vec<Item> = vec![
            parse_quote!(
                #[derive(::serde::Deserialize)]
                struct A;
            ),
            parse_quote!(
                struct B;
            ),
        ];

        run(&mut types);

        let [decoded, plain] = [0, 1].map(|index| types[index].to_token_stream().to_string());
        assert!(
            decoded.contains("cfg_attr (feature = \"schemars\" , derive (:: schemars :: JsonSchema))"),
            "{decoded}"
        );
        assert_eq!(plain, "struct B ;");
    }
}
