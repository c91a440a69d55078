//! Expands the crate's own `macro_rules!`.
//!
//! Enough for macros that make items; a matcher that needs more simply does not match, and the call is left as it stands.

use std::collections::HashMap;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream, Parser as _};

/// The rules of one macro.
#[derive(Debug)]
pub(super) struct Rules(Vec<(Vec<Matcher>, TokenStream)>);

#[derive(Debug)]
enum Matcher {
    Token(String),
    Group(Delimiter, Vec<Matcher>),
    Fragment { name: String, kind: String },
    Repeated { inner: Vec<Matcher>, separator: Option<String>, operator: char },
}

/// What a name of a matcher stands for.
#[derive(Clone, Debug)]
enum Bound {
    One(TokenStream),
    Many(Vec<Bound>),
}

type Bindings = HashMap<String, Bound>;

impl Rules {
    /// Reads what stands between the braces of `macro_rules! name { … }`.
    pub(super) fn new(tokens: TokenStream) -> Self {
        let mut rules = Vec::new();
        let mut matcher = None;
        for token in tokens {
            // Between the groups stand only `=>` and `;`.
            let TokenTree::Group(group) = token else { continue };
            match matcher.take() {
                None => matcher = Some(matchers(&trees(group.stream()))),
                Some(matcher) => rules.push((matcher, group.stream())),
            }
        }
        Self(rules)
    }

    /// What a call gives; none when no rule matches.
    pub(super) fn expand(&self, call: TokenStream) -> Option<TokenStream> {
        let call = trees(call);
        self.0.iter().find_map(|(matcher, body)| {
            let (mut input, mut bindings) = (call.as_slice(), Bindings::new());
            matches(matcher, &mut input, &mut bindings)?;
            if input.is_empty() { transcribe(&trees(body.clone()), &bindings) } else { None }
        })
    }
}

fn trees(tokens: TokenStream) -> Vec<TokenTree> {
    tokens.into_iter().collect()
}

