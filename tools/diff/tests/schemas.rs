//! Tests the levels of changes of one schema, in a request and in a reply.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a test's message")]

use plex_tv_diff::diff;
use plex_tv_openapi::Document;

/// Where the schema is.
#[derive(Clone, Copy)]
enum In {
    Request,
    Reply,
}

/// Components that the schemas refer to.
const COMPONENTS: &str = "Cat: {type: object, properties: {kind: {type: string}, lives: {type: integer}}}, \
                          Dog: {type: object, properties: {kind: {type: string}, bark: {type: string}}}, \
                          Text: {type: string}";

fn document(place: In, version: &str, schema: &str) -> Document {
    let content = format!("content: {{application/json: {{schema: {schema}}}}}");
    let operation = match place {
        In::Request => format!("requestBody: {{{content}}}, responses: {{'204': {{description: Done.}}}}"),
        In::Reply => format!("responses: {{'200': {{description: It., {content}}}}}"),
    };
    let text = format!(
        "{{openapi: {version}, paths: {{/a: {{post: {{operationId: doIt, {operation}}}}}}}, \
         components: {{schemas: {{{COMPONENTS}}}}}}}"
    );
    Document::parse("test.yaml", &text).unwrap()
}

/// Returns the rules and levels of all findings, without those about components.
fn found(place: In, version: &str, base: &str, head: &str) -> Vec<String> {
    let findings = diff(&document(place, version, base), &document(place, version, head)).unwrap();
    let mut rows: Vec<_> = findings.iter().map(|finding| format!("{} {}", finding.rule, finding.level)).collect();
    rows.sort();
    rows
}

fn request(base: &str, head: &str) -> Vec<String> {
    found(In::Request, "3.1.0", base, head)
}

fn reply(base: &str, head: &str) -> Vec<String> {
    found(In::Reply, "3.1.0", base, head)
}

const NOTHING: [&str; 0] = [];

#[test]
fn what_stands_beside_a_choice_is_compared() {
    const OBJECT: &str = "{type: object, properties: {a: {type: integer}}}";

    let required = request(OBJECT, &format!("{{required: [a], oneOf: [{OBJECT}, {{type: string}}]}}"));
    let closed = request(OBJECT, &format!("{{additionalProperties: false, oneOf: [{OBJECT}, {{type: string}}]}}"));
    let lost =
        reply(&format!("{{properties: {{id: {{}}}}, required: [id], oneOf: [{OBJECT}, {{type: string}}]}}"), OBJECT);
    let limit = reply("{maxLength: 5, oneOf: [{type: string}, {type: integer}]}", "{type: string}");
    let note = reply("{x-a: 1, oneOf: [{type: string}, {type: integer}]}", "{type: string, x-a: 1}");

    assert!(required.contains(&"prop-required breaking".to_owned()), "{required:?}");
    assert!(closed.contains(&"addl-false breaking".to_owned()), "{closed:?}");
    assert!(lost.contains(&"prop-removed-required breaking".to_owned()), "{lost:?}");
    assert!(limit.contains(&"limit-loosened potential".to_owned()), "{limit:?}");
    assert!(note.contains(&"oneof-removed compatible".to_owned()), "{note:?}");
}

#[test]
fn a_reply_that_says_less_about_other_members_may_break_readers() {
    let base = "{type: object, additionalProperties: {type: integer}}";

    for head in ["{type: object, additionalProperties: true}", "{type: object}"] {
        assert_eq!(reply(base, head), ["addl-true potential"]);
        assert_eq!(request(base, head), ["addl-true compatible"]);
    }
}

#[test]
fn a_change_is_judged_by_everybody_who_refers_to_the_schema() {
    // The request refers to the schema of the reply.
    let reply_that_is_sent = |schema: &str| {
        let text = format!(
            "{{openapi: 3.1.0, paths: {{/a: {{post: {{operationId: send, requestBody: {{content: {{a/json: {{schema: \
             {{$ref: '#/paths/~1b/get/responses/200/content/a~1json/schema'}}}}}}}}, responses: {{'204': {{}}}}}}}}, \
             /b: {{get: {{operationId: read, responses: {{'200': {{content: {{a/json: {{schema: {schema}}}}}}}}}}}}}}}}}"
        );
        Document::parse("test.yaml", &text).unwrap()
    };

    for (base, head) in [
        ("{type: string}", "{type: string, const: a}"),
        ("{type: integer, format: int64}", "{type: integer, format: int32}"),
        (
            "{type: object, additionalProperties: false, properties: {a: {}, b: {}}}",
            "{type: object, additionalProperties: false, properties: {a: {}}}",
        ),
    ] {
        let findings = diff(&reply_that_is_sent(base), &reply_that_is_sent(head)).unwrap();

        let levels: Vec<_> = findings.iter().map(|finding| finding.level.name()).collect();
        assert_eq!(levels, ["breaking"], "{base} to {head}");
    }
}

