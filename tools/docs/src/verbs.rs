//! The verbs of the SDK: hand-written methods that make calls of the descriptions. Their docs name
//! these calls, as in ``Calls `GET` and `POST /api/v2/user/webhooks`.``, so the docs are the only
//! source for what the pages say about them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use heck::ToSnakeCase as _;
use plex_tv_openapi::Problem;
use syn::{FnArg, GenericArgument, ImplItem, Item, PathArguments, ReturnType, Type, Visibility};

use crate::rust::docs;

/// The host of calls whose docs name none.
const HOST: &str = "https://plex.tv";
/// The type that every chain begins with.
const CLIENT: &str = "Client";
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/// How many methods may be chained to reach a verb from the client.
const MAX_CHAIN: usize = 4;

/// A hand-written method that makes calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verb {
    /// How an app writes it, such as `client.webhooks().add(…)`.
    pub(crate) call: String,
    /// Its type and name, such as `Webhooks::add`.
    pub(crate) path: String,
    /// The first paragraph of its docs, as Markdown.
    pub(crate) about: String,
    /// Method and address of each call that it makes.
    pub(crate) calls: Vec<(String, String)>,
    /// The file with its docs.
    pub(crate) file: PathBuf,
}

impl Verb {
    /// Returns whether a call only prepares what the verb does: it reads, and another call changes.
    pub(crate) fn only_prepares(&self, method: &str) -> bool {
        method == "GET" && self.calls.iter().any(|(other, _)| other != "GET")
    }

    /// Sorts verbs: the simplest first, and those of the client before those of its values.
    pub(crate) fn effort(&self) -> (usize, bool) {
        let calls = self.calls.iter().filter(|(method, _)| !self.only_prepares(method)).count();
        (calls, !self.call.starts_with("client."))
    }
}

/// A method of a type.
struct Method {
    owner: String,
    name: String,
    takes_arguments: bool,
    is_public: bool,
    returns: Option<String>,
    /// Whether it returns that type only after a call.
    is_awaited: bool,
    docs: String,
    file: PathBuf,
}

/// Reads the verbs from the sources of the SDK in `folder`.
///
/// # Errors
/// If a file cannot be read, or is not Rust.
pub(crate) fn load(folder: &Path) -> Result<Vec<Verb>, Problem> {
    let mut methods = Vec::new();
    read_folder(folder, &mut methods)?;
    Ok(verbs(&methods))
}

fn verbs(methods: &[Method]) -> Vec<Verb> {
    let mut verbs = Vec::new();
    for method in methods {
        let calls = calls(&method.docs);
        if calls.is_empty() {
            continue;
        }
        // A builder sends its call with `send`, and its maker says what the call does. If `send` is
        // private, the builder is awaited.
        let maker = maker(methods, &method.owner).filter(|_| method.name == "send");
        let receiver = receiver(methods, &method.owner, MAX_CHAIN);
        let (shown, call) = match (method.is_public, maker) {
            (true, _) => (method, format!("{receiver}.{}", written(method))),
            (false, Some(maker)) => (maker, receiver),
            (false, None) => continue,
        };
        verbs.push(Verb {
            call,
            path: format!("{}::{}", shown.owner, shown.name),
            about: summary(&maker.unwrap_or(shown).docs),
            calls,
            file: method.file.clone(),
        });
    }
    verbs
}

/// Returns how an app gets a value of a type: from a chain that begins with the client, or from a
/// variable.
fn receiver(methods: &[Method], owner: &str, depth: usize) -> String {
    let variable = owner.to_snake_case();
    let Some(maker) = maker(methods, owner).filter(|_| owner != CLIENT && depth > 0) else { return variable };
    let chain = format!("{}.{}", receiver(methods, &maker.owner, depth - 1), written(maker));
    if !maker.is_awaited {
        chain
    } else if chain.starts_with("client.") {
        format!("{chain}.await?")
    } else {
        // A value that was loaded from another one is usually kept.
        variable
    }
}

/// Returns the public method that makes a value of this type, preferably one of the client, and
/// without a call.
fn maker<'m>(methods: &'m [Method], owner: &str) -> Option<&'m Method> {
    let makes =
        |method: &&Method| method.is_public && method.owner != owner && method.returns.as_deref() == Some(owner);
    methods.iter().filter(makes).min_by_key(|method| (method.is_awaited, method.owner != CLIENT))
}

fn written(method: &Method) -> String {
    format!("{}({})", method.name, if method.takes_arguments { "…" } else { "" })
}

/// Returns the first sentence, without the brackets of links to items.
fn summary(docs: &str) -> String {
    let paragraph = docs.split("\n\n").next().unwrap_or_default();
    let paragraph = paragraph.replace('\n', " ").replace("[`", "`").replace("`]", "`");
    let sentence = paragraph.split(". ").next().unwrap_or_default().trim_end_matches('.');
    format!("{sentence}.")
}

/// Returns the calls that a text names in the paragraph that begins with `Calls`.
fn calls(docs: &str) -> Vec<(String, String)> {
    let mut calls = Vec::new();
    // Methods that share the next address.
    let mut open = Vec::new();
    let paragraph = docs.split("\n\n").find(|paragraph| paragraph.starts_with("Calls `")).unwrap_or_default();
    for code in paragraph.split('`').skip(1).step_by(2) {
        let (method, address) = code.split_once(' ').unwrap_or((code, ""));
        if !METHODS.contains(&method) {
            continue;
        }
        open.push(method.to_owned());
        if !address.is_empty() {
            let host = if address.starts_with('/') { HOST } else { "" };
            calls.extend(open.drain(..).map(|method| (method, format!("{host}{address}"))));
        }
    }
    calls
}