fn is_punct(token: Option<&TokenTree>, character: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

/// `(…) separator operator` after a `$`: the inner tokens, the rest of it, and how many tokens it has.
fn repetition(tokens: &[TokenTree]) -> Option<(Vec<TokenTree>, Option<TokenTree>, char, usize)> {
    let Some(TokenTree::Group(group)) = tokens.first() else { return None };
    let operator = |token: Option<&TokenTree>| "*+?".chars().find(|operator| is_punct(token, *operator));
    let inner = trees(group.stream());
    if let Some(operator) = operator(tokens.get(1)) {
        return Some((inner, None, operator, 2));
    }
    Some((inner, tokens.get(1).cloned(), operator(tokens.get(2))?, 3))
}

fn matchers(mut tokens: &[TokenTree]) -> Vec<Matcher> {
    let mut found = Vec::new();
    while let Some((token, rest)) = tokens.split_first() {
        tokens = rest;
        found.push(match (token, rest) {
            (token, [TokenTree::Ident(name), colon, TokenTree::Ident(kind), rest @ ..])
                if is_punct(Some(token), '$') && is_punct(Some(colon), ':') =>
            {
                tokens = rest;
                Matcher::Fragment { name: name.to_string(), kind: kind.to_string() }
            }
            (token, rest) if is_punct(Some(token), '$') => match repetition(rest) {
                Some((inner, separator, operator, length)) => {
                    tokens = rest.get(length..).unwrap_or_default();
                    let separator = separator.map(|separator| separator.to_string());
                    Matcher::Repeated { inner: matchers(&inner), separator, operator }
                }
                None => Matcher::Token("$".to_owned()),
            },
            (TokenTree::Group(group), _) => Matcher::Group(group.delimiter(), matchers(&trees(group.stream()))),
            (token, _) => Matcher::Token(token.to_string()),
        });
    }
    found
}

/// Takes from the input what the matchers match.
fn matches(matchers: &[Matcher], input: &mut &[TokenTree], bindings: &mut Bindings) -> Option<()> {
    for matcher in matchers {
        match matcher {
            Matcher::Token(wanted) => {
                let (token, rest) = input.split_first()?;
                if token.to_string() != *wanted {
                    return None;
                }
                *input = rest;
            }
            Matcher::Group(delimiter, inner) => {
                let (TokenTree::Group(group), rest) = input.split_first()? else { return None };
                let tokens = trees(group.stream());
                let mut tokens = tokens.as_slice();
                matches(inner, &mut tokens, bindings)?;
                if group.delimiter() != *delimiter || !tokens.is_empty() {
                    return None;
                }
                *input = rest;
            }
            Matcher::Fragment { name, kind } => {
                let length = fragment(kind, input)?;
                let (taken, rest) = input.split_at_checked(length)?;
                bindings.insert(name.clone(), Bound::One(bound(kind, taken)));
                *input = rest;
            }
            Matcher::Repeated { inner, separator, operator } => {
                let rounds = repeated(inner, separator.as_deref(), *operator, input)?;
                for name in names(inner) {
                    let all = rounds.iter().filter_map(|round| round.get(name).cloned()).collect();
                    bindings.insert(name.to_owned(), Bound::Many(all));
                }
            }
        }
    }
    Some(())
}

fn repeated(
    inner: &[Matcher],
    separator: Option<&str>,
    operator: char,
    input: &mut &[TokenTree],
) -> Option<Vec<Bindings>> {
    let mut rounds = Vec::new();
    while !input.is_empty() && (operator != '?' || rounds.is_empty()) {
        let mut ahead = *input;
        if let Some(separator) = separator.filter(|_| !rounds.is_empty()) {
            match ahead.split_first() {
                Some((token, rest)) if token.to_string() == separator => ahead = rest,
                _ => break,
            }
        }
        let mut bindings = Bindings::new();
        if matches(inner, &mut ahead, &mut bindings).is_none() || ahead.len() == input.len() {
            break;
        }
        *input = ahead;
        rounds.push(bindings);
    }
    (operator != '+' || !rounds.is_empty()).then_some(rounds)
}

fn names(matchers: &[Matcher]) -> Vec<&str> {
    matchers
        .iter()
        .flat_map(|matcher| match matcher {
            Matcher::Token(_) => Vec::new(),
            Matcher::Fragment { name, .. } => vec![name.as_str()],
            Matcher::Group(_, inner) | Matcher::Repeated { inner, .. } => names(inner),
        })
        .collect()
}

/// How many tokens a fragment takes.
fn fragment(kind: &str, input: &[TokenTree]) -> Option<usize> {
    match kind {
        "tt" => input.first().map(|_| 1),
        "ident" => matches!(input.first(), Some(TokenTree::Ident(_))).then_some(1),
        "lifetime" => length::<syn::Lifetime>(input),
        "literal" => length::<syn::Lit>(input),
        "ty" => length::<syn::Type>(input),
        "path" => length::<syn::Path>(input),
        "expr" => length::<syn::Expr>(input),
        "item" => length::<syn::Item>(input),
        "block" => length::<syn::Block>(input),
        "meta" => length::<syn::Meta>(input),
        "vis" => length::<syn::Visibility>(input),
        _ => None,
    }
}

fn length<T: Parse>(input: &[TokenTree]) -> Option<usize> {
    let parser = |stream: ParseStream<'_>| {
        stream.parse::<T>()?;
        stream.parse::<TokenStream>()
    };
    let rest = parser.parse2(input.iter().cloned().collect()).ok()?;
    input.len().checked_sub(rest.into_iter().count())
}

fn bound(kind: &str, taken: &[TokenTree]) -> TokenStream {
    let tokens = taken.iter().cloned().collect();
    // An expression stays one, whatever it is put beside.
    if kind == "expr" { TokenTree::Group(Group::new(Delimiter::None, tokens)).into() } else { tokens }
}