#[test]
fn another_spelling_of_the_same_limit_type_or_number_is_no_change() {
    for (base, head) in [
        (
            "{type: number, maximum: 10, default: 1, enum: [1, 2]}",
            "{type: number, maximum: 10.0, default: 1.0, enum: [1.0, 2]}",
        ),
        ("{type: string}", "{type: string, minLength: 0}"),
        ("{type: object}", "{type: object, required: []}"),
        ("{type: [integer, number]}", "{type: number}"),
        ("{nullable: true}", "{type: [array, boolean, integer, 'null', number, object, string]}"),
    ] {
        assert_eq!(request(base, head), NOTHING, "{base} to {head}");
        assert_eq!(reply(head, base), NOTHING, "{head} to {base}");
    }
    assert_eq!(request("{type: string, minLength: 0}", "{type: string, minLength: 1}"), ["limit-tightened breaking"]);
}

#[test]
fn a_bound_and_whether_it_is_exclusive_are_one_change() {
    let exclusive = "{type: integer, minimum: 3, exclusiveMinimum: true}";

    assert_eq!(request(exclusive, "{type: integer}"), ["limit-loosened compatible"]);
    assert_eq!(request("{type: integer, minimum: 2}", exclusive), ["limit-tightened breaking"]);
    assert_eq!(request("{type: integer, minimum: 3}", exclusive), ["limit-tightened breaking"]);
    assert_eq!(
        request("{minimum: 1, exclusiveMinimum: 3}", "{minimum: 1, exclusiveMinimum: 2}"),
        ["limit-loosened compatible"]
    );
}

#[test]
fn a_branch_and_its_mapping_entry_are_one_change() {
    const CAT: &str = "{$ref: '#/components/schemas/Cat'}";
    const DOG: &str = "{$ref: '#/components/schemas/Dog'}";
    let one = format!("{{oneOf: [{CAT}], discriminator: {{propertyName: kind, mapping: {{cat: Cat}}}}}}");
    let both =
        format!("{{oneOf: [{CAT}, {DOG}], discriminator: {{propertyName: kind, mapping: {{cat: Cat, dog: Dog}}}}}}");
    let swapped =
        format!("{{oneOf: [{CAT}, {DOG}], discriminator: {{propertyName: kind, mapping: {{cat: Dog, dog: Cat}}}}}}");
    let implicit = format!("{{oneOf: [{CAT}, {DOG}], discriminator: {{propertyName: kind}}}}");
    let explicit = format!("{{oneOf: [{CAT}, {DOG}], discriminator: {{propertyName: kind, mapping: {{Cat: Cat}}}}}}");

    assert_eq!(request(&one, &both), ["oneof-added compatible"]);
    assert_eq!(reply(&one, &both), ["oneof-added breaking"]);
    assert_eq!(reply(&both, &one), ["oneof-removed compatible"]);
    assert_eq!(reply(&both, &swapped), ["discriminator breaking"]);
    assert_eq!(reply(&implicit, &explicit), NOTHING);
    assert_eq!(reply(&implicit, &both), ["discriminator breaking"]);
}

#[test]
fn an_inline_branch_may_become_a_component() {
    let inline =
        "{oneOf: [{type: string}, {type: object, properties: {kind: {type: string}, lives: {type: integer}}}]}";
    let named = "{oneOf: [{type: string}, {$ref: '#/components/schemas/Cat'}]}";

    assert_eq!(reply(inline, named), ["schema-moved compatible"]);
    assert_eq!(request(named, inline), ["schema-moved compatible"]);
}

#[test]
fn the_values_of_a_map_are_judged_by_what_changed() {
    let map = |value: &str| format!("{{type: object, additionalProperties: {value}}}");
    let (short, long) = (map("{type: string, maxLength: 5}"), map("{type: string, maxLength: 9}"));

    assert_eq!(request(&short, &long), ["addl-schema compatible"]);
    assert_eq!(request(&long, &short), ["addl-schema breaking"]);
    assert_eq!(reply(&map("{type: [string, integer]}"), &map("{type: string}")), ["addl-schema compatible"]);
    let findings = diff(&document(In::Request, "3.1.0", &short), &document(In::Request, "3.1.0", &long)).unwrap();
    assert_eq!(findings[0].message, "body `{}` changed: maxLength changed from `5` to `9`");
}

