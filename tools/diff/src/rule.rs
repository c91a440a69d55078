//! The rules: one for each kind of change, with its level on each side and its effect on users.

use std::fmt;

use crate::{
    level::{Bump, Level, Side},
    predict::Prediction::{self, Items, Nothing, Open},
};

macro_rules! rules {
    ($($name:ident $id:literal $request:tt $response:tt $bump:ident $rust:ident $title:literal $why:literal;)*) => {
        /// One kind of change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "`title` says what each one is, and `explain` why it matters")]
        #[non_exhaustive]
        pub enum Rule { $($name),* }

        impl Rule {
            /// All rules, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            const fn facts(self) -> Facts {
                match self {
                    $(Self::$name => Facts {
                        id: $id,
                        request: level!($request),
                        response: level!($response),
                        bump: Bump::$bump,
                        rust: $rust,
                        title: $title,
                        why: $why,
                    }),*
                }
            }
        }
    };
}

macro_rules! level {
    (B) => {
        Some(Level::Breaking)
    };
    (P) => {
        Some(Level::Potential)
    };
    (C) => {
        Some(Level::Compatible)
    };
    (D) => {
        Some(Level::Docs)
    };
    (_) => {
        None
    };
}

struct Facts {
    id: &'static str,
    request: Option<Level>,
    response: Option<Level>,
    bump: Bump,
    rust: Prediction,
    title: &'static str,
    why: &'static str,
}

