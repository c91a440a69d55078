//! A valid call of every operation that the sandbox serves, with its reply. Other test crates
//! compare the replies with the descriptions.
#![allow(dead_code, reason = "each test crate uses a part of it")]

use plex_tv_sandbox::{FRIEND_EMAIL, HOME_USER, Route, routes};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::device::device;
use super::{CLIENT, Harness, code};

/// The reply to one call.
pub(crate) struct Reply {
    pub(crate) operation: &'static str,
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

pub(crate) const LIVING_ROOM: &str = "1111111111111111111111111111111111111111";
const MOVIE: &str = "5d7760000000070000000000";
const SHOW: &str = "5d7760000000050000000000";
const FORM: &str = "application/x-www-form-urlencoded";

struct Caller<'a> {
    plex: &'a Harness,
    replies: Vec<Reply>,
}

impl Caller<'_> {
    /// Returns a request for an operation at its host, with `values` for the parameters of its
    /// path.
    fn to(&self, operation: &str, values: &[&str], query: &str) -> RequestBuilder {
        let route = routes().find(|route| route.operation == operation).unwrap();
        let mut path = String::new();
        let mut values = values.iter();
        let mut rest = route.path;
        while let Some((before, after)) = rest.split_once('{') {
            path.push_str(before);
            path.push_str(values.next().unwrap());
            rest = after.split_once('}').unwrap().1;
        }
        let url = format!("{}{path}{rest}{query}", self.plex.sandbox.url_of(route.host));
        let request = self.plex.http.request(Method::from_bytes(route.method.as_bytes()).unwrap(), url);
        request.header("Accept", "application/json").header("X-Plex-Client-Identifier", CLIENT)
    }

    async fn keep(&mut self, operation: &'static str, request: RequestBuilder) -> Value {
        let response = request.send().await.unwrap();
        let content_type = response.headers().get("content-type").map(|value| value.to_str().unwrap());
        let content_type = String::from(content_type.unwrap_or_default());
        let status = response.status().as_u16();
        let body = response.bytes().await.unwrap().to_vec();
        self.replies.push(Reply { operation, status, content_type, body });
        self.replies.last().unwrap().json()
    }

    /// Calls an operation as the built-in account, without a body.
    async fn get(&mut self, operation: &'static str, values: &[&str], query: &str) -> Value {
        let request = self.to(operation, values, query).header("X-Plex-Token", self.plex.sandbox.token());
        self.keep(operation, request).await
    }

    async fn json(&mut self, operation: &'static str, values: &[&str], query: &str, body: &Value) -> Value {
        let request = self.to(operation, values, query).header("X-Plex-Token", self.plex.sandbox.token());
        self.keep(operation, request.json(body)).await
    }

    async fn form(&mut self, operation: &'static str, body: &str) -> Value {
        let request = self.to(operation, &[], "").header("X-Plex-Token", self.plex.sandbox.token());
        self.keep(operation, request.header("Content-Type", FORM).body(String::from(body))).await
    }

    async fn with_token(&mut self, token: &str, operation: &'static str, values: &[&str], query: &str) -> Value {
        let request = self.to(operation, values, query).header("X-Plex-Token", token);
        self.keep(operation, request).await
    }
}

/// Calls every operation at least once and returns the replies.
pub(crate) async fn replies(plex: &Harness) -> Vec<Reply> {
    let mut caller = Caller { plex, replies: Vec::new() };
    sign_in(&mut caller).await;
    account(&mut caller).await;
    home(&mut caller).await;
    sharing(&mut caller).await;
    servers(&mut caller).await;
    version_1(&mut caller).await;
    discover(&mut caller).await;
    other_hosts(&mut caller).await;
    // These calls come last, because the others need what they end.
    caller.form("changePassword", "currentPassword=sandbox-password&password=another-password").await;
    let devices = caller.get("listAccountDevices", &[], "").await;
    caller.get("deleteLegacyDevice", &[&devices[0]["id"].to_string()], "").await;
    caller.get("signOut", &[], "").await;
    caller.replies
}