#[test]
fn a_looser_type_does_not_cover_what_is_stricter() {
    let lost = request("{type: string, enum: [a, b]}", "{type: string, x-extensible-enum: [a]}");
    let format = request("{type: string, format: uuid}", "{type: [string, integer], format: date}");

    assert_eq!(lost, ["enum-opened compatible", "open-enum-removed potential"]);
    assert_eq!(format, ["format-changed potential", "type-widened compatible"]);
    assert_eq!(
        request("{type: integer, format: int64}", "{type: number, format: double}"),
        ["type-widened compatible"],
        "the format belongs to the type"
    );
}

#[test]
fn how_a_schema_is_split_into_parts_does_not_matter() {
    let base = "{allOf: [{type: object, required: [a], properties: {a: {type: integer}, b: {type: string}}}, \
                {type: object, properties: {c: {type: boolean}}}]}";
    let head = "{allOf: [{type: object, properties: {a: {type: integer}}}, \
                {type: object, required: [a], properties: {b: {type: string}, c: {type: boolean}}}]}";
    let texts = |text: &str| base.replacen("{type", &format!("{{description: {text}, type"), 1);

    assert_eq!(reply(base, head), NOTHING);
    assert_eq!(reply(&texts("One."), &texts("Two.")), ["docs docs"]);
    assert_eq!(
        reply(
            &texts("One."),
            "{allOf: [{type: object, required: [a], properties: {a: {type: integer}, b: {type: string}, c: {type: boolean}}}]}"
        ),
        ["docs docs"]
    );
}

#[test]
fn closed_and_nullable_parts_keep_their_meaning() {
    let parts = |extra: &str, inner: &str| {
        format!(
            "{{allOf: [{{type: object, properties: {{a: {{}}{inner}}}{extra}}}, {{type: object, properties: {{b: {{}}}}{extra}}}]}}"
        )
    };
    let flat = |extra: &str| format!("{{type: object, properties: {{a: {{}}, b: {{}}}}{extra}}}");
    let closed = |inner: &str| parts("", inner).replacen('{', "{unevaluatedProperties: false, ", 1);

    assert_eq!(reply(&parts("", ""), &flat("")), NOTHING);
    assert_ne!(reply(&parts(", additionalProperties: false", ""), &flat(", additionalProperties: false")), NOTHING);
    assert_eq!(reply(&parts(", nullable: true", ""), &flat("")), ["nullable-removed compatible"]);
    assert_eq!(reply(&parts("", ""), &parts("", ", c: {}")), ["prop-optional-added compatible"]);
    assert_eq!(reply(&closed(""), &closed(", c: {}")), ["prop-optional-added breaking"]);
    assert_eq!(request(&closed(", c: {}"), &closed("")), ["prop-removed-optional breaking"]);
}

#[test]
fn members_beside_a_reference_have_a_direction_in_3_1() {
    let text = |beside: &str| format!("{{$ref: '#/components/schemas/Text', {beside}}}");

    assert_eq!(request(&text("enum: [a, b]"), &text("enum: [a]")), ["enum-removed breaking"]);
    assert_eq!(reply(&text("maxLength: 5"), &text("maxLength: 3")), ["limit-tightened compatible"]);
    assert_eq!(
        found(In::Request, "3.0.3", &text("maxLength: 5"), &text("maxLength: 3")),
        ["ref-siblings docs"],
        "3.0 ignores them"
    );
}

#[test]
fn an_open_list_that_is_gone_loses_no_value() {
    let open = "{type: string, x-extensible-enum: [a, b]}";

    assert_eq!(request(open, "{type: string}"), ["open-enum-removed compatible"]);
    assert_eq!(request(open, "{type: string, x-extensible-enum: [a]}"), ["open-enum-removed potential"]);
    assert_eq!(request("{type: string, const: a}", open), ["const-changed compatible"]);
}

#[test]
fn a_read_only_property_of_a_part_is_not_required_in_a_request() {
    let of = |required: &str| {
        format!("{{allOf: [{{type: object, properties: {{id: {{readOnly: true}}}}}}, {{type: object}}]{required}}}")
    };

    assert!(request(&of(""), &of(", required: [id]")).iter().all(|row| !row.ends_with("breaking")));
    assert_eq!(reply(&of(", required: [id]"), &of("")), ["prop-optional breaking"]);
}
