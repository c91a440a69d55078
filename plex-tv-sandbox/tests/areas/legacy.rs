use plex_tv_sandbox::{
    Account, EMAIL, HOME_USER, PASSWORD, Sandbox, TWO_FACTOR_EMAIL, TWO_FACTOR_PASSWORD, TWO_FACTOR_VERIFICATION_CODE,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{FRIEND, KID, LIVING_ROOM, MOVIES, SHOWS, TEEN, column, refusal, refused};
use crate::support::{CLIENT, content_type, harness, over};

/// Returns the value of an attribute of the first element with this name.
fn attribute<'a>(xml: &'a str, element: &str, name: &str) -> &'a str {
    let element = xml.split(&format!("<{element} ")).nth(1).unwrap_or_else(|| panic!("no {element} in {xml}"));
    let rest = element.split(&format!(" {name}=\"")).nth(1).or_else(|| element.strip_prefix(&format!("{name}=\"")));
    rest.unwrap_or_else(|| panic!("no {name} in {element}")).split('"').next().unwrap()
}

#[tokio::test]
async fn the_older_calls_answer_xml_whatever_is_accepted() {
    let plex = harness().await;
    let server = format!("/api/servers/{LIVING_ROOM}");
    let paths = [
        "/api/users",
        "/api/users/",
        "/api/resources",
        "/devices.xml",
        "/pms/servers.xml",
        "/users/account",
        "/api/home/users",
        &server,
    ];

    for path in paths {
        let response = plex.signed_in(Method::GET, path).send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), content_type(&response).as_str()),
            (200, "application/xml; charset=utf-8"),
            "{path}"
        );
    }
    let json = plex.signed_in(Method::GET, "/users/account.json").header("Accept", "text/xml").send().await.unwrap();
    assert_eq!(content_type(&json), "application/json; charset=utf-8");
}

#[tokio::test]
async fn they_show_the_same_account_as_the_newer_ones() {
    let plex = harness().await;
    let token = plex.sandbox.token();

    let xml = plex.xml(token, Method::GET, "/users/account").await.1;
    let account = plex.get("/users/account.json").await.1["user"].clone();

    assert_eq!((attribute(&xml, "user", "email"), attribute(&xml, "user", "authenticationToken")), (EMAIL, token));
    assert_eq!(
        (&account["email"], &account["authToken"], &account["authentication_token"]),
        (&json!(EMAIL), &json!(token), &json!(token))
    );
    assert_eq!(account["subscription"]["plan"], "lifetime");
    let servers = plex.xml(token, Method::GET, "/pms/servers.xml").await.1;
    assert_eq!(servers.matches("<Server ").count(), 3);
    let resources = plex.xml(token, Method::GET, "/api/resources?includeRelay=1").await.1;
    assert_eq!((resources.matches("<Device ").count(), resources.matches("<Connection ").count()), (3, 7));
}

/// Whatever kind of user it is: with a password, managed, anonymous, without a Plex Pass.
#[tokio::test]
async fn every_user_is_the_same_in_both_versions() {
    let plex = over(Sandbox::builder().account(Account::new("poor@example.com")).start().await.unwrap());
    let kid = plex.switch(HOME_USER, "").await.1["authToken"].as_str().unwrap().to_owned();
    let guest =
        plex.call("", Method::POST, "/api/v2/users/anonymous").await.1["authToken"].as_str().unwrap().to_owned();
    let poor = plex.sandbox.token_of("poor@example.com").unwrap();

    for token in [plex.sandbox.token(), &plex.friend(), &kid, &guest, &poor] {
        let new = plex.call(token, Method::GET, "/api/v2/user").await.1;
        let old = plex.call(token, Method::GET, "/users/account.json").await.1["user"].clone();
        for name in ["id", "uuid", "email", "username", "title", "thumb", "hasPassword", "authToken"] {
            assert_eq!(old[name], new[name], "{name}");
        }
        for name in ["active", "status", "plan", "features"] {
            assert_eq!(old["subscription"][name], new["subscription"][name], "{name}");
        }
        assert_eq!(old["roles"]["roles"], new["roles"]);
        let features = plex.call(token, Method::GET, "/api/v2/features").await.1;
        assert_eq!(Value::from(column(&features, "id")), new["subscription"]["features"]);
    }
}