fn read_folder(folder: &Path, methods: &mut Vec<Method>) -> Result<(), Problem> {
    let problem = |path: &Path, why: String| {
        Problem::new(path, "sdk-source", why, "use the workspace of plex-tv-sdk, and check that it compiles")
    };
    let entries = fs::read_dir(folder).map_err(|why| problem(folder, why.to_string()))?;
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default();
        // The layers below have no verbs.
        if path.is_dir() && name != "generated" && name != "runtime" {
            read_folder(&path, methods)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).map_err(|why| problem(&path, why.to_string()))?;
            let file = syn::parse_file(&text).map_err(|why| problem(&path, why.to_string()))?;
            read_file(&file, &path, methods);
        }
    }
    Ok(())
}

fn read_file(file: &syn::File, path: &Path, methods: &mut Vec<Method>) {
    for item in &file.items {
        let Item::Impl(found) = item else { continue };
        let Some(owner) = named(&found.self_ty).filter(|_| found.trait_.is_none()) else { continue };
        for item in &found.items {
            let ImplItem::Fn(method) = item else { continue };
            let signature = &method.sig;
            methods.push(Method {
                owner: owner.clone(),
                name: signature.ident.to_string(),
                takes_arguments: signature.inputs.iter().any(|input| !matches!(input, FnArg::Receiver(_))),
                is_public: matches!(method.vis, Visibility::Public(_)),
                returns: match &signature.output {
                    ReturnType::Type(_, kind) if signature.receiver().is_some() => named(kind),
                    _ => None,
                },
                is_awaited: signature.asyncness.is_some(),
                docs: docs(&method.attrs),
                file: path.to_owned(),
            });
        }
    }
}

/// Returns the name of a type without generic arguments, also from inside a `Result`.
fn named(kind: &Type) -> Option<String> {
    let Type::Path(path) = kind else { return None };
    let last = path.path.segments.last()?;
    match &last.arguments {
        PathArguments::None => Some(last.ident.to_string()),
        PathArguments::AngleBracketed(arguments) if last.ident == "Result" => match arguments.args.first()? {
            GenericArgument::Type(kind) => named(kind),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(source: &str) -> Vec<Verb> {
        let mut methods = Vec::new();
        read_file(&syn::parse_str(source).unwrap(), Path::new("a.rs"), &mut methods);
        verbs(&methods)
    }

    #[test]
    fn verbs_are_written_from_the_client_or_from_a_variable() {
        let found = of("
            impl Client {
                pub fn webhooks(&self) -> Webhooks {}
                /// Signs in with [`Client`]. Or not.
                pub fn sign_in(&self, login: &str) -> SignIn {}
                pub async fn shares(&self) -> Result<Vec<Share>, Error> {}
                pub fn pin_login(&self) -> PinLogin {}
            }
            impl PinLogin {
                pub async fn start(self) -> Result<PinFlow, Error> {}
            }
            impl PinFlow {
                /// Waits. Then returns.
                ///
                /// Calls `GET /api/v2/pins/{pinID}`.
                pub async fn wait(&self) -> Result<Client, Error> {}
            }
            impl Webhooks {
                /// Adds an address.
                ///
                /// Calls `GET` and `POST /api/v2/user/webhooks`.
                pub async fn add(&self, address: &str) {}
                /// Calls `GET /api/v2/user/webhooks`.
                async fn private(&self) {}
            }
            impl SignIn {
                /// Calls `POST /api/v2/users/signin`.
                async fn send(self) {}
            }
            impl Share {
                /// Revokes it.
                ///
                /// Calls `DELETE /api/v2/shared_servers/{id}`, and for each,
                /// `GET https://clients.plex.tv/a`.
                pub async fn revoke(&self) {}
                /// Calls `each` and `GET /a`.
                pub fn each(&self) {}
                pub fn change(&self) -> Change {}
                pub async fn moved(&self) -> Result<Moved, Error> {}
            }
            impl Change {
                /// Calls `POST /a`.
                pub async fn send(self) -> Result<Share, Error> {}
            }
            impl Moved {
                /// Calls `POST /b`.
                pub async fn back(self) {}
            }
        ");

        let shown: Vec<_> = found.iter().map(|verb| (verb.call.as_str(), verb.path.as_str())).collect();
        assert_eq!(
            shown,
            [
                ("client.pin_login().start().await?.wait()", "PinFlow::wait"),
                ("client.webhooks().add(…)", "Webhooks::add"),
                ("client.sign_in(…)", "Client::sign_in"),
                ("share.revoke()", "Share::revoke"),
                ("share.each()", "Share::each"),
                ("share.change().send()", "Change::send"),
                ("moved.back()", "Moved::back"),
            ]
        );
        let call = |method: &str, address: &str| (method.to_owned(), address.to_owned());
        let address = "https://plex.tv/api/v2/user/webhooks";
        let [wait, add, sign_in, revoke, each, ..] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(add.calls, [call("GET", address), call("POST", address)]);
        assert_eq!((wait.about.as_str(), sign_in.about.as_str()), ("Waits.", "Signs in with `Client`."));
        assert_eq!(revoke.calls[1], call("GET", "https://clients.plex.tv/a"));
        assert!(add.only_prepares("GET") && !add.only_prepares("POST") && !each.only_prepares("GET"));
        assert_eq!(each.calls, [call("GET", "https://plex.tv/a")]);
    }

    #[test]
    fn types_that_make_each_other_end() {
        let found = of("
            impl A { pub fn b(&self) -> B {} }
            impl B {
                pub fn a(&self) -> A {}
                /// Calls `GET /a`.
                pub fn get(&self) {}
            }
        ");

        assert_eq!(found[0].call, "b.a().b().a().b().get()");
    }
}
