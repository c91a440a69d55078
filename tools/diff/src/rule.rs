//! The rules: one for each kind of change, with its level on either side and what it means for
//! users.

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

// Level on the request side, on the response side (`_` where it cannot happen), the bump of a 1.x
// crate, and whether public items of the generated code move (`Open`: it depends on more than the
// rule sees).
rules! {
    // Operations
    PathRemoved "path-removed" B B Major Items "the last operation of a path was removed"
        "Callers of the old crate get an error from plex.tv, and callers of the new one no longer compile. Mark the operation deprecated for a release first, if plex.tv still answers it.";
    OpRemoved "op-removed" B B Major Items "an operation was removed"
        "Its method and call go, so callers no longer compile. Mark it deprecated for a release first, if plex.tv still answers it.";
    OpRemovedDeprecated "op-removed-deprecated" P P Major Items "a deprecated operation was removed"
        "Users were warned, but callers that stayed no longer compile. Name the twin in the changelog.";
    OpAdded "op-added" C C Minor Items "an operation was added"
        "A method and a call appear; nothing else moves. It needs a success and a failure case in tests/.";
    OpIdRenamed "op-id-renamed" C C Major Items "an operationId changed"
        "The wire stays as it is, yet method and call take the new name and callers no longer compile. Where the id belonged to another operation, old code compiles and calls the wrong one. Keep ids unless they are wrong.";
    OpIdCollision "op-id-collision" B B Major Open "two operationIds differ by case only"
        "Methods and calls are named by the id, so two that differ by case only are one name, or look like one. Rename the new one.";
    OpMoved "op-moved" B B Major Nothing "an operation has another method or path"
        "Released crates call the old address. Check that plex.tv gave it up; else describe the new one as an operation of its own.";
    OpPathParamRenamed "op-path-param-renamed" C C Major Open "a path parameter has another name"
        "The address stays as it is, and so does the place of the argument; only its name in the documentation changes.";
    OpDeprecated "op-deprecated" C C Minor Items "an operation became deprecated"
        "Callers see a warning. The description should name what to call in its place.";
    OpUndeprecated "op-undeprecated" C C Patch Items "an operation is no longer deprecated"
        "The warning goes; nothing else moves.";
    OpTagChanged "op-tag-changed" D D Patch Open "the tag of an operation changed"
        "The method stands under another heading of the documentation.";
    OpSummary "op-summary" D D Patch Nothing "summary or description of an operation changed"
        "Only documentation. Read it as prose.";
    OpExtension "op-extension" D D Patch Open "an x- key of an operation changed"
        "Documentation, with one exception: `x-plex-confidence` to or from `low` moves the operation behind the feature `unstable` or out of it.";
    WebhookAdded "webhook-added" C C Minor Nothing "a webhook was added"
        "plex.tv makes a request that nobody waits for yet.";
    WebhookRemoved "webhook-removed" B B Major Nothing "a webhook was removed"
        "A receiver that waits for this request waits in vain.";
    // Servers and security
    ServerHostChanged "server-host-changed" P P Minor Nothing "the host of a server changed"
        "Released crates call the old host. Check that both answer, and mind which origins get a token.";
    ServerPathChanged "server-path-changed" B B Major Nothing "the base path of a server changed"
        "Every address of the description changes; released crates call the old ones.";
    ServerOpOverride "server-op-override" B B Major Nothing "an operation has servers of its own, or no longer"
        "The operation is called at another host. Check which origins get a token.";
    ServerVariable "server-variable" P _ Minor Nothing "a server variable changed"
        "The default decides where calls go.";
    ServerAdded "server-added" C C Patch Nothing "a server was added"
        "An alternative address; the first one is what the client uses.";
    ServerRemoved "server-removed" P P Patch Nothing "a server was removed"
        "Users may have chosen it as their base address.";
    SecAdded "sec-added" B _ Major Nothing "an operation needs more to be called"
        "Calls that worked without it are refused now. Check against plex.tv, and say so in the changelog.";
    SecRemoved "sec-removed" C _ Patch Nothing "an operation needs less to be called"
        "The client stops sending what is not asked for, such as the token.";
    SecAltAdded "sec-alt-added" C _ Minor Nothing "another way to authenticate is accepted"
        "Nothing breaks; the client may offer it.";
    SecAltRemoved "sec-alt-removed" B _ Major Nothing "a way to authenticate is no longer accepted"
        "Users of that way are refused now.";
    SecScopeAdded "sec-scope-added" B _ Minor Nothing "a scope is needed"
        "Tokens without the scope are refused now. Name it in the changelog.";
    SecScopeRemoved "sec-scope-removed" C _ Patch Nothing "a scope is no longer needed"
        "Nothing breaks.";
    SecSchemeLocation "sec-scheme-location" B _ Major Nothing "a key is sent under another name or in another place"
        "The signer sends it where the description said before. Change `plex-tv-sdk/src/transport/sign.rs` with it.";
    SecSchemeChanged "sec-scheme-changed" P _ Minor Nothing "a security scheme changed"
        "Whether the client still signs as plex.tv expects cannot be told from the text. Check `plex-tv-sdk/src/transport/sign.rs`.";
    // Parameters
    ParamRequiredAdded "param-required-added" B _ Major Items "a required parameter was added"
        "plex.tv refuses calls without it. The method has another argument, so callers no longer compile. Add it as optional if plex.tv has a default.";
    ParamOptionalAdded "param-optional-added" C _ Minor Items "an optional parameter was added"
        "A setter appears; nothing else moves.";
    ParamRemoved "param-removed" P _ Major Items "a parameter was removed"
        "Its setter goes, so who used it no longer compiles; plex.tv may still read it.";
    ParamRequired "param-required" B _ Major Open "an optional parameter became required"
        "plex.tv refuses calls without it. Its setter goes and the method has another argument, so callers no longer compile.";
    ParamOptional "param-optional" C _ Major Open "a required parameter became optional"
        "The wire accepts more, yet the method loses an argument and the call gets a setter, so callers no longer compile.";
    ParamLocation "param-location" B _ Major Open "a parameter is sent in another place"
        "Released crates send it where plex.tv no longer looks.";
    ParamStyle "param-style" B _ Major Nothing "a parameter is encoded in another way"
        "Released crates send another text. The generator knows one style only, so the description alone does not change the code.";
    ParamContent "param-content" B _ Major Open "a parameter changed between `schema` and `content`"
        "The generator reads `schema` only.";
    ParamRenamed "param-renamed" B _ Major Items "a parameter has another name"
        "Released crates send the old name, which plex.tv need not know any more; its setter or argument takes the new name. Where it may be left out, only plex.tv can tell whether the old name still counts.";
    ParamCase "param-case" C _ None Open "the name of a header is written in another case"
        "Header names are the same in any case.";
    ParamCookie "param-cookie" B _ Major Open "a cookie parameter was added"
        "The generator refuses cookies, and the client keeps none.";
    ParamDefaultAdded "param-default-added" P _ Patch Nothing "a parameter has a default"
        "The server fills in what is left out; whether it did so before cannot be told from the text.";
    ParamDefaultChanged "param-default-changed" P _ Minor Nothing "the default of a parameter changed or went"
        "Calls that leave the parameter out behave in another way.";
    ParamOrder "param-order" B _ Major Open "parameters are listed in another order"
        "Required parameters are arguments in the order of the list: with another order callers no longer compile, or they compile and send each value as the other one. The order of optional ones, which are setters, has no meaning and is compatible.";
    // Request bodies and media types
    BodyRequiredAdded "body-required-added" B _ Major Items "a required request body was added"
        "plex.tv refuses calls without it. The method has another argument, so callers no longer compile.";
    BodyOptionalAdded "body-optional-added" C _ Minor Items "an optional request body was added"
        "A setter appears; nothing else moves.";
    BodyRemoved "body-removed" B _ Major Items "a request body was removed"
        "The argument or setter `body` goes, so callers no longer compile.";
    BodyRequired "body-required" B _ Major Open "an optional request body became required"
        "Calls without a body are refused now. The body becomes an argument of the method, so callers no longer compile.";
    BodyOptional "body-optional" C _ Major Open "a required request body became optional"
        "The wire accepts more, yet the method loses an argument and the call gets a setter, so callers no longer compile.";
    MediaAdded "media-added" C P Minor Open "a media type was added"
        "The generator takes one of them: check in the generated diff which.";
    MediaRemoved "media-removed" B B Major Open "a media type was removed"
        "Released crates send or expect it. Without any left, a typed body becomes a stream of bytes.";
    MediaParameters "media-parameters" P P Minor Open "a media type has other parameters"
        "JSON is in UTF-8 whether or not it says so; another profile or version may be another form.";
    MediaSchemaAdded "media-schema-added" B C Major Open "a media type has a schema now"
        "What was raw bytes is a type now.";
    MediaSchemaRemoved "media-schema-removed" C P Major Open "a media type has no schema any more"
        "What was a type is raw bytes now.";
    // Replies
    StatusSuccessAdded "status-success-added" _ P Minor Open "a success status was added"
        "All successes of an operation share one type here; with another body the generator stops.";
    StatusSuccessRemoved "status-success-removed" _ B Major Open "a success status was removed"
        "If it carried the only body, the method gives back nothing now.";
    StatusSuccessChanged "status-success-changed" _ B Major Open "the success status changed"
        "Strict clients take the new status for a failure; this one takes every 2xx.";
    StatusErrorAdded "status-error-added" _ C Minor Nothing "an error status was added"
        "The transport reads every failure alike, so only the documentation moves.";
    StatusErrorRemoved "status-error-removed" _ P Minor Nothing "an error status was removed"
        "Whether plex.tv still answers it cannot be told from the text.";
    StatusErrorSchema "status-error-schema" _ P Major Nothing "the body of an error changed"
        "The transport reads what it knows of it. Check `plex-tv-sdk/src/error/plex.rs`.";
    StatusErrorSecond "status-error-second" _ P Minor Nothing "the errors of an operation have two shapes now"
        "The generator knows one error type; the generator view leaves errors to the transport, which must know both.";
    StatusDefault "status-default" _ P Minor Nothing "the default response appeared or went"
        "It stands for every status that is not listed.";
    HeaderRemoved "header-removed" _ B Minor Nothing "a response header was removed"
        "Hand-written code that reads it finds nothing.";
    HeaderAdded "header-added" _ C None Nothing "a response header was added"
        "Generated code does not read headers.";
    HeaderType "header-type" _ P Minor Nothing "a response header changed"
        "Hand-written code that reads it may stumble.";
    // Schemas
    PropRequiredAdded "prop-required-added" B C Major Items "a required property was added"
        "In a request, `new` has another argument, so callers no longer compile, and plex.tv refuses what old crates send. In a reply, a field appears, and a reply without it fails: be sure that plex.tv always sends it.";
    PropOptionalAdded "prop-optional-added" C C Minor Items "an optional property was added"
        "A field appears; types are non-exhaustive, so nothing breaks.";
    PropRemovedRequired "prop-removed-required" P B Major Items "a required property was removed"
        "Old crates cannot decode replies without it; its field goes, so who read it no longer compiles.";
    PropRemovedOptional "prop-removed-optional" P P Major Items "an optional property was removed"
        "Its field goes, so who used it no longer compiles. If plex.tv may still send it, keep it and mark it deprecated.";
    PropRequired "prop-required" B C Major Open "an optional property became required"
        "`Option<T>` becomes `T`; a reply without it fails to decode.";
    PropOptional "prop-optional" C B Major Open "a required property became optional"
        "`T` becomes `Option<T>`; old crates cannot decode replies without it.";
    PropRenamed "prop-renamed" B B Major Items "a property seems to have another name"
        "One property went and one of the same type and a similar name came. Old crates read the old name.";
    NullableAdded "nullable-added" C B Major Open "null is allowed now"
        "`T` becomes `Option<T>` where the property is required; old crates cannot decode null there.";
    NullableRemoved "nullable-removed" B C Major Open "null is no longer allowed"
        "`Option<T>` becomes `T` where the property is required, so callers no longer compile; a null fails to decode.";
    ReadOnly "read-only" P P Patch Nothing "a property became read-only, or no longer"
        "Servers may refuse it in requests.";
    WriteOnly "write-only" P P Patch Nothing "a property became write-only, or no longer"
        "Replies may come without it.";
    TypeChanged "type-changed" B B Major Open "the type changed"
        "Old crates send or expect the old type. The tolerant readers take any scalar that converts, but the field's type changes.";
    TypeWidened "type-widened" C B Major Open "more types are allowed"
        "Old crates cannot decode the types that may come now. The type of the field changes, as from `i64` to `f64`, so callers no longer compile.";
    TypeNarrowed "type-narrowed" B C Major Open "fewer types are allowed"
        "Requests with another type are refused. The type of the field changes, as from `f64` to `i64`, so callers no longer compile.";
    IntWidth "int-width" C P Major Open "the width of an integer changed"
        "`i32` and `i64` are different types, so callers no longer compile. Use int64 everywhere.";
    FormatAdded "format-added" P B Major Open "a format was added"
        "A text becomes a type of its own, such as a time or a secret, and what does not parse fails.";
    FormatRemoved "format-removed" C P Major Open "a format was removed"
        "A type of its own becomes plain text again. If it was `password`, the value is shown in `Debug` from now on.";
    FormatChanged "format-changed" P B Major Open "the format changed"
        "One type of its own becomes another.";
    EnumAdded "enum-added" C B Minor Open "a closed list of values grew"
        "Old crates cannot decode the new value. Use `x-extensible-enum` in replies.";
    EnumRemoved "enum-removed" B C Major Open "a closed list of values shrank"
        "Its variant goes, so callers no longer compile; requests with it are refused.";
    EnumOpened "enum-opened" C B Major Open "a closed list of values is open now"
        "An enum becomes text or an open enum, so callers no longer compile; old crates cannot decode the values that may come now.";
    EnumClosed "enum-closed" B B Major Open "a closed list of values appeared"
        "Other values fail to decode. Use `x-extensible-enum` in replies.";
    OpenEnumAdded "open-enum-added" C C Minor Open "an open list knows more values"
        "A variant appears for what was `Other` before.";
    OpenEnumRemoved "open-enum-removed" P C Major Open "an open list knows fewer values"
        "Its variant goes, so callers no longer compile; a reply with the value still decodes, as `Other`. Whether requests with it are still taken cannot be told from the text.";
    ConstChanged "const-changed" B B Major Open "a constant changed"
        "Old crates send or expect the old value.";
    DefaultProp "default-prop" P P Major Open "the default of a property changed"
        "With a default, `Option<T>` becomes `T` and an explicit null fails to decode. Keep defaults out of replies.";
    LimitTightened "limit-tightened" B C Major Open "a limit became tighter"
        "Requests that passed are refused. A text with limits becomes a type that checks itself, also on decoding: keep limits out of replies.";
    LimitLoosened "limit-loosened" C P Major Open "a limit became looser"
        "Replies may exceed what old crates checked. A text without limits is a plain `String` again.";
    LimitChanged "limit-changed" P P Major Open "a limit changed in a way that cannot be ordered"
        "Neither pattern or step contains the other: compare them by hand.";
    AddlFalse "addl-false" B B Major Open "other members are refused now"
        "`deny_unknown_fields`: a reply with a new member fails to decode. plex.tv adds members without notice.";
    AddlTrue "addl-true" C C Major Open "other members are allowed now"
        "With `{}` a map `extra` appears that keeps them.";
    AddlSchema "addl-schema" B B Major Open "the schema of other members changed"
        "The value type of the map changes.";
    OneofAdded "oneof-added" C B Minor Open "a union has another branch"
        "Old crates cannot decode it.";
    OneofRemoved "oneof-removed" B C Major Open "a union lost a branch"
        "Its variant goes, so callers no longer compile.";
    Discriminator "discriminator" B B Major Open "the discriminator changed"
        "Which branch a value is read as depends on it. Adding one where there was none changes nothing on the wire.";
    Composition "composition" P P Major Open "a schema is put together in another way"
        "Whether old and new accept the same values cannot be told from the text.";
    SchemaRenamed "schema-renamed" C C Major Items "a named schema has another name"
        "The wire stays as it is, yet the Rust type takes the new name and callers no longer compile.";
    SchemaAdded "schema-added" C C Minor Open "a named schema was added"
        "A type appears.";
    SchemaRemoved "schema-removed" C C Major Open "a named schema was removed"
        "Its type goes, so who named it no longer compiles.";
    SchemaTitle "schema-title" C C Major Open "the title of a schema changed"
        "A title names the type of an inline schema, so an edit of text can rename it. Name schemas in components.";
    SchemaMoved "schema-moved" C C Major Open "an inline schema became a named one, or the reverse"
        "The wire stays as it is; the Rust type has another name.";
    SchemaExtension "schema-extension" D D Patch Open "an x- key of a schema or parameter changed"
        "`x-plex-constant`, `x-plex-empty-means-all`, `x-plex-list`, `x-plex-rows` and `x-rust-name` change the Rust type or field; others are documentation.";
    XmlChanged "xml-changed" B B Major Nothing "the picture of an XML reply changed"
        "Elements and attributes are read by these names; the wrong one reads as missing.";
    FieldDeprecated "field-deprecated" C C Minor Open "a parameter or property became deprecated"
        "The description should name what to use in its place.";
    FieldUndeprecated "field-undeprecated" C C Patch Open "a parameter or property is no longer deprecated"
        "Nothing breaks.";
    // References and components
    RefChanged "ref-changed" C C Major Open "another component is referred to"
        "What differs between the two is listed beside this; the Rust type has another name.";
    RefDangling "ref-dangling" P P Major Open "a reference leads nowhere"
        "The generator refuses it. Restore the component, or change the reference.";
    RefSiblings "ref-siblings" D D None Open "what stands beside a $ref changed"
        "OpenAPI 3.0 ignores it. Use `allOf` with the one reference.";
    ComponentAdded "component-added" D D None Open "a shared parameter, response, header, body or scheme was added"
        "It means something only where it is used.";
    ComponentRemoved "component-removed" D D None Open "a shared parameter, response, header, body or scheme was removed"
        "It means something only where it was used.";
    ComponentRenamed "component-renamed" D D None Open "a shared parameter, response, header or body has another name"
        "The name is for the description alone.";
    ComponentMoved "component-moved" D D None Open "a parameter, response, header or body became shared, or no longer"
        "The content is the same or its changes are listed beside this.";
    // The document
    Docs "docs" D D Patch Nothing "text, example, contact, licence or version of the description"
        "Documentation. `info.version` is also what `api_version()` gives.";
    OpenapiVersion "openapi-version" D D Patch Open "the description follows another version of OpenAPI"
        "The generator reads 3.0 only.";
    DocAdded "doc-added" C C Minor Open "a description was added"
        "A module appears. Re-export it in `plex-tv-sdk/src/lib.rs`.";
    DocRemoved "doc-removed" B B Major Open "a description was removed"
        "Its module goes, so callers no longer compile.";
    Unclassified "unclassified" P P Major Open "a difference that no rule covers"
        "Nobody has said what this means: read it with care. If it is common, it deserves a rule.";
    // The file of waivers
    IgnoreExpired "ignore-expired" P P None Nothing "a waiver has expired"
        "What it waived counts again. Remove it, or decide anew and write the new date.";
    IgnoreUnused "ignore-unused" P P None Nothing "a waiver waives nothing"
        "Remove it, or it may hide something else later.";
}