async fn sign_in(caller: &mut Caller<'_>) {
    let plex = caller.plex;
    let request = caller.to("getPin", &[], "").header("X-Plex-Product", "Example App");
    let pin = caller.keep("getPin", request).await;
    let request = caller.to("getPinQrCode", &[code(&pin)], "");
    caller.keep("getPinQrCode", request).await;
    caller.form("linkPin", &format!("code={}", code(&pin))).await;
    let request = caller.to("getToken", &[&pin["id"].to_string()], "");
    caller.keep("getToken", request).await;
    let device = device("every-device");
    let on_device = |request: RequestBuilder| request.header("X-Plex-Client-Identifier", "every-device");
    let jwk = json!({"jwk": device.jwk()});
    let url = format!("{}/api/v2/auth/jwk", plex.sandbox.url());
    let request = on_device(plex.http.post(url)).header("X-Plex-Token", plex.sandbox.token());
    caller.keep("registerDeviceJwk", request.header("Accept", "application/json").json(&jwk)).await;
    let url = format!("{}/api/v2/auth/nonce", plex.sandbox.url());
    let nonce = caller.keep("getAuthNonce", on_device(plex.http.get(url)).header("Accept", "application/json")).await;
    let mut claims = device.claims(&plex.sandbox);
    claims["nonce"] = nonce["nonce"].clone();
    let url = format!("{}/api/v2/auth/token", plex.sandbox.url());
    let request = on_device(plex.http.post(url)).header("Accept", "application/json");
    caller.keep("exchangeJwtToken", request.json(&json!({"jwt": device.sign(&claims)}))).await;
    let request = caller.to("getAuthKeys", &[], "");
    caller.keep("getAuthKeys", request).await;
    caller.form("signIn", "login=user@example.com&password=sandbox-password&rememberMe=true").await;
    let request = caller.to("createAnonymousUser", &[], "").header("X-Plex-Client-Identifier", "every-guest");
    caller.keep("createAnonymousUser", request).await;
}

async fn account(caller: &mut Caller<'_>) {
    for operation in ["ping", "getFeatures", "getCompanionsData", "getPrivacySettings", "getUserProfile"] {
        caller.get(operation, &[], "").await;
    }
    let all = "?includeSubscriptions=1&includeSettings=1&includeSharedSettings=1";
    let user = caller.get("getUserDetails", &[], all).await;
    let uuid = user["uuid"].as_str().unwrap();
    caller.get("getGeoData", &[], "?ip_address=203.0.113.9").await;
    caller.form("updatePrivacySettings", "optOutPlayback=1").await;
    caller.get("updateUserProfile", &[], "?defaultAudioLanguage=fr&autoSelectAudio=0").await;
    caller.get("getViewStateSync", &[], "").await;
    caller.get("updateViewStateSync", &[], "?consent=true").await;
    caller.get("getUserSettings", &[], "").await;
    let setting = json!([{"id": "layout", "type": "json", "value": "{}", "hidden": false}]).to_string();
    caller.json("updateUserSettings", &[], "", &json!({"value": setting})).await;
    caller.get("getUserOptOutSettings", &[], "").await;
    caller.get("updateUserOptOut", &[uuid], "?key=tv.plex.provider.news&value=opt_in").await;
    caller.get("getUserOptOuts", &[uuid], "").await;
    caller.form("setUserWebhooks", "urls[]=http%3A%2F%2F127.0.0.1%3A9%2Fhook").await;
    caller.get("getUserWebhooks", &[], "").await;
}

async fn home(caller: &mut Caller<'_>) {
    caller.get("getHomeData", &[], "").await;
    caller.get("listHomeUsers", &[], "").await;
    let query = "?friendlyName=Grandpa&restrictionProfile=teen&sharingSettings[allowTuners]=1";
    let made = caller.get("createManagedUser", &[], query).await;
    let id = made["id"].to_string();
    let profile = json!({"userId": made["id"], "restrictionProfile": "older_kid"});
    caller.json("setManagedUserRestrictionProfile", &[], "", &profile).await;
    caller.get("updateManagedUser", &[&id], "?pin=1234&friendlyName=Granddad").await;
    caller.get("switchHomeUser", &[HOME_USER], "?includeSubscriptions=1").await;
    caller.get("removeHomeUser", &[&id], "").await;
}

