//! The operations of any OpenAPI document, as they are written there.

use serde_json::Value;

use crate::{METHODS, Server, pointer::resolved};

/// One operation of any OpenAPI document, with or without an id. References are followed.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint<'a> {
    document: &'a Value,
    path: &'a str,
    item: &'a Value,
    method: &'static str,
    operation: &'a Value,
}

/// Returns all operations of a document, by path and then in the order of [`METHODS`].
pub fn endpoints(document: &Value) -> impl Iterator<Item = Endpoint<'_>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(move |(path, item)| {
        let item = resolved(document, item);
        METHODS.into_iter().filter_map(move |method| {
            let operation = item.get(method).filter(|operation| operation.is_object())?;
            Some(Endpoint { document, path, item, method, operation })
        })
    })
}

impl<'a> Endpoint<'a> {
    /// Returns the `operationId`, if there is one.
    #[must_use]
    pub fn id(&self) -> Option<&'a str> {
        self.operation["operationId"].as_str()
    }

    /// Returns the HTTP method in lowercase.
    #[must_use]
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// Returns the path template, relative to the server.
    #[must_use]
    pub fn path(&self) -> &'a str {
        self.path
    }

    /// Returns its first server. If it has none of its own, that of its path or of the document
    /// applies.
    #[must_use]
    pub fn server(&self) -> Server {
        let owners = [self.operation, self.item, self.document];
        owners.into_iter().find_map(|owner| owner["servers"].get(0)).map(Server::of).unwrap_or_default()
    }

    /// Returns the parameters of its path, then its own. A parameter of its own overrides one of
    /// the path with the same place and name.
    #[must_use]
    pub fn parameters(&self) -> Vec<&'a Value> {
        let lists = [&self.item["parameters"], &self.operation["parameters"]];
        let mut found = Vec::<&Value>::new();
        for parameter in lists.into_iter().filter_map(Value::as_array).flatten() {
            let parameter = resolved(self.document, parameter);
            let is_same = |other: &&Value| (&other["in"], &other["name"]) == (&parameter["in"], &parameter["name"]);
            found.retain(|other| !is_same(other));
            found.push(parameter);
        }
        found
    }

    /// Returns its request body, if there is one.
    #[must_use]
    pub fn request_body(&self) -> Option<&'a Value> {
        self.operation.get("requestBody").map(|body| resolved(self.document, body))
    }

    /// Returns its responses by status, without extensions.
    pub fn responses(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let document = self.document;
        let responses = self.operation["responses"].as_object().into_iter().flatten();
        let responses = responses.filter(|(status, _)| !status.starts_with("x-"));
        responses.map(move |(status, response)| (status.as_str(), resolved(document, response)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operations_are_found_with_and_without_an_id_and_behind_references() {
        let document = json!({
            "paths": {
                "/a": { "post": {}, "get": { "operationId": "getA" }, "summary": "S", "put": null },
                "/b": { "$ref": "#/components/pathItems/B" },
            },
            "components": { "pathItems": { "B": { "trace": {} } } },
        });

        let found: Vec<_> = endpoints(&document).map(|each| (each.method(), each.path(), each.id())).collect();

        assert_eq!(found, [("get", "/a", Some("getA")), ("post", "/a", None), ("trace", "/b", None)]);
        assert_eq!(endpoints(&json!([])).count(), 0);
    }

    #[test]
    fn an_operation_may_have_servers_of_its_own() {
        let document = json!({
            "servers": [{ "url": "https://plex.tv/api" }, { "url": "https://second.plex.tv" }],
            "paths": {
                "/a": { "get": {}, "post": { "servers": [{ "url": "https://other.plex.tv/v2" }] } },
                "/b": { "servers": [{ "url": "/c" }], "get": {} },
            },
        });

        let found: Vec<_> = endpoints(&document).map(|each| each.server()).collect();

        let wanted = ["https://plex.tv/api", "https://other.plex.tv/v2", "/c"].map(Server::parse);
        assert_eq!(found, wanted);
        assert_eq!(endpoints(&json!({ "paths": { "/a": { "get": {} } } })).next().unwrap().server(), Server::default());
    }

    #[test]
    fn parameters_of_the_path_are_overridden_and_references_followed() {
        let document = json!({
            "paths": { "/a": {
                "parameters": [{ "$ref": "#/components/parameters/Id" }, { "in": "query", "name": "a", "required": true }],
                "get": {
                    "parameters": [{ "in": "query", "name": "a" }, { "in": "header", "name": "a" }],
                    "requestBody": { "$ref": "#/components/requestBodies/B" },
                    "responses": { "200": { "$ref": "#/components/responses/R" }, "x-note": {} },
                },
            } },
            "components": {
                "parameters": { "Id": { "in": "path", "name": "id" } },
                "requestBodies": { "B": { "content": {} } },
                "responses": { "R": { "description": "R" } },
            },
        });

        let endpoint = endpoints(&document).next().unwrap();

        let found: Vec<_> = endpoint.parameters().iter().map(|each| (&each["in"], &each["required"])).collect();
        assert_eq!(
            found,
            [(&json!("path"), &json!(null)), (&json!("query"), &json!(null)), (&json!("header"), &json!(null))]
        );
        assert_eq!(endpoint.request_body(), Some(&json!({ "content": {} })));
        assert_eq!(endpoint.responses().collect::<Vec<_>>(), [("200", &json!({ "description": "R" }))]);
    }
}