// The columns are the level on the request side and on the response side (`_` where it cannot
// happen), the version bump of a 1.x crate, and whether public items of the generated code change
// (`Open`: it depends on more than the rule sees).
rules! {
    // Operations
    PathRemoved "path-removed" B B Major Items "the last operation of a path was removed"
        "Callers of the old crate get an error from plex.tv, and callers of the new one no longer compile. If plex.tv still answers the operation, mark it deprecated for one release first.";
    OpRemoved "op-removed" B B Major Items "an operation was removed"
        "Its method and call are removed, so callers no longer compile. If plex.tv still answers the operation, mark it deprecated for one release first.";
    OpRemovedDeprecated "op-removed-deprecated" P P Major Items "a deprecated operation was removed"
        "Users were warned, but callers that still use it no longer compile. Name the replacement in the changelog.";
    OpAdded "op-added" C C Minor Items "an operation was added"
        "A method and a call are added; nothing else changes. Add a success case and a failure case in tests/.";
    OpIdRenamed "op-id-renamed" C C Major Items "an operationId changed"
        "The wire format is unchanged, but the method and the call take the new name, so callers no longer compile. If the id belonged to another operation, old code compiles and calls the wrong one. Keep ids unless they are wrong.";
    OpIdCollision "op-id-collision" B B Major Open "two operationIds give the same name"
        "Methods and calls are named after the id, so two ids that differ only in case or separators give the same name, or names that look the same. Rename the new one.";
    OpMoved "op-moved" B B Major Nothing "an operation has a different method or path"
        "Released crates call the old address. Check that plex.tv dropped it; if not, describe the new address as a separate operation.";
    OpPathParamRenamed "op-path-param-renamed" C C Major Open "a path parameter was renamed"
        "The address and the position of the argument are unchanged; only the name in the documentation changes.";
    OpDeprecated "op-deprecated" C C Minor Items "an operation became deprecated"
        "Callers see a warning. The description should name the replacement.";
    OpUndeprecated "op-undeprecated" C C Patch Items "an operation is no longer deprecated"
        "The warning is removed; nothing else changes.";
    OpTagChanged "op-tag-changed" D D Patch Open "the tag of an operation changed"
        "The documentation lists the method under another heading.";
    OpSummary "op-summary" D D Patch Nothing "the summary or description of an operation changed"
        "Documentation only. Read it as prose.";
    OpExtension "op-extension" D D Patch Open "an x- key of an operation changed"
        "Documentation, with one exception: changing `x-plex-confidence` to or from `low` moves the operation into or out of the feature `unstable`.";
    WebhookAdded "webhook-added" C C Minor Nothing "a webhook was added"
        "plex.tv sends a request that no receiver expects yet.";
    WebhookRemoved "webhook-removed" B B Major Nothing "a webhook was removed"
        "Receivers never get this request again.";
    // Servers and security
    ServerHostChanged "server-host-changed" P P Minor Nothing "the host of a server changed"
        "Released crates call the old host. Check that both hosts answer, and which origins get a token.";
    ServerPathChanged "server-path-changed" B B Major Nothing "the base path of a server changed"
        "Every address of the description changes; released crates call the old ones.";
    ServerOpOverride "server-op-override" B B Major Nothing "the servers of a single operation changed"
        "The operation is called at another host. Check which origins get a token.";
    ServerVariable "server-variable" P _ Minor Nothing "a server variable changed"
        "The default decides where calls go.";
    ServerAdded "server-added" C C Patch Nothing "a server was added"
        "It is an alternative address; the client uses the first one.";
    ServerRemoved "server-removed" P P Patch Nothing "a server was removed"
        "Users may have chosen it as their base address.";
    SecAdded "sec-added" B _ Major Nothing "an operation requires more authentication"
        "Calls that worked without it are now refused. Check against plex.tv, and say so in the changelog.";
    SecRemoved "sec-removed" C _ Patch Nothing "an operation requires less authentication"
        "The client stops sending what is no longer required, such as the token.";
    SecAltAdded "sec-alt-added" C _ Minor Nothing "another way to authenticate is accepted"
        "Nothing breaks; the client may offer it.";
    SecAltRemoved "sec-alt-removed" B _ Major Nothing "a way to authenticate is no longer accepted"
        "Users who authenticate this way are now refused.";
    SecScopeAdded "sec-scope-added" B _ Minor Nothing "a scope is now required"
        "Tokens without the scope are now refused. Name it in the changelog.";
    SecScopeRemoved "sec-scope-removed" C _ Patch Nothing "a scope is no longer required"
        "Nothing breaks.";
    SecSchemeLocation "sec-scheme-location" B _ Major Nothing "a key is sent under another name or in another place"
        "The signer still sends it the old way. Change `plex-tv-sdk/src/runtime/transport/sign.rs` as well.";
    SecSchemeChanged "sec-scheme-changed" P _ Minor Nothing "a security scheme changed"
        "The description does not show whether the client still signs as plex.tv expects. Check `plex-tv-sdk/src/runtime/transport/sign.rs`.";
    // Parameters
    ParamRequiredAdded "param-required-added" B _ Major Items "a required parameter was added"
        "plex.tv refuses calls without it. The method gains an argument, so callers no longer compile. Add it as optional if plex.tv has a default.";
    ParamOptionalAdded "param-optional-added" C _ Minor Items "an optional parameter was added"
        "A setter is added; nothing else changes.";
    ParamRemoved "param-removed" P _ Major Items "a parameter was removed"
        "Its setter is removed, so code that uses it no longer compiles; plex.tv may still read it.";
    ParamRequired "param-required" B _ Major Open "an optional parameter became required"
        "plex.tv refuses calls without it. Its setter is replaced by an argument of the method, so callers no longer compile.";
    ParamOptional "param-optional" C _ Major Open "a required parameter became optional"
        "The server accepts more, but an argument of the method is replaced by a setter of the call, so callers no longer compile.";
    ParamLocation "param-location" B _ Major Open "a parameter is sent in another place"
        "Released crates send it where plex.tv no longer looks.";
    ParamStyle "param-style" B _ Major Nothing "a parameter is encoded differently"
        "Released crates send it in the old encoding. The generator supports only one style, so the description alone does not change the code.";
    ParamContent "param-content" B _ Major Open "a parameter changed between `schema` and `content`"
        "The generator reads only `schema`.";
    ParamRenamed "param-renamed" B _ Major Items "a parameter was renamed"
        "Released crates send the old name, which plex.tv may no longer accept; the setter or argument takes the new name. If the parameter is optional, only plex.tv can tell whether the old name still works.";
    ParamCase "param-case" C _ None Open "the case of a header name changed"
        "Header names are case-insensitive.";
    ParamCookie "param-cookie" B _ Major Open "a cookie parameter was added"
        "The generator refuses cookies, and the client does not keep them.";
    ParamDefaultAdded "param-default-added" P _ Patch Nothing "a parameter gained a default"
        "The server fills in the value when it is omitted; the description does not show whether it did so before.";
    ParamDefaultChanged "param-default-changed" P _ Minor Nothing "the default of a parameter changed or was removed"
        "Calls that omit the parameter behave differently.";
    ParamOrder "param-order" B _ Major Open "the order of parameters changed"
        "Required parameters are arguments in the order of the list. In another order, callers no longer compile, or they compile and swap the values. Optional parameters are setters, so their order does not matter and a change of it is compatible.";
    // Request bodies and media types
    BodyRequiredAdded "body-required-added" B _ Major Items "a required request body was added"
        "plex.tv refuses calls without it. The method gains an argument, so callers no longer compile.";
    BodyOptionalAdded "body-optional-added" C _ Minor Items "an optional request body was added"
        "A setter is added; nothing else changes.";
    BodyRemoved "body-removed" B _ Major Items "a request body was removed"
        "The argument or setter `body` is removed, so callers no longer compile.";
    BodyRequired "body-required" B _ Major Open "an optional request body became required"
        "Calls without a body are now refused. The body becomes an argument of the method, so callers no longer compile.";
    BodyOptional "body-optional" C _ Major Open "a required request body became optional"
        "The server accepts more, but the argument of the method is replaced by a setter of the call, so callers no longer compile.";
    MediaAdded "media-added" C P Minor Open "a media type was added"
        "The generator uses one media type: check in the generated diff which one.";
    MediaRemoved "media-removed" B B Major Open "a media type was removed"
        "Released crates send or expect it. If none is left, a typed body becomes a stream of bytes.";
    MediaParameters "media-parameters" P P Minor Open "the parameters of a media type changed"
        "JSON is always UTF-8, whether or not the media type says so; another profile or version may be another format.";
    MediaSchemaAdded "media-schema-added" B C Major Open "a media type gained a schema"
        "Raw bytes become a type.";
    MediaSchemaRemoved "media-schema-removed" C P Major Open "a media type lost its schema"
        "A type becomes raw bytes.";
    // Replies
    StatusSuccessAdded "status-success-added" _ P Minor Open "a success status was added"
        "All successes of an operation share one type; if the bodies differ, the generator stops.";
    StatusSuccessRemoved "status-success-removed" _ B Major Open "a success status was removed"
        "If it had the only body, the method no longer returns anything.";
    StatusSuccessChanged "status-success-changed" _ B Major Open "the success status changed"
        "Strict clients treat the new status as a failure; this one accepts every 2xx status.";
    StatusErrorAdded "status-error-added" _ C Minor Nothing "an error status was added"
        "The transport handles all failures the same way, so only the documentation changes.";
    StatusErrorRemoved "status-error-removed" _ P Minor Nothing "an error status was removed"
        "The description does not show whether plex.tv still sends it.";
    StatusErrorSchema "status-error-schema" _ P Major Nothing "the body of an error changed"
        "The transport reads the parts that it knows. Check `plex-tv-sdk/src/runtime/error/plex.rs`.";
    StatusErrorSecond "status-error-second" _ P Minor Nothing "the errors of an operation now have two shapes"
        "The generator supports only one error type; the generator view leaves errors to the transport, which must handle both shapes.";
    StatusDefault "status-default" _ P Minor Nothing "the default response was added or removed"
        "It covers every status that is not listed.";
    HeaderRemoved "header-removed" _ B Minor Nothing "a response header was removed"
        "Hand-written code that reads it no longer finds it.";
    HeaderAdded "header-added" _ C None Nothing "a response header was added"
        "Generated code does not read headers.";
    HeaderType "header-type" _ P Minor Nothing "a response header changed"
        "Hand-written code that reads it may fail.";
    // Schemas
    PropRequiredAdded "prop-required-added" B C Major Items "a required property was added"
        "In a request, `new` gains an argument, so callers no longer compile, and plex.tv refuses what old crates send. In a reply, a field is added, and replies without it fail to decode: make sure that plex.tv always sends it.";
    PropOptionalAdded "prop-optional-added" C C Minor Items "an optional property was added"
        "A field is added; types are non-exhaustive, so nothing breaks.";
    PropRemovedRequired "prop-removed-required" P B Major Items "a required property was removed"
        "Old crates cannot decode replies without it; its field is removed, so code that reads it no longer compiles.";
    PropRemovedOptional "prop-removed-optional" P P Major Items "an optional property was removed"
        "Its field is removed, so code that uses it no longer compiles. If plex.tv may still send it, keep it and mark it deprecated.";
    PropRequired "prop-required" B C Major Open "an optional property became required"
        "`Option<T>` becomes `T`; replies without it fail to decode.";
    PropOptional "prop-optional" C B Major Open "a required property became optional"
        "`T` becomes `Option<T>`; old crates cannot decode replies without it.";
    PropRenamed "prop-renamed" B B Major Items "a property seems to have been renamed"
        "One property was removed, and one with the same type and a similar name was added. Old crates read the old name.";
    NullableAdded "nullable-added" C B Major Open "null is now allowed"
        "`T` becomes `Option<T>` where the property is required; old crates cannot decode null there.";
    NullableRemoved "nullable-removed" B C Major Open "null is no longer allowed"
        "`Option<T>` becomes `T` where the property is required, so callers no longer compile; null fails to decode.";
    ReadOnly "read-only" P P Patch Nothing "a property became read-only, or is no longer read-only"
        "Servers may refuse it in requests.";
    WriteOnly "write-only" P P Patch Nothing "a property became write-only, or is no longer write-only"
        "Replies may omit it.";
    TypeChanged "type-changed" B B Major Open "the type changed"
        "Old crates send or expect the old type. The tolerant readers accept any scalar that can be converted, but the type of the field changes.";
    TypeWidened "type-widened" C B Major Open "more types are allowed"
        "Old crates cannot decode values of the new types. The type of the field changes, for example from `i64` to `f64`, so callers no longer compile.";
    TypeNarrowed "type-narrowed" B C Major Open "fewer types are allowed"
        "Requests with other types are refused. The type of the field changes, for example from `f64` to `i64`, so callers no longer compile.";
    IntWidth "int-width" C P Major Open "the width of an integer changed"
        "`i32` and `i64` are different types, so callers no longer compile. Use int64 everywhere.";
    FormatAdded "format-added" P B Major Open "a format was added"
        "A string becomes a dedicated type, such as a timestamp or a secret, and values that do not parse fail to decode.";
    FormatRemoved "format-removed" C P Major Open "a format was removed"
        "A dedicated type becomes a plain string again. If the format was `password`, `Debug` output now shows the value.";
    FormatChanged "format-changed" P B Major Open "the format changed"
        "One dedicated type becomes another.";
    EnumAdded "enum-added" C B Minor Open "a closed list of values gained values"
        "Old crates cannot decode the new value. Use `x-extensible-enum` in replies.";
    EnumRemoved "enum-removed" B C Major Open "a closed list of values lost values"
        "The variant is removed, so callers no longer compile; requests with the value are refused.";
    EnumOpened "enum-opened" C B Major Open "a closed list of values became open"
        "An enum becomes a string or an open enum, so callers no longer compile; old crates cannot decode new values.";
    EnumClosed "enum-closed" B B Major Open "values are now limited to a closed list"
        "Other values fail to decode. Use `x-extensible-enum` in replies.";
    OpenEnumAdded "open-enum-added" C C Minor Open "an open list gained values"
        "A variant is added for a value that was `Other` before.";
    OpenEnumRemoved "open-enum-removed" P C Major Open "an open list lost values"
        "The variant is removed, so callers no longer compile; replies with the value still decode, as `Other`. The description does not show whether requests with it are still accepted.";
    ConstChanged "const-changed" B B Major Open "a constant changed"
        "Old crates send or expect the old value.";
    DefaultProp "default-prop" P P Major Open "the default of a property changed"
        "With a default, `Option<T>` becomes `T` and an explicit null fails to decode. Keep defaults out of replies.";
    LimitTightened "limit-tightened" B C Major Open "a limit became tighter"
        "Requests that were valid are refused. A string with limits becomes a type that checks them, also on decoding: keep limits out of replies.";
    LimitLoosened "limit-loosened" C P Major Open "a limit became looser"
        "Replies may exceed the limits that old crates check. A string without limits becomes a plain `String` again.";
    LimitChanged "limit-changed" P P Major Open "a limit changed, and neither version is stricter"
        "Neither of the two patterns or steps contains the other: compare them manually.";
    AddlFalse "addl-false" B B Major Open "unlisted members are no longer allowed"
        "Replies with a new member no longer match the description, and plex.tv adds members without notice. Lint refuses it.";
    AddlTrue "addl-true" C C Major Open "unlisted members are now allowed"
        "With `{}`, a map `extra` is added that keeps them.";
    AddlSchema "addl-schema" B B Major Open "the schema of unlisted members changed"
        "The value type of the map changes.";
    OneofAdded "oneof-added" C B Minor Open "a union gained a branch"
        "Old crates cannot decode it.";
    OneofRemoved "oneof-removed" B C Major Open "a union lost a branch"
        "Its variant is removed, so callers no longer compile.";
    Discriminator "discriminator" B B Major Open "the discriminator changed"
        "It decides which branch a value is read as. Adding a discriminator where there was none changes nothing on the wire.";
    Composition "composition" P P Major Open "a schema is composed differently"
        "The description does not show whether the old and the new schema accept the same values.";
    SchemaRenamed "schema-renamed" C C Major Items "a named schema was renamed"
        "The wire format is unchanged, but the Rust type takes the new name, so callers no longer compile.";
    SchemaAdded "schema-added" C C Minor Open "a named schema was added"
        "A type is added.";
    SchemaRemoved "schema-removed" C C Major Open "a named schema was removed"
        "Its type is removed, so code that names it no longer compiles.";
    SchemaTitle "schema-title" C C Major Open "the title of a schema changed"
        "The title names the type of an inline schema, so an edit of text can rename the type. Name schemas in components.";
    SchemaMoved "schema-moved" C C Major Open "an inline schema became a named one, or the reverse"
        "The wire format is unchanged; the Rust type has another name.";
    SchemaExtension "schema-extension" D D Patch Open "an x- key of a schema or parameter changed"
        "`x-plex-constant`, `x-plex-empty-means-all`, `x-plex-list`, `x-plex-rows` and `x-rust-name` change the Rust type or field; others are documentation.";
    XmlChanged "xml-changed" B B Major Nothing "the XML form of a reply changed"
        "Elements and attributes are read by these names; a wrong name reads as missing.";
    FieldDeprecated "field-deprecated" C C Minor Open "a parameter or property became deprecated"
        "The description should name the replacement.";
    FieldUndeprecated "field-undeprecated" C C Patch Open "a parameter or property is no longer deprecated"
        "Nothing breaks.";
    // References and components
    RefChanged "ref-changed" C C Major Open "a reference points to another component"
        "The differences between the two are listed with it; the Rust type has another name.";
    RefDangling "ref-dangling" P P Major Open "the target of a reference is missing"
        "The generator refuses it. Restore the component, or change the reference.";
    RefSiblings "ref-siblings" D D None Open "members next to a $ref changed"
        "OpenAPI 3.0 ignores them. Use `allOf` with this one reference.";
    ComponentAdded "component-added" D D None Open "a shared parameter, response, header, body or security scheme was added"
        "It has an effect only where it is used.";
    ComponentRemoved "component-removed" D D None Open "a shared parameter, response, header, body or security scheme was removed"
        "It had an effect only where it was used.";
    ComponentRenamed "component-renamed" D D None Open "a shared parameter, response, header or body was renamed"
        "Only the description uses the name.";
    ComponentMoved "component-moved" D D None Open "a parameter, response, header or body became shared, or is no longer shared"
        "The content is the same, or its changes are listed with it.";
    // The document
    Docs "docs" D D Patch Nothing "text, example, contact, license or version of the description changed"
        "Documentation. `api_version()` also returns `info.version`.";
    OpenapiVersion "openapi-version" D D Patch Open "the description follows another version of OpenAPI"
        "The generator reads only 3.0.";
    DocAdded "doc-added" C C Minor Open "a description was added"
        "A module is added. Re-export it in `plex-tv-sdk/src/lib.rs`.";
    DocRemoved "doc-removed" B B Major Open "a description was removed"
        "Its module is removed, so callers no longer compile.";
    Unclassified "unclassified" P P Major Open "a difference that no rule covers"
        "No rule defines what this means: review it carefully. If it is common, add a rule for it.";
    // The waiver file
    IgnoreExpired "ignore-expired" P P None Nothing "a waiver has expired"
        "The findings that it waived count again. Remove it, or decide again and set a new date.";
    IgnoreUnused "ignore-unused" P P None Nothing "a waiver matches nothing"
        "Remove it, or it may hide something else later.";
}