async fn sharing(caller: &mut Caller<'_>) {
    let friend = caller.plex.friend();
    caller.get("getFriends", &[], "").await;
    caller.get("removeFriend", &["7654321"], "").await;
    caller.get("inviteFriend", &[], &format!("?identifier={FRIEND_EMAIL}")).await;
    caller.with_token(&friend, "acceptFriend", &["1234567"], "").await;
    caller.get("getServer", &[LIVING_ROOM], "").await;
    let order = json!({
        "machineIdentifier": LIVING_ROOM,
        "librarySectionIds": [10_001],
        "invitedEmail": FRIEND_EMAIL,
        "settings": {"allowSync": true},
    });
    let share = caller.json("createSharedServer", &[], "", &order).await;
    let id = share["id"].to_string();
    caller.get("listOwnedSharedServers", &["pending"], "").await;
    caller.get("listOwnedInvites", &["pending"], "").await;
    caller.with_token(&friend, "listReceivedInvites", &["pending"], "").await;
    caller.with_token(&friend, "acceptSharedServer", &[&id], "").await;
    caller.get("getSharedServer", &[&id], "").await;
    caller.json("updateSharedServer", &[&id], "", &json!({"librarySectionIds": []})).await;
    caller.get("getSharingSettings", &[], "?invitedId=7654321").await;
    let settings = json!({"settings": {"allowChannels": true}});
    caller.json("updateSharingSettings", &[], "?invitedId=7654321", &settings).await;
    caller.get("updateSharing", &["7654321"], "?allowSync=0").await;
    caller.get("deleteSharedServer", &[&id], "").await;
    caller.json("createSharedServer", &[], "", &order).await;
    caller.get("removeSharing", &["7654321"], "").await;
}

async fn servers(caller: &mut Caller<'_>) {
    let own = caller.plex.sandbox.servers()[0].own_token().to_owned();
    caller.get("getDevices", &[], "?includeHttps=1&includeRelay=1&includeIPv6=1").await;
    caller.get("getCloudServer", &[], "").await;
    caller.get("getReleaseChannels", &[], "").await;
    for operation in ["getUserServer", "getServerAccessTokens", "getServerUserFeatures"] {
        caller.with_token(&own, operation, &[], "").await;
    }
    for operation in ["downloadDeviceCertificate", "getDeviceCertificateSubject"] {
        caller.with_token(&own, operation, &[LIVING_ROOM], "").await;
    }
}

async fn version_1(caller: &mut Caller<'_>) {
    let request = caller.to("createLegacyPin", &[], "");
    caller.keep("createLegacyPin", request).await;
    let id = caller.plex.sandbox.pins().last().unwrap().id.to_string();
    let request = caller.to("getLegacyPin", &[&id], "");
    caller.keep("getLegacyPin", request).await;
    let form = "user%5Blogin%5D=user@example.com&user%5Bpassword%5D=sandbox-password";
    let request = caller.to("legacySignIn", &[], "").header("Content-Type", FORM).body(form);
    caller.keep("legacySignIn", request.header("X-Plex-Client-Identifier", "every-old-app")).await;
    for operation in [
        "getClaimToken",
        "getPublicIp",
        "getAnnouncements",
        "getMediaProviders",
        "getAccountXml",
        "getAccountJson",
        "getLegacyResources",
        "getLegacyDevices",
        "getLegacyHomeUsers",
        "getLegacyUsers",
        "listLegacySentInvites",
        "listLegacyReceivedInvites",
        "getLegacyServers",
        "getSonosResources",
    ] {
        caller.get(operation, &[], "").await;
    }
    caller.get("updateAnnouncement", &["71"], "?read=1").await;
    caller.get("getUserAvatar", &["0123456789abcdef"], "?c=1").await;
    caller.get("createHome", &[], "?guestEnabled=1").await;
    caller.get("updateHome", &[], "?guestEnabled=0").await;
    caller.get("createLegacyHomeUser", &[], "?title=Grandma").await;
    let (_, home) = caller.plex.get("/api/v2/home").await;
    let id = home["users"].as_array().unwrap().last().unwrap()["id"].to_string();
    caller.get("updateLegacyHomeUser", &[&id], "?pin=1234").await;
    caller.get("switchLegacyHomeUser", &[&id], "?pin=1234").await;
    caller.get("removeLegacyHomeUser", &[&id], "").await;
    caller.get("removeLegacyFriend", &["7654321"], "").await;
    caller.get("cancelLegacyInvite", &["1"], "?friend=1&home=0&server=1").await;
    caller.get("acceptLegacyInvite", &["1"], "?friend=1&home=0&server=1").await;
    caller.get("getLegacyServer", &[LIVING_ROOM], "").await;
    let order = json!({
        "server_id": LIVING_ROOM,
        "shared_server": {"library_section_ids": [10_001], "invited_email": FRIEND_EMAIL},
        "sharing_settings": {"allowSync": "1"},
    });
    caller.json("createLegacySharedServer", &[LIVING_ROOM], "", &order).await;
    let (_, pending) = caller.plex.get("/api/v2/shared_servers/owned/pending").await;
    let id = pending[0]["id"].to_string();
    caller.get("listLegacySharedServers", &[LIVING_ROOM], "").await;
    caller.get("getLegacySharedServer", &[LIVING_ROOM, &id], "").await;
    let update = json!({"server_id": LIVING_ROOM, "shared_server": {"library_section_ids": [10_002]}});
    caller.json("updateLegacySharedServer", &[LIVING_ROOM, &id], "", &update).await;
    caller.get("deleteLegacySharedServer", &[LIVING_ROOM, &id], "").await;
    caller.get("getPlexDownloads", &["5"], "?channel=plexpass").await;
    let item = [
        ("[title]", "Example"),
        ("[rootTitle]", "Movies"),
        ("[metadataType]", "movie"),
        ("[machineIdentifier]", LIVING_ROOM),
        ("[contentType]", "video"),
        ("[Policy][scope]", "all"),
        ("[Policy][unwatched]", "0"),
        ("[Location][uri]", "library:///item/1"),
    ];
    let query: Vec<String> = item.iter().map(|(name, value)| format!("SyncItem{name}={value}")).collect();
    caller.get("createSyncItem", &[CLIENT], &format!("?{}", query.join("&"))).await;
    caller.get("listSyncItems", &[CLIENT], "").await;
    caller.get("listServerSyncLists", &[LIVING_ROOM], "").await;
    caller.get("deleteSyncItem", &[CLIENT, "40000001"], "").await;
}

