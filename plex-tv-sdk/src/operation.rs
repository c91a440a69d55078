//! What the description says of an operation, for the transport and for tools.

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Auth {
    /// Anyone.
    None,
    /// A client that names itself by its client identifier.
    ClientIdentifier,
    /// A signed-in user: the token is sent.
    Token,
}

/// One operation of a description. The tables of the generated modules list them all.
///
/// ```
/// let getter = plex_tv_sdk::plex_tv::OPERATIONS.iter().find(|operation| operation.id == "getToken");
///
/// assert_eq!(getter.map(|operation| operation.path), Some("/pins/{pinID}"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Operation {
    /// The `operationId` of the description.
    pub id: &'static str,
    /// The name of the generated method.
    pub rust_name: &'static str,
    /// The tag: the group of operations it belongs to.
    pub tag: &'static str,
    /// The HTTP method, in capitals.
    pub method: &'static str,
    /// The path template, relative to the description's server.
    pub path: &'static str,
    /// The server, where it is not that of the description.
    pub server: Option<&'static str>,
    /// Who may call it.
    pub auth: Auth,
    /// May it be repeated without knowing whether it arrived?
    pub safe_to_retry: bool,
    /// May its request body be left out?
    pub optional_body: bool,
    /// Does plex.tv give it up?
    pub deprecated: bool,
}