/// The body of a rule with the names filled in; none for a name that is repeated in another way than it was matched.
fn transcribe(mut body: &[TokenTree], bindings: &Bindings) -> Option<TokenStream> {
    let mut made = TokenStream::new();
    while let Some((token, rest)) = body.split_first() {
        body = rest;
        match token {
            token if is_punct(Some(token), '$') => match rest {
                [TokenTree::Ident(name), rest @ ..] => {
                    body = rest;
                    if name == "crate" {
                        <syn::Token![crate]>::default().to_tokens(&mut made);
                        continue;
                    }
                    match bindings.get(&name.to_string())? {
                        Bound::One(tokens) => made.extend(tokens.clone()),
                        Bound::Many(_) => return None,
                    }
                }
                rest => {
                    let (inner, separator, _, length) = repetition(rest)?;
                    body = rest.get(length..).unwrap_or_default();
                    for round in 0..rounds(&inner, bindings)? {
                        made.extend(separator.clone().filter(|_| round > 0));
                        made.extend(transcribe(&inner, &bindings_of(round, bindings))?);
                    }
                }
            },
            TokenTree::Group(group) => {
                let inner = transcribe(&trees(group.stream()), bindings)?;
                let mut filled = Group::new(group.delimiter(), inner);
                filled.set_span(group.span());
                made.extend([TokenTree::Group(filled)]);
            }
            token => made.extend([token.clone()]),
        }
    }
    Some(made)
}

/// How often a part of a body is repeated: as often as a repeated name in it was matched.
fn rounds(inner: &[TokenTree], bindings: &Bindings) -> Option<usize> {
    inner.iter().enumerate().find_map(|(index, token)| match token {
        TokenTree::Group(group) => rounds(&trees(group.stream()), bindings),
        TokenTree::Ident(name) if index > 0 && is_punct(inner.get(index - 1), '$') => {
            match bindings.get(&name.to_string()) {
                Some(Bound::Many(all)) => Some(all.len()),
                _ => None,
            }
        }
        _ => None,
    })
}

fn bindings_of(round: usize, bindings: &Bindings) -> Bindings {
    bindings
        .iter()
        .filter_map(|(name, bound)| match bound {
            Bound::One(_) => Some((name.clone(), bound.clone())),
            Bound::Many(all) => all.get(round).map(|bound| (name.clone(), bound.clone())),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::signature::line;

    fn expanded(rules: &str, call: &str) -> Option<String> {
        Rules::new(rules.parse().unwrap()).expand(call.parse().unwrap()).map(line)
    }

    #[test]
    fn names_and_repetitions_are_filled_in() {
        let modules = "($module:ident $(, $feature:literal)?) => {
            #[cfg(all(not(test) $(, feature = $feature)?))] pub mod $module;
        };";

        assert_eq!(
            expanded(modules, "old, \"v1\"").unwrap(),
            line(quote::quote!(
                #[cfg(all(not(test), feature = "v1"))]
                pub mod old;
            ))
        );
        assert_eq!(
            expanded(modules, "new").unwrap(),
            line(quote::quote!(
                #[cfg(all(not(test)))]
                pub mod new;
            ))
        );
        assert_eq!(expanded(modules, "\"new\""), None);
    }

    #[test]
    fn the_first_rule_that_matches_is_taken() {
        let rules =
            "(one $t:ty) => { type One = $t; }; ($($k:ident: $t:ty),+ $(,)?) => { $(type $k = [$t; $crate::N];)+ }";

        assert_eq!(expanded(rules, "one Vec<u8>").unwrap(), "type One = Vec<u8>;");
        assert_eq!(
            expanded(rules, "A: u8, B: Option<(i8, u8)>,").unwrap(),
            "type A = [u8; crate::N]; type B = [Option<(i8, u8)>; crate::N];"
        );
        assert_eq!(expanded(rules, ""), None);
    }
}