async fn discover(caller: &mut Caller<'_>) {
    for operation in ["getDiscoverProvider", "getPromotedHubs", "getPreferredServices", "getVodHubs"] {
        caller.get(operation, &[], "").await;
    }
    caller.get("matchMetadata", &[], "?guid=tmdb://607&type=1&includeGuids=1").await;
    caller.get("getDiscoverMetadata", &[MOVIE], "?includeGuids=1&includeUserState=1").await;
    caller.get("getDiscoverMetadataChildren", &[SHOW], "").await;
    for operation in [
        "getDiscoverMetadataRelated",
        "getDiscoverMetadataExtras",
        "getAvailabilities",
        "getCommonSenseMedia",
        "getUserState",
    ] {
        caller.get(operation, &[MOVIE], "").await;
    }
    let played = format!("?key={MOVIE}&identifier=com.plexapp.plugins.library");
    caller.get("scrobble", &[], &played).await;
    caller.get("getUserState", &[MOVIE], "").await;
    caller.get("unscrobble", &[], &played).await;
    caller.get("rateItem", &[], &format!("?key={MOVIE}&identifier=tv.plex.provider.discover&rating=8.0")).await;
    caller
        .get(
            "searchDiscover",
            &[],
            "?query=example&searchProviders=discover&includeMetadata=1&searchTypes=movies,tv,people",
        )
        .await;
    caller.get("addToWatchlist", &[], &format!("?ratingKey={MOVIE}")).await;
    caller.get("removeFromWatchlist", &[], &format!("?ratingKey={MOVIE}")).await;
    caller.get("getWatchlist", &["all"], "?includeGuids=1&X-Plex-Container-Size=100").await;
    let actor = "5d7761000000000000000001";
    caller.get("getPerson", &[actor], "").await;
    caller.get("getPersonCredits", &[actor], "").await;
    caller.get("listHubsOfSection", &["home"], "").await;
    caller.get("getHubSection", &["home", "top_watchlisted"], "").await;
    let feed = caller.json("createRssFeed", &[], "?format=json", &json!({"feedType": "watchlist"})).await;
    let uuid = feed["RSSInfo"][0]["url"].as_str().unwrap().rsplit('/').next().unwrap();
    caller.get("getRssFeed", &[uuid], "?format=json").await;
    caller.get("getDiscoverRssFeed", &[uuid], "?format=json").await;
}