impl Rule {
    /// The stable id, as in `nullable-added`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.facts().id
    }

    /// The rule of an id.
    #[must_use]
    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.id() == id)
    }

    /// What happened, in a few words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.facts().title
    }

    /// Why it matters, and what to do.
    #[must_use]
    pub const fn why(self) -> &'static str {
        self.facts().why
    }

    /// The level where the change is seen on `side`. On both sides the worse one counts.
    #[must_use]
    pub fn level(self, side: Side) -> Level {
        let Facts { request, response, .. } = self.facts();
        let either = request.max(response);
        match side {
            Side::Request => request.or(either),
            Side::Response => response.or(either),
            Side::Both => either,
            // Nobody sends or reads it.
            Side::None => either.map(|level| level.min(Level::Compatible)),
        }
        .unwrap_or(Level::Potential)
    }

    /// The part of the version that a crate at 1.x raises for it, Rust effect included.
    #[must_use]
    pub const fn bump(self) -> Bump {
        self.facts().bump
    }

    pub(crate) const fn prediction(self) -> Prediction {
        self.facts().rust
    }

    /// The text of `--explain`.
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
    fn ids_are_unique_and_lead_back_to_their_rule() {
        let ids: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();

        assert_eq!(ids.len(), Rule::ALL.len());
        assert!(Rule::ALL.iter().all(|rule| Rule::by_id(rule.id()) == Some(*rule)));
        assert_eq!(Rule::by_id("no-such-rule"), None);
    }

    #[test]
    fn a_change_on_both_sides_has_the_worse_level_and_one_that_nobody_uses_is_compatible() {
        assert_eq!(Rule::NullableAdded.level(Side::Request), Level::Compatible);
        assert_eq!(Rule::NullableAdded.level(Side::Response), Level::Breaking);
        assert_eq!(Rule::NullableAdded.level(Side::Both), Level::Breaking);
        assert_eq!(Rule::NullableAdded.level(Side::None), Level::Compatible);
        assert_eq!(Rule::Docs.level(Side::None), Level::Docs);
    }
}
