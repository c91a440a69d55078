//! Under which features an item is there.

use std::collections::BTreeSet;

use quote::ToTokens as _;
use syn::{Attribute, Meta, Token, punctuated::Punctuated};

use super::signature::line;

/// Configurations that make nothing public. `codegen` swaps the checked-in code for the same code made while building.
const OFF: [&str; 5] = ["test", "doctest", "doc", "docsrs", "feature = \"codegen\""];

/// What must hold for an item to be there: all of these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Condition(BTreeSet<String>);

impl Condition {
    /// What the `#[cfg(…)]` attributes ask for; none when it never holds.
    pub(crate) fn of(attributes: &[Attribute]) -> Option<Self> {
        let mut all = BTreeSet::new();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")) {
            if let Ok(meta) = attribute.parse_args::<Meta>() {
                Cfg::of(&meta).collect(&mut all)?;
            }
        }
        Some(Self(all))
    }

    /// Both must hold.
    pub(crate) fn and(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }

    /// As it stands in front of an item, with a space behind; empty when nothing must hold.
    pub(crate) fn attribute(&self) -> String {
        let Some(inner) = self.inner() else { return String::new() };
        format!("#[cfg({inner})] ")
    }

    /// As it stands in an attribute; none when nothing must hold.
    pub(super) fn inner(&self) -> Option<String> {
        let all: Vec<_> = self.0.iter().map(String::as_str).collect();
        match all.as_slice() {
            [] => None,
            [one] => Some((*one).to_owned()),
            more => Some(format!("all({})", more.join(", "))),
        }
    }
}

/// An attribute, and what `#[cfg_attr(…)]` asks for it; those that never hold are left out.
pub(crate) fn attributes(attributes: &[Attribute]) -> Vec<(Condition, Meta)> {
    let mut found = Vec::new();
    for attribute in attributes {
        flatten(&Condition::default(), &attribute.meta, &mut found);
    }
    found
}

fn flatten(condition: &Condition, meta: &Meta, found: &mut Vec<(Condition, Meta)>) {
    if !meta.path().is_ident("cfg_attr") {
        found.push((condition.clone(), meta.clone()));
        return;
    }
    let mut all = condition.0.clone();
    let metas = list(meta);
    let Some((asked, given)) = metas.split_first() else { return };
    if Cfg::of(asked).collect(&mut all).is_some() {
        let condition = Condition(all);
        given.iter().for_each(|meta| flatten(&condition, meta, found));
    }
}

/// What stands between the parentheses of an attribute.
pub(crate) fn list(meta: &Meta) -> Vec<Meta> {
    let Meta::List(list) = meta else { return Vec::new() };
    let metas = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    metas.map(|metas| metas.into_iter().collect()).unwrap_or_default()
}

/// A configuration predicate, with what is known put in.
#[derive(Debug, PartialEq)]
enum Cfg {
    Known(bool),
    Open(String),
    All(Vec<Cfg>),
}

impl Cfg {
    fn of(meta: &Meta) -> Self {
        let parts = || list(meta).iter().map(Self::of).collect::<Vec<_>>();
        if meta.path().is_ident("all") {
            Self::all(parts())
        } else if meta.path().is_ident("any") {
            Self::any(parts())
        } else if meta.path().is_ident("not") {
            match parts().into_iter().next() {
                Some(Self::Known(known)) => Self::Known(!known),
                Some(open) => Self::Open(format!("not({})", open.text())),
                None => Self::Open("not()".to_owned()),
            }
        } else {
            let text = line(meta.to_token_stream());
            if OFF.contains(&text.as_str()) { Self::Known(false) } else { Self::Open(text) }
        }
    }

    fn all(parts: Vec<Self>) -> Self {
        if parts.contains(&Self::Known(false)) {
            return Self::Known(false);
        }
        let open: Vec<_> = parts.into_iter().filter(|part| *part != Self::Known(true)).collect();
        if open.is_empty() { Self::Known(true) } else { Self::All(open) }
    }

    fn any(parts: Vec<Self>) -> Self {
        if parts.contains(&Self::Known(true)) {
            return Self::Known(true);
        }
        let open: Vec<_> = parts.iter().filter(|part| **part != Self::Known(false)).map(Self::text).collect();
        match open.as_slice() {
            [] => Self::Known(false),
            [one] => Self::Open(one.clone()),
            more => Self::Open(format!("any({})", more.join(", "))),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Known(known) => known.to_string(),
            Self::Open(text) => text.clone(),
            Self::All(parts) => match parts.as_slice() {
                [one] => one.text(),
                more => format!("all({})", more.iter().map(Self::text).collect::<Vec<_>>().join(", ")),
            },
        }
    }

    /// Adds what must hold; none when it cannot.
    fn collect(self, all: &mut BTreeSet<String>) -> Option<()> {
        match self {
            Self::Known(known) => known.then_some(()),
            Self::Open(text) => {
                all.insert(text);
                Some(())
            }
            Self::All(parts) => parts.into_iter().try_for_each(|part| part.collect(all)),
        }
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn condition(attribute: Attribute) -> Option<String> {
        Condition::of(&[attribute]).map(|condition| condition.attribute())
    }

    #[test]
    fn what_is_known_is_put_in_and_the_rest_is_told() {
        let cases: [(Attribute, Option<&str>); 8] = [
            (parse_quote!(#[cfg(test)]), None),
            (parse_quote!(#[cfg(all(feature = "codegen", feature = "v1"))]), None),
            (parse_quote!(#[cfg(all(not(feature = "codegen"), feature = "v1"))]), Some("#[cfg(feature = \"v1\")] ")),
            (parse_quote!(#[cfg(all(not(feature = "codegen")))]), Some("")),
            (parse_quote!(#[cfg(any(unix, test))]), Some("#[cfg(unix)] ")),
            (parse_quote!(#[cfg(any(unix, not(test)))]), Some("")),
            (parse_quote!(#[cfg(not(any(unix, windows)))]), Some("#[cfg(not(any(unix, windows)))] ")),
            (parse_quote!(#[cfg(all(unix, all(not(test), windows)))]), Some("#[cfg(all(unix, windows))] ")),
        ];

        for (attribute, wanted) in cases {
            assert_eq!(condition(attribute).as_deref(), wanted);
        }
    }

    #[test]
    fn conditional_attributes_keep_their_condition() {
        let attribute: Attribute = parse_quote!(#[cfg_attr(feature = "a", derive(B), cfg_attr(c, must_use))]);

        let found = attributes(&[attribute, parse_quote!(#[cfg_attr(test, derive(D))])]);

        let told = found.iter().map(|(condition, meta)| (condition.attribute(), line(meta.to_token_stream())));
        let told: Vec<_> = told.collect();
        assert_eq!(
            told,
            [
                ("#[cfg(feature = \"a\")] ".to_owned(), "derive(B)".to_owned()),
                ("#[cfg(all(c, feature = \"a\"))] ".to_owned(), "must_use".to_owned())
            ]
        );
    }
}
