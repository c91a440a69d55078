//! What a description says about an operation, as data.

use std::fmt;

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Auth {
    /// Anyone. The client identifier is sent anyway.
    None,
    /// A client that sends its client identifier.
    ClientIdentifier,
    /// A signed-in user: the token is sent.
    Token,
}

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
    /// `PATCH`.
    Patch,
    /// `DELETE`.
    Delete,
    /// `HEAD`.
    Head,
    /// `OPTIONS`.
    Options,
}

impl Method {
    /// The name of the method, as in a request.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
        }
    }

    /// Whether a request of this method changes nothing.
    pub const fn only_reads(self) -> bool {
        matches!(self, Self::Get | Self::Head | Self::Options)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Method> for reqwest::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Patch => Self::PATCH,
            Method::Delete => Self::DELETE,
            Method::Head => Self::HEAD,
            Method::Options => Self::OPTIONS,
        }
    }
}

/// The place of a parameter in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
}

/// A parameter of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Parameter {
    /// The name on the wire.
    pub name: &'static str,
    /// Its place in a request.
    pub place: Place,
    /// Whether it is required.
    pub required: bool,
}

impl Parameter {
    /// Creates a parameter in the path. It is always required.
    pub const fn path(name: &'static str) -> Self {
        Self { name, place: Place::Path, required: true }
    }

    /// Creates an optional parameter in the query.
    pub const fn query(name: &'static str) -> Self {
        Self { name, place: Place::Query, required: false }
    }

    /// Creates an optional header.
    pub const fn header(name: &'static str) -> Self {
        Self { name, place: Place::Header, required: false }
    }

    /// Makes the parameter required.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }
}

/// A credential other than the token that an operation checks. It is sent in the query or the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Proof {
    /// A JWT signed with the device key.
    DeviceJwt,
    /// The public half of a new device key.
    DeviceKey,
    /// A password, with or without a second factor.
    Password,
}

/// One operation of a description, as data for the transport and for tools.
///
/// Each generated call has one as `OPERATION`, and each generated module lists them all in
/// `OPERATIONS`. The method `call` of a generated client sends an operation that you define.
///
/// ```
/// use plex_tv_sdk::{Auth, v2};
///
/// let operation = v2::calls::GetToken::OPERATION;
///
/// assert_eq!((operation.method.as_str(), operation.path), ("GET", "/pins/{pinID}"));
/// assert_eq!(operation.auth, Auth::ClientIdentifier);
/// assert!(v2::OPERATIONS.contains(&operation));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Operation {
    /// The `operationId` of the description. It names the call in errors and traces.
    pub id: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path template, relative to the base URL of its host.
    pub path: &'static str,
    /// The host that serves it, as an index into `HOSTS` of its module.
    pub host: usize,
    /// The group of operations that it belongs to.
    pub tag: &'static str,
    /// Who may call it.
    pub auth: Auth,
    /// Whether it may be retried when it is unknown whether it arrived.
    pub safe_to_retry: bool,
    /// Whether plex.tv has removed it, or is going to.
    pub deprecated: bool,
    /// The root element of a successful XML reply. It is empty if the element has no fixed name.
    pub xml_root: Option<&'static str>,
    /// The credential that it checks besides the token.
    pub proof: Option<Proof>,
    /// A code other than 1012 with which it reports that the account has no Plex Pass.
    pub plex_pass_code: Option<i64>,
    /// Whether one redirect to storage on another host is followed, without the token and the
    /// identity.
    pub redirects_to_storage: bool,
    /// The parameters in path, query and headers.
    pub parameters: &'static [Parameter],
}

impl Operation {
    /// Creates an operation that needs a token, and that may be retried if its method only reads.
    pub const fn new(id: &'static str, method: Method, path: &'static str) -> Self {
        Self {
            id,
            method,
            path,
            host: 0,
            tag: "",
            auth: Auth::Token,
            safe_to_retry: method.only_reads(),
            deprecated: false,
            xml_root: None,
            proof: None,
            plex_pass_code: None,
            redirects_to_storage: false,
            parameters: &[],
        }
    }

    /// Sets the host, as an index into the hosts of the description.
    #[must_use]
    pub const fn host(self, host: usize) -> Self {
        Self { host, ..self }
    }

    /// Sets the group.
    #[must_use]
    pub const fn tag(self, tag: &'static str) -> Self {
        Self { tag, ..self }
    }

    /// Sets who may call it.
    #[must_use]
    pub const fn auth(self, auth: Auth) -> Self {
        Self { auth, ..self }
    }

    /// Sets whether it may be retried when it is unknown whether it arrived.
    #[must_use]
    pub const fn safe_to_retry(self, safe_to_retry: bool) -> Self {
        Self { safe_to_retry, ..self }
    }

    /// Marks it as deprecated.
    #[must_use]
    pub const fn deprecated(self) -> Self {
        Self { deprecated: true, ..self }
    }

    /// Sets the root element of a successful XML reply.
    #[must_use]
    pub const fn xml(self, root: &'static str) -> Self {
        Self { xml_root: Some(root), ..self }
    }

    /// Sets the credential that it checks besides the token.
    #[must_use]
    pub const fn proof(self, proof: Proof) -> Self {
        Self { proof: Some(proof), ..self }
    }

    /// Sets a code other than 1012 with which it reports that the account has no Plex Pass.
    #[must_use]
    pub const fn plex_pass_code(self, code: i64) -> Self {
        Self { plex_pass_code: Some(code), ..self }
    }

    /// Allows one redirect to storage on another host.
    #[must_use]
    pub const fn redirects_to_storage(self) -> Self {
        Self { redirects_to_storage: true, ..self }
    }

    /// Sets the parameters.
    #[must_use]
    pub const fn parameters(self, parameters: &'static [Parameter]) -> Self {
        Self { parameters, ..self }
    }
}