async fn other_hosts(caller: &mut Caller<'_>) {
    caller.get("getLiveTvProvider", &[], "").await;
    let channels = caller.get("listLiveTvChannels", &[], "").await;
    let channel = &channels["MediaContainer"]["Channel"][0];
    let key = channel["gridKey"].as_str().unwrap();
    let today = today(caller.plex);
    caller.get("getLiveTvGrid", &[], &format!("?channelGridKey={key}&date={today}")).await;
    let favorites = json!([{"source": "provider://tv.plex.provider.epg", "id": channel["id"], "title": "A"}]);
    caller.json("setFavoriteChannels", &[], "", &favorites).await;
    caller.get("getFavoriteChannels", &[], "").await;
    let room = json!({"title": "Evening", "sourceUri": "server://1/2", "users": [7_654_321]});
    let room = caller.json("createWatchTogetherRoom", &[], "", &room).await;
    let id = room["id"].as_str().unwrap();
    caller.get("listWatchTogetherRooms", &[], "").await;
    caller.get("getWatchTogetherRoom", &[id], "").await;
    caller.json("updateWatchTogetherRoom", &[id], "", &json!({"title": "Night"})).await;
    caller.json("inviteToWatchTogetherRoom", &[id], "", &json!({"users": [7_654_322]})).await;
    caller.get("leaveWatchTogetherRoom", &[id], "").await;
    let friends = json!({"query": "query GetAllFriends { allFriendsV2 { user { id username } createdAt } }"});
    caller.json("graphQl", &[], "", &friends).await;
    let push = json!({
        "group": "media",
        "identifier": "tv.plex.notification.library.new",
        "to": [7_654_321],
        "data": {"provider": {"identifier": LIVING_ROOM, "title": "Living Room Server"}},
    });
    caller.json("sendPushNotification", &[], "", &push).await;
    let switch = json!({"enabled": true, "libraries": [], "identifier": "tv.plex.notification.library.new"});
    caller.json("updateNotificationSettings", &[], "", &switch).await;
}

/// Calls every operation with nothing in the body, as everybody who may have to be refused: without
/// a token, with a wrong one, without a client identifier, and with the tokens of a managed user,
/// an anonymous user, a friend, and an account that has nothing. Returns the replies.
pub(crate) async fn bare_replies(plex: &Harness, poor: &str) -> Vec<Reply> {
    let mut caller = Caller { plex, replies: Vec::new() };
    let kid = plex.switch(HOME_USER, "").await.1["authToken"].as_str().unwrap().to_owned();
    let (_, guest) = plex.call("", Method::POST, "/api/v2/users/anonymous").await;
    let guest = guest["authToken"].as_str().unwrap().to_owned();
    let friend = plex.friend();
    // Signing out comes last, because it ends a token.
    let (last, others): (Vec<Route>, Vec<Route>) = routes().partition(|route| route.operation == "signOut");
    for route in others.into_iter().chain(last) {
        for token in [None, Some("not-a-token"), Some(&*friend), Some(poor), Some(&*kid), Some(&*guest)] {
            for known in [true, false] {
                let values: Vec<&str> =
                    parameters(route.path).map(|name| if known { value(name) } else { "no" }).collect();
                let mut request = caller.to(route.operation, &values, "");
                if let Some(token) = token {
                    request = request.header("X-Plex-Token", token);
                }
                if route.method != "GET" {
                    request = request.json(&json!({}));
                }
                caller.keep(route.operation, request).await;
            }
        }
        let values: Vec<&str> = parameters(route.path).map(value).collect();
        let request = caller.to(route.operation, &values, "").build().unwrap();
        let request = plex.http.request(request.method().clone(), request.url().clone());
        let request = request.header("Accept", "application/json").header("X-Plex-Token", plex.sandbox.token());
        caller.keep(route.operation, request).await;
    }
    caller.replies
}

/// The names of the parameters in a path.
fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next())
}

/// A value that exists in the sandbox, as far as there can be one from the start.
fn value(parameter: &str) -> &'static str {
    match parameter {
        "machineIdentifier" => LIVING_ROOM,
        "uuid" => "0123456789abcdef",
        "userId" => "7654321",
        "clientIdentifier" => CLIENT,
        "ratingKey" => MOVIE,
        "tagKey" => "5d7761000000000000000001",
        "filter" => "all",
        "status" => "accepted",
        "section" => "home",
        "hub" => "top_watchlisted",
        "sharedServerId" => "20000001",
        _ => "5",
    }
}

/// Returns the current date of the sandbox's clock.
fn today(plex: &Harness) -> String {
    let now = plex.sandbox.now().duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap();
    let seconds = i64::try_from(now.as_secs()).unwrap();
    jiff::Timestamp::from_second(seconds).unwrap().to_string()[..10].to_owned()
}