#[tokio::test]
async fn signing_in_takes_a_form_or_basic_and_a_code_at_the_end_of_the_password() {
    let plex = harness().await;
    let request = || plex.bare(Method::POST, "/users/sign_in.json").header("X-Plex-Client-Identifier", "old");
    let form = |login: &str, password: &str| {
        let body = format!("user%5Blogin%5D={login}&user%5Bpassword%5D={password}");
        request().header("Content-Type", "application/x-www-form-urlencoded").body(body).send()
    };

    for response in
        [form(EMAIL, PASSWORD).await.unwrap(), request().basic_auth(EMAIL, Some(PASSWORD)).send().await.unwrap()]
    {
        assert_eq!(response.status(), 201);
        let account: serde_json::Value = response.json().await.unwrap();
        assert!(account["user"]["authToken"].is_string());
    }
    let appended = format!("{TWO_FACTOR_PASSWORD}{TWO_FACTOR_VERIFICATION_CODE}");
    assert_eq!(form(TWO_FACTOR_EMAIL, &appended).await.unwrap().status(), 201);
    for (login, password) in [(EMAIL, "wrong"), (TWO_FACTOR_EMAIL, TWO_FACTOR_PASSWORD), (TWO_FACTOR_EMAIL, "x")] {
        assert_eq!(form(login, password).await.unwrap().status(), 401, "{login}");
    }
    assert_eq!(request().send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn an_older_pin_has_elements_and_gets_its_token() {
    let plex = harness().await;

    let (status, pin) = plex.xml("", Method::POST, "/pins.xml").await;
    assert_eq!(status, 201);
    assert!(pin.contains("<auth_token nil=\"true\"/>"), "{pin}");
    let created = &plex.sandbox.pins()[0];
    assert!(pin.contains(&format!("<id type=\"integer\">{}</id>", created.id)) && pin.contains(&created.code));
    plex.sandbox.approve(created.id);

    let (_, linked) = plex.xml("", Method::GET, &format!("/pins/{}.xml", created.id)).await;

    assert!(linked.contains("<auth_token>sandbox-"), "{linked}");
    for path in ["/pins/1.xml", "/pins/x.xml", "/pins/1"] {
        assert_eq!(plex.xml("", Method::GET, path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn a_share_made_by_the_older_call_is_the_same_in_both() {
    let plex = harness().await;
    let (owner, friend) = (plex.sandbox.token(), plex.friend());
    let shares = format!("/api/servers/{LIVING_ROOM}/shared_servers");
    let order = |sections: &[u64]| {
        json!({
            "server_id": LIVING_ROOM,
            "shared_server": {"library_section_ids": sections, "invited_email": "examplefriend"},
            "sharing_settings": {"allowSync": "1", "allowChannels": "0", "filterMovies": "label=Kids"},
        })
    };

    assert_eq!(plex.send(owner, Method::POST, &shares, &order(&[MOVIES])).await.0, 200);
    assert_eq!(plex.send(owner, Method::POST, &shares, &order(&[MOVIES])).await.0, 422);

    let pending = plex.get("/api/v2/shared_servers/owned/pending").await.1;
    let share = &pending[0];
    assert_eq!((&share["invitedId"], &share["libraries"][0]["id"]), (&json!(FRIEND), &json!(MOVIES)));
    assert_eq!(
        (&share["sharingSettings"]["allowSync"], &share["sharingSettings"]["filterMovies"]),
        (&json!(true), &json!("label=Kids"))
    );
    let path = format!("{shares}/{}", share["id"]);
    let xml = plex.xml(owner, Method::GET, &path).await.1;
    assert_eq!(
        (attribute(&xml, "SharedServer", "userID"), attribute(&xml, "SharedServer", "acceptedAt")),
        ("7654321", "0")
    );
    assert_eq!(xml.matches(r#"shared="1""#).count(), 1);
    let users = plex.xml(owner, Method::GET, "/api/users").await.1;
    assert!(users.contains(r#"pending="1""#), "{users}");

    plex.call(&friend, Method::POST, &format!("/api/v2/shared_servers/{}/accept", share["id"])).await;
    let update = json!({"server_id": LIVING_ROOM, "shared_server": {"library_section_ids": [MOVIES, SHOWS]}});
    assert_eq!(plex.send(owner, Method::PUT, &path, &update).await.0, 200);
    let seen = plex.call(&friend, Method::GET, &format!("/api/v2/shared_servers/{}", share["id"])).await.1;
    assert_eq!((&seen["numLibraries"], &seen["accepted"]), (&json!(2), &json!(true)));
    let list = plex.xml(owner, Method::GET, &shares).await.1;
    let row = list.split("<SharedServer ").find(|row| row.contains("userID=\"7654321\"")).unwrap();
    let token = row.split("accessToken=\"").nth(1).unwrap().split('"').next().unwrap();
    let knock = plex.http.get(plex.sandbox.servers()[0].url()).header("X-Plex-Token", token);
    assert_eq!(knock.send().await.unwrap().status(), 200);

    assert_eq!(plex.call(owner, Method::DELETE, &path).await.0, 200);
    assert_eq!(plex.call(owner, Method::DELETE, &path).await.0, 404);
    assert_eq!(plex.xml(&friend, Method::GET, &shares).await.0, 404, "it is not their server");
}

#[tokio::test]
async fn retired_calls_answer_410() {
    let plex = harness().await;
    let token = plex.sandbox.token();
    let calls = [
        (Method::GET, "/api/invites/requested"),
        (Method::GET, "/api/invites/requests"),
        (Method::DELETE, "/api/invites/requested/1?friend=1&home=0&server=1"),
        (Method::PUT, "/api/invites/requests/1?friend=1&home=0&server=1"),
        (Method::DELETE, "/api/friends/7654321"),
    ];

    for (method, path) in calls {
        let (status, body) = plex.xml(token, method, path).await;
        assert_eq!(status, 410, "{path}");
        assert!(body.contains(r#"<Response code="410" status="This endpoint was deprecated and removed"/>"#), "{body}");
    }
}

#[tokio::test]
async fn both_versions_show_the_same_home() {
    let plex = harness().await;
    let owner = plex.sandbox.token();
    assert_eq!(plex.get("/api/v2/home").await.1["guestEnabled"], false);

    assert_eq!(plex.call(owner, Method::PUT, "/api/home?guestEnabled=1").await.0, 200);
    assert_eq!(plex.get("/api/v2/home").await.1["guestEnabled"], true);
    let (status, user) = plex.xml(owner, Method::POST, "/api/home/users?title=Grandma").await;
    assert_eq!(status, 201);
    let id = attribute(&user, "User", "id");
    assert_eq!(plex.get("/api/v2/home").await.1["users"][3]["title"], "Grandma");
    assert_eq!(plex.xml(owner, Method::GET, "/api/home/users").await.1.matches("<User ").count(), 4);

    let (status, switched) = plex.xml(owner, Method::POST, &format!("/api/home/users/{KID}/switch")).await;
    assert_eq!((status, attribute(&switched, "user", "title")), (201, "Kid"));
    let kid = attribute(&switched, "user", "authenticationToken");
    assert_eq!(plex.call(kid, Method::GET, "/api/v2/user").await.1["title"], "Kid");
    for query in ["", "?pin=0000"] {
        let wrong = plex.call(owner, Method::POST, &format!("/api/home/users/{TEEN}/switch{query}")).await;
        assert_eq!(refused(wrong), refusal(401, 1041));
    }
    assert_eq!(plex.call(owner, Method::POST, &format!("/api/home/users/{TEEN}/switch?pin=2468")).await.0, 201);
    assert_eq!(plex.call(owner, Method::DELETE, &format!("/api/home/users/{id}")).await.0, 204);
    assert_eq!(plex.get("/api/v2/home").await.1["users"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn changing_a_pin_requires_the_current_one() {
    let plex = harness().await;
    let owner = plex.sandbox.token();
    let put = async |query: &str| plex.call(owner, Method::PUT, &format!("/api/home/users/1234567?{query}")).await;

    assert_eq!(put("pin=4321").await.0, 200);
    assert_eq!(plex.get("/api/v2/user").await.1["protected"], true);
    assert_eq!(refused(put("pin=1111").await), refusal(403, 1041));
    assert_eq!(refused(put("pin=11&currentPin=4321").await), refusal(422, 1038));
    assert_eq!(put("pin=&currentPin=4321").await.0, 200);
    assert_eq!(plex.get("/api/v2/user").await.1["protected"], false);
    let friends = plex.call(&plex.friend(), Method::PUT, "/api/home/users/1234567?pin=1111").await;
    assert_eq!(refused(friends), refusal(403, 1042));
}

#[tokio::test]
async fn sync_items_are_kept_by_device_and_shown_by_server() {
    let plex = harness().await;
    let token = plex.sandbox.token();
    let items = format!("/devices/{CLIENT}/sync_items");
    let query = format!(
        "SyncItem[title]=Example&SyncItem[rootTitle]=Movies&SyncItem[metadataType]=movie&SyncItem[contentType]=video\
         &SyncItem[machineIdentifier]={LIVING_ROOM}&SyncItem[Policy][scope]=count&SyncItem[Policy][unwatched]=1\
         &SyncItem[Policy][value]=3&SyncItem[Location][uri]=library:///x&SyncItem[MediaSettings][videoQuality]=60"
    );

    let (status, made) = plex.xml(token, Method::POST, &format!("{items}?{query}")).await;
    assert_eq!(status, 201);
    let id = attribute(&made, "SyncItem", "id");
    assert_eq!((attribute(&made, "MediaSettings", "videoQuality"), attribute(&made, "Policy", "value")), ("60", "3"));
    let list = plex.xml(token, Method::GET, &items).await.1;
    assert!(list.contains("<SyncItems><SyncItem "), "{list}");
    let lists = plex.xml(token, Method::GET, &format!("/servers/{LIVING_ROOM}/sync_lists")).await.1;
    assert_eq!(attribute(&lists, "Device", "userID"), "1234567");
    assert!(!plex.xml(&plex.friend(), Method::GET, &items).await.1.contains("<SyncItem "));

    assert_eq!(plex.call(token, Method::DELETE, &format!("{items}/{id}")).await.0, 204);
    assert_eq!(plex.call(token, Method::DELETE, &format!("{items}/{id}")).await.0, 404);
    assert_eq!(plex.call(token, Method::POST, &items).await.0, 400);
}

#[tokio::test]
async fn anybody_may_fetch_a_download_a_picture_or_their_address() {
    let plex = harness().await;
    let get = async |path: &str| plex.bare(Method::GET, path).send().await.unwrap();

    let downloads: serde_json::Value = get("/api/downloads/5.json").await.json().await.unwrap();
    assert!(downloads["computer"]["Linux"]["releases"][0]["url"].is_string());
    assert_eq!(
        (get("/api/downloads/9.json").await.status(), get("/api/downloads/5").await.status()),
        (404.try_into().unwrap(), 404.try_into().unwrap())
    );
    let user = plex.get("/api/v2/user").await.1;
    let picture = plex.http.get(user["thumb"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(content_type(&picture), "image/png");
    assert_eq!(get("/users/ffff/avatar").await.status(), 404);
    assert_eq!(get("/:/ip").await.text().await.unwrap(), "203.0.113.7");
}