impl Rule {
    /// The stable id, as in `nullable-added`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.facts().id
    }

    /// Returns the rule with this id, or `None`.
    #[must_use]
    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.id() == id)
    }

    /// What changed, in a few words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.facts().title
    }

    /// Why it matters, and what to do.
    #[must_use]
    pub const fn why(self) -> &'static str {
        self.facts().why
    }

    /// The level of the change on `side`. If both sides see it, the worse level counts.
    #[must_use]
    pub fn level(self, side: Side) -> Level {
        let Facts { request, response, .. } = self.facts();
        let either = request.max(response);
        match side {
            Side::Request => request.or(either),
            Side::Response => response.or(either),
            Side::Both => either,
            // Nobody sends or reads it, so it breaks nothing.
            Side::None => either.map(|level| level.min(Level::Compatible)),
        }
        .unwrap_or(Level::Potential)
    }

    /// The part of the version that a crate at 1.x raises for it, including the effect on Rust.
    #[must_use]
    pub const fn bump(self) -> Bump {
        self.facts().bump
    }

    pub(crate) const fn prediction(self) -> Prediction {
        self.facts().rust
    }

    /// Returns the text of `--explain`.
    #[must_use]
    pub fn explain(self) -> String {
        let Facts { id, request, response, bump, title, why, .. } = self.facts();
        let side = |level: Option<Level>| level.map_or("cannot happen", Level::name);
        let bump = match bump {
            Bump::None => "no new version",
            Bump::Patch => "a patch release",
            Bump::Minor => "a minor release (before 1.0: a patch release)",
            Bump::Major => "a major release (before 1.0: a minor release)",
        };
        format!(
            "{id}: {title}\n\n{why}\n\n  in requests: {}\n  in replies:  {}\n  needs at most {bump}\n",
            side(request),
            side(response)
        )
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_map_back_to_their_rule() {
        let ids: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();

        assert_eq!(ids.len(), Rule::ALL.len());
        assert!(Rule::ALL.iter().all(|rule| Rule::by_id(rule.id()) == Some(*rule)));
        assert_eq!(Rule::by_id("no-such-rule"), None);
    }

    #[test]
    fn a_change_on_both_sides_has_the_worse_level_and_an_unused_one_is_compatible() {
        assert_eq!(Rule::NullableAdded.level(Side::Request), Level::Compatible);
        assert_eq!(Rule::NullableAdded.level(Side::Response), Level::Breaking);
        assert_eq!(Rule::NullableAdded.level(Side::Both), Level::Breaking);
        assert_eq!(Rule::NullableAdded.level(Side::None), Level::Compatible);
        assert_eq!(Rule::Docs.level(Side::None), Level::Docs);
    }
}
